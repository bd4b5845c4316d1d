//! Text fields.

use leptos::{
    html::Textarea,
    prelude::{GetUntracked, NodeRef, document},
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlTextAreaElement};

/// Takes the text out of a field and leaves it empty.
pub(crate) fn take_text(field: NodeRef<Textarea>) -> String {
    let Some(field) = field.get_untracked() else {
        return String::new();
    };
    let text = field.value();
    field.set_value("");
    text
}

/// The text in a field, while there is one.
pub(crate) fn text_of(field: NodeRef<Textarea>) -> Option<String> {
    field.get_untracked().map(|field| field.value())
}

/// Puts text into a field, before what is in it.
pub(crate) fn put_text(field: NodeRef<Textarea>, text: &str) {
    if let Some(field) = field.get_untracked() {
        let text = match field.value() {
            there if there.is_empty() => text.to_owned(),
            there => format!("{text}\n{there}"),
        };
        field.set_value(&text);
    }
}

/// Makes a field as tall as its text, where the style sheet's `field-sizing` is not known.
pub(crate) fn fit(field: NodeRef<Textarea>) {
    thread_local! {
        static BY_STYLE: bool = web_sys::css::supports_with_value("field-sizing", "content").unwrap_or(false);
    }
    if BY_STYLE.with(|by_style| *by_style) {
        return;
    }
    if let Some(field) = field.get_untracked() {
        let style = HtmlElement::style(&field);
        let _ = style.set_property("height", "auto");
        let _ = style.set_property("height", &format!("{}px", field.scroll_height()));
    }
}

/// Puts the cursor into a field.
pub(crate) fn focus(field: NodeRef<Textarea>) {
    if let Some(field) = field.get_untracked() {
        let _ = field.focus();
    }
}

/// Whether the user is in the middle of something: a field holds text, or a dialog is open.
pub(crate) fn is_writing() -> bool {
    let is_open = document()
        .query_selector("dialog[open]")
        .is_ok_and(|dialog| dialog.is_some());
    let fields = document().get_elements_by_tag_name("textarea");
    let mut fields = (0..fields.length()).filter_map(|index| fields.item(index));
    is_open
        || fields.any(|field| {
            let field = field.dyn_into::<HtmlTextAreaElement>();
            field.is_ok_and(|field| !field.value().is_empty())
        })
}
