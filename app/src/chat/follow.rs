//! The way back to the end of the transcript.

use leptos::prelude::*;

use super::driver;
use crate::components::{Erase, dynamic::when};

/// Shows for a reader who is not at the end.
pub(crate) fn jump_to_latest(at_end: RwSignal<bool>) -> AnyView {
    when(
        move || !at_end.get(),
        move || {
            view! {
                <button type="button" class="button jump" on:click=move |_| driver::scroll_to_end(at_end)>
                    <span class="icon icon-down" aria-hidden="true"></span>
                    "Jump to latest"
                </button>
            }
            .erase()
        },
    )
}
