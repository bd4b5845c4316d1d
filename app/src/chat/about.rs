//! The settings of a conversation, as its person changes them.

#[cfg(feature = "hydrate")]
use common::client::Status;
use common::{callable::Callable, models::OfferedModels, state::About};
use leptos::prelude::*;
use serde_json::Value;

use super::{MethodCall, UseChat};

/// The settings; `None` before the agent has sent them. A state that is not one of ours, such as another agent's, is not for
/// us to show or to change.
pub(crate) fn about_of(state: Option<Value>) -> Option<About> {
    state.and_then(|state| About::from_json(state).ok())
}

/// Replaces what the user may change of the state; the rest is the agent's.
pub(crate) fn change_about(chat: UseChat, new: &About) {
    let mut state = new.to_json();
    for field in [
        "run",
        "usage",
        "unconfirmed",
        "drafted",
        "forks",
        "compaction",
    ] {
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

/// Whether an answer is being written.
#[cfg(feature = "hydrate")]
pub(crate) fn is_busy(chat: UseChat) -> bool {
    matches!(
        chat.status.get_untracked(),
        Status::Submitted | Status::Streaming
    )
}

/// The models that the conversation can be answered by.
///
/// # Errors
/// The reason, as a sentence for the user, why they are not known.
pub(crate) async fn ask_models(chat: UseChat) -> Result<OfferedModels, String> {
    let call = MethodCall::new(Callable::ListModels.as_str(), Vec::new());
    let answer = chat.call(call).await.map_err(|error| error.to_string())?;
    OfferedModels::from_json(answer)
        .ok_or_else(|| "The server's list of models could not be read.".to_owned())
}
