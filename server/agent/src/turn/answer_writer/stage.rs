//! How far an answer is written.

use common::{
    chunk::{Chunk, PartBoundary},
    id::{MessageId, PartId},
    message::thought_for,
    time::Timestamp,
    vendor_data::{CallVendorData, MessageVendorData},
};
use providers::{FinishReason, Usage};
use serde_json::Value;

/// How far an answer is written.
#[derive(Debug)]
pub(super) enum Stage {
    /// Nothing is written.
    New(Beginning),
    /// The answer has begun, and no step is open.
    BetweenSteps,
    /// A step is open, and no part of it.
    InStep,
    /// A part of a step is open.
    InPart(OpenPart),
    /// The answer is whole.
    Finished,
}

/// The message that an answer is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::turn) enum Beginning {
    /// A new message with this id.
    Message(MessageId),
    /// The message that is continued, which clients know.
    Continuation,
}

/// A part that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OpenPart {
    /// Of text.
    Text(PartId),
    /// Of reasoning, and when it began, where that is known.
    Reasoning(PartId, Option<Timestamp>),
}

impl OpenPart {
    /// The chunk that ends it, with what the vendor wants back. Reasoning says how long it took.
    pub(super) fn end(self, now: Timestamp, metadata: Option<Value>) -> Chunk {
        let boundary = |id, provider_metadata| PartBoundary {
            id,
            provider_metadata,
        };
        match self {
            Self::Text(id) => Chunk::TextEnd(boundary(id, metadata)),
            Self::Reasoning(id, None) => Chunk::ReasoningEnd(boundary(id, metadata)),
            Self::Reasoning(id, Some(since)) => {
                let metadata = thought_for(now.since(since), metadata);
                Chunk::ReasoningEnd(boundary(id, Some(metadata)))
            }
        }
    }
}

/// What a model call has left to be written with the end of its step.
#[derive(Debug, Default)]
pub(super) struct CallSoFar {
    /// The model that was asked.
    pub(super) model: String,
    /// When it was asked.
    pub(super) began: Option<Timestamp>,
    /// What the vendor wants back with this step.
    pub(super) vendor: StepVendorData,
    /// The usage that was not counted yet.
    pub(super) usage: Option<Usage>,
    /// Why the model ended, once it has said so.
    pub(super) finish: Option<FinishReason>,
}

/// What a vendor wants back with a step.
#[derive(Debug, Default)]
pub(super) struct StepVendorData {
    pub(super) message: MessageVendorData,
    /// By the index of the call.
    pub(super) calls: Vec<(usize, CallVendorData)>,
}
