//! Pins a message: the model gets it word for word, also where messages around it are summarised.

use common::{callable::Callable, message::Message};
use leptos::{prelude::*, task::spawn_local};
use serde_json::json;

use super::{MethodCall, RowHandle, UseChat};
use crate::components::{Button, ButtonKind};

/// The button.
#[component]
pub(super) fn PinButton(
    /// The message.
    row: RowHandle,
    /// Its conversation.
    chat: UseChat,
) -> impl IntoView {
    let id = row.id.to_string();
    let is_pinned = Memo::new(move |_| row.with(Message::is_pinned));
    let turn = Callback::new(move |()| {
        let pin = json!({"messageId": id, "pinned": !is_pinned.get_untracked()});
        let call = chat.call(MethodCall::new(Callable::PinMessage.as_str(), vec![pin]));
        spawn_local(async move {
            if let Err(error) = call.await {
                chat.report(error);
            }
        });
    });
    let label = move || if is_pinned.get() { "Unpin" } else { "Pin" };
    view! {
        <Button kind=ButtonKind::Quiet on_press=turn>
            {label}
        </Button>
    }
}
