//! Answers to tool calls from outside the turn that made them.

use serde_json::Value;

use super::tool::{Approval, ToolState};
use crate::id::ToolCallId;

/// The error text of a client tool call that failed without a reason.
const REFUSED_BY_USER: &str = "Tool execution denied by user";

/// The maximum length of an answer's reason, in characters. It goes to the model with every later call.
pub const MAX_REASON_CHARS: usize = 2_000;

/// An answer to a tool call. The server takes the first one it gets.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolAnswer {
    /// The user approves the call.
    Allow {
        /// Also approves later calls of the tool for these paths.
        always: Option<String>,
    },
    /// The user refuses the call.
    Refuse {
        /// The reason, in the user's words.
        reason: Option<String>,
    },
    /// The client ran the tool itself.
    Outcome(ToolOutcome),
}

/// The outcome of a client tool call.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolOutcome {
    /// The output; missing on the wire and `null` mean the same.
    Output(Value),
    /// The error text. `None` when the user refused the call.
    Error(Option<String>),
}

impl ToolState {
    /// The state of the call `id` after the answer; `None` when the call takes no answer.
    #[must_use]
    pub fn answered(&self, id: &ToolCallId, answer: &ToolAnswer) -> Option<Self> {
        match answer {
            ToolAnswer::Allow { .. } => self.decided(id, true, None),
            ToolAnswer::Refuse { reason } => self.decided(id, false, reason.as_deref()),
            ToolAnswer::Outcome(outcome) => self.with_outcome(outcome),
        }
    }

    /// The state of a call whose answer did not come in time; `None` when it does not wait for one.
    #[must_use]
    pub fn expired(&self, id: &ToolCallId, words: &str) -> Option<Self> {
        let mut state = self.decided(id, false, Some(words))?;
        if let Self::OutputDenied { approval, .. } = &mut state {
            approval.set_expired();
        }
        Some(state)
    }

    fn decided(&self, id: &ToolCallId, approved: bool, reason: Option<&str>) -> Option<Self> {
        let (input, asked) = match self {
            Self::InputAvailable { input } => (input.clone(), Approval::asked(id.as_str())),
            Self::ApprovalRequested { input, approval } => (input.clone(), approval.clone()),
            Self::InputStreaming { .. }
            | Self::ApprovalResponded { .. }
            | Self::OutputAvailable { .. }
            | Self::OutputError { .. }
            | Self::OutputDenied { .. } => return None,
        };
        let approval = Approval {
            approved: Some(approved),
            reason: reason.map(str::to_owned).or(asked.reason),
            ..asked
        };
        Some(if approved {
            Self::ApprovalResponded { input, approval }
        } else {
            Self::OutputDenied { input, approval }
        })
    }

    fn with_outcome(&self, outcome: &ToolOutcome) -> Option<Self> {
        let (input, approval) = match self {
            Self::InputAvailable { input } => (input.clone(), None),
            Self::ApprovalRequested { input, approval }
            | Self::ApprovalResponded { input, approval } => {
                (input.clone(), Some(approval.clone()))
            }
            Self::InputStreaming { .. }
            | Self::OutputAvailable { .. }
            | Self::OutputError { .. }
            | Self::OutputDenied { .. } => return None,
        };
        Some(match outcome {
            ToolOutcome::Output(output) => Self::OutputAvailable {
                input,
                output: output.clone(),
                preliminary: false,
                approval,
            },
            ToolOutcome::Error(text) => Self::OutputError {
                input: Some(input),
                raw_input: None,
                error_text: text.clone().unwrap_or_else(|| REFUSED_BY_USER.to_owned()),
                approval,
            },
        })
    }
}
