//! `rename_conversation`: gives the conversation a title.

use common::state::About;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApprovalRule, Tool, ToolDone, ToolFailure, tool::read};

/// The tool.
#[derive(Debug)]
pub(super) struct RenameConversation;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    title: String,
}

impl Tool for RenameConversation {
    fn name(&self) -> &'static str {
        "rename_conversation"
    }

    fn description(&self) -> &'static str {
        "Gives this conversation a new title. Call it when the user asks for one."
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": {"title": {"type": "string", "description": "At most 200 characters, one line."}},
            "required": ["title"],
            "additionalProperties": false,
        })
    }

    fn approval(&self) -> ApprovalRule {
        ApprovalRule::Never
    }

    fn run(&self, input: &Value, about: &About) -> Result<ToolDone, ToolFailure> {
        let Input { title } = read(input)?;
        let about = about
            .clone()
            .with_title(Some(title.trim().to_owned()))
            .map_err(|error| ToolFailure(error.to_string()))?;
        let Some(title) = about.title.clone() else {
            return Err(ToolFailure("A title is not empty.".to_owned()));
        };
        Ok(ToolDone {
            output: json!({"title": title}),
            about: Some(about),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_replaces_the_one_before() {
        let done = RenameConversation
            .run(&json!({"title": " Lists "}), &About::default())
            .unwrap();
        assert_eq!(done.about.unwrap().title.as_deref(), Some("Lists"));
        assert_eq!(done.output, json!({"title": "Lists"}));
    }

    #[test]
    fn titles_are_short_and_not_empty() {
        for title in ["", "  ", &"x".repeat(201)] {
            let input = json!({"title": title});
            assert!(RenameConversation.run(&input, &About::default()).is_err());
        }
    }
}
