//! The way back to the end of the transcript.

use leptos::prelude::*;

use super::driver;
use crate::components::{
    button::{picture, pressed},
    dynamic::when,
};

/// Shows for a reader who is not at the end.
pub(crate) fn jump_to_latest(at_end: RwSignal<bool>) -> AnyView {
    when(
        move || !at_end.get(),
        move || {
            let press = Callback::new(move |()| driver::scroll_to_end(at_end));
            let content = vec![picture("icon icon-down"), "Jump to latest".into()];
            pressed("button jump", content, press).erase()
        },
    )
}
