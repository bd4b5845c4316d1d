//! The way back to the end of the transcript.

use leptos::prelude::*;

use super::driver;
use crate::components::Icon;

/// A button for a reader who is not at the end.
#[component]
pub(super) fn JumpToLatest(
    /// Whether the reader is at the end.
    at_end: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Show when=move || !at_end.get()>
            <button
                type="button"
                class="button jump"
                on:click=move |_| driver::scroll_to_end(at_end)
            >
                <Icon class="icon icon-down" />
                "Jump to latest"
            </button>
        </Show>
    }
}
