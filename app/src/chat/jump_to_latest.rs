//! The way back to the end of the transcript.

use leptos::prelude::*;

use crate::{
    browser::{field, scroll},
    components::Icon,
};

/// A button for a reader who is not at the end.
#[component]
pub(crate) fn JumpToLatest(
    /// Whether the reader is at the end.
    at_end: RwSignal<bool>,
) -> impl IntoView {
    let jump = move |_| {
        scroll::scroll_to_end(at_end);
        field::focus_composer();
    };
    view! {
        <Show when=move || !at_end.get()>
            <button type="button" class="button jump" on:click=jump>
                <Icon class="icon icon-down" />
                "Jump to latest"
            </button>
        </Show>
    }
}
