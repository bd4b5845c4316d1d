//! The turn that runs, the plan, and what the agent may do without asking: the lines above the composer.
//!
//! All of it comes with the synced state, so not with the first view: the code is a piece of its own.

mod activity;
mod mode;
mod plan;

use common::state::About;
#[cfg(feature = "hydrate")]
use futures::FutureExt;
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use serde_json::Value;

use self::{activity::ActivityLine, mode::ModeChoice, plan::Plan};
use super::{UseChat, unconfirmed::UnconfirmedNotices};
#[cfg(feature = "hydrate")]
use crate::piece::{MissingPiece, late};

/// The lines above the composer, once the agent has sent its state.
#[component]
pub(crate) fn TaskLine(
    /// The conversation.
    chat: UseChat,
    /// Opens a file.
    on_show: Callback<String>,
) -> impl IntoView {
    let has_state = move || chat.facts.with(|facts| facts.state.is_some());
    view! { <Show when=has_state>{shown(chat, on_show)}</Show> }
}

/// The server has the code at hand; it has no state.
#[cfg(not(feature = "hydrate"))]
fn shown(chat: UseChat, show: Callback<String>) -> AnyView {
    view! { <Lines chat on_show=show /> }.into_any()
}

#[cfg(feature = "hydrate")]
fn shown(chat: UseChat, show: Callback<String>) -> AnyView {
    let line = move || piece(chat, show).now_or_never().and_then(Result::ok);
    let failed = |retry| {
        let what = "The plan and the mode could not be loaded.";
        view! { <MissingPiece what on_retry=retry /> }.into_any()
    };
    late(line, || Box::pin(load_tasks()), || ().into_any(), failed)
}

/// The code, which the browser fetches as a piece; `load_tasks` only fetches it.
#[cfg(feature = "hydrate")]
#[wasm_split(tasks, wasm_split_path = leptos::wasm_split, fallible, preload(load_tasks))]
fn piece(chat: UseChat, show: Callback<String>) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Lines chat on_show=show /> }.into_any())
}

#[component]
fn Lines(chat: UseChat, on_show: Callback<String>) -> impl IntoView {
    let about = Memo::new(move |_| {
        let state = chat.facts.with(|facts| facts.state.clone());
        // A state that is not one of ours, such as another agent's, is not for us to show or to change.
        state.and_then(|state| About::from_json(state).ok())
    });
    let plan = Memo::new(move |_| about.get().map(|about| about.plan).unwrap_or_default());
    let change = Callback::new(move |new: About| change(chat, &new));
    view! {
        <UnconfirmedNotices chat on_show />
        <ActivityLine chat />
        <div class="task-line">
            <Plan plan />
            <Show when=move || about.with(Option::is_some)>
                <ModeChoice about on_change=change />
            </Show>
        </div>
    }
}

/// Replaces what the user may change of the state; the rest is the agent's.
fn change(chat: UseChat, new: &About) {
    let mut state = new.to_json();
    for field in ["run", "usage", "unconfirmed"] {
        let own = chat.facts.with_untracked(|facts| {
            let state = facts.state.as_ref()?;
            state.get(field).cloned()
        });
        if let (Value::Object(fields), Some(own)) = (&mut state, own) {
            fields.insert(field.to_owned(), own);
        }
    }
    chat.set_state(state);
}
