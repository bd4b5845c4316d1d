//! The transcript.

use common::client::{Run, Status};
use leptos::prelude::*;

use super::{UseChat, message_row::MessageRow};

/// All messages. Each row follows signals of its own, so that a delta touches one of them.
#[component]
pub(super) fn MessageList(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    view! {
        // Every delta would be read out; the announcer says what matters.
        <div class="transcript" role="log" aria-label="Conversation" aria-live="off">
            <For each=move || chat.messages.get() key=|row| row.key() let(row)>
                <MessageRow row=row chat=chat />
            </For>
            <Show when=move || chat.status.get() == Status::Submitted>
                <div class="thinking" aria-hidden="true">
                    <span></span>
                    <span></span>
                    <span></span>
                    {move || chat.run.with(run_words)}
                </div>
            </Show>
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
