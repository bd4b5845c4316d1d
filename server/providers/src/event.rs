//! What a provider answers.

use common::state::Usage;

use super::{CallVendorData, MessageVendorData, ProviderError};

/// One decoded item of a vendor stream, before it becomes chunks.
#[derive(Clone, Debug, PartialEq)]
pub enum ProviderEvent {
    /// More of the answer. Never empty.
    TextDelta(String),
    /// More of the reasoning. Never empty.
    ReasoningDelta(String),
    /// The model begins a tool call.
    ToolCallStart {
        /// The call's place in this answer, counted from 0 without gaps; later deltas name it.
        index: usize,
        /// The vendor's id, or one made up from the stream's when the vendor gave none. Unique in this answer.
        id: String,
        /// The tool.
        name: String,
    },
    /// More of a tool call's input.
    ToolCallDelta {
        /// The call that grows; it has started.
        index: usize,
        /// A fragment of JSON text. Never empty.
        arguments: String,
    },
    /// Data that the vendor wants back with this answer. At most one an answer, before the usage.
    VendorData {
        /// Of the message.
        message: MessageVendorData,
        /// Of its calls, by their index. Calls without any are left out.
        calls: Vec<(usize, CallVendorData)>,
    },
    /// What the call used. At most one an answer, right before the end.
    Usage(Usage),
    /// The answer is complete; the last event.
    Finished(FinishReason),
}

/// What a decoder yields. `Ok(Finished)` and `Err` are each the last item of a stream.
pub type ProviderItem = Result<ProviderEvent, ProviderError>;

/// Why the model stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// It had said everything.
    Stop,
    /// It reached the limit of its output or context.
    Length,
    /// A filter cut the answer off.
    ContentFilter,
    /// It waits for the outputs of its tool calls.
    ToolCalls,
    /// A reason only this vendor has.
    Other(String),
}

impl FinishReason {
    /// The reason as the AI SDK spells it.
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

    /// What the user should know of an answer that did not come to its own end.
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

/// How the bytes of a stream came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// The connection closed, in order or not.
    Closed,
    /// Nothing came for this long, and the caller gave up.
    Silent {
        /// How long.
        seconds: u64,
    },
}
