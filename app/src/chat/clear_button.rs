//! Empties the transcript, after a question.

use leptos::{html::Dialog, prelude::*};

use super::driver;
use crate::components::{Button, ButtonKind, Question};

/// The button and its question.
#[component]
pub(crate) fn ClearButton(clear: Callback<()>) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    view! {
        <Button kind=ButtonKind::Quiet label="Clear" press=Callback::new(move |()| driver::open_modal(dialog)) />
        <Question
            dialog
            title="Clear this conversation?"
            text="All of its messages are deleted, for everyone who has its address."
            confirm="Clear"
            keep="Keep"
            confirmed=clear
        />
    }
}
