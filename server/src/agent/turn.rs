//! A turn, as it is stored.

use common::{
    frame::Outcome,
    id::{MessageId, RequestId},
};
use serde::{Deserialize, Serialize};

/// Where a message stands in the transcript. Given once, in rising order, never again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(i64);

impl Position {
    /// Behind every message: the largest integer the platform hands over exactly, 2^53 - 1.
    pub const END: Self = Self((1 << 53) - 1);
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
    /// The submission it answers.
    pub request_id: RequestId,
    /// The id of the answer.
    pub answer_id: MessageId,
    /// Where the answer will stand. The turn answers what stands before it.
    pub answer_position: Position,
    /// The user messages it answers; they are named when it settles.
    pub message_ids: Vec<MessageId>,
    /// The model the submission named; `None`: the configured one.
    pub model: Option<String>,
    /// How far it is.
    pub phase: TurnPhase,
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
    /// As the terminal frame says it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Completed => Outcome::Completed,
            Self::Aborted => Outcome::Aborted,
            Self::Skipped => Outcome::Skipped,
            Self::Failed { text } => Outcome::Error(Some(text.clone())),
        }
    }
}
