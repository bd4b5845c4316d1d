//! Empties the transcript, after a question.

use leptos::{html::Dialog, prelude::*};

use super::driver;
use crate::components::{Button, ButtonKind, ConfirmDialog};

/// The button and its question.
#[component]
pub(super) fn ClearButton(
    /// Empties the transcript.
    on_clear: Callback<()>,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let ask = Callback::new(move |()| driver::open_modal(dialog));
    view! {
        <Button kind=ButtonKind::Quiet on_press=ask>
            "Clear"
        </Button>
        <ConfirmDialog
            dialog=dialog
            title="Clear this conversation?"
            confirm="Clear"
            keep="Keep"
            on_confirm=on_clear
        >
            "All of its messages are deleted, for everyone who has its address."
        </ConfirmDialog>
    }
}
