//! The transcript's entries: AI SDK `UIMessage` (protocol §5.2).

mod answer;
mod details;
mod left_out;
mod legacy;
mod own;
mod part;
mod shortened;
mod tool;

pub use answer::{MAX_REASON_CHARS, ToolAnswer, ToolOutcome};
pub use details::{CallDetails, ChangeKind, FileChange};
pub(crate) use legacy::list_from_any_version;
pub use part::{
    DataPart, FilePart, Part, PartState, ReasoningPart, SourceDocumentPart, SourceUrlPart, TextPart,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
pub(crate) use tool::as_object;
pub use tool::{Approval, ToolDetails, ToolKind, ToolPart, ToolState};

use crate::{
    fields::{self, FieldError, Fields},
    id::{MessageId, ToolCallId},
};

/// One entry of the transcript.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its id; not empty.
    pub id: MessageId,
    /// Who wrote it.
    pub role: Role,
    /// What it consists of; may be empty.
    pub parts: Vec<Part>,
    /// Whatever the application attached. Missing and `null` are the same.
    pub metadata: Option<Value>,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    /// From the wire's word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::User, Self::Assistant, Self::System]
            .into_iter()
            .find(|role| role.as_str() == word)
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

    /// The call of this id, the last one if it is there twice.
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
            .filter_map(|entry| Self::from_json(entry).ok())
            .collect()
    }

    /// Reads a message.
    pub(crate) fn from_json(entry: Value) -> Result<Self, FieldError> {
        match entry {
            Value::Object(fields) => Self::from_fields(Fields::of(fields)),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Fields::unexpected("message", "an object"),
        }
    }

    fn from_fields(mut fields: Fields) -> Result<Self, FieldError> {
        let id = fields.text("id")?;
        if id.is_empty() {
            return Fields::unexpected("id", "a text that names the message");
        }
        let Some(role) = Role::from_word(&fields.text("role")?) else {
            return Fields::unexpected("role", "`user`, `assistant` or `system`");
        };
        let parts = fields
            .array("parts")?
            .into_iter()
            .map(Part::from_json)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            id: MessageId::new(id),
            role,
            parts,
            metadata: fields.value("metadata"),
        })
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        self.fields().into_value()
    }

    fn fields(&self) -> Fields {
        Fields::default()
            .put("id", self.id.as_str())
            .put("role", self.role.as_str())
            .put(
                "parts",
                self.parts.iter().map(Part::to_json).collect::<Vec<_>>(),
            )
            .put_some("metadata", self.metadata.clone())
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fields::serialize(&self.fields(), serializer)
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fields::deserialize(deserializer, Self::from_fields)
    }
}
