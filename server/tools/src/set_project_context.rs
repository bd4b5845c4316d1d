//! `set_project_context`: replaces the notes about the project that go into every prompt.

use serde_json::json;

use super::{ApprovalRule, ToolContext, ToolDone, ToolFailure, schema::input, tool::Tool};

/// The tool.
#[derive(Debug)]
pub(super) struct SetProjectContext;

input! {
    struct Input {
        /// The whole new context, in markdown, at most 16,000 characters.
        context: String,
    }
}

impl Tool for SetProjectContext {
    type Input = Input;

    const NAME: &'static str = "set_project_context";

    const DESCRIPTION: &'static str = "Replaces the project context: the notes about the user's project that you \
        get at the start of every call. Call it when the user asks you to remember something about the project; keep \
        the notes that are still true. The user is asked for approval.";

    const APPROVAL: ApprovalRule = ApprovalRule::Always;

    fn run(&self, input: Input, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure> {
        let about = context
            .about
            .clone()
            .with_project_context(Some(input.context))
            .map_err(|error| ToolFailure::Explained(error.to_string()))?;
        Ok(ToolDone {
            output: json!({"saved": true}),
            about: Some(about),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Bench;

    #[test]
    fn the_context_is_replaced_and_an_empty_one_forgotten() {
        let mut bench = Bench::new();
        let written = bench.done("set_project_context", json!({"context": "Rust 1.95."}));
        bench.about = written.about.unwrap();
        assert_eq!(bench.about.project_context.as_deref(), Some("Rust 1.95."));
        let emptied = bench.done("set_project_context", json!({"context": ""}));
        assert_eq!(emptied.about.unwrap().project_context, None);
    }

    #[test]
    fn a_preview_changes_nothing_and_refuses_what_is_too_long() {
        let bench = Bench::new();
        let preview = bench.preview("set_project_context", &json!({"context": "Rust"}));
        assert_eq!((preview.changes.len(), preview.paths.len()), (0, 0));
        let long = json!({"context": "x".repeat(20_000)});
        let refused = bench.no_preview("set_project_context", &long);
        assert!(refused.contains("longer than"), "{refused}");
    }
}
