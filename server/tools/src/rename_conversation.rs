//! `rename_conversation`: sets the title of the conversation.

use serde_json::json;

use super::{ApprovalRule, ToolContext, ToolDone, ToolFailure, schema::input, tool::Tool};

/// The tool.
#[derive(Debug)]
pub(super) struct RenameConversation;

input! {
    struct Input {
        /// The new title: one line of at most 200 characters.
        title: String,
    }
}

impl Tool for RenameConversation {
    type Input = Input;

    const NAME: &'static str = "rename_conversation";

    const DESCRIPTION: &'static str =
        "Changes the title of this conversation. Call it when the user asks for that.";

    const APPROVAL: ApprovalRule = ApprovalRule::Never;

    fn run(&self, input: Input, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure> {
        let about = context
            .about
            .clone()
            .with_title(Some(input.title.trim().to_owned()))
            .map_err(|error| ToolFailure::Explained(error.to_string()))?;
        let Some(title) = about.title.clone() else {
            return Err(ToolFailure::Explained(
                "The title must not be empty.".to_owned(),
            ));
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
    use crate::bench::Bench;

    #[test]
    fn a_title_replaces_the_one_before() {
        let bench = Bench::new();
        let done = bench.done("rename_conversation", json!({"title": " Lists "}));
        assert_eq!(done.about.unwrap().title.as_deref(), Some("Lists"));
        assert_eq!(done.output, json!({"title": "Lists"}));
    }

    #[test]
    fn titles_are_short_and_not_empty() {
        let bench = Bench::new();
        for title in ["", "  ", &"x".repeat(201)] {
            bench.refused("rename_conversation", json!({"title": title}));
        }
    }
}
