//! The steps of the running turn: a model call, the tools it called, and again, until the model has nothing left to do
//! or somebody else has to answer.

use common::{
    chunk::Chunk,
    id::ToolCallId,
    message::{Part, ToolPart, ToolState},
    time::Timestamp,
};
use serde_json::Value;
use store::Fingerprint;
use tools::ask_user;

use super::{
    running::Running,
    work::{CallToRun, Work},
};
use crate::{approvals::CallToApprove, connections::Connections, context::Context, io::Gap, pause};

/// What the model gets for an allowed call that the agent has not asked about: it is not known what was allowed.
const NOT_ASKED: &str =
    "The user was not shown what this call would change, so it was not made. Make it again.";

/// What follows when nothing of a step is left to do.
pub(crate) enum StepEnd {
    /// The model is called again with the outputs of its tools.
    Continue,
    /// The turn ends.
    Finish {
        /// What to ask the user first: whether to continue.
        question: Option<Value>,
    },
}

/// Who runs a tool.
enum Runner {
    /// The agent, perhaps once the user allows it.
    Agent,
    /// The client.
    Client,
    /// Nobody: the user answers the call.
    User,
}

impl Running {
    /// Why the answer is not whole before the first model call; `None`: it begins.
    pub(crate) fn first_gap(&self) -> Option<Gap> {
        self.turn.is_continuation().then_some(Gap::NextStep)
    }

    /// Begins the turn with the calls that the user has allowed, if there are any. `allowed`: what was allowed of a call.
    pub(crate) fn begin_allowed(
        &mut self,
        cx: &mut Context<'_>,
        connections: &mut Connections,
        allowed: impl Fn(&ToolCallId) -> Option<Fingerprint>,
    ) -> Option<Vec<CallToRun>> {
        let answered: Vec<CallToRun> = self
            .answer()
            .calls()
            .filter_map(|call| match &call.state {
                ToolState::ApprovalResponded { input, .. } => Some(CallToRun {
                    id: call.tool_call_id.clone(),
                    name: call.name.clone(),
                    input: input.clone(),
                    allowed: allowed(&call.tool_call_id),
                }),
                ToolState::InputStreaming { .. }
                | ToolState::InputAvailable { .. }
                | ToolState::ApprovalRequested { .. }
                | ToolState::OutputAvailable { .. }
                | ToolState::OutputError { .. }
                | ToolState::OutputDenied { .. } => None,
            })
            .collect();
        if answered.is_empty() {
            return None;
        }
        // The stream begins before the tools do: one that was cut off is seen to have begun, and is not run again.
        let mut chunks = Vec::new();
        self.writer.start(&mut chunks);
        let (to_run, not_asked): (Vec<CallToRun>, Vec<CallToRun>) = answered
            .into_iter()
            .partition(|call| call.allowed.is_some());
        chunks.extend(not_asked.into_iter().map(|call| Chunk::ToolOutputError {
            tool_call_id: call.id,
            error_text: NOT_ASKED.to_owned(),
        }));
        self.grow(cx, connections, chunks, Vec::new());
        Some(to_run)
    }

    /// The model has said all of this step: the chunks that are left, and the calls to be run. Others are left to the
    /// client or the user. Calls of tools that nobody has are refused already.
    pub(crate) fn end_stream(&mut self, now: Timestamp) -> (Vec<Chunk>, Vec<CallToRun>) {
        self.work = Work::None;
        let (mut chunks, calls) = self.writer.end_stream(now);
        let mut to_run = Vec::new();
        for call in calls {
            let refused = match runner(&call.name) {
                Runner::Agent => {
                    to_run.push(CallToRun {
                        id: call.id,
                        name: call.name,
                        input: call.input,
                        allowed: None,
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
        (chunks, to_run)
    }

    /// Nothing of this step is left to do: says what follows. A message that steers ends the turn here, and is answered
    /// with what was done so far in sight.
    pub(crate) fn end_step(
        &mut self,
        cx: &mut Context<'_>,
        connections: &mut Connections,
        is_steered: bool,
    ) -> StepEnd {
        self.work = Work::None;
        let parts = &self.answer.message().parts;
        let calls: Vec<&ToolPart> = last_step(parts).collect();
        let is_over = !calls.is_empty() && calls.iter().all(|call| call.state.is_settled());
        let continues = is_over && !is_steered;
        let question = if continues {
            pause::question(self.writer.steps(), parts)
        } else {
            None
        };
        if continues && question.is_none() {
            let chunks = self.writer.end_step(cx.now);
            self.grow(cx, connections, chunks, Vec::new());
            return StepEnd::Continue;
        }
        // A call that was cut off is reported to the model, which continues.
        let warning = self.writer.warning().filter(|_| calls.is_empty());
        if let Some(warning) = warning {
            self.notice(cx, connections, warning);
        }
        StepEnd::Finish { question }
    }

    /// The calls of this step that the user has to allow.
    pub(crate) fn take_to_approve(&mut self) -> Vec<CallToApprove> {
        let to_approve = std::mem::take(&mut self.to_approve).into_iter();
        let approvals = to_approve.filter_map(|(call, preview)| {
            let mut calls = self.answer.message().calls();
            let part = calls.find(|part| part.tool_call_id == call)?;
            // A client may have answered it unasked.
            let ToolState::InputAvailable { input } = &part.state else {
                return None;
            };
            Some(CallToApprove {
                call,
                tool: part.name.clone(),
                input: input.clone(),
                preview,
            })
        });
        approvals.collect()
    }

    /// The chunks that end the answer, with a question to the user if there is one.
    pub(crate) fn finish(&mut self, cx: &mut Context<'_>, question: Option<Value>) -> Vec<Chunk> {
        let mut chunks = Vec::new();
        if let Some(question) = question {
            chunks.extend(self.writer.ask(cx.now, &cx.ids.fresh(), question));
        }
        chunks.extend(self.writer.finish(cx.now));
        chunks
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
