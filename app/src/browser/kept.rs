//! What a reader has done with a part of the page, kept while the same part takes its place.

use leptos::{ev::MouseEvent, prelude::document};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

const CONTROLS: &str = "a, button, input";

/// A button that was pressed, the focus, what is written in fields, and how far lists are scrolled; each by its place in the part.
#[derive(Default)]
pub(crate) struct Kept {
    pressed: Option<u32>,
    focus: Option<u32>,
    written: Vec<(u32, String)>,
    scrolled: Vec<(u32, i32)>,
}

impl Kept {
    /// Of the part that the selector finds.
    pub(crate) fn of(part: &str) -> Self {
        let mut kept = Self::default();
        let focused = document().active_element();
        for (at, control) in found(part, CONTROLS) {
            if Some(&control) == focused.as_ref() {
                kept.focus = Some(at);
            }
            let field = control.dyn_into::<HtmlInputElement>().ok();
            if let Some(text) = field
                .map(|field| field.value())
                .filter(|text| !text.is_empty())
            {
                kept.written.push((at, text));
            }
        }
        for (at, element) in found(part, "*") {
            if element.scroll_top() > 0 {
                kept.scrolled.push((at, element.scroll_top()));
            }
        }
        kept
    }

    /// With a button that was pressed before there was anything to hear it.
    pub(crate) const fn with_pressed(mut self, pressed: Option<u32>) -> Self {
        self.pressed = pressed;
        self
    }

    /// Gives it to the part that has taken the place. Fields report what is written as if it was written now.
    pub(crate) fn give_to(self, part: &str) {
        for (at, control) in found(part, CONTROLS) {
            if self.focus == Some(at) {
                let _ = control.unchecked_ref::<HtmlElement>().focus();
            }
            let written = self.written.iter().find(|(written, _)| *written == at);
            if let (Some((_, text)), Some(field)) = (written, control.dyn_ref::<HtmlInputElement>())
            {
                field.set_value(text);
                if let Ok(event) = Event::new("input") {
                    let _ = field.dispatch_event(&event);
                }
            }
            if self.pressed == Some(at) {
                control.unchecked_ref::<HtmlElement>().click();
            }
        }
        for (at, element) in found(part, "*") {
            if let Some((_, top)) = self.scrolled.iter().find(|(scrolled, _)| *scrolled == at) {
                element.set_scroll_top(*top);
            }
        }
    }
}

/// The place of the button that was pressed in the part.
pub(crate) fn pressed(event: &MouseEvent, part: &str) -> Option<u32> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let button = target.closest("button").ok()??;
    let mut controls = found(part, CONTROLS).into_iter();
    controls.find_map(|(at, control)| (control == button).then_some(at))
}

/// The elements of the part that a selector finds, in order.
fn found(part: &str, selector: &str) -> Vec<(u32, Element)> {
    let part = document().query_selector(part).ok().flatten();
    let found = part.and_then(|part| part.query_selector_all(selector).ok());
    let elements = found.into_iter().flat_map(|found| {
        (0..found.length()).filter_map(move |at| Some((at, found.get(at)?.dyn_into().ok()?)))
    });
    elements.collect()
}
