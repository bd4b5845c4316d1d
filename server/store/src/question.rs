//! An approval request, as it is stored.

use common::{
    id::{ConnectionId, ToolCallId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::Position;

/// An approval request for a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The id of the request.
    pub id: String,
    /// The call's id.
    pub call: ToolCallId,
    /// The position of the message with the call.
    pub position: Position,
    /// The tool's name.
    pub tool: String,
    /// The effect that the user is shown.
    pub shown: Shown,
    /// When it was requested.
    pub asked_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// The notes that clients sent besides their answers, one per client. The note of the client that answers counts.
    pub notes: Vec<Note>,
    /// The decision, if there is one.
    pub decision: Option<Decision>,
}

/// A fingerprint of the effect that the user was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The hash of the tool, the input, and the present content of every path that the call touches.
    pub hash: String,
    /// The number of the last change of the workspace.
    pub change: u64,
}

/// A note that a client sends just before its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The client's connection.
    pub by: ConnectionId,
    /// The reason, in the user's words.
    pub reason: Option<String>,
    /// If the answer is an approval: the paths for which later calls of the tool are approved too.
    pub always: Option<String>,
}

/// The decision on an approval request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The verdict.
    pub verdict: Verdict,
    /// The paths of a permanent approval; `None` for this call alone.
    pub always: Option<String>,
    /// The reason, in the user's words.
    pub reason: Option<String>,
    /// When it was decided.
    pub at: Timestamp,
}

/// How an approval request was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The user approved it.
    Allowed,
    /// The user refused it.
    Refused,
    /// It expired.
    Expired,
    /// A client gave the output itself.
    Replaced,
}

impl Verdict {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Allowed, Self::Refused, Self::Expired, Self::Replaced]
            .into_iter()
            .find(|verdict| verdict.as_str() == word)
    }
}
