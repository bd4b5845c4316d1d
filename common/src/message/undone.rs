//! What an answer changed in the files: whether it changed any, and whether that is undone.
//!
//! On the wire: a field in the message's `metadata`: `{"coder": {"undone": true}}`. The agent sets it whenever it stores the
//! message.

use serde_json::Value;

use super::{CallDetails, Message, Part, ToolState};

/// The name of the field.
const UNDONE: &str = "undone";

impl Message {
    /// Whether the user has undone what the answer changed in the files.
    #[must_use]
    pub fn is_undone(&self) -> bool {
        self.own_field(UNDONE) == Some(&Value::Bool(true))
    }

    /// Says whether the changes are undone. Other metadata stays.
    pub fn set_undone(&mut self, is_undone: bool) {
        self.set_own_field(UNDONE, is_undone.then_some(Value::Bool(true)));
    }

    /// Whether a call of the answer has changed files.
    #[must_use]
    pub fn changed_files(&self) -> bool {
        let mut done = self
            .calls()
            .filter(|call| matches!(call.state, ToolState::OutputAvailable { .. }));
        done.any(|call| {
            self.parts.iter().any(|part| match part {
                Part::Data(part) => CallDetails::are_changes_of(part, &call.tool_call_id),
                Part::Text(_)
                | Part::Reasoning(_)
                | Part::File(_)
                | Part::SourceUrl(_)
                | Part::SourceDocument(_)
                | Part::StepStart
                | Part::Tool(_)
                | Part::Other(_) => false,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(state: &str, changes: Value) -> Message {
        let message = json!({
            "id": "m",
            "role": "assistant",
            "parts": [
                {"type": "tool-write", "toolCallId": "c", "state": state, "input": {}, "output": {}, "errorText": "e"},
                {"type": "data-call", "id": "c", "data": {"changes": changes}},
            ],
        });
        Message::from_json(message).unwrap()
    }

    #[test]
    fn an_answer_has_changed_files_when_a_call_has() {
        let change = json!([{"kind": "made", "path": "a", "added": 1, "removed": 0}]);
        for (state, changes, expected) in [
            ("output-available", change.clone(), true),
            ("output-available", json!([]), false),
            ("output-available", Value::Null, false),
            ("approval-requested", change.clone(), false),
            ("output-error", change.clone(), false),
            ("output-denied", change, false),
        ] {
            let message = answer(state, changes);
            assert_eq!(message.changed_files(), expected, "{message:?}");
        }
    }

    #[test]
    fn a_message_says_that_its_changes_are_undone() {
        let mut message = answer("output-available", Value::Null);
        message.set_left_out(true);
        message.set_undone(true);
        assert!(message.is_undone());
        let reported = json!({"coder": {"leftOut": true, "undone": true}});
        assert_eq!(message.metadata, Some(reported));
        message.set_undone(false);
        assert!(!message.is_undone() && message.is_left_out());
    }
}
