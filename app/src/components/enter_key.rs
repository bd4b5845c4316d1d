//! Enter in a text field.

use leptos::ev::KeyboardEvent;

use crate::browser::field;

/// How Enter was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Enter {
    /// By itself.
    Plain,
    /// With Ctrl, or the command key.
    WithCtrl,
}

/// How Enter was pressed, where that sends the text instead of breaking the line; its default is prevented then.
pub(crate) fn enter(event: &KeyboardEvent) -> Option<Enter> {
    // While an input method composes, Enter picks a candidate; Safari tells by the key code alone.
    let is_composing = event.is_composing() || event.key_code() == 229;
    if event.key() != "Enter" || event.shift_key() || is_composing {
        return None;
    }
    let is_with_ctrl = event.ctrl_key() || event.meta_key();
    // A keyboard on glass has no Shift that breaks a line; there is a button that sends.
    if !is_with_ctrl && field::is_on_glass() {
        return None;
    }
    event.prevent_default();
    Some(if is_with_ctrl {
        Enter::WithCtrl
    } else {
        Enter::Plain
    })
}
