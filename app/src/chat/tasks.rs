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

use super::{UseChat, unconfirmed::unconfirmed_notices};
#[cfg(feature = "hydrate")]
use crate::components::late::{late, missing};
use crate::components::{
    Erase,
    dynamic::{dynamic, when},
    node::{Node, element},
};

/// The line, once the agent has told its state.
///
/// `show` opens a file.
pub(crate) fn task_line(chat: UseChat, show: Callback<String>) -> AnyView {
    let is_told = move || chat.facts.with(|facts| facts.state.is_some());
    when(is_told, move || shown(chat, show))
}

/// The server has the code at hand; it is told no state.
#[cfg(not(feature = "hydrate"))]
fn shown(chat: UseChat, show: Callback<String>) -> AnyView {
    line(chat, show)
}

#[cfg(feature = "hydrate")]
fn shown(chat: UseChat, show: Callback<String>) -> AnyView {
    let line = move || piece(chat, show).now_or_never().and_then(Result::ok);
    let failed = |again| missing("The plan and the mode could not be loaded.", again);
    late(line, || Box::pin(load_tasks()), || ().erase(), failed)
}

/// The code, which the browser fetches as a piece; `load_tasks` only fetches it.
#[cfg(feature = "hydrate")]
#[wasm_split(tasks, wasm_split_path = leptos::wasm_split, fallible, preload(load_tasks))]
fn piece(chat: UseChat, show: Callback<String>) -> Result<AnyView, SplitLoaderError> {
    Ok(line(chat, show))
}

fn line(chat: UseChat, show: Callback<String>) -> AnyView {
    let about = Memo::new(move |_| {
        let state = chat.facts.with(|facts| facts.state.clone());
        // A state that is not one of ours, such as another agent's, is not for us to show or to change.
        state.and_then(|state| About::from_json(state).ok())
    });
    let plan = Memo::new(move |_| about.get().map(|about| about.plan).unwrap_or_default());
    let is_known = move || about.with(Option::is_some);
    let change = Callback::new(move |new: About| change(chat, &new));
    let plan = dynamic(move || plan::view(&plan.get()).erase());
    let mode = when(is_known, move || mode::view(about, change));
    let tasks = element("div", vec![plan.into(), mode.into()]).with("class", "task-line");
    let unconfirmed = unconfirmed_notices(chat, show);
    vec![
        Node::from(unconfirmed),
        Node::from(activity::view(chat)),
        tasks.into(),
    ]
    .erase()
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
