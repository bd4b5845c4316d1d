//! The steps in which a message grows: AI SDK UI message stream chunks (protocol §5.11).

mod json;

use serde_json::{Map, Value};

use crate::{
    id::{MessageId, PartId, ToolCallId},
    message::{FilePart, SourceDocumentPart, SourceUrlPart},
};

/// One step of growth of the message being written. Every part is opened before its deltas and closed before the
/// step ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Chunk {
    /// The message begins.
    Start {
        /// The id it is stored under; missing in a continuation.
        message_id: Option<MessageId>,
        /// Merged into the message's.
        message_metadata: Option<Value>,
    },
    /// A text part opens.
    TextStart(PartBoundary),
    /// A text part grows.
    TextDelta(PartDelta),
    /// A text part closes.
    TextEnd(PartBoundary),
    /// A reasoning part opens.
    ReasoningStart(PartBoundary),
    /// A reasoning part grows.
    ReasoningDelta(PartDelta),
    /// A reasoning part closes.
    ReasoningEnd(PartBoundary),
    /// A file.
    File(FilePart),
    /// A web page the model used.
    SourceUrl(SourceUrlPart),
    /// A document the model used.
    SourceDocument(SourceDocumentPart),
    /// A tool call opens.
    ToolInputStart {
        /// Which call.
        tool_call_id: ToolCallId,
        /// The tool's name.
        tool_name: String,
        /// What else is known.
        call: ToolCallFields,
    },
    /// A tool call's input grows.
    ToolInputDelta {
        /// Which call.
        tool_call_id: ToolCallId,
        /// A fragment of JSON.
        input_text_delta: String,
    },
    /// A tool call's input is complete.
    ToolInputAvailable {
        /// Which call.
        tool_call_id: ToolCallId,
        /// The tool's name.
        tool_name: String,
        /// What the model asked for.
        input: Value,
        /// What else is known.
        call: ToolCallFields,
    },
    /// A tool call's input could not be read.
    ToolInputError {
        /// Which call.
        tool_call_id: ToolCallId,
        /// The tool's name.
        tool_name: String,
        /// What the model wrote.
        input: Option<Value>,
        /// What is wrong with it.
        error_text: String,
        /// What else is known.
        call: ToolCallFields,
    },
    /// A tool call waits for the user.
    ToolApprovalRequest {
        /// Which question.
        approval_id: String,
        /// Which call.
        tool_call_id: ToolCallId,
    },
    /// A tool call has a result.
    ToolOutputAvailable {
        /// Which call.
        tool_call_id: ToolCallId,
        /// The result.
        output: Value,
        /// A later result may replace this one.
        preliminary: Option<bool>,
    },
    /// A tool call failed.
    ToolOutputError {
        /// Which call.
        tool_call_id: ToolCallId,
        /// What went wrong.
        error_text: String,
    },
    /// The user refused a tool call.
    ToolOutputDenied {
        /// Which call.
        tool_call_id: ToolCallId,
    },
    /// A step of the turn begins.
    StartStep,
    /// A step of the turn ends.
    FinishStep,
    /// Merged into the message's metadata.
    MessageMetadata {
        /// What to merge.
        message_metadata: Value,
    },
    /// The message is complete.
    Finish {
        /// Why the model stopped. Official servers send it inside `message_metadata`.
        finish_reason: Option<String>,
        /// Merged into the message's.
        message_metadata: Option<Value>,
    },
    /// The producer was aborted.
    Abort {
        /// Why.
        reason: Option<String>,
    },
    /// The turn failed.
    Error {
        /// Words for the user.
        error_text: String,
    },
    /// Application data, `data-{name}` on the wire.
    Data(DataChunk),
    /// A chunk of a kind this version does not know; changes nothing.
    Other(Map<String, Value>),
}

/// Opens or closes a text or reasoning part.
#[derive(Clone, Debug, PartialEq)]
pub struct PartBoundary {
    /// Which part.
    pub id: PartId,
    /// The vendor's own data.
    pub provider_metadata: Option<Value>,
}

/// Extends a text or reasoning part.
#[derive(Clone, Debug, PartialEq)]
pub struct PartDelta {
    /// Which part.
    pub id: PartId,
    /// What to append.
    pub delta: String,
    /// The vendor's own data.
    pub provider_metadata: Option<Value>,
}

/// What a chunk may say about a tool call beside its input. Missing and `null` are the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolCallFields {
    /// The tool is known only at run time.
    pub dynamic: Option<bool>,
    /// A title for people.
    pub title: Option<String>,
    /// The vendor runs the tool.
    pub provider_executed: Option<bool>,
    /// The vendor's own data.
    pub provider_metadata: Option<Value>,
    /// The application's own data.
    pub tool_metadata: Option<Value>,
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
