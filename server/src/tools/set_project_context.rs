//! `update_project_context`: writes down what should be known about the project in every later call.

use common::state::About;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApprovalRule, Tool, ToolDone, ToolFailure, tool::read};

/// The tool.
#[derive(Debug)]
pub(super) struct UpdateProjectContext;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    context: String,
}

impl Tool for UpdateProjectContext {
    fn name(&self) -> &'static str {
        "update_project_context"
    }

    fn description(&self) -> &'static str {
        "Replaces the project context: the notes about the user's project that you are shown at the start of every \
         call. Call it when the user asks you to remember something about the project; keep what is still true. The \
         user is asked first."
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "context": {"type": "string", "description": "The whole new context in markdown, at most 16,000 characters."},
            },
            "required": ["context"],
            "additionalProperties": false,
        })
    }

    fn approval(&self) -> ApprovalRule {
        ApprovalRule::Always
    }

    fn run(&self, input: &Value, about: &About) -> Result<ToolDone, ToolFailure> {
        let Input { context } = read(input)?;
        let about = about
            .clone()
            .with_project_context(Some(context))
            .map_err(|error| ToolFailure(error.to_string()))?;
        Ok(ToolDone {
            output: json!({"saved": true}),
            about: Some(about),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_context_is_replaced_and_an_empty_one_forgotten() {
        let written = UpdateProjectContext
            .run(&json!({"context": "Rust 1.95."}), &About::default())
            .unwrap();
        let about = written.about.unwrap();
        assert_eq!(about.project_context.as_deref(), Some("Rust 1.95."));
        let emptied = UpdateProjectContext
            .run(&json!({"context": ""}), &about)
            .unwrap();
        assert_eq!(emptied.about.unwrap().project_context, None);
    }
}
