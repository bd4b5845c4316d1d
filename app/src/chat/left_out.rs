//! Messages that the user takes out of the conversation: they stay on the page, and the model does not get them.

use common::{
    callable,
    id::MessageId,
    state::{Failure, RunSummary},
};
use leptos::{prelude::*, task::spawn_local};
use serde_json::json;

use super::{MethodCall, RowHandle, UseChat};
use crate::components::{
    ButtonKind, Erase, button,
    dynamic::dynamic,
    node::{Element, element},
};

/// A line under a message that was left out, with the way back; nothing under others.
pub(super) fn left_out_line(row: RowHandle, chat: UseChat) -> AnyView {
    let is_left_out = {
        let row = row.clone();
        ArcMemo::new(move |_| {
            row.generation.track();
            row.builder.with(|builder| builder.message().is_left_out())
        })
    };
    dynamic(move || {
        if !is_left_out.get() {
            return ().erase();
        }
        let words = element(
            "span",
            vec!["Left out: the model does not get this message.".into()],
        );
        let mut line = vec![words.into()];
        if chat.is_live() {
            line.push(put_back(row.id.clone(), chat).into());
        }
        element("p", line)
            .with("class", "message-delivery message-left-out")
            .erase()
    })
}

fn put_back(id: MessageId, chat: UseChat) -> Element {
    let back = Callback::new(move |()| set(chat, id.clone(), false, None));
    button(ButtonKind::Quiet, "Put back", back)
}

/// Leaves out the message that made the last turn fail and asks again; `None` where no message did.
pub(super) fn leave_out_button(chat: UseChat, retry: Callback<()>) -> Option<Element> {
    let message = culprit(chat)?;
    let press = Callback::new(move |()| set(chat, message.clone(), true, Some(retry)));
    Some(button(
        ButtonKind::Plain,
        "Leave that message out and retry",
        press,
    ))
}

/// The message that made the last turn fail.
fn culprit(chat: UseChat) -> Option<MessageId> {
    let run = chat.facts.with(|facts| {
        let state = facts.state.as_ref();
        state.and_then(|state| state.get("run")).cloned()
    })?;
    let Failure { message, .. } = RunSummary::from_json(&run)?.failure?;
    message
}

/// Takes a message out, or back in; then does what is to follow.
fn set(chat: UseChat, message: MessageId, is_left_out: bool, then: Option<Callback<()>>) {
    let change = json!({"messageId": message.as_str(), "leftOut": is_left_out});
    let call = chat.call(MethodCall::new(
        callable::Callable::SetLeftOut.as_str(),
        vec![change],
    ));
    spawn_local(async move {
        match call.await {
            Ok(_) => {
                if let Some(then) = then {
                    then.run(());
                }
            }
            Err(error) => chat.report(error),
        }
    });
}
