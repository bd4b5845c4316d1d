//! A turn that was interrupted: what its stored stream leaves to be done.

use common::{
    chunk::{Chunk, ToolCallFields},
    message::{Part, ToolPart, ToolState},
    state::About,
};
use store::{RunningTurn, Write};
use tools::may_run_unasked;

use super::{running::Running, steps::last_step, work::CallToRun};
use crate::{io::Gap, usage};

/// How an interrupted turn continues.
pub(crate) enum Resumed {
    /// Nothing of the step is left to do.
    EndStep,
    /// The model is called. Why the answer is not whole; `None`: it begins.
    CallModel(Option<Gap>),
}

impl Running {
    /// Counts one more attempt, and stores it.
    pub(crate) fn interrupted(stored: &mut RunningTurn) -> Write {
        stored.attempt = stored.attempt.saturating_add(1);
        Write::turn(stored.clone())
    }

    /// The calls about which the user was to be asked: they are tried again.
    pub(crate) fn tried(&self, about: &About) -> Vec<CallToRun> {
        self.answer()
            .calls()
            .filter(|call| was_only_tried(call, about))
            .filter_map(|call| {
                Some(CallToRun {
                    id: call.tool_call_id.clone(),
                    name: call.name.clone(),
                    input: call.state.input()?.clone(),
                    allowed: None,
                })
            })
            .collect()
    }

    /// Fails the calls that were being written or run when the turn was cut off. What waits for others stays.
    pub(crate) fn repairs(&self, about: &About) -> Vec<Chunk> {
        self.answer()
            .calls()
            .filter_map(|call| match &call.state {
                ToolState::InputStreaming { .. } => Some(Chunk::ToolInputError {
                    tool_call_id: call.tool_call_id.clone(),
                    tool_name: call.name.clone(),
                    input: None,
                    error_text: "The input was cut off by an interruption.".to_owned(),
                    call: ToolCallFields::default(),
                }),
                // What the agent does not run itself waits on, and what it only tried is tried again.
                ToolState::InputAvailable { .. } | ToolState::ApprovalResponded { .. }
                    if !was_only_tried(call, about) =>
                {
                    tools::find(&call.name).map(|tool| Chunk::ToolOutputError {
                        tool_call_id: call.tool_call_id.clone(),
                        error_text: tool.cut_off().to_owned(),
                    })
                }
                ToolState::InputAvailable { .. }
                | ToolState::ApprovalRequested { .. }
                | ToolState::ApprovalResponded { .. }
                | ToolState::OutputAvailable { .. }
                | ToolState::OutputError { .. }
                | ToolState::OutputDenied { .. } => None,
            })
            .collect()
    }

    /// Continues where the stream ends: behind calls with the next step, in the middle of words with the rest of them.
    pub(crate) fn resumed(&self) -> Resumed {
        let message = self.answer();
        let is_whole = usage::ends_with_step(message);
        if is_whole || last_step(&message.parts).next().is_some() {
            return Resumed::EndStep;
        }
        // What the agent says beside the answer is not part of it.
        let beside = |part: &&Part| matches!(part, Part::Data(_));
        let last = message.parts.iter().rev().find(|part| !beside(part));
        let said_something = matches!(last, Some(Part::Text(part)) if !part.text.is_empty());
        Resumed::CallModel(if said_something {
            Some(Gap::CutOff)
        } else {
            message.calls().next().is_some().then_some(Gap::NextStep)
        })
    }
}

/// Whether a call cannot have been made: the user would have had to allow it, and was not asked.
fn was_only_tried(call: &ToolPart, about: &About) -> bool {
    matches!(call.state, ToolState::InputAvailable { .. })
        && tools::find(&call.name).is_some_and(|tool| !may_run_unasked(tool, about))
}
