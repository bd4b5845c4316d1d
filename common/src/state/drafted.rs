//! What waits in the draft of the agent.

use serde_json::Value;

use crate::fields::{Record, lenient};

record! {
    /// What waits in the draft of the agent for the user's decision.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Drafted {
        /// How many files.
        pub files: u64 = lenient "files",
        /// Another number whenever the draft, or what it is compared with, may have become another.
        pub at: u64 = lenient "at",
    }
}

impl Drafted {
    /// Whether nothing waits.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.files == 0
    }

    /// Reads it in a state; nothing waits where it is missing.
    #[must_use]
    pub fn from_json(value: Option<&Value>) -> Self {
        let value = value.cloned().and_then(Record::from_json);
        value.unwrap_or_default()
    }

    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }
}
