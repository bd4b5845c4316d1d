//! Enter in a text field.

use leptos::{ev::KeyboardEvent, tachys::renderer::types, wasm_bindgen::JsCast};

/// Whether Enter was pressed with the key that makes more of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Enter {
    /// By itself.
    Plain,
    /// With Ctrl, or the command key.
    WithCtrl,
}

/// Enter, where the key sends what was typed and does not break the line; it does nothing else then.
pub(crate) fn enter(event: types::Event) -> Option<Enter> {
    let event: KeyboardEvent = event.unchecked_into();
    // While an input method composes, Enter picks a candidate; Safari tells by the key code alone.
    let is_composing = event.is_composing() || event.key_code() == 229;
    if event.key() != "Enter" || event.shift_key() || is_composing {
        return None;
    }
    event.prevent_default();
    Some(if event.ctrl_key() || event.meta_key() {
        Enter::WithCtrl
    } else {
        Enter::Plain
    })
}
