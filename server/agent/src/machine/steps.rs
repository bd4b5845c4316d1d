//! The steps of the running turn: a model call, the tools it called, and again, until the model has nothing left to do
//! or somebody else has to answer.

use std::time::Duration;

use common::{
    chunk::Chunk,
    id::{IdSource, ToolCallId},
    message::{Part, ToolPart, ToolState},
    time::Timestamp,
};
use serde_json::Value;
use tools::ask_user;

use super::{Agent, CallId, Effect, Gap, Settlement, pause, tool_runs::CallToRun};

/// A tool that has not come back after this long is given up.
pub(super) const MAX_TOOL_TIME: Duration = Duration::from_secs(120);

/// What the model is told of an allowed call that the agent has not asked about: it is not known what was agreed to.
const NOT_ASKED: &str =
    "The user was not shown what this call would change, so it was not made. Make it again.";

/// What the running turn waits for.
#[derive(Debug, PartialEq)]
pub(super) enum Work {
    /// Nothing yet, or nothing more.
    None,
    /// A model call.
    Model(ModelWork),
    /// The moment of the next model call: the last one failed.
    Retry,
    /// Runs of tools, and the calls they answer.
    Tools(Vec<(CallId, ToolCallId)>),
}

/// A model call at work.
#[derive(Debug, PartialEq)]
pub(super) struct ModelWork {
    /// Which call.
    pub(super) call: CallId,
    /// The model that is asked.
    pub(super) model: String,
    /// Its first token has come.
    pub(super) speaks: bool,
}

impl Work {
    /// What drops it.
    pub(super) fn abort(&self) -> Vec<Effect> {
        match self {
            Self::None | Self::Retry => Vec::new(),
            Self::Model(model) => vec![Effect::Abort(model.call)],
            Self::Tools(runs) => runs.iter().map(|(call, _)| Effect::Abort(*call)).collect(),
        }
    }
}

/// Who runs a tool.
enum Runner {
    /// The agent, perhaps once the user agrees.
    Agent,
    /// The client.
    Client,
    /// Nobody: the user answers it.
    User,
}

impl<I: IdSource> Agent<I> {
    /// Begins the running turn. A continuation first runs the tools that the user has agreed to.
    pub(super) fn begin(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let Some(running) = self.running.as_mut() else {
            return;
        };
        let approved: Vec<(ToolCallId, String, Value)> = running
            .answer
            .message()
            .calls()
            .filter_map(|call| match &call.state {
                ToolState::ApprovalResponded { input, .. } => {
                    Some((call.tool_call_id.clone(), call.name.clone(), input.clone()))
                }
                ToolState::InputStreaming { .. }
                | ToolState::InputAvailable { .. }
                | ToolState::ApprovalRequested { .. }
                | ToolState::OutputAvailable { .. }
                | ToolState::OutputError { .. }
                | ToolState::OutputDenied { .. } => None,
            })
            .collect();
        if approved.is_empty() {
            let gap = running.turn.is_continuation().then_some(Gap::NextStep);
            return self.call_model(now, gap, out);
        }
        // The stream begins before the tools do: one that was cut off is seen to have begun, and is not run again.
        let mut chunks = Vec::new();
        running.writer.start(&mut chunks);
        let mut to_run = Vec::with_capacity(approved.len());
        for (id, name, input) in approved {
            match self.agreed(&id) {
                Some(shown) => to_run.push(CallToRun {
                    id,
                    name,
                    input,
                    shown: Some(shown),
                }),
                None => chunks.push(Chunk::ToolOutputError {
                    tool_call_id: id,
                    error_text: NOT_ASKED.to_owned(),
                }),
            }
        }
        self.grow(chunks, Vec::new(), out);
        self.run_tools(now, to_run, out);
    }

    /// The model has said all of this step: its calls are run, refused, or left to others. Calls of tools that nobody has are
    /// refused already.
    pub(super) fn model_ended(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let Some(running) = self.running.as_mut() else {
            return;
        };
        running.work = Work::None;
        let (mut chunks, calls) = running.writer.end_stream();
        let mut to_run = Vec::new();
        for call in calls {
            let refused = match runner(&call.name) {
                Runner::Agent => {
                    to_run.push(CallToRun {
                        id: call.id,
                        name: call.name,
                        input: call.input,
                        shown: None,
                    });
                    continue;
                }
                Runner::Client => Ok(()),
                Runner::User => ask_user::check(&call.input),
            };
            if let Err(failure) = refused {
                chunks.push(Chunk::ToolOutputError {
                    tool_call_id: call.id,
                    error_text: failure.to_string(),
                });
            }
        }
        let (counted, writes) = self.count_step();
        chunks.extend(counted);
        self.grow(chunks, writes, out);
        self.run_tools(now, to_run, out);
    }

    /// Nothing of this step is left to do: the turn ends, or the model is called again with what the tools said. A
    /// message that steers ends it here, and is answered with what was done so far in sight.
    pub(super) fn step_ended(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let Some(running) = self.running.as_mut() else {
            return;
        };
        running.work = Work::None;
        let calls: Vec<&ToolPart> = last_step(&running.answer.message().parts).collect();
        let (settled, waiting): (Vec<&ToolPart>, Vec<&ToolPart>) =
            calls.iter().partition(|call| call.state.is_settled());
        let is_steered = self.queue.iter().any(|queued| queued.steers);
        let goes_on = waiting.is_empty() && !settled.is_empty() && !is_steered;
        let parts = &running.answer.message().parts;
        let question = pause::question(running.writer.steps(), parts).filter(|_| goes_on);
        if goes_on && question.is_none() {
            let chunks = running.writer.end_step();
            self.grow(chunks, Vec::new(), out);
            return self.call_model(now, Some(Gap::NextStep), out);
        }
        // A call that was cut off is told to the model, which goes on.
        let warning = running.writer.warning().filter(|_| calls.is_empty());
        if let Some(warning) = warning {
            self.notice(warning.to_owned(), out);
        }
        let (mut chunks, writes) = self.ask_for_approvals(now);
        if let Some(running) = self.running.as_mut() {
            if let Some(question) = question {
                chunks.extend(running.writer.ask(&self.ids.fresh(), question));
            }
            chunks.extend(running.writer.finish());
        }
        self.grow(chunks, writes, out);
        self.settle(now, Settlement::Completed, out);
    }
}

/// Who runs a tool that there is.
fn runner(name: &str) -> Runner {
    match tools::find(name) {
        Some(_) => Runner::Agent,
        None if name == ask_user::NAME => Runner::User,
        None => Runner::Client,
    }
}

/// The calls of the last step of an answer.
pub(super) fn last_step(parts: &[Part]) -> impl Iterator<Item = &ToolPart> {
    let begins = parts
        .iter()
        .rposition(|part| matches!(part, Part::StepStart))
        .unwrap_or(0);
    parts.iter().skip(begins).filter_map(|part| {
        if let Part::Tool(call) = part {
            Some(call.as_ref())
        } else {
            None
        }
    })
}
