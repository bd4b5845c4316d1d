//! The failed model calls of a turn, stored with it.

use common::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How much of the conversation a model call includes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// As much as fits the model's context window.
    #[default]
    Whole,
    /// Much less, since the model rejected the whole as too long. `limit`: its context window in tokens, if it gave
    /// that.
    Shortened {
        /// The size of the context window in tokens.
        limit: Option<u64>,
    },
}

/// The failed model calls of a turn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Setbacks {
    /// The number of consecutive failed calls of the model in use.
    pub failures: u32,
    /// The number of fallback models tried; 0 when the requested model is in use.
    pub fallback: usize,
    /// How much of the conversation the calls include.
    pub extent: Extent,
    /// The next scheduled call.
    pub due: Option<DueCall>,
}

/// A scheduled model call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueCall {
    /// When it is due.
    pub at: Timestamp,
    /// Why the last call failed, as a sentence for the user.
    pub reason: String,
}

impl Setbacks {
    /// Whether nothing has failed.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// The next scheduled call.
    #[must_use]
    pub const fn due(&self) -> Option<&DueCall> {
        self.due.as_ref()
    }

    /// The number of the next attempt with the model in use, from 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.failures.saturating_add(1)
    }

    /// Records that the scheduled call started.
    pub fn called(&mut self) {
        self.due = None;
    }

    /// Records progress: a token arrived. Returns whether the stored state changes.
    pub fn progressed(&mut self) -> bool {
        let changes = self.failures > 0 || self.due.is_some();
        self.failures = 0;
        self.due = None;
        changes
    }
}
