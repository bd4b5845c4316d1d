//! A turn, as it is stored.

use common::{
    frame::{ClientTool, Outcome},
    id::{ConnectionId, MessageId, RequestId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{ContentHash, Setbacks};

/// Where a message stands in the transcript. Given once, in rising order, never again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(i64);

impl Position {
    /// Behind every message: the largest integer the platform hands over exactly, 2^53 - 1.
    pub const END: Self = Self((1 << 53) - 1);
    /// Before every message.
    pub const START: Self = Self(0);
    /// Of the first message.
    pub const FIRST: Self = Self(1);

    /// As read from the store.
    #[must_use]
    pub const fn new(position: i64) -> Self {
        Self(position)
    }

    /// For the store.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The one after.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// All work from an accepted submission until it settles. This is the stored row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// The submission it answers; of a continuation: an id of the agent's own.
    pub request_id: RequestId,
    /// Whether it writes a message or goes on with one.
    pub kind: TurnKind,
    /// The client that asked for it, and hears no transcript of it; of a continuation: the one that owns it.
    pub requester: Option<ConnectionId>,
    /// The id of the answer.
    pub answer_id: MessageId,
    /// Where the answer will stand. The turn answers what stands before it.
    pub answer_position: Position,
    /// The user messages it answers; they are named when it settles.
    pub message_ids: Vec<MessageId>,
    /// The user messages at the end of the submission, as they came. They tell a submission that comes once more from
    /// another one under the same id. Empty: there were none, or the row is of an older version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<AskedMessage>,
    /// What the client said about how to answer; dropped when the turn settles.
    #[serde(default, skip_serializing_if = "RequestContext::is_empty")]
    pub context: RequestContext,
    /// It may start from this moment on; `None`: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// It is to be heard at the next boundary: the turn before it ends between two steps.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub steers: bool,
    /// Its failed model calls; dropped when it settles.
    #[serde(default, skip_serializing_if = "Setbacks::is_none")]
    pub setbacks: Setbacks,
    /// How far it is.
    pub phase: TurnPhase,
}

/// A message of a submission, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedMessage {
    /// Its id.
    pub id: MessageId,
    /// The hash of its content.
    pub hash: ContentHash,
}

impl AskedMessage {
    /// Whether it is the same message with the same parts, whatever the metadata.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.id == other.id && self.hash.is_of_same_parts(&other.hash)
    }
}

/// Whether a turn writes a message or goes on with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnKind {
    /// It writes a message of its own.
    Answer,
    /// It goes on with a message whose tool calls have been answered by the user or by the client.
    Continuation,
}

/// What a submission says about how to answer, beside its messages. Continuations go on with that of the last one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestContext {
    /// The model it named; `None`: the conversation's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The tools the client runs itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_tools: Vec<ClientTool>,
}

impl RequestContext {
    /// Whether it says nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.model.is_none() && self.client_tools.is_empty()
    }
}

impl Turn {
    /// Settles it; how to answer matters no longer.
    #[must_use]
    pub fn settled(self, settlement: Settlement) -> Self {
        Self {
            phase: TurnPhase::Settled(settlement),
            context: RequestContext::default(),
            not_before: None,
            setbacks: Setbacks::default(),
            ..self
        }
    }

    /// Whether it ended with an error.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        matches!(self.phase, TurnPhase::Settled(Settlement::Failed { .. }))
    }

    /// Whether it goes on with a message.
    #[must_use]
    pub const fn is_continuation(&self) -> bool {
        match self.kind {
            TurnKind::Answer => false,
            TurnKind::Continuation => true,
        }
    }
}

/// How far a turn is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnPhase {
    /// Waits for the turns before it.
    Queued,
    /// A model call runs, or ran when the agent was interrupted.
    Running {
        /// Model calls since the turn last made progress, this one included; from 1.
        attempt: u32,
    },
    /// Over.
    Settled(Settlement),
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// The answer is complete.
    Completed,
    /// The user cancelled it. What there was of the answer is kept.
    Aborted,
    /// It never ran.
    Skipped,
    /// It failed. What there was of the answer is kept.
    Failed {
        /// Words for the user.
        text: String,
        /// The kind of failure, such as `context-too-long`; empty for turns of earlier versions.
        #[serde(default)]
        code: String,
        /// The message of the transcript that the failure comes from, when it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
    },
}

impl TurnPhase {
    /// The store's word for it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running { .. } => "running",
            Self::Settled(_) => "settled",
        }
    }
}

impl Settlement {
    /// A failure of the agent itself.
    #[must_use]
    pub fn failed(code: &str, text: impl Into<String>) -> Self {
        Self::Failed {
            text: text.into(),
            code: code.to_owned(),
            message: None,
        }
    }

    /// As the terminal frame says it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Completed => Outcome::Completed,
            Self::Aborted => Outcome::Aborted,
            Self::Skipped => Outcome::Skipped,
            Self::Failed { text, .. } => Outcome::Error(Some(text.clone())),
        }
    }
}
