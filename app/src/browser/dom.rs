//! Elements of the page.

use leptos::{
    html::{Button, Div, H2, Input},
    prelude::{Get, GetUntracked, NodeRef, document, window},
};
use wasm_bindgen::JsCast;
use web_sys::{
    CharacterData, HtmlElement, HtmlInputElement, ScrollIntoViewOptions, ScrollLogicalPosition,
};

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

/// Sets an attribute of the document's element; `None` takes it away.
pub(crate) fn set_root(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// Whether the window is at least so many rem wide.
pub(crate) fn is_wide(rem: f64) -> bool {
    let query = window().match_media(&format!("(min-width: {rem}rem)"));
    query.ok().flatten().is_none_or(|query| query.matches())
}

/// Where an element is in the window: its left and its lower edge, in pixels.
pub(crate) fn corner(button: NodeRef<Button>) -> (f64, f64) {
    button.get_untracked().map_or((0.0, 0.0), |button| {
        let place = button.get_bounding_client_rect();
        (place.left(), place.bottom())
    })
}

/// Which of several elements gets the focus next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Next,
    Previous,
    First,
    Last,
}

/// Moves the focus among those elements that a selector finds, round and round.
pub(crate) fn move_focus(selector: &str, step: Step) {
    let Ok(found) = document().query_selector_all(selector) else {
        return;
    };
    let count = found.length();
    if count == 0 {
        return;
    }
    let focused = document().active_element();
    let nodes = (0..count).filter_map(|index| found.get(index));
    let at = nodes
        .zip(0..count)
        .find(|(node, _)| {
            focused
                .as_ref()
                .is_some_and(|focused| focused.is_same_node(Some(node)))
        })
        .map(|(_, index)| index);
    let next = match (step, at) {
        (Step::First, _) | (Step::Next, None) => 0,
        (Step::Last, _) | (Step::Previous, None) => count - 1,
        (Step::Next, Some(at)) => (at + 1) % count,
        (Step::Previous, Some(at)) => (at + count - 1) % count,
    };
    if let Some(node) = found.get(next) {
        let _ = node.unchecked_ref::<HtmlElement>().focus();
    }
}

/// Presses the first element in sight that a selector finds.
pub(crate) fn press_first(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(found) = found {
        let found: &HtmlElement = found.unchecked_ref();
        // What the style sheet hides has no place in the page.
        if found.get_client_rects().length() > 0 {
            found.click();
        }
    }
}

/// Scrolls the first element that a selector finds into sight within its list.
pub(crate) fn show_in_list(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Sets a measure of the style sheet, such as `--sidebar-width`, in pixels; `None`: the style sheet's own.
pub(crate) fn set_measure(name: &str, pixels: Option<f64>) {
    let root = document().document_element();
    if let Some(root) = root.and_then(|root| root.dyn_into::<HtmlElement>().ok()) {
        let style = HtmlElement::style(&root);
        let _ = match pixels {
            Some(pixels) => style.set_property(name, &format!("{pixels}px")),
            None => style.remove_property(name).map(drop),
        };
    }
}

/// The width of the first element that a selector finds, and of the window, in pixels.
pub(crate) fn widths(selector: &str) -> Option<(f64, f64)> {
    let found = document().query_selector(selector).ok().flatten()?;
    let window = window().inner_width().ok()?.as_f64()?;
    Some((found.get_bounding_client_rect().width(), window))
}

/// Has an element hear all of a pointer until it is let go of.
pub(crate) fn capture(element: NodeRef<Div>, pointer: i32) {
    if let Some(element) = element.get_untracked() {
        let _ = element.set_pointer_capture(pointer);
    }
}

/// Puts the focus into a text field, with all of its text selected.
pub(crate) fn select_field(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(field) = found.and_then(|found| found.dyn_into::<HtmlInputElement>().ok()) {
        let _ = field.focus();
        field.select();
    }
}

/// Does what a press of a field does.
pub(crate) fn click(field: NodeRef<Input>) {
    if let Some(field) = field.get_untracked() {
        field.click();
    }
}
