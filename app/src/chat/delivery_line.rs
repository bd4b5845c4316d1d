//! How far a message is, and what can still be done about it.

use common::{
    client::{Connection, Delivery},
    message::{Message, Role},
    state::{RunStatus, RunSummary},
};
use leptos::prelude::*;
use serde_json::Value;

use super::{RowHandle, UseChat};
use crate::components::{Button, ButtonKind};

/// The line under a message that is on its way; nothing under others.
#[component]
pub(super) fn DeliveryLine(
    /// The message.
    row: RowHandle,
    /// Its conversation.
    chat: UseChat,
) -> impl IntoView {
    view! {
        {move || {
            let delivery = row.delivery();
            // Most messages, which need not follow anything else.
            if matches!(delivery, Delivery::Running | Delivery::Answered) {
                return None;
            }
            let is_connected = chat.connection.with(|one| *one == Connection::Connected);
            let is_next = chat
                .facts
                .with(|facts| is_answered_next(facts.state.as_ref()));
            let waits = !matches!(delivery, Delivery::Sent | Delivery::Accepted) || !is_next;
            let words = words(delivery, is_connected).filter(|_| waits || !is_connected)?;
            let is_overdue = delivery == Delivery::Overdue;
            let can_change = row.role == Role::User && (is_overdue || delivery == Delivery::Stored);
            let buttons = can_change.then(|| {
                let row = row.clone();
                view! { <UnsentButtons row chat is_overdue /> }
            });
            Some(view! {
                <p class="message-delivery">
                    <span class="message-delivery-words">{words}</span>
                    {buttons}
                </p>
            }
            .into_any())
        }}
    }
}

/// Whether the agent runs a turn and none waits: then what was sent is being answered, if without a word so far.
fn is_answered_next(state: Option<&Value>) -> bool {
    let run = state.and_then(|state| state.get("run"));
    let run = run.and_then(RunSummary::from_json);
    run.is_some_and(|run| run.queued == 0 && matches!(run.status, RunStatus::Running { .. }))
}

const fn words(delivery: Delivery, is_connected: bool) -> Option<&'static str> {
    match (delivery, is_connected) {
        (Delivery::Stored, _) => Some("Waiting for the connection"),
        (Delivery::Overdue, _) => Some("Not sent for more than a day. Still send it?"),
        (Delivery::Sent, false) => Some("Sent, not confirmed"),
        (Delivery::Sent | Delivery::Accepted, _) => Some("Queued"),
        (Delivery::Failed, _) => Some("Failed"),
        (Delivery::Running | Delivery::Answered, _) => None,
    }
}

/// The buttons of a message that was not sent: it goes back into the field, or away; an overdue one can also be sent.
#[component]
fn UnsentButtons(row: RowHandle, chat: UseChat, is_overdue: bool) -> impl IntoView {
    let id = row.id.clone();
    let send = is_overdue.then(|| {
        let id = id.clone();
        let send = Callback::new(move |()| chat.send_overdue(id.clone()));
        view! {
            <Button kind=ButtonKind::Quiet on_press=send>
                "Send"
            </Button>
        }
    });
    let edit = Callback::new(move |()| {
        chat.give_back(row.with_untracked(Message::draft));
        chat.withdraw(row.id.clone());
    });
    let remove = Callback::new(move |()| chat.withdraw(id.clone()));
    view! {
        {send}
        <Button kind=ButtonKind::Quiet on_press=edit>
            "Edit"
        </Button>
        <Button kind=ButtonKind::Quiet on_press=remove>
            "Remove"
        </Button>
    }
}
