//! Text fields.

use std::ops::Range;

use leptos::{
    html::Textarea,
    prelude::{GetUntracked, NodeRef, document, window},
};
use wasm_bindgen::JsCast;
use web_sys::{Event, EventInit, HtmlDocument, HtmlElement, HtmlTextAreaElement};

use super::dom;

/// A text with more UTF-16 units than this is not looked at with every key.
const SHORT_UNITS: u32 = 20_000;

/// Returns the text of a field and empties the field.
pub(crate) fn take_text(field: NodeRef<Textarea>) -> String {
    let Some(field) = field.get_untracked() else {
        return String::new();
    };
    let text = field.value();
    field.set_value("");
    text
}

/// The text of a field; `None` when the field is not on the page.
pub(crate) fn text_of(field: NodeRef<Textarea>) -> Option<String> {
    field.get_untracked().map(|field| field.value())
}

/// The text in a field, unless it is too long to be looked at with every key.
pub(crate) fn short_text_of(field: NodeRef<Textarea>) -> Option<String> {
    let field = field.get_untracked()?;
    (field.text_length() <= SHORT_UNITS).then(|| field.value())
}

/// Where the cursor is, in UTF-16 units.
pub(crate) fn cursor(field: NodeRef<Textarea>) -> Option<usize> {
    let end = field.get_untracked()?.selection_end().ok()??;
    usize::try_from(end).ok()
}

/// Writes a text into a field in place of these bytes, as a person would: it can be undone.
pub(crate) fn write_at(field: NodeRef<Textarea>, place: Range<usize>, text: &str) {
    let Some(field) = field.get_untracked() else {
        return;
    };
    let whole = field.value();
    let units = |end: usize| {
        let before = whole.get(..end).unwrap_or(&whole);
        u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
    };
    let (start, end) = (units(place.start), units(place.end));
    let _ = field.focus();
    let _ = field.set_selection_range(start, end);
    let document = document();
    let document: &HtmlDocument = document.unchecked_ref();
    let written = document.exec_command_with_show_ui_and_value("insertText", false, text);
    if written != Ok(true) && field.set_range_text(text).is_ok() {
        let at = start.saturating_add(u32::try_from(text.encode_utf16().count()).unwrap_or(0));
        let _ = field.set_selection_range(at, at);
        tell(&field);
    }
}

/// Tells everyone that the text of a field was changed, as if a person had.
pub(crate) fn tell_written(field: NodeRef<Textarea>) {
    if let Some(field) = field.get_untracked() {
        tell(&field);
    }
}

fn tell(field: &HtmlTextAreaElement) {
    let options = EventInit::new();
    options.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict("input", &options) {
        let _ = field.dispatch_event(&event);
    }
}

/// Whether an event comes from a field.
pub(crate) fn is_from(event: &Event, field: NodeRef<Textarea>) -> bool {
    let field = field.get_untracked();
    field.is_some_and(|field| event.target().as_ref() == Some(field.as_ref()))
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

/// Puts text into a field where the cursor is, in place of what is selected, and the cursor behind it.
pub(crate) fn insert_text(field: NodeRef<Textarea>, text: &str) {
    if let Some(field) = field.get_untracked() {
        let end = |end: Result<Option<u32>, _>| end.ok().flatten().unwrap_or_default();
        let (from, to) = (end(field.selection_start()), end(field.selection_end()));
        let set = field.set_range_text_with_start_and_end_and_mode(text, from, to, "end");
        if set.is_err() {
            field.set_value(&format!("{}{text}", field.value()));
        }
    }
}

/// Replaces the text of a field and puts the cursor at its end.
pub(crate) fn replace_text(field: NodeRef<Textarea>, text: &str) {
    if let Some(field) = field.get_untracked() {
        field.set_value(text);
        let end = u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
        let _ = field.set_selection_range(end, end);
    }
}

/// Whether the primary pointer of the device is a finger, so that its keyboard is on the screen.
pub(crate) fn is_on_glass() -> bool {
    let query = window().match_media("(pointer: coarse)");
    query.is_ok_and(|query| query.is_some_and(|query| query.matches()))
}

/// Labels the Enter key of an on-screen keyboard by its effect.
pub(crate) fn name_enter(field: NodeRef<Textarea>) {
    if let Some(field) = field.get_untracked().filter(|_| is_on_glass()) {
        let _ = field.set_attribute("enterkeyhint", "enter");
    }
}

/// Fits the height of a field to its text, where the browser lacks `field-sizing`.
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

/// The focus goes to the composer when what had it goes. On glass that opens no keyboard.
pub(crate) fn focus_composer() {
    dom::focus_first(if is_on_glass() {
        ".composer-attach > input"
    } else {
        ".composer-field"
    });
}

/// The text in the document's composer, and whether it has the focus; `None` without a composer.
pub(crate) fn composer_in_document() -> Option<(String, bool)> {
    let field = document()
        .query_selector(".composer-field")
        .ok()
        .flatten()?;
    let has_focus = document().active_element().as_ref() == Some(&field);
    let field: HtmlTextAreaElement = field.dyn_into().ok()?;
    Some((field.value(), has_focus))
}

/// Whether a reload would interrupt the user: a field contains text, or a dialog is open.
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
