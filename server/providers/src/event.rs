//! The events of a model's answer.

use common::state::Usage;

use super::{CallVendorData, MessageVendorData, ProviderError};

/// A decoded item of a vendor stream, before it becomes chunks.
#[derive(Clone, Debug, PartialEq)]
pub enum ProviderEvent {
    /// More text of the answer. Never empty.
    TextDelta(String),
    /// More of the reasoning. Never empty.
    ReasoningDelta(String),
    /// A tool call begins.
    ToolCallStart {
        /// The index of the call in this answer, from 0 without gaps; later deltas refer to it.
        index: usize,
        /// The vendor's id, or one derived from the stream's id when the vendor gave none. Unique in this answer.
        id: String,
        /// The tool's name.
        name: String,
    },
    /// More of a tool call's input.
    ToolCallDelta {
        /// The index of the call, which has started.
        index: usize,
        /// A fragment of JSON text. Never empty.
        arguments: String,
    },
    /// Data to send back to the vendor with this answer. At most once per answer, before the usage.
    VendorData {
        /// The data of the message.
        message: MessageVendorData,
        /// The data of its calls, by index. Calls without data are omitted.
        calls: Vec<(usize, CallVendorData)>,
    },
    /// The usage of the call. At most once per answer, directly before the end.
    Usage(Usage),
    /// The answer is complete; the last event.
    Finished(FinishReason),
}

/// An item from a decoder. `Ok(Finished)` and `Err` are each the last item of a stream.
pub type ProviderItem = Result<ProviderEvent, ProviderError>;

/// Why the model stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// The answer is complete.
    Stop,
    /// The limit of the output or context is reached.
    Length,
    /// A content filter cut the answer off.
    ContentFilter,
    /// The model waits for the outputs of its tool calls.
    ToolCalls,
    /// A vendor-specific reason.
    Other(String),
}

impl FinishReason {
    /// The reason in the AI SDK's spelling.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ContentFilter => "content-filter",
            Self::ToolCalls => "tool-calls",
            Self::Other(_) => "other",
        }
    }

    /// The warning for the user about an answer that was cut off.
    #[must_use]
    pub const fn warning(&self) -> Option<&'static str> {
        match self {
            Self::Length => Some(
                "The answer was cut off: the model's room or its limit for one answer is used up. Ask it to go on.",
            ),
            Self::ContentFilter => {
                Some("The answer was cut off by a filter of the model provider.")
            }
            Self::Stop | Self::ToolCalls | Self::Other(_) => None,
        }
    }
}

/// How the bytes of a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// The connection closed, properly or not.
    Closed,
    /// The stream was silent for this long, and the caller gave up.
    Silent {
        /// How long.
        seconds: u64,
    },
}
