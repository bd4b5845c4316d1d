//! The transcript.

use common::client::{Run, Status};
use leptos::prelude::*;

use super::{UseChat, message_row::message_row};
use crate::components::{
    dynamic::{Item, each, text, when},
    node::{Node, element},
};

/// All messages.
pub(crate) fn message_list(chat: UseChat) -> Node {
    let rows = each(move || {
        chat.messages.with(|rows| {
            let item = |row: &super::RowHandle| {
                let row = row.clone();
                Item::new(row.key.to_string(), move || message_row(&row, chat))
            };
            rows.iter().map(item).collect()
        })
    });
    let waiting = when(
        move || chat.status.get() == Status::Submitted,
        move || {
            let dot = || element("span", Vec::new()).into();
            let words = text(move || chat.run.with(run_words).to_owned());
            element("div", vec![dot(), dot(), dot(), words])
                .with("class", "thinking")
                .with("aria-hidden", "true")
                .erase()
        },
    );
    element("div", vec![rows.into(), waiting.into()])
        .with("class", "transcript")
        .with("role", "log")
        .with("aria-label", "Conversation")
        // Every delta would be read out; the announcer says what matters.
        .with("aria-live", "off")
        .into()
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
