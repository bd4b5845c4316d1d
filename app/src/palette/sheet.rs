//! The list of shortcuts.

use leptos::{html::Dialog, prelude::*};

use super::host::Open;
use crate::{
    browser::dialog,
    components::{Button, ButtonKind},
};

/// The keys of the page, and what they do.
const SHORTCUTS: &[(&str, &str)] = &[
    ("Ctrl K or ⌘ K", "Go to a conversation, a file or a command"),
    ("?", "Show this list"),
    ("Enter", "Send the message"),
    ("Shift Enter", "Break the line"),
    (
        "Ctrl Enter",
        "Say it at the next step of the running answer",
    ),
    ("/", "At the start of a message: commands"),
    ("@", "In a message: files"),
    (
        "Escape",
        "Close what is open; clear the search; stop the running answer",
    ),
    (
        "← and →",
        "Move the focused border between two parts of the page",
    ),
];

/// The keys of the page, in a dialog.
#[component]
pub(super) fn Sheet(
    /// The open dialog.
    opened: RwSignal<Option<Open>>,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    Effect::new(move || dialog::open_by_itself(dialog));
    let close = Callback::new(move |()| dialog::close(dialog));
    let lines = SHORTCUTS.iter().map(|(keys, words)| {
        let keys = keys.split(' ').map(|key| match key {
            "or" | "and" => format!(" {key} ").into_any(),
            key => view! { <kbd>{key}</kbd> }.into_any(),
        });
        view! {
            <dt>{keys.collect_view()}</dt>
            <dd>{*words}</dd>
        }
    });
    view! {
        <dialog
            node_ref=dialog
            class="question shortcuts"
            aria-label="Keyboard shortcuts"
            on:close=move |_| opened.set(None)
        >
            <h2>"Keyboard shortcuts"</h2>
            <dl>{lines.collect_view()}</dl>
            <div class="question-buttons">
                <Button kind=ButtonKind::Plain on_press=close>
                    "Close"
                </Button>
            </div>
        </dialog>
    }
}
