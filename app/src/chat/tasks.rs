//! The turn that runs, the plan and the messages that wait, above the composer; model, mode and usage, beside what is written;
//! the summary of earlier messages, among them.
//!
//! All of it comes with the synced state, so not with the first view: the code is a piece of its own.

mod activity;
mod choices;
mod draft;
mod meter;
mod mode;
mod model;
mod plan;
mod popup;
mod queue;
mod summary;
mod tools;

use common::state::{About, Choices};
#[cfg(feature = "hydrate")]
use futures::FutureExt;
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use self::{
    activity::ActivityLine,
    choices::ChoiceTools,
    draft::DraftLine,
    plan::Plan,
    queue::QueuedMessages,
    summary::{SummaryDetails, SummaryProblem},
    tools::Tools,
};
use super::{UseChat, about_of, change_about, unconfirmed::UnconfirmedNotices};
#[cfg(feature = "hydrate")]
use crate::piece::{MissingPiece, late};

/// One of the places of what comes with the state.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Above the composer of a conversation; this opens a file.
    Above(UseChat, Callback<String>),
    /// Beside what is written.
    Beside(UseChat),
    /// Behind the last message that a summary covers.
    Summary(UseChat),
    /// Where there is no conversation yet.
    Choices(RwSignal<Option<Choices>>, Callback<Choices>),
}

/// The lines above the composer, once the agent has sent its state.
#[component]
pub(crate) fn TaskLine(
    /// The conversation.
    chat: UseChat,
    /// Opens a file.
    on_show: Callback<String>,
) -> impl IntoView {
    with_state(chat, Place::Above(chat, on_show))
}

/// The tools beside what is written, once the agent has sent its state.
#[component]
pub(crate) fn ComposerTools(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    with_state(chat, Place::Beside(chat))
}

/// The choices for a conversation that has not begun.
#[component]
pub(crate) fn NewTools(
    /// What is chosen; `None` before that is known.
    choices: RwSignal<Option<Choices>>,
    /// Takes what the person chooses.
    on_choose: Callback<Choices>,
) -> impl IntoView {
    let is_known = move || choices.with(Option::is_some);
    let place = Place::Choices(choices, on_choose);
    view! { <Show when=is_known>{shown(place)}</Show> }
}

/// The summary behind the last message that it covers.
#[component]
pub(super) fn SummaryLine(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    with_state(chat, Place::Summary(chat))
}

fn with_state(chat: UseChat, place: Place) -> AnyView {
    let has_state = move || chat.facts.with(|facts| facts.state.is_some());
    view! { <Show when=has_state>{shown(place)}</Show> }.into_any()
}

/// The server has the code at hand; it has no state.
#[cfg(not(feature = "hydrate"))]
fn shown(place: Place) -> AnyView {
    at(place)
}

#[cfg(feature = "hydrate")]
fn shown(place: Place) -> AnyView {
    let view = move || piece(place).now_or_never().and_then(Result::ok);
    let failed = match place {
        Place::Above(..) | Place::Choices(..) => missing,
        // It is said once.
        Place::Beside(_) | Place::Summary(_) => |_| ().into_any(),
    };
    late(view, || Box::pin(load_tasks()), || ().into_any(), failed)
}

#[cfg(feature = "hydrate")]
fn missing(retry: Callback<()>) -> AnyView {
    let what = "The plan, the model and the mode could not be loaded.";
    view! { <MissingPiece what on_retry=retry /> }.into_any()
}

/// The code, which the browser fetches as a piece; `load_tasks` only fetches it.
#[cfg(feature = "hydrate")]
#[wasm_split(tasks, wasm_split_path = leptos::wasm_split, fallible, preload(load_tasks))]
fn piece(place: Place) -> Result<AnyView, SplitLoaderError> {
    Ok(at(place))
}

fn at(place: Place) -> AnyView {
    match place {
        Place::Above(chat, on_show) => view! { <Lines chat on_show /> }.into_any(),
        Place::Choices(choices, on_choose) => {
            view! { <ChoiceTools choices on_choose /> }.into_any()
        }
        Place::Beside(chat) => {
            let on_change = Callback::new(move |new: About| change_about(chat, &new));
            let about = settings(chat);
            view! { <Tools chat about on_change /> }.into_any()
        }
        Place::Summary(chat) => view! { <SummaryDetails chat /> }.into_any(),
    }
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
        <SummaryProblem chat />
        <DraftLine chat about />
        <ActivityLine chat />
        <div class="task-line">
            <Plan plan />
        </div>
        <QueuedMessages chat />
    }
}
