//! Turns, as they are stored.

mod row;

use common::{
    frame::{ClientTool, Outcome},
    id::{ConnectionId, MessageId, RequestId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use self::row::Row;
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

/// What all turns have, whatever their stage: who asked for what, and where the answer stands. A turn is all work from an
/// accepted submission until it settles.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The id of the submission; of a continuation: an id of the agent's own.
    pub request_id: RequestId,
    /// The client that asked for the turn, and is sent no transcript when it ends; of a continuation: the one that answered
    /// the call.
    pub requester: Option<ConnectionId>,
    /// The id of the message that the turn writes or continues.
    pub answer_id: MessageId,
    /// The position of that message. The turn answers the messages before it.
    pub answer_position: Position,
    /// Whether the turn writes a message or continues one.
    pub kind: TurnKind,
}

/// Whether a turn writes a message or continues one, and what belongs to each.
#[derive(Clone, Debug, PartialEq)]
pub enum TurnKind {
    /// Writes a message of its own.
    Answer(Asked),
    /// Continues a message whose tool calls the user or a client has answered.
    Continuation,
    /// Writes no message: the messages before it are summarised.
    Compaction {
        /// What the summary should keep, in the user's words.
        keep: Option<String>,
    },
}

/// The user messages that a turn answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// Their ids in the transcript. The frame that ends the turn names them.
    pub message_ids: Vec<MessageId>,
    /// The user messages at the end of the submission, as they came: they distinguish a submission that is sent again from
    /// another one under the same id. Empty: there were none, or the row was stored by an older version.
    pub submitted: Vec<AskedMessage>,
}

/// A turn that waits for those before it.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuedTurn {
    /// Which turn.
    pub turn: Turn,
    /// How its client wants to be answered.
    pub context: RequestContext,
    /// When it may start; `None`: at once.
    pub not_before: Option<Timestamp>,
    /// Whether the turn before it ends between two steps, so that this one starts sooner.
    pub steers: bool,
    /// Whether it begins the conversation, so that the defaults of its owner are wanted first.
    pub begins: bool,
}

/// The turn that runs, or ran when the agent was interrupted.
#[derive(Clone, Debug, PartialEq)]
pub struct RunningTurn {
    /// Which turn.
    pub turn: Turn,
    /// How its client wants to be answered.
    pub context: RequestContext,
    /// Its failed model calls.
    pub setbacks: Setbacks,
    /// The number of the attempt since the turn last made progress, from 1. Each interruption makes another one.
    pub attempt: u32,
}

/// A turn that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct SettledTurn {
    /// Which turn.
    pub turn: Turn,
    /// How it ended.
    pub settlement: Settlement,
}

/// A turn as a row of the store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Row", into = "Row")]
pub enum StoredTurn {
    /// Waits for the turns before it.
    Queued(QueuedTurn),
    /// Runs, or ran when the agent was interrupted.
    Running(RunningTurn),
    /// Is over.
    Settled(SettledTurn),
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

/// What a submission says about how to answer, beside its messages. A continuation uses that of the latest
/// submission.
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
    /// Whether it continues a message.
    #[must_use]
    pub const fn is_continuation(&self) -> bool {
        match self.kind {
            TurnKind::Answer(_) | TurnKind::Compaction { .. } => false,
            TurnKind::Continuation => true,
        }
    }

    /// The ids of the user messages it answers; empty for other turns.
    #[must_use]
    pub fn message_ids(&self) -> &[MessageId] {
        match &self.kind {
            TurnKind::Answer(asked) => &asked.message_ids,
            TurnKind::Continuation | TurnKind::Compaction { .. } => &[],
        }
    }

    /// The turn with its end.
    #[must_use]
    pub const fn settled(self, settlement: Settlement) -> SettledTurn {
        SettledTurn {
            turn: self,
            settlement,
        }
    }
}

impl QueuedTurn {
    /// Whether it continues the message at a position.
    #[must_use]
    pub fn continues(&self, position: Position) -> bool {
        self.turn.is_continuation() && self.turn.answer_position == position
    }

    /// Begins the turn.
    #[must_use]
    pub fn start(self) -> RunningTurn {
        RunningTurn {
            turn: self.turn,
            context: self.context,
            setbacks: Setbacks::default(),
            attempt: 1,
        }
    }
}

impl SettledTurn {
    /// Whether it ended with an error.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        matches!(self.settlement, Settlement::Failed { .. })
    }
}

impl StoredTurn {
    /// What all turns have.
    #[must_use]
    pub const fn turn(&self) -> &Turn {
        match self {
            Self::Queued(queued) => &queued.turn,
            Self::Running(running) => &running.turn,
            Self::Settled(settled) => &settled.turn,
        }
    }

    /// The store's word for its stage.
    pub(super) const fn phase(&self) -> &'static str {
        match self {
            Self::Queued(_) => "queued",
            Self::Running(_) => "running",
            Self::Settled(_) => "settled",
        }
    }
}

impl From<QueuedTurn> for StoredTurn {
    fn from(queued: QueuedTurn) -> Self {
        Self::Queued(queued)
    }
}

impl From<RunningTurn> for StoredTurn {
    fn from(running: RunningTurn) -> Self {
        Self::Running(running)
    }
}

impl From<SettledTurn> for StoredTurn {
    fn from(settled: SettledTurn) -> Self {
        Self::Settled(settled)
    }
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// The answer is complete.
    Completed,
    /// The user cancelled the turn. What there was of the answer is kept.
    Aborted,
    /// The turn never ran.
    Skipped,
    /// The turn failed. What there was of the answer is kept.
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

    /// As the frame that ends the turn says it.
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

#[cfg(test)]
mod tests;
