//! What every tool says about itself, and how it can fail.

use common::state::About;
use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

/// Something the agent runs when the model calls it.
pub trait Tool: Sync {
    /// Its name: `a-z` and `_`.
    fn name(&self) -> &'static str;

    /// What it does and when to call it, for the model.
    fn description(&self) -> &'static str;

    /// The JSON schema of its input, an object.
    fn parameters(&self) -> Value;

    /// Whether the user is asked first.
    fn approval(&self) -> ApprovalRule;

    /// Runs it. A call that was cut off by an eviction is not made again: whether it took effect is not known.
    ///
    /// # Errors
    /// When the input is not what it takes, or it cannot be done.
    fn run(&self, input: &Value, about: &About) -> Result<ToolDone, ToolFailure>;
}

/// Whether the user is asked before a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalRule {
    /// Never.
    Never,
    /// Each time.
    Always,
}

/// What a call led to.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolDone {
    /// What the model is told.
    pub output: Value,
    /// What the conversation is about from now on; `None`: the same as before.
    pub about: Option<About>,
}

/// Why a call failed. `Display` is what the model is told, and the user can read it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct ToolFailure(pub String);

/// A tool as the model is told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolSchema {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// The JSON schema of its input.
    pub parameters: Value,
}

impl ToolFailure {
    /// The model made a name up.
    #[must_use]
    pub fn no_such_tool(name: &str) -> Self {
        Self(format!("There is no tool `{name}`."))
    }
}

/// Reads a tool's input.
pub(super) fn read<T: DeserializeOwned>(input: &Value) -> Result<T, ToolFailure> {
    T::deserialize(input)
        .map_err(|error| ToolFailure(format!("The input is not what this tool takes: {error}.")))
}
