//! Runs of tools in the running turn: begun, ended, dropped and given up.

use common::{
    chunk::Chunk,
    id::ToolCallId,
    message::{CallDetails, ToolAnswer, ToolState},
    state::About,
};
use sql::SqlError;
use store::Settlement;
use tools::{Attempt, ToolDone, ToolFailure};

use super::{
    running::Running,
    work::{CallToRun, MAX_TOOL_TIME, ToolWork, Work},
};
use crate::{
    approvals::details_chunk,
    connections::Connections,
    context::Context,
    io::{CallId, Effect, ToolRun},
    options::ModelOptions,
};

/// The output of a tool that was dropped for a message that steers.
const DROPPED: &str =
    "It was dropped before it had an output, since the user sent a message meanwhile.";

/// What follows a run of a tool.
pub(crate) enum ToolEnd {
    /// Nothing: the run is not wanted any more.
    Ignored,
    /// The call needs an approval, which the user is asked for when the step has ended.
    NeedsApproval,
    /// The call has an output, and with it what the conversation is about may have changed.
    Output {
        /// What the conversation is about now; `None`: the tool does not change that.
        about: Option<About>,
        /// The chunks with the output.
        chunks: Vec<Chunk>,
    },
    /// The tool could not use the store.
    Broken(SqlError),
}

impl Running {
    /// Runs the tools of these calls.
    pub(crate) fn run_tools(
        &mut self,
        cx: &mut Context<'_>,
        calls: Vec<CallToRun>,
        options: &ModelOptions,
    ) {
        let mut runs = Vec::with_capacity(calls.len());
        let mut effects = Vec::with_capacity(calls.len());
        for CallToRun {
            id,
            name,
            input,
            allowed,
        } in calls
        {
            let run = cx.next_call();
            runs.push(ToolWork {
                run,
                call: id.clone(),
            });
            effects.push(Effect::RunTool(ToolRun {
                call: run,
                tool_call_id: id,
                name,
                input,
                allowed,
            }));
        }
        self.begin(Work::Tools(runs), cx.now);
        cx.wake_at(self.wake_at(cx.now, options));
        cx.effects.extend(effects);
    }

    /// Whether no tool is left to be waited for.
    pub(crate) const fn is_done(&self) -> bool {
        match &self.work {
            Work::Tools(runs) => runs.is_empty(),
            Work::None | Work::Model(_) | Work::Retry => false,
        }
    }

    /// A tool has run, or its call needs an approval. `was_asked`: whether the user was asked about the call.
    pub(crate) fn tool_ended(
        &mut self,
        cx: &Context<'_>,
        run: CallId,
        result: Result<Attempt, ToolFailure>,
        was_asked: impl Fn(&ToolCallId) -> bool,
    ) -> ToolEnd {
        let Work::Tools(runs) = &mut self.work else {
            return ToolEnd::Ignored;
        };
        let Some(at) = runs.iter().position(|work| work.run == run) else {
            return ToolEnd::Ignored;
        };
        let tool_call_id = runs.remove(at).call;
        self.heard_at = cx.now;
        let (output, details, about) = match result {
            Ok(Attempt::NeedsApproval(preview)) => {
                self.to_approve.push((tool_call_id, preview));
                return ToolEnd::NeedsApproval;
            }
            Ok(Attempt::Done {
                done: ToolDone { output, about },
                details,
            }) => {
                let output = Chunk::ToolOutputAvailable {
                    tool_call_id: tool_call_id.clone(),
                    output,
                    preliminary: None,
                };
                (output, details, about)
            }
            Err(ToolFailure::Explained(error_text)) => {
                let error = Chunk::ToolOutputError {
                    tool_call_id: tool_call_id.clone(),
                    error_text,
                };
                (error, CallDetails::default(), None)
            }
            Err(ToolFailure::Requested { reported, requests }) => {
                let error = Chunk::ToolOutputError {
                    tool_call_id: tool_call_id.clone(),
                    error_text: reported,
                };
                let details = CallDetails {
                    requests,
                    ..CallDetails::default()
                };
                (error, details, None)
            }
            Err(ToolFailure::Broken(error)) => return ToolEnd::Broken(error),
        };
        let mut chunks = vec![output];
        // What the user was asked about is sent anew, as it was done.
        let has_details = !details.changes.is_empty() || !details.requests.is_empty();
        if was_asked(&tool_call_id) || has_details {
            chunks.push(details_chunk(&tool_call_id, &details));
        }
        ToolEnd::Output { about, chunks }
    }

    /// Drops the tools that take time, for a message that steers. Those that change something are not dropped: they are
    /// over before anything else happens. Whether that ends the step.
    pub(crate) fn drop_slow_tools(
        &mut self,
        cx: &mut Context<'_>,
        connections: &mut Connections,
    ) -> bool {
        let Work::Tools(runs) = &mut self.work else {
            return false;
        };
        let message = self.answer.message();
        let is_slow = |work: &ToolWork| {
            let mut calls = message.calls();
            let call = calls.find(|call| call.tool_call_id == work.call);
            call.and_then(|call| tools::find(&call.name))
                .is_some_and(|tool| tool.takes_time())
        };
        let (slow, left): (Vec<_>, Vec<_>) = std::mem::take(runs).into_iter().partition(is_slow);
        let ends_step = left.is_empty() && !slow.is_empty();
        *runs = left;
        let mut chunks = Vec::with_capacity(slow.len());
        for work in slow {
            cx.push(Effect::Abort(work.run));
            chunks.push(Chunk::ToolOutputError {
                tool_call_id: work.call,
                error_text: DROPPED.to_owned(),
            });
        }
        self.grow(cx, connections, chunks, Vec::new());
        ends_step
    }

    /// Fails the calls of tools that did not come back.
    pub(crate) fn give_up_tools(&mut self, cx: &mut Context<'_>, connections: &mut Connections) {
        let Work::Tools(runs) = std::mem::replace(&mut self.work, Work::None) else {
            return;
        };
        let seconds = MAX_TOOL_TIME.as_secs();
        let chunks = runs.into_iter().map(|work| Chunk::ToolOutputError {
            tool_call_id: work.call,
            error_text: format!("The tool did not come back within {seconds} s and was given up."),
        });
        self.grow(cx, connections, chunks.collect(), Vec::new());
    }

    /// Fails what an aborted or failed turn leaves open: nobody will answer it.
    pub(crate) fn fail_open_calls(
        &mut self,
        cx: &mut Context<'_>,
        connections: &mut Connections,
        settlement: &Settlement,
    ) {
        let error_text = match settlement {
            Settlement::Completed | Settlement::Skipped => return,
            Settlement::Aborted => "The turn was stopped before the tool had an output.",
            Settlement::Failed { .. } => "The turn failed before the tool had an output.",
        };
        let open = self.answer().calls();
        let open = open.filter(|call| !call.state.is_settled());
        let chunks = open.map(|call| Chunk::ToolOutputError {
            tool_call_id: call.tool_call_id.clone(),
            error_text: error_text.to_owned(),
        });
        self.grow(cx, connections, chunks.collect(), Vec::new());
    }

    /// Answers a call of the answer that is being written, as a chunk of it. Calls that the agent itself runs are not for
    /// others to answer. Whether the answer holds the call.
    pub(crate) fn answer_call(
        &mut self,
        cx: &mut Context<'_>,
        connections: &mut Connections,
        id: &ToolCallId,
        answer: &ToolAnswer,
    ) -> bool {
        let call = self.answer().calls().find(|call| call.tool_call_id == *id);
        let Some(call) = call else {
            return false;
        };
        let state = call.state.answered(id, answer);
        let chunk = state.and_then(|state| chunk_of(id, state));
        if let (false, Some(chunk)) = (self.work.runs(id), chunk) {
            self.grow(cx, connections, vec![chunk], Vec::new());
            cx.send(connections.notified(), self.message_frame());
        }
        true
    }
}

/// A settled call as a chunk. There is no chunk for an approval: it is asked for when the turn ends.
fn chunk_of(id: &ToolCallId, state: ToolState) -> Option<Chunk> {
    let tool_call_id = id.clone();
    match state {
        ToolState::OutputAvailable { output, .. } => Some(Chunk::ToolOutputAvailable {
            tool_call_id,
            output,
            preliminary: None,
        }),
        ToolState::OutputError { error_text, .. } => Some(Chunk::ToolOutputError {
            tool_call_id,
            error_text,
        }),
        ToolState::OutputDenied { .. } => Some(Chunk::ToolOutputDenied { tool_call_id }),
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. } => None,
    }
}
