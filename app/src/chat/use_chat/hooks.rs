//! The events that an application can handle.

use common::{
    client::ChatError,
    id::{MessageId, ToolCallId},
};
use leptos::prelude::{Callable, Callback};
use serde_json::Value;

/// The events that the application handles. Signals say how things are; these say that something happened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hooks {
    /// Something went wrong.
    pub on_error: Option<Callback<ChatError>>,
    /// A turn is over; with its answer, if there is one.
    pub on_finish: Option<Callback<Option<MessageId>>>,
    /// The model calls a tool of the page; [`UseChat::add_tool_output`](super::UseChat::add_tool_output) takes the
    /// result. Called once for each call.
    pub on_tool_call: Option<Callback<ToolCall>>,
    /// The synced state changed, here or elsewhere.
    pub on_state: Option<Callback<Value>>,
}

/// A call of a tool that the page runs itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolCall {
    /// Which call.
    pub id: ToolCallId,
    /// The tool's name.
    pub name: String,
    /// What the model asked for.
    pub input: Value,
}

#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "on the server nothing happens")
)]
impl Hooks {
    pub(crate) fn error(self, error: &ChatError) {
        if let Some(hook) = self.on_error {
            hook.try_run(error.clone());
        }
    }

    pub(crate) fn finish(self, answer: Option<MessageId>) {
        if let Some(hook) = self.on_finish {
            hook.try_run(answer);
        }
    }

    pub(crate) fn tool_call(self, id: ToolCallId, name: String, input: Value) {
        if let Some(hook) = self.on_tool_call {
            hook.try_run(ToolCall { id, name, input });
        }
    }

    pub(crate) fn state(self, state: &Value) {
        if let Some(hook) = self.on_state {
            hook.try_run(state.clone());
        }
    }
}
