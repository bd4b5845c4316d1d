//! A question to the user whether a call may be made, as it is stored.

use common::{
    id::{ConnectionId, ToolCallId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::Position;

/// A question to the user whether a call may be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The approval's own id.
    pub id: String,
    /// Which call.
    pub call: ToolCallId,
    /// Where the message with the call stands.
    pub position: Position,
    /// The tool.
    pub tool: String,
    /// What the user is shown.
    pub shown: Shown,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When it is refused by itself.
    pub expires_at: Timestamp,
    /// What clients have said beside their answers, one note a client. The note of the client that answers counts.
    pub notes: Vec<Note>,
    /// How it was decided, once it is.
    pub decision: Option<Decision>,
}

/// What the user was shown of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Of the tool, the input, and what stood at every path the call touches.
    pub hash: String,
    /// The number of the last change of the workspace.
    pub change: u64,
}

/// What a client says beside its answer, just before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Which client.
    pub by: ConnectionId,
    /// Why, in the user's words.
    pub reason: Option<String>,
    /// If the answer is yes: calls of the tool at these paths need no approval any more.
    pub always: Option<String>,
}

/// How a question was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// How.
    pub verdict: Verdict,
    /// The paths that were allowed for good; `None`: the decision is about this call alone.
    pub always: Option<String>,
    /// Why, in the user's words.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// How a question was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The user said yes.
    Allowed,
    /// The user said no.
    Refused,
    /// Nobody said anything in time.
    Expired,
    /// A client gave the output itself.
    Replaced,
}

impl Verdict {
    /// The store's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
        }
    }

    /// From the store's word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Allowed, Self::Refused, Self::Expired, Self::Replaced]
            .into_iter()
            .find(|verdict| verdict.as_str() == word)
    }
}
