//! The description of a tool.

use serde_json::Value;

/// The description of a tool that goes to the model.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolSchema {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// The JSON schema of its input.
    pub parameters: Value,
}
