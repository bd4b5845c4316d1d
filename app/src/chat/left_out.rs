//! Messages that the user takes out of the conversation: they stay on the page, and the model does not get them.

use common::{
    callable,
    id::MessageId,
    message::Message,
    state::{Failure, RunSummary},
};
use leptos::{prelude::*, task::spawn_local};
use serde_json::json;

use super::{MethodCall, RowHandle, UseChat};
use crate::components::{Button, ButtonKind};

/// A line under a message that was left out, with the way back; nothing under others.
#[component]
pub(super) fn LeftOutLine(
    /// The message.
    row: RowHandle,
    /// Its conversation.
    chat: UseChat,
) -> impl IntoView {
    let id = StoredValue::new(row.id.clone());
    let is_left_out = Memo::new(move |_| row.with(Message::is_left_out));
    let put_back = Callback::new(move |()| {
        if let Some(id) = id.try_get_value() {
            set(chat, id, false, None);
        }
    });
    let button = move || {
        view! {
            <Button kind=ButtonKind::Quiet on_press=put_back>
                "Put back"
            </Button>
        }
    };
    view! {
        <Show when=move || is_left_out.get()>
            <p class="message-delivery message-left-out">
                <span>"Left out: the model does not get this message."</span>
                {chat.is_live().then(button)}
            </p>
        </Show>
    }
}

/// Leaves out the message that made the last turn fail, and asks again; nothing where no message did.
#[component]
pub(super) fn LeaveOutButton(
    /// The conversation.
    chat: UseChat,
    /// Asks for the turn again.
    on_retry: Callback<()>,
) -> impl IntoView {
    view! {
        {move || {
            let message = culprit(chat)?;
            let leave_out = Callback::new(move |()| set(chat, message.clone(), true, Some(on_retry)));
            Some(view! {
                <Button kind=ButtonKind::Plain on_press=leave_out>
                    "Leave that message out and retry"
                </Button>
            }
            .into_any())
        }}
    }
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
                    then.try_run(());
                }
            }
            Err(error) => chat.report(error),
        }
    });
}
