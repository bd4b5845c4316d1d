//! Chunks as JSON.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{Chunk, DataChunk, PartBoundary, PartDelta, ToolCallFields};
use crate::{
    fields::{self, FieldError, Fields},
    id::{MessageId, PartId, ToolCallId},
    message::{FilePart, SourceDocumentPart, SourceUrlPart},
};

impl PartBoundary {
    fn take(mut fields: Fields) -> Result<Self, FieldError> {
        Ok(Self {
            id: PartId::new(fields.text("id")?),
            provider_metadata: fields.value("providerMetadata"),
        })
    }

    fn fields(&self, kind: &str) -> Fields {
        Fields::tagged(kind)
            .put("id", self.id.as_str())
            .put_some("providerMetadata", self.provider_metadata.clone())
    }
}

impl PartDelta {
    fn take(mut fields: Fields) -> Result<Self, FieldError> {
        Ok(Self {
            id: PartId::new(fields.text("id")?),
            delta: fields.text("delta")?,
            provider_metadata: fields.value("providerMetadata"),
        })
    }

    fn fields(&self, kind: &str) -> Fields {
        Fields::tagged(kind)
            .put("id", self.id.as_str())
            .put("delta", self.delta.as_str())
            .put_some("providerMetadata", self.provider_metadata.clone())
    }
}

impl ToolCallFields {
    fn take(fields: &mut Fields) -> Result<Self, FieldError> {
        Ok(Self {
            dynamic: fields.optional_bool("dynamic")?,
            title: fields.optional_text("title")?,
            provider_executed: fields.optional_bool("providerExecuted")?,
            provider_metadata: fields.value("providerMetadata"),
            tool_metadata: fields.value("toolMetadata"),
        })
    }

    fn put(&self, fields: Fields) -> Fields {
        fields
            .put_some("dynamic", self.dynamic)
            .put_some("title", self.title.as_deref())
            .put_some("providerExecuted", self.provider_executed)
            .put_some("providerMetadata", self.provider_metadata.clone())
            .put_some("toolMetadata", self.tool_metadata.clone())
    }
}

impl DataChunk {
    fn take(mut fields: Fields, name: &str) -> Result<Self, FieldError> {
        Ok(Self {
            name: name.to_owned(),
            id: fields.optional_text("id")?,
            data: fields.present("data").unwrap_or(Value::Null),
            transient: fields.flag("transient")?,
        })
    }

    fn fields(&self) -> Fields {
        Fields::tagged(&format!("data-{}", self.name))
            .put_some("id", self.id.as_deref())
            .put("data", self.data.clone())
            .put_flag("transient", self.transient)
    }
}

impl Chunk {
    /// Reads a chunk; `None`: it is none.
    pub(crate) fn from_json(chunk: Value) -> Option<Self> {
        match chunk {
            Value::Object(fields) => Self::from_fields(Fields::of(fields)).ok(),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => None,
        }
    }

    fn from_fields(mut fields: Fields) -> Result<Self, FieldError> {
        let Some(kind) = fields.peek("type").map(str::to_owned) else {
            return Fields::unexpected("type", "a string");
        };
        Ok(match kind.as_str() {
            "start" => Self::Start {
                // An empty id names nothing, and a message without a name cannot be stored.
                message_id: fields
                    .optional_text("messageId")?
                    .filter(|id| !id.is_empty())
                    .map(MessageId::new),
                message_metadata: fields.value("messageMetadata"),
            },
            "text-start" => Self::TextStart(PartBoundary::take(fields)?),
            "text-delta" => Self::TextDelta(PartDelta::take(fields)?),
            "text-end" => Self::TextEnd(PartBoundary::take(fields)?),
            "reasoning-start" => Self::ReasoningStart(PartBoundary::take(fields)?),
            "reasoning-delta" => Self::ReasoningDelta(PartDelta::take(fields)?),
            "reasoning-end" => Self::ReasoningEnd(PartBoundary::take(fields)?),
            "file" => Self::File(FilePart::take(fields)?),
            "source-url" => Self::SourceUrl(SourceUrlPart::take(fields)?),
            "source-document" => Self::SourceDocument(SourceDocumentPart::take(fields)?),
            "start-step" => Self::StartStep,
            "finish-step" => Self::FinishStep,
            "message-metadata" => match fields.value("messageMetadata") {
                Some(message_metadata) => Self::MessageMetadata { message_metadata },
                None => return Fields::unexpected("messageMetadata", "there"),
            },
            "finish" => Self::Finish {
                finish_reason: fields.optional_text("finishReason")?,
                message_metadata: fields.value("messageMetadata"),
            },
            "abort" => Self::Abort {
                reason: fields.optional_text("reason")?,
            },
            "error" => Self::Error {
                error_text: fields.text("errorText")?,
            },
            tool if tool.starts_with("tool-") => return Self::tool_from_fields(fields, tool),
            other => match other.strip_prefix("data-") {
                Some(name) => Self::Data(DataChunk::take(fields, name)?),
                None => Self::Other(fields.rest()),
            },
        })
    }

    fn tool_from_fields(mut fields: Fields, kind: &str) -> Result<Self, FieldError> {
        let id = |fields: &mut Fields| fields.text("toolCallId").map(ToolCallId::new);
        Ok(match kind {
            "tool-input-start" => Self::ToolInputStart {
                tool_call_id: id(&mut fields)?,
                tool_name: fields.text("toolName")?,
                call: ToolCallFields::take(&mut fields)?,
            },
            "tool-input-delta" => Self::ToolInputDelta {
                tool_call_id: id(&mut fields)?,
                input_text_delta: fields.text("inputTextDelta")?,
            },
            "tool-input-available" => Self::ToolInputAvailable {
                tool_call_id: id(&mut fields)?,
                tool_name: fields.text("toolName")?,
                input: match fields.present("input") {
                    Some(input) => input,
                    None => return Fields::unexpected("input", "there"),
                },
                call: ToolCallFields::take(&mut fields)?,
            },
            "tool-input-error" => Self::ToolInputError {
                tool_call_id: id(&mut fields)?,
                tool_name: fields.optional_text("toolName")?.unwrap_or_default(),
                input: fields.value("input"),
                error_text: fields.text("errorText")?,
                call: ToolCallFields::take(&mut fields)?,
            },
            "tool-approval-request" => Self::ToolApprovalRequest {
                approval_id: fields.text("approvalId")?,
                tool_call_id: id(&mut fields)?,
            },
            "tool-output-available" => Self::ToolOutputAvailable {
                tool_call_id: id(&mut fields)?,
                output: match fields.present("output") {
                    Some(output) => output,
                    None => return Fields::unexpected("output", "there"),
                },
                preliminary: fields.optional_bool("preliminary")?,
            },
            "tool-output-error" => Self::ToolOutputError {
                tool_call_id: id(&mut fields)?,
                error_text: fields.text("errorText")?,
            },
            "tool-output-denied" => Self::ToolOutputDenied {
                tool_call_id: id(&mut fields)?,
            },
            _ => Self::Other(fields.rest()),
        })
    }

    fn fields(&self) -> Fields {
        match self {
            Self::Start {
                message_id,
                message_metadata,
            } => Fields::tagged("start")
                .put_some("messageId", message_id.as_ref().map(MessageId::as_str))
                .put_some("messageMetadata", message_metadata.clone()),
            Self::TextStart(part) => part.fields("text-start"),
            Self::TextDelta(part) => part.fields("text-delta"),
            Self::TextEnd(part) => part.fields("text-end"),
            Self::ReasoningStart(part) => part.fields("reasoning-start"),
            Self::ReasoningDelta(part) => part.fields("reasoning-delta"),
            Self::ReasoningEnd(part) => part.fields("reasoning-end"),
            Self::File(part) => part.fields(),
            Self::SourceUrl(part) => part.fields(),
            Self::SourceDocument(part) => part.fields(),
            Self::ToolInputStart {
                tool_call_id,
                tool_name,
                call,
            } => {
                call.put(tool("tool-input-start", tool_call_id).put("toolName", tool_name.as_str()))
            }
            Self::ToolInputDelta {
                tool_call_id,
                input_text_delta,
            } => tool("tool-input-delta", tool_call_id)
                .put("inputTextDelta", input_text_delta.as_str()),
            Self::ToolInputAvailable {
                tool_call_id,
                tool_name,
                input,
                call,
            } => call.put(
                tool("tool-input-available", tool_call_id)
                    .put("toolName", tool_name.as_str())
                    .put("input", input.clone()),
            ),
            Self::ToolInputError {
                tool_call_id,
                tool_name,
                input,
                error_text,
                call,
            } => call.put(
                tool("tool-input-error", tool_call_id)
                    .put("toolName", tool_name.as_str())
                    .put_some("input", input.clone())
                    .put("errorText", error_text.as_str()),
            ),
            Self::ToolApprovalRequest {
                approval_id,
                tool_call_id,
            } => {
                tool("tool-approval-request", tool_call_id).put("approvalId", approval_id.as_str())
            }
            Self::ToolOutputAvailable {
                tool_call_id,
                output,
                preliminary,
            } => tool("tool-output-available", tool_call_id)
                .put("output", output.clone())
                .put_some("preliminary", *preliminary),
            Self::ToolOutputError {
                tool_call_id,
                error_text,
            } => tool("tool-output-error", tool_call_id).put("errorText", error_text.as_str()),
            Self::ToolOutputDenied { tool_call_id } => tool("tool-output-denied", tool_call_id),
            Self::StartStep => Fields::tagged("start-step"),
            Self::FinishStep => Fields::tagged("finish-step"),
            Self::MessageMetadata { message_metadata } => {
                Fields::tagged("message-metadata").put("messageMetadata", message_metadata.clone())
            }
            Self::Finish {
                finish_reason,
                message_metadata,
            } => Fields::tagged("finish")
                .put_some("finishReason", finish_reason.as_deref())
                .put_some("messageMetadata", message_metadata.clone()),
            Self::Abort { reason } => Fields::tagged("abort").put_some("reason", reason.as_deref()),
            Self::Error { error_text } => {
                Fields::tagged("error").put("errorText", error_text.as_str())
            }
            Self::Data(data) => data.fields(),
            Self::Other(fields) => Fields::of(fields.clone()),
        }
    }
}

fn tool(kind: &str, id: &ToolCallId) -> Fields {
    Fields::tagged(kind).put("toolCallId", id.as_str())
}

impl Serialize for Chunk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fields::serialize(&self.fields(), serializer)
    }
}

impl<'de> Deserialize<'de> for Chunk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fields::deserialize(deserializer, Self::from_fields)
    }
}
