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
        /// The message begins.
        "start" => Start {
            /// The id it is stored under; missing in a continuation.
            message_id: Option<MessageId> = named "messageId",
            /// Merged into the message's.
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
        /// A file.
        "file" => File(FilePart = flat),
        /// A web page the model used.
        "source-url" => SourceUrl(SourceUrlPart = flat),
        /// A document the model used.
        "source-document" => SourceDocument(SourceDocumentPart = flat),
        /// A tool call opens.
        "tool-input-start" => ToolInputStart {
            /// Which call.
            tool_call_id: ToolCallId = "toolCallId",
            /// The tool's name.
            tool_name: String = "toolName",
            /// What else is known.
            call: ToolCallFields = flat,
        },
        /// A tool call's input grows.
        "tool-input-delta" => ToolInputDelta {
            /// Which call.
            tool_call_id: ToolCallId = "toolCallId",
            /// A fragment of JSON.
            input_text_delta: String = "inputTextDelta",
        },
        /// A tool call's input is complete.
        "tool-input-available" => ToolInputAvailable {
            /// Which call.
            tool_call_id: ToolCallId = "toolCallId",
            /// The tool's name.
            tool_name: String = "toolName",
            /// What the model asked for.
            input: Value = "input",
            /// What else is known.
            call: ToolCallFields = flat,
        },
        /// A tool call's input could not be read.
        "tool-input-error" => ToolInputError {
            /// Which call.
            tool_call_id: ToolCallId = "toolCallId",
            /// The tool's name.
            tool_name: String = or_empty "toolName",
            /// What the model wrote.
            input: Option<Value> = "input",
            /// What is wrong with it.
            error_text: String = "errorText",
            /// What else is known.
            call: ToolCallFields = flat,
        },
        /// A tool call waits for the user.
        "tool-approval-request" => ToolApprovalRequest {
            /// Which question.
            approval_id: String = "approvalId",
            /// Which call.
            tool_call_id: ToolCallId = "toolCallId",
        },
        /// A tool call has a result.
        "tool-output-available" => ToolOutputAvailable {
            /// Which call.
            tool_call_id: ToolCallId = "toolCallId",
            /// The result.
            output: Value = "output",
            /// A later result may replace this one.
            preliminary: Option<bool> = "preliminary",
        },
        /// A tool call failed.
        "tool-output-error" => ToolOutputError {
            /// Which call.
            tool_call_id: ToolCallId = "toolCallId",
            /// What went wrong.
            error_text: String = "errorText",
        },
        /// The user refused a tool call.
        "tool-output-denied" => ToolOutputDenied {
            /// Which call.
            tool_call_id: ToolCallId = "toolCallId",
        },
        /// A step of the turn begins.
        "start-step" => StartStep,
        /// A step of the turn ends.
        "finish-step" => FinishStep,
        /// Merged into the message's metadata.
        "message-metadata" => MessageMetadata {
            /// What to merge.
            message_metadata: Value = not_null "messageMetadata",
        },
        /// The message is complete.
        "finish" => Finish {
            /// Why the model stopped. Official servers send it inside `message_metadata`.
            finish_reason: Option<String> = "finishReason",
            /// Merged into the message's.
            message_metadata: Option<Value> = "messageMetadata",
        },
        /// The producer was aborted.
        "abort" => Abort {
            /// Why.
            reason: Option<String> = "reason",
        },
        /// The turn failed.
        "error" => Error {
            /// Words for the user.
            error_text: String = "errorText",
        },
    } else {
        /// Application data, `data-{name}` on the wire.
        Data(DataChunk),
        /// A chunk of a kind this version does not know; changes nothing.
        Other(Map<String, Value>),
    }
}

record! {
    /// Opens or closes a text or reasoning part.
    #[derive(Clone, Debug, PartialEq)]
    pub struct PartBoundary {
        /// Which part.
        pub id: PartId = "id",
        /// The vendor's own data.
        pub provider_metadata: Option<Value> = "providerMetadata",
    }
}

record! {
    /// Extends a text or reasoning part.
    #[derive(Clone, Debug, PartialEq)]
    pub struct PartDelta {
        /// Which part.
        pub id: PartId = "id",
        /// What to append.
        pub delta: String = "delta",
        /// The vendor's own data.
        pub provider_metadata: Option<Value> = "providerMetadata",
    }
}

record! {
    /// What a chunk may say about a tool call beside its input. Missing and `null` are the same.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct ToolCallFields {
        /// The tool is known only at run time.
        pub dynamic: Option<bool> = "dynamic",
        /// A title for people.
        pub title: Option<String> = "title",
        /// The vendor runs the tool.
        pub provider_executed: Option<bool> = "providerExecuted",
        /// The vendor's own data.
        pub provider_metadata: Option<Value> = "providerMetadata",
        /// The application's own data.
        pub tool_metadata: Option<Value> = "toolMetadata",
    }
}

/// Application data.
#[derive(Clone, Debug, PartialEq)]
pub struct DataChunk {
    /// What follows `data-` on the wire.
    pub name: String,
    /// The same name and id replace; without an id each one stands alone.
    pub id: Option<String>,
    /// The data.
    pub data: Value,
    /// Shown once, never stored.
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
