//! The failed model calls of a turn, as they are stored with it.

use common::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How much of the conversation a model call takes along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// As much as fits the model's window.
    #[default]
    Whole,
    /// Far less: the model has refused the whole as too long. `limit`: the most tokens it takes, when it said so.
    Shortened {
        /// The most tokens the model takes.
        limit: Option<u64>,
    },
}

/// The failed model calls of a turn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Setbacks {
    /// Failed calls in a row to the model in use.
    pub failures: u32,
    /// How many fallback models were taken; 0: the model that was asked for is in use.
    pub fallback: usize,
    /// How much of the conversation goes with the calls.
    pub extent: Extent,
    /// The call that is due.
    pub due: Option<DueCall>,
}

/// A model call that is due at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueCall {
    /// When.
    pub at: Timestamp,
    /// Why the last call failed, in a sentence for the user.
    pub reason: String,
}

impl Setbacks {
    /// Whether nothing has gone wrong.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// The call that is due.
    #[must_use]
    pub const fn due(&self) -> Option<&DueCall> {
        self.due.as_ref()
    }

    /// The number of the next try to the model in use, from 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.failures.saturating_add(1)
    }

    /// The call that was due is made.
    pub fn called(&mut self) {
        self.due = None;
    }

    /// A token came: whether that changes what is stored.
    pub fn progressed(&mut self) -> bool {
        let changes = self.failures > 0 || self.due.is_some();
        self.failures = 0;
        self.due = None;
        changes
    }
}
