//! Copies a text.

use leptos::prelude::*;

use crate::browser::clipboard;

/// A button that puts `content` on the clipboard, and shows for a moment whether that worked. It can be pressed while the
/// text around it is rendered again: what it shows is a matter of the page, not of this component.
#[component]
pub(crate) fn CopyButton(
    /// Its label, while nothing was copied.
    label: &'static str,
    /// Its accessible name, where the label alone does not say enough.
    #[prop(optional)]
    name: Option<&'static str>,
    /// What it copies, read when it is pressed.
    content: impl Fn() -> String + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="copy"
            aria-label=name
            data-label=label
            on:click=move |event| clipboard::copy(&event, content())
        >
            {label}
        </button>
    }
}
