//! How much of the model's context window a request takes.

use serde_json::Value;

use crate::fields::{Field, FieldError, Fields, Record, lenient};

record! {
    /// The estimated size of a model call by part, in tokens.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct ContextSize {
        /// The context window of the model.
        pub window: u64 = lenient "window",
        /// How the model works with the conversation.
        pub system: u64 = lenient "system",
        /// The descriptions of the tools.
        pub tools: u64 = lenient "tools",
        /// The instructions of the user and of the workspace, and the project notes.
        pub instructions: u64 = lenient "instructions",
        /// The summary of earlier messages, and pinned messages among them.
        pub summary: u64 = lenient "summary",
        /// The messages.
        pub history: u64 = lenient "history",
        /// Pictures and other files.
        pub files: u64 = lenient "files",
    }
}

impl ContextSize {
    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }

    /// All parts together.
    #[must_use]
    pub const fn total(&self) -> u64 {
        let Self {
            window: _,
            system,
            tools,
            instructions,
            summary,
            history,
            files,
        } = *self;
        system
            .saturating_add(tools)
            .saturating_add(instructions)
            .saturating_add(summary)
            .saturating_add(history)
            .saturating_add(files)
    }
}

/// In an object of its own.
impl Field for ContextSize {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        <Self as Record>::take(&mut fields.object(name)?)
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        fields.set(name, self.to_json());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_written_and_read_and_has_a_sum() {
        let size = ContextSize {
            window: 128_000,
            system: 1,
            tools: 2,
            instructions: 4,
            summary: 8,
            history: 16,
            files: 32,
        };
        let json = json!({
            "window": 128_000, "system": 1, "tools": 2, "instructions": 4, "summary": 8, "history": 16, "files": 32,
        });
        assert_eq!(size.to_json(), json);
        assert_eq!(ContextSize::from_json(json), Some(size));
        assert_eq!(size.total(), 63);
        let partial = ContextSize::from_json(json!({"history": 3, "files": "many"}));
        assert_eq!(partial.map(|size| size.total()), Some(3));
    }
}
