//! The transcript's entries: AI SDK `UIMessage` (protocol §5.2).

mod answer;
mod details;
mod left_out;
mod legacy;
mod own;
mod part;
mod pinned;
mod shortened;
mod thinking;
mod tool;
mod undone;

pub use answer::{MAX_REASON_CHARS, ToolAnswer, ToolOutcome};
pub use details::{CallDetails, ChangeKind, FileChange, SentRequest};
pub(crate) use legacy::list_from_any_version;
pub use part::{
    DataPart, FilePart, Part, PartState, ReasoningPart, SourceDocumentPart, SourceUrlPart, TextPart,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
pub use thinking::{began_thinking, thinking_since, thought_for};
pub(crate) use tool::as_object;
pub use tool::{Approval, ToolDetails, ToolKind, ToolPart, ToolState};

use crate::{
    fields::{self, FieldError, Fields, Record},
    id::{MessageId, ToolCallId},
};

record! {
    /// One entry of the transcript.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Message {
        /// Its id; not empty.
        pub id: MessageId = named "id",
        /// The author.
        pub role: Role = "role",
        /// The parts; may be empty.
        pub parts: Vec<Part> = parts "parts",
        /// Application-specific data. Missing and `null` mean the same.
        pub metadata: Option<Value> = "metadata",
    }
}

words! {
    /// The author of a message.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Role, expected "`user`, `assistant` or `system`" {
        /// The user.
        "user" => User,
        /// The model.
        "assistant" => Assistant,
        /// The application.
        "system" => System,
    }
}

/// A message id, which must not be empty.
mod named {
    use crate::{
        fields::{Field as _, FieldError, Fields},
        id::MessageId,
    };

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<MessageId, FieldError> {
        let id = fields.text(name)?;
        if id.is_empty() {
            return Fields::unexpected(name, "a text that names the message");
        }
        Ok(MessageId::new(id))
    }

    pub(super) fn put(id: &MessageId, fields: &mut Fields, name: &str) {
        id.put(fields, name);
    }
}

/// A list of parts, each of which must be readable.
mod parts {
    use serde_json::Value;

    use super::Part;
    use crate::fields::{FieldError, Fields};

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<Vec<Part>, FieldError> {
        fields
            .array(name)?
            .into_iter()
            .map(Part::from_json)
            .collect()
    }

    pub(super) fn put(parts: &[Part], fields: &mut Fields, name: &str) {
        fields.set(name, parts.iter().map(Part::to_json).collect::<Value>());
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

    /// An assistant message without parts, before it grows.
    #[must_use]
    pub const fn empty_assistant(id: MessageId) -> Self {
        Self {
            id,
            role: Role::Assistant,
            parts: Vec::new(),
            metadata: None,
        }
    }

    /// The texts of all text parts, joined by a blank line.
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

    /// The tool calls in the message, in order.
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

    /// The call with this id, the last one if there are two.
    pub fn call_mut(&mut self, id: &ToolCallId) -> Option<&mut ToolPart> {
        self.parts.iter_mut().rev().find_map(|part| match part {
            Part::Tool(part) if part.tool_call_id == *id => Some(part.as_mut()),
            Part::Tool(_)
            | Part::Text(_)
            | Part::Reasoning(_)
            | Part::File(_)
            | Part::SourceUrl(_)
            | Part::SourceDocument(_)
            | Part::StepStart
            | Part::Data(_)
            | Part::Other(_) => None,
        })
    }

    /// Whether the message contains this call.
    #[must_use]
    pub fn holds_call(&self, id: &ToolCallId) -> bool {
        self.calls().any(|call| call.tool_call_id == *id)
    }

    /// The valid messages of a JSON array; other entries (without an id, with an unknown role, without an array of
    /// parts) are dropped. Empty when the value is no array.
    #[must_use]
    pub fn list_from_json(list: Value) -> Vec<Self> {
        let Value::Array(entries) = list else {
            return Vec::new();
        };
        entries
            .into_iter()
            .filter_map(|entry| Self::from_json(entry).ok())
            .collect()
    }

    /// Reads a message.
    pub(crate) fn from_json(entry: Value) -> Result<Self, FieldError> {
        match entry {
            Value::Object(fields) => Self::take(&mut Fields::of(fields)),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Fields::unexpected("message", "an object"),
        }
    }

    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fields::deserialize(deserializer, |mut fields| Self::take(&mut fields))
    }
}
