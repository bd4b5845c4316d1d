//! The typed pieces of a message.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::ToolPart;
use crate::fields::{self, FieldError, Fields};

/// A typed piece of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text for the reader, in markdown.
    Text(TextPart),
    /// The model's thinking.
    Reasoning(ReasoningPart),
    /// A file, by URL or inline.
    File(FilePart),
    /// A web page the model used.
    SourceUrl(SourceUrlPart),
    /// A document the model used.
    SourceDocument(SourceDocumentPart),
    /// Where a new step of the turn begins.
    StepStart,
    /// A tool call.
    Tool(Box<ToolPart>),
    /// Application data, `data-{name}` on the wire.
    Data(DataPart),
    /// A part of a kind this version does not know; kept and handed on as it came.
    Other(Map<String, Value>),
}

/// Whether a text or reasoning part still grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartState {
    /// It grows.
    Streaming,
    /// It is complete.
    Done,
}

/// Text for the reader.
#[derive(Clone, Debug, PartialEq)]
pub struct TextPart {
    /// Markdown.
    pub text: String,
    /// Missing: complete.
    pub state: Option<PartState>,
    /// The vendor's own data.
    pub provider_metadata: Option<Value>,
}

/// The model's thinking.
#[derive(Clone, Debug, PartialEq)]
pub struct ReasoningPart {
    /// Plain text or markdown.
    pub text: String,
    /// Missing: complete.
    pub state: Option<PartState>,
    /// Some servers repeat the chunk's id here.
    pub id: Option<String>,
    /// The vendor's own data, such as signatures.
    pub provider_metadata: Option<Value>,
}

/// A file.
#[derive(Clone, Debug, PartialEq)]
pub struct FilePart {
    /// MIME type.
    pub media_type: String,
    /// Where it is; may be a `data:` URL.
    pub url: String,
    /// Its name.
    pub filename: Option<String>,
    /// The vendor's own data.
    pub provider_metadata: Option<Value>,
}

/// A web page the model used.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceUrlPart {
    /// The source's id.
    pub source_id: String,
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
    /// The vendor's own data.
    pub provider_metadata: Option<Value>,
}

/// A document the model used.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceDocumentPart {
    /// The source's id.
    pub source_id: String,
    /// MIME type.
    pub media_type: String,
    /// Its title.
    pub title: String,
    /// Its file name.
    pub filename: Option<String>,
    /// The vendor's own data.
    pub provider_metadata: Option<Value>,
}

/// Application data.
#[derive(Clone, Debug, PartialEq)]
pub struct DataPart {
    /// What follows `data-` on the wire.
    pub name: String,
    /// A later chunk of the same name and id replaces `data`; without an id each one stands alone.
    pub id: Option<String>,
    /// The data.
    pub data: Value,
}

impl Part {
    /// Whether it still grows, for the kinds that say so.
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

    /// Marks it as complete, if it still grows.
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

impl PartState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Streaming => "streaming",
            Self::Done => "done",
        }
    }

    fn take(fields: &mut Fields) -> Result<Option<Self>, FieldError> {
        match fields.optional_text("state")?.as_deref() {
            None => Ok(None),
            Some("streaming") => Ok(Some(Self::Streaming)),
            Some("done") => Ok(Some(Self::Done)),
            Some(_) => Fields::unexpected("state", "`streaming` or `done`"),
        }
    }
}

impl FilePart {
    pub(crate) fn take(mut fields: Fields) -> Result<Self, FieldError> {
        Ok(Self {
            media_type: fields.text("mediaType")?,
            url: fields.text("url")?,
            filename: fields.optional_text("filename")?,
            provider_metadata: fields.value("providerMetadata"),
        })
    }

    pub(crate) fn fields(&self) -> Fields {
        Fields::tagged("file")
            .put("mediaType", self.media_type.as_str())
            .put("url", self.url.as_str())
            .put_some("filename", self.filename.as_deref())
            .put_some("providerMetadata", self.provider_metadata.clone())
    }
}

impl SourceUrlPart {
    pub(crate) fn take(mut fields: Fields) -> Result<Self, FieldError> {
        Ok(Self {
            source_id: fields.text("sourceId")?,
            url: fields.text("url")?,
            title: fields.optional_text("title")?,
            provider_metadata: fields.value("providerMetadata"),
        })
    }

    pub(crate) fn fields(&self) -> Fields {
        Fields::tagged("source-url")
            .put("sourceId", self.source_id.as_str())
            .put("url", self.url.as_str())
            .put_some("title", self.title.as_deref())
            .put_some("providerMetadata", self.provider_metadata.clone())
    }
}

impl SourceDocumentPart {
    pub(crate) fn take(mut fields: Fields) -> Result<Self, FieldError> {
        Ok(Self {
            source_id: fields.text("sourceId")?,
            media_type: fields.text("mediaType")?,
            title: fields.text("title")?,
            filename: fields.optional_text("filename")?,
            provider_metadata: fields.value("providerMetadata"),
        })
    }

    pub(crate) fn fields(&self) -> Fields {
        Fields::tagged("source-document")
            .put("sourceId", self.source_id.as_str())
            .put("mediaType", self.media_type.as_str())
            .put("title", self.title.as_str())
            .put_some("filename", self.filename.as_deref())
            .put_some("providerMetadata", self.provider_metadata.clone())
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
        Ok(match kind.as_str() {
            "text" => Self::Text(TextPart {
                text: fields.text("text")?,
                state: PartState::take(&mut fields)?,
                provider_metadata: fields.value("providerMetadata"),
            }),
            "reasoning" => Self::Reasoning(ReasoningPart {
                text: fields.text("text")?,
                state: PartState::take(&mut fields)?,
                id: fields.optional_text("id")?,
                provider_metadata: fields.value("providerMetadata"),
            }),
            "file" => Self::File(FilePart::take(fields)?),
            "source-url" => Self::SourceUrl(SourceUrlPart::take(fields)?),
            "source-document" => Self::SourceDocument(SourceDocumentPart::take(fields)?),
            "step-start" => Self::StepStart,
            "dynamic-tool" => Self::Tool(Box::new(ToolPart::take(fields, &kind)?)),
            tool if tool.starts_with("tool-") => {
                Self::Tool(Box::new(ToolPart::take(fields, &kind)?))
            }
            other => match other.strip_prefix("data-") {
                Some(name) => Self::Data(DataPart {
                    name: name.to_owned(),
                    id: fields.optional_text("id")?,
                    data: fields.present("data").unwrap_or(Value::Null),
                }),
                None => Self::Other(fields.rest()),
            },
        })
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        self.fields().into_value()
    }

    fn fields(&self) -> Fields {
        match self {
            Self::Text(TextPart {
                text,
                state,
                provider_metadata,
            }) => Fields::tagged("text")
                .put("text", text.as_str())
                .put_some("state", state.map(PartState::as_str))
                .put_some("providerMetadata", provider_metadata.clone()),
            Self::Reasoning(ReasoningPart {
                text,
                state,
                id,
                provider_metadata,
            }) => Fields::tagged("reasoning")
                .put("text", text.as_str())
                .put_some("state", state.map(PartState::as_str))
                .put_some("id", id.as_deref())
                .put_some("providerMetadata", provider_metadata.clone()),
            Self::File(part) => part.fields(),
            Self::SourceUrl(part) => part.fields(),
            Self::SourceDocument(part) => part.fields(),
            Self::StepStart => Fields::tagged("step-start"),
            Self::Tool(part) => part.fields(),
            Self::Data(DataPart { name, id, data }) => Fields::tagged(&format!("data-{name}"))
                .put_some("id", id.as_deref())
                .put("data", data.clone()),
            Self::Other(fields) => Fields::of(fields.clone()),
        }
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
