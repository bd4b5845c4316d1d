//! How far an answer is written.

use common::{
    id::{MessageId, PartId},
    vendor_data::{CallVendorData, MessageVendorData},
};
use providers::{FinishReason, Usage};

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
    /// Of reasoning.
    Reasoning(PartId),
}

/// What a model call has left to be written with the end of its step.
#[derive(Debug, Default)]
pub(super) struct CallSoFar {
    /// The model that was asked.
    pub(super) model: String,
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
