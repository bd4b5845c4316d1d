//! Copies a text.

use std::time::Duration;

use leptos::prelude::*;

use super::{button::pressed, dynamic::text, node::Node};
use crate::chat::driver;

/// How long the button says what came of it.
const ANSWER: Duration = Duration::from_secs(2);

/// A button that puts `content` on the clipboard.
pub(crate) fn copy_button(label: &'static str, content: Signal<String>) -> Node {
    let idle = label;
    let label = RwSignal::new(idle);
    let answer = Callback::new(move |is_copied: bool| {
        label.try_set(if is_copied { "Copied" } else { "Not copied" });
        set_timeout(
            move || {
                label.try_set(idle);
            },
            ANSWER,
        );
    });
    let copy = Callback::new(move |()| driver::copy(&content.get_untracked(), answer));
    let label = text(move || label.get().to_owned());
    pressed("copy", vec![label], copy).into()
}
