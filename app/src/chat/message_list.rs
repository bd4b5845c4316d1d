//! The transcript.

use common::client::Status;
use leptos::{html::Div, prelude::*};

use super::{UseChat, driver, message_row::MessageRow};

/// All messages. `at_end` says whether the reader is at the end and is followed there.
#[component]
pub(crate) fn MessageList(chat: UseChat, at_end: RwSignal<bool>) -> impl IntoView {
    let content = NodeRef::<Div>::new();
    driver::follow_end(content, at_end);
    let is_waiting = Memo::new(move |_| chat.status.get() == Status::Submitted);
    view! {
        // Every delta would be read out; the announcer says what matters.
        <div class="transcript" role="log" aria-label="Conversation" aria-live="off" node_ref=content>
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
