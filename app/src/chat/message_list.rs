//! The transcript.

use common::{
    client::{Earlier, Load, Run, Status},
    state::RunSummary,
};
use leptos::prelude::*;

use super::{
    RowHandle, UseChat,
    branch_line::{BranchLine, forks_of},
    message_row::MessageRow,
    tasks::SummaryLine,
};
use crate::browser::{dom, location};

/// All messages. Each row follows signals of its own, so that a delta touches one of them.
#[component]
pub(crate) fn MessageList(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    follow_link(chat);
    let forks = forks_of(chat);
    let has_beginning = Memo::new(move |_| chat.facts.with(|facts| facts.earlier == Earlier::None));
    // The last message that a summary covers.
    let covered = Memo::new(move |_| {
        chat.facts.with(|facts| {
            let compaction = facts.state.as_ref()?.get("compaction")?;
            compaction.get("after")?.as_str().map(str::to_owned)
        })
    });
    let waiting = Memo::new(move |_| {
        let run = chat.facts.with(|facts| {
            let run = facts.state.as_ref()?.get("run")?;
            RunSummary::from_json(run)
        });
        let waiting = run.map(|run| run.waiting).unwrap_or_default();
        waiting.into_iter().map(|one| one.message).collect()
    });
    let row = move |row: RowHandle| {
        let (id, after) = (row.id.clone(), row.id.clone());
        let is_covered =
            Memo::new(move |_| covered.with(|covered| covered.as_deref() == Some(id.as_str())));
        view! {
            <MessageRow row chat waiting />
            <BranchLine chat forks after />
            <Show when=move || is_covered.get()>
                <SummaryLine chat />
            </Show>
        }
    };
    view! {
        // Every delta would be read out; the announcer says what matters.
        <div
            class="transcript"
            role="log"
            aria-label="Conversation"
            aria-live="off"
            data-busy=move || matches!(chat.status.get(), Status::Submitted | Status::Streaming)
        >
            <Show when=move || has_beginning.get()>
                <BranchLine chat forks after="".into() />
            </Show>
            <For each=move || chat.messages.get() key=|row| row.key() children=row />
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

/// Goes to the message that the address names; what comes before the first one is loaded until it is there.
fn follow_link(chat: UseChat) {
    let wanted = location::place();
    Effect::new(move || {
        chat.messages.with(|_| ());
        let load = chat.facts.with(|facts| match &facts.earlier {
            Earlier::Stored { load, .. } => Some(*load),
            Earlier::None => None,
        });
        let Some(place) = wanted.get().filter(|place| place.starts_with("message-")) else {
            return;
        };
        if dom::show_place(&place) {
            wanted.set(None);
        } else if load == Some(Load::Idle) {
            chat.load_earlier();
        }
    });
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
