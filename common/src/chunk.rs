//! The steps in which a message grows: AI SDK UI message stream chunks (protocol §5.11).

mod json;

use serde_json::{Map, Value};

use crate::{
    fields::{flat, or_empty},
    id::{MessageId, PartId, ToolCallId},
    message::{FilePart, SourceDocumentPart, SourceUrlPart},
};
use json::{named, not_null};

tagged! {
    /// One step of growth of the message being written. Every part is opened before its deltas and closed before the
    /// step ends.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Chunk by "type" {
        /// Opens the message.
        "start" => Start {
            /// The id the message is stored under; absent in a continuation.
            message_id: Option<MessageId> = named "messageId",
            /// Merged into the metadata of the message.
            message_metadata: Option<Value> = "messageMetadata",
        },
        /// A text part opens.
        "text-start" => TextStart(PartBoundary = flat),
        /// A text part grows.
        "text-delta" => TextDelta(PartDelta = flat),
        /// A text part closes.
        "text-end" => TextEnd(PartBoundary = flat),
        /// A reasoning part opens.
        "reasoning-start" => ReasoningStart(PartBoundary = flat),
        /// A reasoning part grows.
        "reasoning-delta" => ReasoningDelta(PartDelta = flat),
        /// A reasoning part closes.
        "reasoning-end" => ReasoningEnd(PartBoundary = flat),
        /// Adds a file.
        "file" => File(FilePart = flat),
        /// Adds a web page that the model used.
        "source-url" => SourceUrl(SourceUrlPart = flat),
        /// Adds a document that the model used.
        "source-document" => SourceDocument(SourceDocumentPart = flat),
        /// Opens a tool call.
        "tool-input-start" => ToolInputStart {
            /// The call's id.
            tool_call_id: ToolCallId = "toolCallId",
            /// The tool's name.
            tool_name: String = "toolName",
            /// Other fields of the call.
            call: ToolCallFields = flat,
        },
        /// Extends the input of a tool call.
        "tool-input-delta" => ToolInputDelta {
            /// The call's id.
            tool_call_id: ToolCallId = "toolCallId",
            /// A fragment of JSON.
            input_text_delta: String = "inputTextDelta",
        },
        /// Completes the input of a tool call.
        "tool-input-available" => ToolInputAvailable {
            /// The call's id.
            tool_call_id: ToolCallId = "toolCallId",
            /// The tool's name.
            tool_name: String = "toolName",
            /// The input of the call.
            input: Value = "input",
            /// Other fields of the call.
            call: ToolCallFields = flat,
        },
        /// Reports an input that could not be read.
        "tool-input-error" => ToolInputError {
            /// The call's id.
            tool_call_id: ToolCallId = "toolCallId",
            /// The tool's name.
            tool_name: String = or_empty "toolName",
            /// The input as the model wrote it.
            input: Option<Value> = "input",
            /// Why the input could not be read.
            error_text: String = "errorText",
            /// Other fields of the call.
            call: ToolCallFields = flat,
        },
        /// Asks the user to approve a tool call.
        "tool-approval-request" => ToolApprovalRequest {
            /// The id of the approval request.
            approval_id: String = "approvalId",
            /// The call's id.
            tool_call_id: ToolCallId = "toolCallId",
        },
        /// Gives the output of a tool call.
        "tool-output-available" => ToolOutputAvailable {
            /// The call's id.
            tool_call_id: ToolCallId = "toolCallId",
            /// The output.
            output: Value = "output",
            /// Whether a later output may replace this one.
            preliminary: Option<bool> = "preliminary",
        },
        /// Reports a tool call that failed.
        "tool-output-error" => ToolOutputError {
            /// The call's id.
            tool_call_id: ToolCallId = "toolCallId",
            /// Why the call failed.
            error_text: String = "errorText",
        },
        /// Reports a tool call that the user refused.
        "tool-output-denied" => ToolOutputDenied {
            /// The call's id.
            tool_call_id: ToolCallId = "toolCallId",
        },
        /// Begins a step of the turn.
        "start-step" => StartStep,
        /// Ends a step of the turn.
        "finish-step" => FinishStep,
        /// Changes the metadata of the message.
        "message-metadata" => MessageMetadata {
            /// Merged into the metadata of the message.
            message_metadata: Value = not_null "messageMetadata",
        },
        /// Completes the message.
        "finish" => Finish {
            /// Why the model stopped. Official servers send it inside `message_metadata`.
            finish_reason: Option<String> = "finishReason",
            /// Merged into the metadata of the message.
            message_metadata: Option<Value> = "messageMetadata",
        },
        /// Reports that the producer was aborted.
        "abort" => Abort {
            /// The reason for the abort.
            reason: Option<String> = "reason",
        },
        /// Reports that the turn failed.
        "error" => Error {
            /// The error text for the user.
            error_text: String = "errorText",
        },
    } else {
        /// Application data, `data-{name}` on the wire.
        Data(DataChunk),
        /// A chunk of an unknown kind, from a newer version. It changes nothing.
        Other(Map<String, Value>),
    }
}

record! {
    /// The start or end of a text or reasoning part.
    #[derive(Clone, Debug, PartialEq)]
    pub struct PartBoundary {
        /// The part's id.
        pub id: PartId = "id",
        /// Vendor-specific data.
        pub provider_metadata: Option<Value> = "providerMetadata",
    }
}

record! {
    /// A fragment of a text or reasoning part.
    #[derive(Clone, Debug, PartialEq)]
    pub struct PartDelta {
        /// The part's id.
        pub id: PartId = "id",
        /// The text to append.
        pub delta: String = "delta",
        /// Vendor-specific data.
        pub provider_metadata: Option<Value> = "providerMetadata",
    }
}

record! {
    /// Fields of a tool call besides its name and input. Absent and `null` mean the same.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct ToolCallFields {
        /// Whether the tool is known only at run time.
        pub dynamic: Option<bool> = "dynamic",
        /// A title for the user.
        pub title: Option<String> = "title",
        /// Whether the vendor runs the tool.
        pub provider_executed: Option<bool> = "providerExecuted",
        /// Vendor-specific data.
        pub provider_metadata: Option<Value> = "providerMetadata",
        /// Application-specific data.
        pub tool_metadata: Option<Value> = "toolMetadata",
    }
}

/// Application-specific data.
#[derive(Clone, Debug, PartialEq)]
pub struct DataChunk {
    /// The name: the text after `data-` on the wire.
    pub name: String,
    /// The id. Data with the same name and id replaces earlier data; without an id, it is appended.
    pub id: Option<String>,
    /// The data.
    pub data: Value,
    /// Whether the data is shown once and never stored.
    pub transient: bool,
}

impl Chunk {
    /// Opens a text part.
    #[must_use]
    pub const fn text_start(id: PartId) -> Self {
        Self::TextStart(PartBoundary {
            id,
            provider_metadata: None,
        })
    }

    /// Extends a text part.
    #[must_use]
    pub const fn text_delta(id: PartId, delta: String) -> Self {
        Self::TextDelta(PartDelta {
            id,
            delta,
            provider_metadata: None,
        })
    }

    /// Closes a text part.
    #[must_use]
    pub const fn text_end(id: PartId) -> Self {
        Self::TextEnd(PartBoundary {
            id,
            provider_metadata: None,
        })
    }

    /// Opens a reasoning part.
    #[must_use]
    pub const fn reasoning_start(id: PartId) -> Self {
        Self::ReasoningStart(PartBoundary {
            id,
            provider_metadata: None,
        })
    }

    /// Extends a reasoning part.
    #[must_use]
    pub const fn reasoning_delta(id: PartId, delta: String) -> Self {
        Self::ReasoningDelta(PartDelta {
            id,
            delta,
            provider_metadata: None,
        })
    }

    /// Closes a reasoning part.
    #[must_use]
    pub const fn reasoning_end(id: PartId) -> Self {
        Self::ReasoningEnd(PartBoundary {
            id,
            provider_metadata: None,
        })
    }
}
