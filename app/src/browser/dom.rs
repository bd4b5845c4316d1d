//! Elements of the page.

use leptos::{
    ev::{Event, KeyboardEvent, MouseEvent},
    html::{Button, Div, H2, Input},
    prelude::{Get, GetUntracked, NodeRef, document, window},
};
use wasm_bindgen::JsCast;
use web_sys::{
    CharacterData, Element, FocusOptions, HtmlElement, HtmlInputElement, ScrollIntoViewOptions,
    ScrollLogicalPosition, Text,
};

/// Whether the page has an element that matches the selector.
pub(crate) fn has_element(selector: &str) -> bool {
    let found = document().query_selector(selector);
    found.is_ok_and(|found| found.is_some())
}

/// Loads the script that highlights code, once per page: it finds all code by itself, including later code.
pub(crate) fn colour_code() {
    const ADDRESS: &str = "data-highlight";
    let document = document();
    let Some(root) = document.document_element() else {
        return;
    };
    let Some(address) = root.get_attribute(ADDRESS) else {
        return;
    };
    let _ = root.remove_attribute(ADDRESS);
    // The page's policy allows scripts of the server, and scripts with its nonce.
    let written = document.query_selector("script[nonce]").ok().flatten();
    let script = document.create_element("script").ok();
    let (Some(written), Some(script)) = (written, script) else {
        return;
    };
    let mark = written.unchecked_ref::<HtmlElement>().nonce();
    script.unchecked_ref::<HtmlElement>().set_nonce(&mark);
    let _ = script.set_attribute("type", "module");
    let _ = script.set_attribute("src", &address);
    if let Some(head) = document.head() {
        let _ = head.append_child(&script);
    }
}

/// Marks the document as hydrated.
pub(crate) fn mark_hydrated() {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}

/// The maximum number of UTF-16 units of a text node that is appended to: a node is copied when it grows.
const NODE_UNITS: u32 = 8_000;

/// Appends to the text of an element. A selection in it stays, and a scrolling box stays at its end if the reader is there.
pub(crate) fn append_text(element: &HtmlElement, added: &str) {
    let frame = element.parent_element();
    let follows = frame.filter(|frame| {
        let below = frame.scroll_height() - frame.scroll_top() - frame.client_height();
        frame.scroll_top() > 0 && below < 8
    });
    // A comment after the text may mark the end of a view.
    let mut last = element.last_child();
    while let Some(node) = last.as_ref().filter(|node| !node.is_instance_of::<Text>()) {
        last = node.previous_sibling();
    }
    let last = last.and_then(|last| last.dyn_into::<Text>().ok());
    let _ = match last.filter(|last| last.length() < NODE_UNITS) {
        Some(last) => last.append_data(added),
        None => element.append_with_str_1(added),
    };
    if let Some(frame) = follows {
        frame.set_scroll_top(frame.scroll_height());
    }
}

/// Appends to a text node.
pub(crate) fn append_data(node: &CharacterData, added: &str) {
    let _ = node.append_data(added);
}

/// Sets the text of an element that has one text node.
pub(crate) fn set_text(element: &HtmlElement, text: &str) {
    if let Some(node) = element.first_child() {
        node.set_node_value(Some(text));
    }
}

/// Toggles an attribute of the element around a pressed button, and reports the state on the button.
pub(crate) fn toggle(event: &MouseEvent, of: &str, attribute: &str) {
    let Some((button, around)) = pressed(event, of) else {
        return;
    };
    let is_on = around.toggle_attribute(attribute).unwrap_or(false);
    let _ = button.set_attribute("aria-pressed", if is_on { "true" } else { "false" });
}

/// Unfolds the element around a pressed button. The button is hidden then, so that the content gets the focus.
pub(crate) fn unfold(event: &MouseEvent, of: &str) {
    let Some((_, around)) = pressed(event, of) else {
        return;
    };
    let _ = around.set_attribute("data-unfolded", "");
    let content = around.query_selector("[tabindex]").ok().flatten();
    if let Some(content) = content {
        let content: &HtmlElement = content.unchecked_ref();
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = content.focus_with_options(&options);
    }
}

/// The pressed button, and the element around it that matches the selector.
fn pressed(event: &MouseEvent, of: &str) -> Option<(Element, Element)> {
    let pressed: Element = event.target()?.dyn_into().ok()?;
    let button = pressed.closest("button").ok()??;
    let around = button.closest(of).ok()??;
    Some((button, around))
}

/// Whether a key belongs to text input, or to a command of the browser.
pub(crate) fn is_typed(event: &KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let field = target.and_then(|target| target.closest("textarea, input").ok().flatten());
    field.is_some() || event.ctrl_key() || event.meta_key() || event.alt_key()
}

/// Whether the target of an event is open.
pub(crate) fn is_opened(event: &Event) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.has_attribute("open"))
}

/// Moves the focus from inside a tool call to the line that names the call.
pub(crate) fn focus_tool() {
    let focused = document().active_element();
    let call = focused.and_then(|focused| focused.closest(".tool").ok().flatten());
    let summary = call.and_then(|call| call.query_selector("summary").ok().flatten());
    if let Some(summary) = summary {
        let _ = summary.unchecked_ref::<HtmlElement>().focus();
    }
}

/// Moves the focus to a message.
pub(crate) fn focus_message(id: &str) {
    if let Some(message) = document().get_element_by_id(id) {
        let _ = message.unchecked_ref::<HtmlElement>().focus();
    }
}

/// Scrolls to the element that the address names, and marks it. Returns whether it exists.
pub(crate) fn show_place(id: &str) -> bool {
    let Some(element) = document().get_element_by_id(id) else {
        return false;
    };
    const MARK: &str = "data-linked";
    let marked = document().query_selector("[data-linked]").ok().flatten();
    if let Some(marked) = marked {
        let _ = marked.remove_attribute(MARK);
    }
    let _ = element.set_attribute(MARK, "");
    element.scroll_into_view();
    true
}

/// Moves the focus to a heading, as soon as it is rendered.
pub(crate) fn focus_on(heading: NodeRef<H2>) {
    if let Some(heading) = heading.get() {
        let _ = heading.focus();
    }
}

/// Moves the focus to the first element that matches the selector.
pub(crate) fn focus_first(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(found) = found {
        let _ = found.unchecked_ref::<HtmlElement>().focus();
    }
}

/// Sets an attribute of the document's element; `None` removes it.
pub(crate) fn set_root(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// Whether the window has at least this width in rem.
pub(crate) fn is_wide(rem: f64) -> bool {
    let query = window().match_media(&format!("(min-width: {rem}rem)"));
    query.ok().flatten().is_none_or(|query| query.matches())
}

/// The left and lower edges of an element in the window, in pixels.
pub(crate) fn corner(button: NodeRef<Button>) -> (f64, f64) {
    button.get_untracked().map_or((0.0, 0.0), |button| {
        let place = button.get_bounding_client_rect();
        (place.left(), place.bottom())
    })
}

/// The element that gets the focus next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Next,
    Previous,
    First,
    Last,
}

/// Moves the focus among the elements that match the selector, in a cycle.
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

/// Presses the first visible element that matches the selector.
pub(crate) fn press_first(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(found) = found {
        let found: &HtmlElement = found.unchecked_ref();
        // Elements that the style sheet hides have no boxes.
        if found.get_client_rects().length() > 0 {
            found.click();
        }
    }
}

/// Scrolls the first element that matches the selector into view within its list.
pub(crate) fn show_in_list(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Sets a length of the style sheet, such as `--sidebar-width`, in pixels; `None`: the style sheet's own.
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

/// The width of the first element that matches the selector, and of the window, in pixels.
pub(crate) fn widths(selector: &str) -> Option<(f64, f64)> {
    let found = document().query_selector(selector).ok().flatten()?;
    let window = window().inner_width().ok()?.as_f64()?;
    Some((found.get_bounding_client_rect().width(), window))
}

/// Captures a pointer for an element until it is released.
pub(crate) fn capture(element: NodeRef<Div>, pointer: i32) {
    if let Some(element) = element.get_untracked() {
        let _ = element.set_pointer_capture(pointer);
    }
}

/// Moves the focus into a text field and selects its text. A field that has the focus is left as it is: what is written in it
/// would be written over.
pub(crate) fn select_field(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if found == document().active_element() {
        return;
    }
    if let Some(field) = found.and_then(|found| found.dyn_into::<HtmlInputElement>().ok()) {
        let _ = field.focus();
        field.select();
    }
}

/// Presses a field.
pub(crate) fn click(field: NodeRef<Input>) {
    if let Some(field) = field.get_untracked() {
        field.click();
    }
}
