//! How far a message is, and what can still be done about it.

use common::{
    client::{Connection, Delivery},
    message::Role,
    state::{RunStatus, RunSummary},
};
use leptos::prelude::*;
use serde_json::Value;

use super::{RowHandle, UseChat};
use crate::components::{
    ButtonKind, Erase, button,
    dynamic::dynamic,
    node::{Node, element},
};

/// The line under a message that is on its way; nothing under others.
pub(super) fn delivery_line(row: RowHandle, chat: UseChat) -> AnyView {
    let delivery = row.delivery.clone();
    dynamic(move || {
        let delivery = delivery.get();
        let is_connected = chat.connection.with(|one| *one == Connection::Connected);
        let is_next = chat
            .facts
            .with(|facts| is_answered_next(facts.state.as_ref()));
        let waits = !matches!(delivery, Delivery::Sent | Delivery::Accepted) || !is_next;
        let words = words(delivery, is_connected).filter(|_| waits || !is_connected);
        let Some(words) = words else {
            return ().erase();
        };
        let words = element("span", vec![words.into()]);
        let mut content = vec![words.with("class", "message-delivery-words").into()];
        match (row.role, delivery) {
            (Role::User, Delivery::Stored) => content.extend(buttons(&row, chat, false)),
            (Role::User, Delivery::Overdue) => content.extend(buttons(&row, chat, true)),
            _ => {}
        }
        element("p", content)
            .with("class", "message-delivery")
            .erase()
    })
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

/// The message goes back into the field, or away; an overdue one can also be sent.
fn buttons(row: &RowHandle, chat: UseChat, is_overdue: bool) -> Vec<Node> {
    let id = row.id.clone();
    let send = {
        let id = id.clone();
        Callback::new(move |()| chat.send_overdue(id.clone()))
    };
    let edit = {
        let row = row.clone();
        Callback::new(move |()| {
            let text = row
                .builder
                .with_untracked(|builder| builder.message().plain_text());
            chat.give_back(text);
            chat.withdraw(row.id.clone());
        })
    };
    let remove = Callback::new(move |()| chat.withdraw(id.clone()));
    let send = is_overdue.then_some(("Send", send));
    let buttons = send.into_iter().chain([("Edit", edit), ("Remove", remove)]);
    buttons
        .map(|(label, press)| button(ButtonKind::Quiet, label, press).into())
        .collect()
}
