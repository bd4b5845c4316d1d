//! Turns, as they are stored.

use common::{
    frame::{ClientTool, Outcome},
    id::{ConnectionId, MessageId, RequestId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{ContentHash, Setbacks};

/// The position of a message in the transcript. Assigned once, in rising order, and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(i64);

impl Position {
    /// After every message: the largest integer that the platform represents exactly, 2^53 - 1.
    pub const END: Self = Self((1 << 53) - 1);
    /// Before every message.
    pub const START: Self = Self(0);
    /// The position of the first message.
    pub const FIRST: Self = Self(1);

    /// Takes a position from the store.
    #[must_use]
    pub const fn new(position: i64) -> Self {
        Self(position)
    }

    /// The number for the store.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The following position.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// All work from an accepted submission until it settles. This is the stored row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// The submission; for a continuation, an id of the agent's own.
    pub request_id: RequestId,
    /// Whether it writes a new message or continues one.
    pub kind: TurnKind,
    /// The client that requested it, which gets no transcript of it; for a continuation, the client that owns it.
    pub requester: Option<ConnectionId>,
    /// The id of the answer.
    pub answer_id: MessageId,
    /// The position of the answer. The turn answers the messages before it.
    pub answer_position: Position,
    /// The ids of the user messages it answers, which its end reports.
    pub message_ids: Vec<MessageId>,
    /// The user messages at the end of the submission. They distinguish a repeated submission from another one with
    /// the same id. Empty when there were none, or in rows of older versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<AskedMessage>,
    /// The model and client tools of the submission; dropped when the turn settles.
    #[serde(default, skip_serializing_if = "RequestContext::is_empty")]
    pub context: RequestContext,
    /// The earliest start; `None` for at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// Whether the previous turn ends at its next boundary, between two steps, so that this one starts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub steers: bool,
    /// Its failed model calls; dropped when it settles.
    #[serde(default, skip_serializing_if = "Setbacks::is_none")]
    pub setbacks: Setbacks,
    /// Its phase.
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
    /// Whether it is the same message with the same parts, regardless of metadata.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.id == other.id && self.hash.is_of_same_parts(&other.hash)
    }
}

/// Whether a turn writes a new message or continues one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnKind {
    /// Writes a new message.
    Answer,
    /// Continues a message whose tool calls were answered by the user or by the client.
    Continuation,
}

/// The options of a submission. Continuations use those of the latest submission.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestContext {
    /// The requested model; `None` for that of the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The tools that the client runs itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_tools: Vec<ClientTool>,
}

impl RequestContext {
    /// Whether there are no options.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.model.is_none() && self.client_tools.is_empty()
    }
}

impl Turn {
    /// The turn after it settled; its options are dropped.
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

    /// Whether it continues a message.
    #[must_use]
    pub const fn is_continuation(&self) -> bool {
        match self.kind {
            TurnKind::Answer => false,
            TurnKind::Continuation => true,
        }
    }
}

/// The phase of a turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnPhase {
    /// Waits for the turns before it.
    Queued,
    /// A model call is running, or was when the agent was interrupted.
    Running {
        /// The number of model calls since the turn last made progress, including this one; from 1.
        attempt: u32,
    },
    /// Settled.
    Settled(Settlement),
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// The answer is complete.
    Completed,
    /// The user cancelled it. The partial answer is kept.
    Aborted,
    /// It was dropped before it ran.
    Skipped,
    /// It failed. The partial answer is kept.
    Failed {
        /// The text for the user.
        text: String,
        /// The kind of failure, such as `context-too-long`; empty for turns of earlier versions.
        #[serde(default)]
        code: String,
        /// The message of the transcript that caused the failure, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
    },
}

impl TurnPhase {
    /// The stored word.
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
    /// The settlement for a failure of the agent itself.
    #[must_use]
    pub fn failed(code: &str, text: impl Into<String>) -> Self {
        Self::Failed {
            text: text.into(),
            code: code.to_owned(),
            message: None,
        }
    }

    /// The outcome for the terminal frame.
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
