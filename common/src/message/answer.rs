//! What is said about a tool call from outside of the turn that made it.

use serde_json::Value;

use super::tool::{Approval, ToolState};
use crate::id::ToolCallId;

/// What a call whose client tool gives no reason for its failure is said to have failed of.
const REFUSED_BY_USER: &str = "Tool execution denied by user";

/// An answer to a tool call. The first one that the server gets counts.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolAnswer {
    /// The user lets it run.
    Allow {
        /// And all later calls of the tool at these paths, too.
        always: Option<String>,
    },
    /// The user does not.
    Refuse {
        /// Why, in the user's words.
        reason: Option<String>,
    },
    /// The client ran the tool itself.
    Outcome(ToolOutcome),
}

/// How a call of a client tool went.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolOutcome {
    /// It has a result; missing on the wire and `null` are the same.
    Output(Value),
    /// It failed, in these words. `None`: the user did not want it.
    Error(Option<String>),
}

impl ToolState {
    /// The state that the answer to the call `id` leads to; `None` when the call takes none.
    #[must_use]
    pub fn answered(&self, id: &ToolCallId, answer: &ToolAnswer) -> Option<Self> {
        match answer {
            ToolAnswer::Allow { .. } => self.decided(id, true, None),
            ToolAnswer::Refuse { reason } => self.decided(id, false, reason.as_deref()),
            ToolAnswer::Outcome(outcome) => self.with_outcome(outcome),
        }
    }

    /// The state of a call that nobody has answered in time; `None` when it does not wait for that.
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
