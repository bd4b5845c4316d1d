//! The turn that runs, the plan and the messages that wait, above the composer; model, mode and usage, beside what is written;
//! the summary of earlier messages, among them.

mod activity;
mod choices;
mod context_dialog;
mod draft;
mod meter;
mod mode;
mod model;
mod near_full;
mod plan;
mod popup;
mod queue;
mod summary;
mod tools;

use common::state::About;
use leptos::prelude::*;

pub(super) use self::choices::ChoiceTools;
use self::{
    activity::ActivityLine,
    draft::DraftLine,
    near_full::NearFull,
    plan::Plan,
    queue::QueuedMessages,
    summary::{SummaryDetails, SummaryProblem},
    tools::Tools,
};
use super::{UseChat, about_of, unconfirmed::UnconfirmedNotices};

/// The lines above the composer, once the agent has sent its state.
#[component]
pub(crate) fn TaskLine(
    /// The conversation.
    chat: UseChat,
    /// Opens a file.
    on_show: Callback<String>,
) -> impl IntoView {
    view! {
        <Show when=move || has_state(chat)>
            <Lines chat on_show />
        </Show>
    }
}

/// The tools beside what is written, once the agent has sent its state.
#[component]
pub(crate) fn ComposerTools(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    view! {
        <Show when=move || has_state(chat)>
            <Tools chat />
        </Show>
    }
}

/// The summary behind the last message that it covers.
#[component]
pub(super) fn SummaryLine(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    view! {
        <Show when=move || has_state(chat)>
            <SummaryDetails chat />
        </Show>
    }
}

fn has_state(chat: UseChat) -> bool {
    chat.facts.with(|facts| facts.state.is_some())
}

fn settings(chat: UseChat) -> Memo<Option<About>> {
    Memo::new(move |_| about_of(chat.facts.with(|facts| facts.state.clone())))
}

#[component]
fn Lines(chat: UseChat, on_show: Callback<String>) -> impl IntoView {
    let about = settings(chat);
    let plan = Memo::new(move |_| about.get().map(|about| about.plan).unwrap_or_default());
    view! {
        <UnconfirmedNotices chat on_show />
        <NearFull chat />
        <SummaryProblem chat />
        <DraftLine chat about />
        <ActivityLine chat />
        <div class="task-line">
            <Plan plan />
        </div>
        <QueuedMessages chat />
    }
}
