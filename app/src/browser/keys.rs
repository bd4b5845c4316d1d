//! Shortcuts of the whole page.

use leptos::{
    ev::{self, KeyboardEvent},
    prelude::{Callable, Callback, document, on_cleanup, window_event_listener},
};

/// A shortcut of the whole page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shortcut {
    /// Ctrl or ⌘ and K.
    Palette,
    /// `?`, outside of text fields.
    Help,
}

/// Calls back at each shortcut, until the current owner is cleaned up. Shortcuts are off while a dialog is open.
pub(crate) fn on_shortcut(pressed: Callback<Shortcut>) {
    let handle = window_event_listener(ev::keydown, move |event| {
        let is_open = document().query_selector("dialog[open]");
        let shortcut = shortcut(&event).filter(|_| matches!(is_open, Ok(None)));
        if let Some(shortcut) = shortcut {
            event.prevent_default();
            pressed.run(shortcut);
        }
    });
    on_cleanup(move || handle.remove());
}

fn shortcut(event: &KeyboardEvent) -> Option<Shortcut> {
    let has_control = event.ctrl_key() || event.meta_key();
    let key = event.key();
    if has_control && !event.alt_key() && !event.shift_key() && key.eq_ignore_ascii_case("k") {
        return Some(Shortcut::Palette);
    }
    let is_help = key == "?" && !has_control && !event.alt_key() && !event.is_composing();
    (is_help && !is_in_field()).then_some(Shortcut::Help)
}

fn is_in_field() -> bool {
    let focused = document().active_element();
    focused.is_some_and(|focused| {
        let field = focused.closest("input:not([type=radio], [type=checkbox]), textarea, select");
        field.is_ok_and(|field| field.is_some())
    })
}
