//! How much of the model's context window a request takes.

use serde_json::Value;

use crate::fields::{Field, FieldError, Fields, Record, lenient};

/// The most characters of the root's `AGENTS.md` that go to the model with every call.
pub const MAX_AGENTS_FILE_CHARS: usize = 16_000;

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
        /// The user's instructions for all conversations.
        pub personal: u64 = lenient "personal",
        /// The instructions in the root of the workspace.
        pub agents_file: u64 = lenient "agentsFile",
        /// The project notes.
        pub project: u64 = lenient "project",
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
            personal,
            agents_file,
            project,
            summary,
            history,
            files,
        } = *self;
        system
            .saturating_add(tools)
            .saturating_add(personal)
            .saturating_add(agents_file)
            .saturating_add(project)
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
            personal: 4,
            agents_file: 8,
            project: 16,
            summary: 32,
            history: 64,
            files: 128,
        };
        let json = json!({
            "window": 128_000, "system": 1, "tools": 2, "personal": 4, "agentsFile": 8, "project": 16, "summary": 32,
            "history": 64, "files": 128,
        });
        assert_eq!(size.to_json(), json);
        assert_eq!(ContextSize::from_json(json), Some(size));
        assert_eq!(size.total(), 255);
        let partial = ContextSize::from_json(json!({"history": 3, "files": "many"}));
        assert_eq!(partial.map(|size| size.total()), Some(3));
    }
}
