//! The agent woke up in the middle of a turn: after an eviction, a crash or a deploy.
//!
//! The turn goes on under its own request id, and its stream goes on where the stored one ends: a client that kept
//! its connection, or resumes, sees one answer. A turn that makes no progress is given up after a few attempts. A tool
//! that was running is not run again: whether it took effect is not known.

use common::{
    chunk::{Chunk, ToolCallFields},
    id::IdSource,
    message::{Part, ToolPart, ToolState},
    time::Timestamp,
};
use store::Write;
use tools::may_run_unasked;

use super::{
    Agent, Effect, Gap, RunningTurn, Settlement, TurnKind, running::Running, spending,
    steps::last_step, tool_runs::CallToRun,
};

/// The most model calls in a row that may be cut off without a single chunk.
const MAX_ATTEMPTS: u32 = 3;

const GIVEN_UP: &str = "The assistant was interrupted and could not recover. Please try again.";

impl<I: IdSource> Agent<I> {
    /// Takes up a turn that was running. `chunks` is its stored stream.
    pub(super) fn recover(
        &mut self,
        now: Timestamp,
        mut stored: RunningTurn,
        chunks: &[Chunk],
        out: &mut Vec<Effect>,
    ) {
        let attempt = stored.attempt.saturating_add(1);
        stored.attempt = attempt;
        let calls = self.transcript.calls();
        let base = match stored.turn.kind {
            TurnKind::Answer(_) => None,
            TurnKind::Continuation => self.open.remove(&stored.turn.answer_position),
        };
        let request_id = stored.turn.request_id.clone();
        let mut running = Running::new(stored.clone(), base, calls, now);
        for chunk in chunks {
            running.observe(chunk);
        }
        let is_finished = running.writer.is_finished();
        self.running = Some(running);
        if is_finished {
            // The answer is whole; only its settlement was not stored.
            return self.settle(now, Settlement::Completed, out);
        }
        if attempt > MAX_ATTEMPTS {
            out.push(Effect::Log(format!(
                "turn {request_id} was interrupted {MAX_ATTEMPTS} times and is given up"
            )));
            return self.settle(now, Settlement::failed("interrupted", GIVEN_UP), out);
        }
        out.push(Effect::Log(format!(
            "turn {request_id} was interrupted and goes on (attempt {attempt})"
        )));
        out.push(Effect::Persist(vec![Write::turn(stored)]));
        self.tell_recovering(&request_id, true, out);
        if let Some(running) = self.running.as_mut() {
            running.recovering = true;
        }
        if chunks.is_empty() {
            return self.begin(now, out);
        }
        let repairs = self.repairs();
        self.grow(repairs, Vec::new(), out);
        let tried = self.tried();
        if tried.is_empty() {
            self.go_on(now, out);
        } else {
            self.run_tools(now, tried, out);
        }
    }

    /// The calls about which the user was to be asked: they are tried again.
    fn tried(&self) -> Vec<CallToRun> {
        let Some(running) = &self.running else {
            return Vec::new();
        };
        let calls = running.answer.message().calls();
        calls
            .filter(|call| self.was_only_tried(call))
            .filter_map(|call| {
                Some(CallToRun {
                    id: call.tool_call_id.clone(),
                    name: call.name.clone(),
                    input: call.state.input()?.clone(),
                    shown: None,
                })
            })
            .collect()
    }

    /// Whether a call cannot have been made: the user would have had to agree to it, and was not asked.
    fn was_only_tried(&self, call: &ToolPart) -> bool {
        matches!(call.state, ToolState::InputAvailable { .. })
            && tools::find(&call.name).is_some_and(|tool| !may_run_unasked(tool, &self.about))
    }

    /// Fails the calls that were being written or run when the turn was cut off. What waits for others stays.
    fn repairs(&self) -> Vec<Chunk> {
        let Some(running) = &self.running else {
            return Vec::new();
        };
        let calls = running.answer.message().calls();
        calls
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
                    if !self.was_only_tried(call) =>
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

    /// Goes on where the stream ends: behind calls with the next step, in the middle of words with the rest of them.
    fn go_on(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let Some(running) = &self.running else { return };
        let message = running.answer.message();
        let is_whole = spending::ends_with_step(message);
        if is_whole || last_step(&message.parts).next().is_some() {
            return self.step_ended(now, out);
        }
        // What the agent says beside the answer is not part of it.
        let beside = |part: &&Part| matches!(part, Part::Data(_));
        let last = message.parts.iter().rev().find(|part| !beside(part));
        let said_something = matches!(last, Some(Part::Text(part)) if !part.text.is_empty());
        let gap = if said_something {
            Some(Gap::CutOff)
        } else {
            message.calls().next().is_some().then_some(Gap::NextStep)
        };
        self.call_model(now, gap, out);
    }
}
