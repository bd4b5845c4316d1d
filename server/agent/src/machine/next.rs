//! What follows from what a part of the machine has done.

use store::Settlement;

use crate::{
    io::{Gap, ModelFailure},
    turn::CallToRun,
};

/// What follows. The machine alone does it, so that no part has to know the others.
pub(super) enum Next {
    /// Nothing, until the next input.
    Wait,
    /// The next turn starts, if none runs.
    StartTurn,
    /// The running turn calls the model. Why the answer is not whole; `None`: it begins.
    CallModel(Option<Gap>),
    /// The model has said all of the step.
    EndStream,
    /// A model call has failed.
    ModelFailed(ModelFailure),
    /// The running turn runs tools.
    RunTools(Vec<CallToRun>),
    /// Nothing of the step is left to do.
    EndStep,
    /// The running turn ends.
    Settle(Settlement),
    /// A turn has ended: the next one starts, or clients that wait for a stream hear that none will come.
    Settled,
}
