//! The typed pieces of a message.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::ToolPart;
use crate::fields::{self, FieldError, Fields, Untagged, flat, or_null};

tagged! {
    /// A typed piece of a message.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Part by "type" {
        /// Text for the reader, in markdown.
        "text" => Text(TextPart = flat),
        /// The model's thinking.
        "reasoning" => Reasoning(ReasoningPart = flat),
        /// A file, by URL or inline.
        "file" => File(FilePart = flat),
        /// A web page the model used.
        "source-url" => SourceUrl(SourceUrlPart = flat),
        /// A document the model used.
        "source-document" => SourceDocument(SourceDocumentPart = flat),
        /// The start of a step of the turn.
        "step-start" => StepStart,
    } else {
        /// A tool call.
        Tool(Box<ToolPart>),
        /// Application data, `data-{name}` on the wire.
        Data(DataPart),
        /// A part of an unknown kind, from a newer version; kept and passed on unchanged.
        Other(Map<String, Value>),
    }
}

words! {
    /// Whether a text or reasoning part still grows.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum PartState, expected "`streaming` or `done`" {
        /// The part still grows.
        "streaming" => Streaming,
        /// The part is complete.
        "done" => Done,
    }
}

record! {
    /// Text for the reader.
    #[derive(Clone, Debug, PartialEq)]
    pub struct TextPart {
        /// Markdown.
        pub text: String = "text",
        /// Missing means complete.
        pub state: Option<PartState> = "state",
        /// Vendor-specific data.
        pub provider_metadata: Option<Value> = "providerMetadata",
    }
}

record! {
    /// The model's thinking.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ReasoningPart {
        /// Plain text or markdown.
        pub text: String = "text",
        /// Missing means complete.
        pub state: Option<PartState> = "state",
        /// The chunk's id, which some servers repeat here.
        pub id: Option<String> = "id",
        /// Vendor-specific data, such as signatures.
        pub provider_metadata: Option<Value> = "providerMetadata",
    }
}

record! {
    /// A file.
    #[derive(Clone, Debug, PartialEq)]
    pub struct FilePart {
        /// MIME type.
        pub media_type: String = "mediaType",
        /// The URL; may be a `data:` URL.
        pub url: String = "url",
        /// The file name.
        pub filename: Option<String> = "filename",
        /// Vendor-specific data.
        pub provider_metadata: Option<Value> = "providerMetadata",
    }
}

record! {
    /// A web page the model used.
    #[derive(Clone, Debug, PartialEq)]
    pub struct SourceUrlPart {
        /// The id of the source.
        pub source_id: String = "sourceId",
        /// The URL of the page.
        pub url: String = "url",
        /// The title of the page.
        pub title: Option<String> = "title",
        /// Vendor-specific data.
        pub provider_metadata: Option<Value> = "providerMetadata",
    }
}

record! {
    /// A document the model used.
    #[derive(Clone, Debug, PartialEq)]
    pub struct SourceDocumentPart {
        /// The id of the source.
        pub source_id: String = "sourceId",
        /// MIME type.
        pub media_type: String = "mediaType",
        /// The title of the document.
        pub title: String = "title",
        /// The file name.
        pub filename: Option<String> = "filename",
        /// Vendor-specific data.
        pub provider_metadata: Option<Value> = "providerMetadata",
    }
}

/// Application-specific data.
#[derive(Clone, Debug, PartialEq)]
pub struct DataPart {
    /// The name: the text after `data-` on the wire.
    pub name: String,
    /// The id. Data with the same name and id replaces earlier data; without an id, it is appended.
    pub id: Option<String>,
    /// The data.
    pub data: Value,
}

impl Part {
    /// The state of a part that grows; `None` for other kinds.
    #[must_use]
    pub fn state(&self) -> Option<PartState> {
        match self {
            Self::Text(part) => part.state,
            Self::Reasoning(part) => part.state,
            Self::File(_)
            | Self::SourceUrl(_)
            | Self::SourceDocument(_)
            | Self::StepStart
            | Self::Tool(_)
            | Self::Data(_)
            | Self::Other(_) => None,
        }
    }

    /// Marks a growing part as complete.
    pub(crate) fn close(&mut self) {
        if self.state() != Some(PartState::Streaming) {
            return;
        }
        if let Self::Text(TextPart { state, .. }) | Self::Reasoning(ReasoningPart { state, .. }) =
            self
        {
            *state = Some(PartState::Done);
        }
    }

    /// A complete text part.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(TextPart {
            text: text.into(),
            state: None,
            provider_metadata: None,
        })
    }
}

impl Part {
    pub(crate) fn from_json(entry: Value) -> Result<Self, FieldError> {
        match entry {
            Value::Object(fields) => Self::from_fields(Fields::of(fields)),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Fields::unexpected("parts", "an array of objects"),
        }
    }

    fn from_fields(mut fields: Fields) -> Result<Self, FieldError> {
        let Some(kind) = fields.peek("type").map(str::to_owned) else {
            return Fields::unexpected("type", "a string");
        };
        if let Some(part) = Self::take_tagged(&kind, &mut fields)? {
            return Ok(part);
        }
        if kind == "dynamic-tool" || kind.starts_with("tool-") {
            let tool = ToolPart::take(&mut fields, &kind)?;
            return Ok(Self::Tool(Box::new(tool)));
        }
        match kind.strip_prefix("data-") {
            Some(name) => DataPart::take(&mut fields, name).map(Self::Data),
            None => Ok(Self::Other(fields.rest())),
        }
    }

    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        self.fields().into_value()
    }
}

impl DataPart {
    fn take(fields: &mut Fields, name: &str) -> Result<Self, FieldError> {
        Ok(Self {
            name: name.to_owned(),
            id: fields.optional_text("id")?,
            data: or_null::take(fields, "data")?,
        })
    }
}

impl Untagged for DataPart {
    fn fields(&self) -> Fields {
        Fields::tagged(&format!("data-{}", self.name))
            .put_some("id", self.id.as_deref())
            .put("data", self.data.clone())
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fields::serialize(&self.fields(), serializer)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fields::deserialize(deserializer, Self::from_fields)
    }
}
