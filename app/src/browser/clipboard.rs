//! The clipboard.

use std::time::Duration;

use leptos::{
    ev::MouseEvent,
    prelude::{document, set_timeout, window},
    task::spawn_local,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlDocument, HtmlElement, HtmlTextAreaElement};

/// How long a button shows the result.
const ANSWER: Duration = Duration::from_secs(2);

/// The attribute with the label of a copy button.
const LABEL: &str = "data-label";

/// Copies text. The pressed button shows the result while it is on the page: the component that rendered it may be gone by
/// then.
pub(crate) fn copy(event: &MouseEvent, text: String) {
    let pressed = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let button = pressed.and_then(|pressed| pressed.closest("button").ok().flatten());
    let clipboard = window().navigator().clipboard();
    // Browsers have a clipboard on secure origins only, and not on `http://` in a local network.
    if clipboard.is_undefined() || clipboard.unchecked_ref::<JsValue>().is_null() {
        return answer(button, copy_selected(&text));
    }
    let written = JsFuture::from(clipboard.write_text(&text));
    spawn_local(async move {
        let is_copied = written.await.is_ok() || copy_selected(&text);
        answer(button, is_copied);
    });
}

/// Copies as a person would: selects the text and runs the command.
fn copy_selected(text: &str) -> bool {
    let document = document();
    let focused = document.active_element();
    // While a dialog is open, nothing outside of it can have the focus.
    let dialog = document.query_selector("dialog[open]").ok().flatten();
    let place = dialog.or_else(|| document.body().map(Element::from));
    let field = document.create_element("textarea").ok();
    let (Some(place), Some(field)) = (place, field) else {
        return false;
    };
    let field: HtmlTextAreaElement = field.unchecked_into();
    field.set_value(text);
    field.set_class_name("visually-hidden");
    let is_copied = place.append_child(&field).is_ok() && {
        field.select();
        let document: &HtmlDocument = document.unchecked_ref();
        document.exec_command("copy").unwrap_or(false)
    };
    field.remove();
    if let Some(focused) = focused {
        let _ = focused.unchecked_ref::<HtmlElement>().focus();
    }
    is_copied
}

fn answer(button: Option<Element>, is_copied: bool) {
    let Some(button) = button else { return };
    show(&button, if is_copied { "Copied" } else { "Not copied" });
    set_timeout(
        move || {
            if let Some(label) = button.get_attribute(LABEL) {
                show(&button, &label);
            }
        },
        ANSWER,
    );
}

/// Changes the label of a button; its text node belongs to a view.
fn show(button: &Element, words: &str) {
    if let Some(text) = button.first_child() {
        text.set_node_value(Some(words));
    }
}
