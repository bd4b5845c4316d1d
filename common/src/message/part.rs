//! The typed pieces of a message.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Map, Value};

use super::ToolPart;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartState {
    /// It grows.
    Streaming,
    /// It is complete.
    Done,
}

/// Text for the reader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TextPart {
    /// Markdown.
    pub text: String,
    /// Missing: complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<PartState>,
    /// The vendor's own data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
}

/// The model's thinking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReasoningPart {
    /// Plain text or markdown.
    pub text: String,
    /// Missing: complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<PartState>,
    /// Some servers repeat the chunk's id here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The vendor's own data, such as signatures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FilePart {
    /// MIME type.
    pub media_type: String,
    /// Where it is; may be a `data:` URL.
    pub url: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// The vendor's own data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
}

/// A web page the model used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceUrlPart {
    /// The source's id.
    pub source_id: String,
    /// Its address.
    pub url: String,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The vendor's own data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
}

/// A document the model used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceDocumentPart {
    /// The source's id.
    pub source_id: String,
    /// MIME type.
    pub media_type: String,
    /// Its title.
    pub title: String,
    /// Its file name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// The vendor's own data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// The wire's shape: the kind beside the fields.
        #[derive(Serialize)]
        struct Tagged<'a, T> {
            #[serde(rename = "type")]
            kind: &'a str,
            #[serde(flatten)]
            fields: T,
        }
        #[derive(Serialize)]
        struct Data<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            id: Option<&'a str>,
            data: &'a Value,
        }
        #[derive(Serialize)]
        struct Nothing {}

        match self {
            Self::Text(fields) => Tagged {
                kind: "text",
                fields,
            }
            .serialize(serializer),
            Self::Reasoning(fields) => Tagged {
                kind: "reasoning",
                fields,
            }
            .serialize(serializer),
            Self::File(fields) => Tagged {
                kind: "file",
                fields,
            }
            .serialize(serializer),
            Self::SourceUrl(fields) => Tagged {
                kind: "source-url",
                fields,
            }
            .serialize(serializer),
            Self::SourceDocument(fields) => Tagged {
                kind: "source-document",
                fields,
            }
            .serialize(serializer),
            Self::StepStart => Tagged {
                kind: "step-start",
                fields: Nothing {},
            }
            .serialize(serializer),
            Self::Tool(part) => part.serialize(serializer),
            Self::Data(DataPart { name, id, data }) => Tagged {
                kind: &format!("data-{name}"),
                fields: Data {
                    id: id.as_deref(),
                    data,
                },
            }
            .serialize(serializer),
            Self::Other(fields) => fields.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let kind = fields
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let parsed = match kind.as_str() {
            "text" => serde_json::from_value(Value::Object(fields)).map(Self::Text),
            "reasoning" => serde_json::from_value(Value::Object(fields)).map(Self::Reasoning),
            "file" => serde_json::from_value(Value::Object(fields)).map(Self::File),
            "source-url" => serde_json::from_value(Value::Object(fields)).map(Self::SourceUrl),
            "source-document" => {
                serde_json::from_value(Value::Object(fields)).map(Self::SourceDocument)
            }
            "step-start" => Ok(Self::StepStart),
            "" => Err(serde_json::Error::custom("a part has no `type`")),
            kind => {
                if let Some(name) = kind.strip_prefix("data-") {
                    Ok(Self::Data(DataPart {
                        name: name.to_owned(),
                        id: fields.get("id").and_then(Value::as_str).map(str::to_owned),
                        data: fields.remove("data").unwrap_or(Value::Null),
                    }))
                } else if kind == "dynamic-tool" || kind.starts_with("tool-") {
                    serde_json::from_value(Value::Object(fields))
                        .map(|part| Self::Tool(Box::new(part)))
                } else {
                    Ok(Self::Other(fields))
                }
            }
        };
        parsed.map_err(D::Error::custom)
    }
}
