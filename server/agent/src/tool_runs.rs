//! Runs of tools in the running turn: begun, settled, given up.

use common::{
    chunk::Chunk,
    id::{IdSource, ToolCallId},
    message::CallDetails,
    time::Timestamp,
};
use serde_json::Value;
use sql::SqlError;
use store::{Fingerprint, Write};
use tools::{Attempt, ToolDone, ToolFailure};

use super::{
    Agent, CallId, Effect, Settlement, ToolRun,
    approvals::details_chunk,
    steps::{MAX_TOOL_TIME, Work},
};

const STORE_BROKE: &str = "The files of this conversation could not be read or written just now. Nothing was changed. \
                           Please try again.";

/// A call that a tool is to be run for.
pub(super) struct CallToRun {
    pub(super) id: ToolCallId,
    pub(super) name: String,
    pub(super) input: Value,
    /// What the user has agreed to; `None`: nobody was asked.
    pub(super) shown: Option<Fingerprint>,
}

impl<I: IdSource> Agent<I> {
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
        running.begin(Work::Tools(runs), now);
        let at = running.wake_at(now, &self.options.model);
        self.wake_at(now, at, out);
        out.extend(effects);
    }

    /// A tool has run, or the user is to be asked when the step has ended. What it changes is stored with its output, so
    /// that both hold or neither.
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
        let was_asked = self.approvals.contains_key(&tool_call_id);
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
        let words = error.fault.words().unwrap_or(STORE_BROKE);
        self.settle(
            now,
            Settlement::failed(error.fault.code().as_str(), words),
            out,
        );
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
