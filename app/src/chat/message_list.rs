//! The transcript.

use common::client::Status;
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
                Item::new(row.id.to_string(), move || message_row(&row, chat))
            };
            rows.iter().map(item).collect()
        })
    });
    let waiting = when(
        move || chat.status.get() == Status::Submitted,
        || {
            view! {
                <div class="thinking" aria-hidden="true">
                    <span></span>
                    <span></span>
                    <span></span>
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
