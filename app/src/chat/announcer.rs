//! Tells screen readers when an answer begins, ends and waits for the user, instead of reading out every delta.

use common::client::Status;
use leptos::prelude::*;

use super::{RowHandle, UseChat, part_tool::asks_in_words};

const WAITS: &str = "Coder waits for your answer.";

/// A live region that nobody sees.
#[component]
pub(crate) fn Announcer(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    let words = Memo::new(move |last: Option<&&str>| match (chat.status.get(), last) {
        (Status::Ready, _) if waits(chat) => WAITS,
        (Status::Streaming, _) => "Coder is answering.",
        (Status::Ready, Some(&"Coder is answering.")) => "Coder has answered.",
        // The error bubble speaks for itself.
        (Status::Submitted | Status::Error, _) | (Status::Ready, None | Some(&WAITS)) => "",
        (Status::Ready, Some(last)) => last,
    });
    view! {
        <p class="visually-hidden" aria-live="polite">
            {move || words.get()}
        </p>
    }
}

/// Whether the last answer waits for a yes, a no, or words.
fn waits(chat: UseChat) -> bool {
    let asks = |answer: RowHandle| answer.with(asks_in_words);
    chat.waits_for_user() || chat.last_answer().is_some_and(asks)
}
