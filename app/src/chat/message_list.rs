//! The transcript.

use common::client::Status;
use leptos::prelude::*;

use super::{UseChat, message_row::MessageRow};

/// All messages.
#[component]
pub(crate) fn MessageList(chat: UseChat) -> impl IntoView {
    let is_waiting = Memo::new(move |_| chat.status.get() == Status::Submitted);
    view! {
        // Every delta would be read out; the announcer says what matters.
        <div class="transcript" role="log" aria-label="Conversation" aria-live="off">
            <For each=move || chat.messages.get() key=|row| row.id.clone() let:row>
                <MessageRow row />
            </For>
            <Show when=move || is_waiting.get()>
                <div class="thinking" aria-hidden="true">
                    <span></span>
                    <span></span>
                    <span></span>
                </div>
            </Show>
        </div>
    }
}
