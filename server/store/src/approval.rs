//! The approval of a tool call, as it is stored: what the user was asked, and how it was decided.

use common::{
    id::{ConnectionId, ToolCallId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::Position;

/// The approval of a tool call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallApproval {
    /// The approval's own id.
    pub id: String,
    /// Which call.
    pub call: ToolCallId,
    /// The position of the message with the call.
    pub position: Position,
    /// The tool.
    pub tool: String,
    /// What the user is shown of the call.
    pub shown: Fingerprint,
    /// When the user was asked.
    pub asked_at: Timestamp,
    /// When the call is refused if nobody answers.
    pub expires_at: Timestamp,
    /// Whether it is decided, and how.
    pub state: ApprovalState,
}

/// Whether an approval is decided, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApprovalState {
    /// Waits for the user.
    Asked {
        /// What clients have said beside the answers that they are about to send, one note a client. Only the note of the
        /// client that answers counts.
        notes: Vec<Note>,
    },
    /// The user said yes.
    Allowed {
        /// Calls of the tool at these paths need no approval any more; `None`: the decision is about this call alone.
        always: Option<String>,
        /// Why, in the user's words.
        reason: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// The user said no, or nobody answered in time.
    Refused {
        /// Who refused it.
        by: Refuser,
        /// When.
        at: Timestamp,
    },
    /// A client gave the output itself.
    Replaced {
        /// Why, in the user's words.
        reason: Option<String>,
        /// When.
        at: Timestamp,
    },
}

/// Who refused a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refuser {
    /// The user.
    User {
        /// Why, in the user's words.
        reason: Option<String>,
    },
    /// Nobody: the approval expired.
    Expiry,
}

/// Identifies what the user was shown of a call, so that a call that would do something else by now is noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// The hash of the tool, the input, and the content at every path that the call touches.
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

impl CallApproval {
    /// Whether nobody has answered in time.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.state.waits() && self.expires_at <= now
    }
}

impl ApprovalState {
    /// An approval that was just asked for.
    pub const NEW: Self = Self::Asked { notes: Vec::new() };

    /// Whether it waits for the user.
    #[must_use]
    pub const fn waits(&self) -> bool {
        matches!(self, Self::Asked { .. })
    }

    /// How it was decided, in a word for people; `None`: it is not.
    #[must_use]
    pub const fn decision(&self) -> Option<&'static str> {
        match self {
            Self::Asked { .. } => None,
            Self::Allowed { .. } => Some(ALLOWED),
            Self::Refused {
                by: Refuser::User { .. },
                ..
            } => Some(REFUSED),
            Self::Refused {
                by: Refuser::Expiry,
                ..
            } => Some(EXPIRED),
            Self::Replaced { .. } => Some(REPLACED),
        }
    }
}

const ALLOWED: &str = "allowed";
const REFUSED: &str = "refused";
const EXPIRED: &str = "expired";
const REPLACED: &str = "replaced";

/// The columns of a decision. `word` is null until there is one.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) word: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) at: Option<Timestamp>,
}

impl ApprovalState {
    /// As columns, beside the notes.
    pub(super) fn columns(&self) -> Columns {
        let (scope, reason, at) = match self {
            Self::Asked { .. } => (&None, &None, None),
            Self::Allowed { always, reason, at } => (always, reason, Some(*at)),
            Self::Refused { by, at } => match by {
                Refuser::User { reason } => (&None, reason, Some(*at)),
                Refuser::Expiry => (&None, &None, Some(*at)),
            },
            Self::Replaced { reason, at } => (&None, reason, Some(*at)),
        };
        Columns {
            word: self.decision().map(str::to_owned),
            scope: scope.clone(),
            reason: reason.clone(),
            at,
        }
    }

    /// From columns. One with a word that nobody knows waits.
    pub(super) fn read(columns: Columns, notes: Vec<Note>) -> Self {
        let at = columns.at.unwrap_or_default();
        let (always, reason) = (columns.scope, columns.reason);
        match columns.word.as_deref() {
            Some(ALLOWED) => Self::Allowed { always, reason, at },
            Some(REFUSED) => Self::Refused {
                by: Refuser::User { reason },
                at,
            },
            Some(EXPIRED) => Self::Refused {
                by: Refuser::Expiry,
                at,
            },
            Some(REPLACED) => Self::Replaced { reason, at },
            Some(_) | None => Self::Asked { notes },
        }
    }
}
