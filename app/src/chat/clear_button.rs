//! Empties the transcript, after a question.

use leptos::{html::Dialog, prelude::*};

use crate::{
    browser::dialog,
    components::{Button, ButtonKind, ConfirmDialog},
};

/// The button and its question.
#[component]
pub(crate) fn ClearButton(
    /// Empties the transcript.
    on_clear: Callback<()>,
) -> impl IntoView {
    let question = NodeRef::<Dialog>::new();
    let ask = Callback::new(move |()| dialog::open_modal(question));
    view! {
        <span class="clear-place">
            <Button kind=ButtonKind::Quiet on_press=ask>
                "Clear"
            </Button>
        </span>
        <ConfirmDialog
            dialog=question
            title="Clear this conversation?"
            confirm="Clear"
            keep="Keep"
            on_confirm=on_clear
        >
            "All of its messages are deleted, for everyone who has its address. Its files stay as they are: what Coder changed in \
             them can still be undone under Files, in the history."
        </ConfirmDialog>
    }
}
