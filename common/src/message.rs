//! The transcript's entries: AI SDK `UIMessage` (protocol §5.2).

mod part;
mod tool;

pub use part::{
    DataPart, FilePart, Part, PartState, ReasoningPart, SourceDocumentPart, SourceUrlPart, TextPart,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
pub use tool::{Approval, ToolDetails, ToolKind, ToolPart, ToolState};

use crate::id::{MessageId, ToolCallId};

/// One entry of the transcript.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id; not empty.
    pub id: MessageId,
    /// Who wrote it.
    pub role: Role,
    /// What it consists of; may be empty.
    pub parts: Vec<Part>,
    /// Whatever the application attached. Missing and `null` are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
    /// The application.
    System,
}

impl Role {
    /// The wire's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::System => "system",
        }
    }
}

impl Message {
    /// A message of one text part.
    #[must_use]
    pub fn text(id: MessageId, role: Role, text: impl Into<String>) -> Self {
        Self {
            id,
            role,
            parts: vec![Part::text(text)],
            metadata: None,
        }
    }

    /// An assistant message that has yet to grow.
    #[must_use]
    pub const fn empty_assistant(id: MessageId) -> Self {
        Self {
            id,
            role: Role::Assistant,
            parts: Vec::new(),
            metadata: None,
        }
    }

    /// All text parts, joined by a blank line.
    #[must_use]
    pub fn plain_text(&self) -> String {
        let mut out = String::new();
        for part in &self.parts {
            if let Part::Text(part) = part {
                if !out.is_empty() {
                    out.push_str("\n\n");
                }
                out.push_str(&part.text);
            }
        }
        out
    }

    /// The tool calls in it, in order.
    pub fn calls(&self) -> impl DoubleEndedIterator<Item = &ToolPart> {
        self.parts.iter().filter_map(|part| match part {
            Part::Tool(part) => Some(part.as_ref()),
            Part::Text(_)
            | Part::Reasoning(_)
            | Part::File(_)
            | Part::SourceUrl(_)
            | Part::SourceDocument(_)
            | Part::StepStart
            | Part::Data(_)
            | Part::Other(_) => None,
        })
    }

    /// Whether this call is one of its own.
    #[must_use]
    pub fn holds_call(&self, id: &ToolCallId) -> bool {
        self.calls().any(|call| call.tool_call_id == *id)
    }

    /// The valid messages of a JSON array; entries that are no messages (no id, empty id, unknown role, parts that
    /// are no array) are left out. Not an array: none.
    #[must_use]
    pub fn list_from_json(list: Value) -> Vec<Self> {
        let Value::Array(entries) = list else {
            return Vec::new();
        };
        entries
            .into_iter()
            .filter_map(|entry| serde_json::from_value::<Self>(entry).ok())
            .filter(|message| !message.id.as_str().is_empty())
            .collect()
    }
}
