//! Copies a text.

use std::time::Duration;

use leptos::prelude::*;

use super::Erase;
use crate::chat::driver;

/// How long the button says what came of it.
const ANSWER: Duration = Duration::from_secs(2);

/// Puts `text` on the clipboard.
#[component]
pub(crate) fn CopyButton(
    #[prop(into)] text: Signal<String>,
    #[prop(default = "Copy")] label: &'static str,
) -> impl IntoView {
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
    view! {
        <button type="button" class="copy" on:click=move |_| driver::copy(&text.get_untracked(), answer)>
            {label}
        </button>
    }
    .erase()
}
