//! The way back to the end of the transcript.

use leptos::prelude::*;

use super::driver;

/// Shows for a reader who is not at the end.
#[component]
pub(crate) fn JumpToLatest(at_end: RwSignal<bool>) -> impl IntoView {
    view! {
        <Show when=move || !at_end.get()>
            <button type="button" class="button jump" on:click=move |_| driver::scroll_to_end(at_end)>
                <span class="icon icon-down" aria-hidden="true"></span>
                "Jump to latest"
            </button>
        </Show>
    }
}
