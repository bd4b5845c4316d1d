//! Elements of the page.

use leptos::{
    html::{H2, Input},
    prelude::{Get, GetUntracked, NodeRef, document},
};
use wasm_bindgen::JsCast;
use web_sys::{CharacterData, HtmlElement};

/// Whether the selector finds anything in the page.
pub(crate) fn has_element(selector: &str) -> bool {
    let found = document().query_selector(selector);
    found.is_ok_and(|found| found.is_some())
}

/// Says in the document that the page can be used.
pub(crate) fn mark_hydrated() {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}

/// Brings the text of an element, which was `shown`, to `text`. What comes at the end is appended to the text node, so that
/// a selection in it stays.
pub(crate) fn grow_text(element: &HtmlElement, shown: Option<&str>, text: &str) {
    let Some(node) = element.first_child() else {
        return element.set_text_content(Some(text));
    };
    match shown.and_then(|shown| text.strip_prefix(shown)) {
        Some("") => {}
        Some(added) => {
            if let Ok(node) = node.dyn_into::<CharacterData>() {
                let _ = node.append_data(added);
            }
        }
        None if node.node_value().as_deref() == Some(text) => {}
        None => node.set_node_value(Some(text)),
    }
}

/// Puts the focus, where it is within a tool call, on the line that names the call.
pub(crate) fn focus_tool() {
    let focused = document().active_element();
    let call = focused.and_then(|focused| focused.closest(".tool").ok().flatten());
    let summary = call.and_then(|call| call.query_selector("summary").ok().flatten());
    if let Some(summary) = summary {
        let _ = summary.unchecked_ref::<HtmlElement>().focus();
    }
}

/// Puts the focus on a heading, as soon as it is there.
pub(crate) fn focus_on(heading: NodeRef<H2>) {
    if let Some(heading) = heading.get() {
        let _ = heading.focus();
    }
}

/// Puts the focus on the first element that a selector finds.
pub(crate) fn focus_first(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(found) = found {
        let _ = found.unchecked_ref::<HtmlElement>().focus();
    }
}

/// Does what a press of a field does.
pub(crate) fn click(field: NodeRef<Input>) {
    if let Some(field) = field.get_untracked() {
        field.click();
    }
}
