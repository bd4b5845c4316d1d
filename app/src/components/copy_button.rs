//! Copies a text.

use std::time::Duration;

use leptos::prelude::*;

use crate::chat::driver;

/// How long the button shows whether the copy worked.
const ANSWER: Duration = Duration::from_secs(2);

/// A button that puts `content` on the clipboard.
#[component]
pub(crate) fn CopyButton(
    /// Its label, while nothing was copied.
    label: &'static str,
    /// What it copies.
    #[prop(into)]
    content: Signal<String>,
) -> impl IntoView {
    let shown = RwSignal::new(label);
    let done = Callback::new(move |is_copied: bool| {
        shown.try_set(if is_copied { "Copied" } else { "Not copied" });
        set_timeout(
            move || {
                shown.try_set(label);
            },
            ANSWER,
        );
    });
    let copy = move |_| driver::copy(&content.get_untracked(), done);
    view! {
        <button type="button" class="copy" on:click=copy>
            {move || shown.get()}
        </button>
    }
}
