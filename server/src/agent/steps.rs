//! The steps of the running turn: a model call, the tools it called, and again, until the model has nothing left to do
//! or somebody else has to answer.

use std::time::Duration;

use common::{
    chunk::Chunk,
    id::{IdSource, ToolCallId},
    message::{CallDetails, Part, ToolPart, ToolState},
    time::Timestamp,
};
use serde_json::Value;

use super::{
    Agent, AnswerSoFar, CallId, Effect, Gap, ModelCall, Settlement, ToolRun,
    approvals::details_chunk, machine::MAX_SILENCE, pause,
};
use crate::{
    store::{SqlError, Write},
    tools::{self, Attempt, Shown, ToolDone, ToolFailure, ask_user},
};

/// A tool that has not come back after this long is given up.
const MAX_TOOL_TIME: Duration = Duration::from_secs(120);

const STORE_BROKE: &str = "The files of this conversation could not be read or written just now. Nothing was changed. \
                           Please try again.";
/// What the model is told of an allowed call that the agent has not asked about: it is not known what was agreed to.
const NOT_ASKED: &str =
    "The user was not shown what this call would change, so it was not made. Make it again.";

/// A call that a tool is to be run for.
pub(super) struct CallToRun {
    pub(super) id: ToolCallId,
    pub(super) name: String,
    pub(super) input: Value,
    /// What the user has agreed to; `None`: nobody was asked.
    pub(super) shown: Option<Shown>,
}

/// What the running turn waits for.
#[derive(Debug, PartialEq)]
pub(super) enum Work {
    /// Nothing yet, or nothing more.
    None,
    /// A model call.
    Model(CallId),
    /// Runs of tools, and the calls they answer.
    Tools(Vec<(CallId, ToolCallId)>),
}

impl Work {
    /// How long it may be silent.
    pub(super) const fn patience(&self) -> Duration {
        match self {
            Self::None | Self::Model(_) => MAX_SILENCE,
            Self::Tools(_) => MAX_TOOL_TIME,
        }
    }

    /// What drops it.
    pub(super) fn abort(&self) -> Vec<Effect> {
        match self {
            Self::None => Vec::new(),
            Self::Model(call) => vec![Effect::Abort(*call)],
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
    /// Nobody: there is no such tool.
    Nobody,
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

    /// Calls the model. `gap`: `None` when the answer begins.
    pub(super) fn call_model(&mut self, now: Timestamp, gap: Option<Gap>, out: &mut Vec<Effect>) {
        let call = self.next_call();
        let Some(running) = self.running.as_mut() else {
            return;
        };
        running.work = Work::Model(call);
        running.heard_at = now;
        let at = running.wake_at(now);
        let turn = &running.turn;
        let context = &turn.context;
        let answer = gap.map(|gap| AnswerSoFar {
            message: running.answer.message().clone(),
            gap,
        });
        let call = ModelCall {
            call,
            request_id: turn.request_id.clone(),
            model: context.model.clone().or_else(|| self.about.model.clone()),
            before: turn.answer_position,
            answer,
            project_context: self.about.project_context.clone(),
            client_tools: context.client_tools.clone(),
        };
        // The alarm first: a call that is never heard of again must not leave the turn without a deadline.
        self.wake_at(now, at, out);
        out.push(Effect::CallModel(call));
    }

    /// The model has said all of this step: its calls are run, refused, or left to others.
    pub(super) fn model_ended(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let Some(running) = self.running.as_mut() else {
            return;
        };
        running.work = Work::None;
        let (mut chunks, calls) = running.writer.end_stream();
        let mut to_run = Vec::new();
        for call in calls {
            let refused = match self.runner(&call.name) {
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
                Runner::Nobody => Err(ToolFailure::no_such_tool(&call.name)),
            };
            if let Err(failure) = refused {
                chunks.push(Chunk::ToolOutputError {
                    tool_call_id: call.id,
                    error_text: failure.to_string(),
                });
            }
        }
        self.grow(chunks, Vec::new(), out);
        self.run_tools(now, to_run, out);
    }

    fn runner(&self, name: &str) -> Runner {
        match tools::find(name) {
            Some(_) => Runner::Agent,
            None if name == ask_user::NAME => Runner::User,
            None => {
                let offered = self.running.as_ref().is_some_and(|running| {
                    let tools = &running.turn.context.client_tools;
                    tools.iter().any(|tool| tool.name == name)
                });
                if offered {
                    Runner::Client
                } else {
                    Runner::Nobody
                }
            }
        }
    }

    /// Runs the tools of these calls; without any the step has ended.
    pub(super) fn run_tools(
        &mut self,
        now: Timestamp,
        calls: Vec<CallToRun>,
        out: &mut Vec<Effect>,
    ) {
        if calls.is_empty() {
            return self.step_ended(now, out);
        }
        let mut runs = Vec::with_capacity(calls.len());
        for CallToRun {
            id,
            name,
            input,
            shown,
        } in calls
        {
            let call = self.next_call();
            runs.push((
                (call, id.clone()),
                Effect::RunTool(ToolRun {
                    call,
                    tool_call_id: id,
                    name,
                    input,
                    shown,
                }),
            ));
        }
        let Some(running) = self.running.as_mut() else {
            return;
        };
        let (runs, effects): (Vec<_>, Vec<_>) = runs.into_iter().unzip();
        running.work = Work::Tools(runs);
        running.heard_at = now;
        let at = running.wake_at(now);
        self.wake_at(now, at, out);
        out.extend(effects);
    }

    /// A tool has run, or the user is to be asked when the step has ended. What it changes is stored with its output, so that both hold or neither.
    pub(super) fn tool_settled(
        &mut self,
        now: Timestamp,
        call: CallId,
        result: Result<Attempt, ToolFailure>,
        out: &mut Vec<Effect>,
    ) {
        let Some(running) = self.running.as_mut() else {
            return;
        };
        let Work::Tools(runs) = &mut running.work else {
            return;
        };
        let Some(at) = runs.iter().position(|(run, _)| *run == call) else {
            return;
        };
        let (_, tool_call_id) = runs.remove(at);
        let all_done = runs.is_empty();
        running.heard_at = now;
        let mut writes = Vec::new();
        let mut changed = false;
        let was_asked = self.questions.contains_key(&tool_call_id);
        let (output, details) = match result {
            Ok(Attempt::Ask(preview)) => {
                running.to_ask.push((tool_call_id, preview));
                if all_done {
                    self.step_ended(now, out);
                }
                return;
            }
            Ok(Attempt::Done {
                done: ToolDone { output, about },
                details,
            }) => {
                if let Some(about) = about.filter(|about| *about != self.about) {
                    writes.push(Write::PutAbout(about.clone()));
                    self.about = about;
                    changed = true;
                }
                let output = Chunk::ToolOutputAvailable {
                    tool_call_id: tool_call_id.clone(),
                    output,
                    preliminary: None,
                };
                (output, details)
            }
            Err(ToolFailure::Told(error_text)) => {
                let error = Chunk::ToolOutputError {
                    tool_call_id: tool_call_id.clone(),
                    error_text,
                };
                (error, CallDetails::default())
            }
            Err(ToolFailure::Broken(error)) => {
                out.extend(running.work.abort());
                return self.store_broke(now, &error, out);
            }
        };
        let mut chunks = vec![output];
        // What the user was asked about is told anew, as it was done.
        if was_asked || !details.changes.is_empty() {
            chunks.push(details_chunk(&tool_call_id, &details));
        }
        self.grow(chunks, writes, out);
        if changed {
            self.tell_state(out);
        }
        if all_done {
            self.step_ended(now, out);
        }
    }

    /// A tool could not use the store: that is nothing the model could do otherwise.
    fn store_broke(&mut self, now: Timestamp, error: &SqlError, out: &mut Vec<Effect>) {
        out.push(Effect::Log(format!(
            "a tool could not use the store: {error}"
        )));
        let text = STORE_BROKE.to_owned();
        self.settle(now, Settlement::Failed { text }, out);
    }

    /// Fails the calls of tools that did not come back.
    pub(super) fn give_up_tools(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let Some(running) = self.running.as_mut() else {
            return;
        };
        let Work::Tools(runs) = std::mem::replace(&mut running.work, Work::None) else {
            return;
        };
        let seconds = MAX_TOOL_TIME.as_secs();
        let chunks = runs
            .into_iter()
            .map(|(_, tool_call_id)| Chunk::ToolOutputError {
                tool_call_id,
                error_text: format!(
                    "The tool did not come back within {seconds} s and was given up."
                ),
            })
            .collect();
        self.grow(chunks, Vec::new(), out);
        self.step_ended(now, out);
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
        let is_steered = self.queue.iter().any(|turn| turn.steers);
        let goes_on = waiting.is_empty() && !settled.is_empty() && !is_steered;
        let parts = &running.answer.message().parts;
        let question = pause::question(running.writer.steps(), parts).filter(|_| goes_on);
        if goes_on && question.is_none() {
            let chunks = running.writer.end_step();
            self.grow(chunks, Vec::new(), out);
            return self.call_model(now, Some(Gap::NextStep), out);
        }
        let (mut chunks, writes) = self.ask_user(now);
        if let Some(running) = self.running.as_mut() {
            if let Some(question) = question {
                chunks.extend(running.writer.ask(&self.ids.fresh(), question));
            }
            chunks.extend(running.writer.finish());
        }
        self.grow(chunks, writes, out);
        self.settle(now, Settlement::Completed, out);
    }

    /// Fails what an aborted or failed turn leaves open: nobody will answer it.
    pub(super) fn settle_dead_calls(&mut self, settlement: &Settlement, out: &mut Vec<Effect>) {
        let error_text = match settlement {
            Settlement::Completed | Settlement::Skipped => return,
            Settlement::Aborted => "The turn was stopped before the tool had an output.",
            Settlement::Failed { .. } => "The turn failed before the tool had an output.",
        };
        let Some(running) = &self.running else { return };
        let chunks = running
            .answer
            .message()
            .calls()
            .filter(|call| !call.state.is_settled())
            .map(|call| Chunk::ToolOutputError {
                tool_call_id: call.tool_call_id.clone(),
                error_text: error_text.to_owned(),
            })
            .collect();
        self.grow(chunks, Vec::new(), out);
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
