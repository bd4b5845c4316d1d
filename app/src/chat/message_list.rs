//! The transcript.

use common::client::{Run, Status};
use leptos::prelude::*;

use super::{UseChat, message_row::message_row};
use crate::components::{
    Erase,
    dynamic::{Item, each, when},
};

/// All messages.
#[component]
pub(crate) fn MessageList(chat: UseChat) -> impl IntoView {
    let rows = each(move || {
        chat.messages.with(|rows| {
            let item = |row: &super::RowHandle| {
                let row = row.clone();
                Item::new(row.key.to_string(), move || message_row(&row, chat))
            };
            rows.iter().map(item).collect()
        })
    });
    let words = Signal::derive(move || chat.run.with(run_words));
    let waiting = when(
        move || chat.status.get() == Status::Submitted,
        move || {
            view! {
                <div class="thinking" aria-hidden="true">
                    <span></span>
                    <span></span>
                    <span></span>
                    {words}
                </div>
            }
            .erase()
        },
    );
    view! {
        // Every delta would be read out; the announcer says what matters.
        <div class="transcript" role="log" aria-label="Conversation" aria-live="off">
            {rows}
            {waiting}
        </div>
    }
}

/// What keeps the answer waiting, where it is not the model.
fn run_words(run: &Run) -> &'static str {
    match run {
        Run::Recovering => "Taking up the interrupted answer",
        Run::Queued(_) => "Waiting for another turn",
        Run::Idle
        | Run::Thinking
        | Run::Writing
        | Run::CallingTool(_)
        | Run::WaitingForUser
        | Run::Failed(_) => "",
    }
}
