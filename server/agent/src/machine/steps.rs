//! The steps of the running turn: model calls and runs of tools, and what several parts have to do with them.

use providers::ProviderError;
use sql::SqlError;
use store::{Settlement, Write};
use tools::{Attempt, ToolFailure};

use super::{Parts, next::Next};
use crate::{
    allowed_models::NOT_ALLOWED,
    budgets::{self, Left},
    context::Context,
    io::{CallId, CulpritReason, Gap, ModelFailure, ModelProgress},
    turn::{Asking, CallToRun, FailedCall, Running, StepEnd, ToolEnd},
};

/// The problem of a summary that could cost too much.
const NO_BUDGET: &str = "The rest of the budget is too small for it.";

const STORE_BROKE: &str = "The files of this conversation could not be read or written just now. Nothing was changed. \
                           Please try again.";

impl Parts {
    /// The model call that runs has made progress.
    pub(super) fn provider(
        &mut self,
        cx: &mut Context<'_>,
        call: CallId,
        progress: ModelProgress,
    ) -> Next {
        let Some(running) = &mut self.running else {
            return Next::Wait;
        };
        if !running.hears(cx.now, call) {
            return Next::Wait;
        }
        match progress {
            ModelProgress::Events(events) => {
                running.said(cx, &mut self.connections, events);
                Next::Wait
            }
            ModelProgress::Crowded(size) => self.crowded(cx, size),
            // What a summary is made of is no matter of the answer.
            ModelProgress::Measured(_) | ModelProgress::Notice(_) if running.is_compacting() => {
                Next::Wait
            }
            ModelProgress::Ended if running.is_compacting() => self.summary_ended(cx),
            ModelProgress::Measured(size) => {
                self.budgets.measured(size);
                Next::Wait
            }
            ModelProgress::Notice(notice) => {
                running.notice(cx, &mut self.connections, &notice);
                Next::Wait
            }
            ModelProgress::Ended => {
                running.flush(cx, &mut self.connections);
                Next::EndStream
            }
            ModelProgress::Failed(failure) => Next::ModelFailed(failure),
        }
    }

    /// Calls the model, unless the budgets or the deployment do not allow that.
    pub(super) fn call_model(&mut self, cx: &mut Context<'_>, gap: Option<Gap>) -> Next {
        let options = &self.options.model;
        let left = self.budgets.left(options);
        if let Some(left) = left.filter(|left| left.left_usd <= 0.0) {
            return self.too_dear(cx, left);
        }
        let model = self.asked_model();
        // It was named before the setting was changed.
        if !options.allows(&model) {
            let refusal = options.refusal_of(&model);
            if self.is_compacting() {
                return self.compaction_failed(cx, refusal);
            }
            let refused = Settlement::failed(NOT_ALLOWED, refusal);
            return Next::Settle(refused);
        }
        if let Some(running) = &mut self.running {
            let asking = Asking {
                model: &model,
                about: self.synced.about(),
                budget_usd: left.map(|left| left.left_usd),
                options,
            };
            running.call_model(cx, gap, &asking);
        }
        Next::Wait
    }

    /// The model that the running turn asks for: that of the submission, of the conversation, or of the deployment.
    fn asked_model(&self) -> String {
        let of_turn = self.running.as_ref().and_then(Running::named_model);
        let named = [of_turn, self.synced.about().model.as_deref()];
        let named = named.into_iter().flatten().map(str::trim);
        let mut named = named.filter(|model| !model.is_empty());
        named
            .next()
            .unwrap_or(&self.options.model.default)
            .to_owned()
    }

    /// A model call failed, or was given up.
    pub(super) fn model_failed(&mut self, cx: &mut Context<'_>, failure: ModelFailure) -> Next {
        let model = self.asked_model();
        let Some(running) = &mut self.running else {
            return Next::Wait;
        };
        running.flush(cx, &mut self.connections);
        let options = &self.options.model;
        let left = self.budgets.left(options);
        let asking = Asking {
            model: &model,
            about: self.synced.about(),
            budget_usd: left.map(|left| left.left_usd),
            options,
        };
        match running.model_failed(cx, failure, &asking) {
            FailedCall::Fail(failure) if running.is_compacting() => {
                self.compaction_failed(cx, failure.error.to_string())
            }
            FailedCall::Fail(failure) => {
                let (code, error) = (failure.error.code(), &failure.error);
                cx.log(format!("turn {} failed ({code}): {error}", running.id()));
                Next::Settle(settlement_of(&failure))
            }
            FailedCall::Whole => Next::EndStream,
            FailedCall::TooDear { left_usd } => match left {
                Some(left) => self.too_dear(cx, Left { left_usd, ..left }),
                None => Next::Wait,
            },
            FailedCall::CallAgain(gap) => Next::CallModel(gap),
            FailedCall::Wait => Next::Wait,
        }
    }

    /// The next call could cost more than what is left: a summary is not written, an answer ends with a question.
    fn too_dear(&mut self, cx: &mut Context<'_>, left: Left) -> Next {
        if self.is_compacting() {
            return self.compaction_failed(cx, NO_BUDGET.to_owned());
        }
        self.ask_to_spend(cx, left)
    }

    /// Ends the running turn with the question whether to spend more.
    fn ask_to_spend(&mut self, cx: &mut Context<'_>, left: Left) -> Next {
        if let Some(running) = &mut self.running {
            let question = budgets::question(left);
            running.finish_asking(cx, &mut self.connections, question, budgets::FINISH_REASON);
        }
        Next::Settle(Settlement::Completed)
    }

    /// The model has said all of this step: its calls are run, refused, or left to others.
    pub(super) fn end_stream(&mut self, cx: &mut Context<'_>) -> Next {
        let Some(running) = &mut self.running else {
            return Next::Wait;
        };
        let (mut chunks, to_run) = running.end_stream(cx.now);
        let mut writes = Vec::new();
        if let Some((chunk, usage)) = running.take_usage(cx.now) {
            chunks.push(chunk);
            writes.push(self.budgets.count_step(usage));
        }
        running.grow(cx, &mut self.connections, chunks, writes);
        Next::RunTools(to_run)
    }

    /// Runs the tools of these calls; without any the step has ended.
    pub(super) fn run_tools(&mut self, cx: &mut Context<'_>, calls: Vec<CallToRun>) -> Next {
        if calls.is_empty() {
            return Next::EndStep;
        }
        if let Some(running) = &mut self.running {
            running.run_tools(cx, calls, &self.options.model);
        }
        Next::Wait
    }

    /// A tool has run, or its call needs an approval. What it changes is stored with its output, so that both hold or
    /// neither.
    pub(super) fn tool_settled(
        &mut self,
        cx: &mut Context<'_>,
        run: CallId,
        result: Result<Attempt, ToolFailure>,
    ) -> Next {
        let Some(running) = &mut self.running else {
            return Next::Wait;
        };
        let approvals = &self.approvals;
        let was_asked = |call: &_| approvals.get(call).is_some();
        match running.tool_ended(cx, run, result, was_asked) {
            ToolEnd::Ignored => return Next::Wait,
            ToolEnd::NeedsApproval => {}
            ToolEnd::Output { about, chunks } => {
                let write = about.and_then(|about| self.synced.set_about(about));
                let changes_state = write.is_some();
                let writes = write.into_iter().collect();
                running.grow(cx, &mut self.connections, chunks, writes);
                if changes_state {
                    self.synced.broadcast(cx, &self.connections);
                }
            }
            ToolEnd::Broken(error) => {
                cx.effects.extend(running.abort());
                return store_broke(cx, &error);
            }
        }
        if running.is_done() {
            Next::EndStep
        } else {
            Next::Wait
        }
    }

    /// Nothing of this step is left to do: the turn ends, or the model is called again with what the tools said.
    pub(super) fn end_step(&mut self, cx: &mut Context<'_>) -> Next {
        let Some(running) = &mut self.running else {
            return Next::Wait;
        };
        let question = match running.end_step(cx, &mut self.connections, self.queue.steers()) {
            StepEnd::Continue => return Next::CallModel(Some(Gap::NextStep)),
            StepEnd::Finish { question } => question,
        };
        let position = running.turn().answer_position;
        let (mut chunks, mut writes) = (Vec::new(), Vec::new());
        for call in running.take_to_approve() {
            let (asking, write): (_, Write) = self.approvals.ask(cx, position, call);
            chunks.extend(asking);
            writes.push(write);
        }
        chunks.extend(running.finish(cx, question));
        running.grow(cx, &mut self.connections, chunks, writes);
        Next::Settle(Settlement::Completed)
    }
}

/// A tool could not use the store: the model could do nothing about that.
fn store_broke(cx: &mut Context<'_>, error: &SqlError) -> Next {
    cx.log(format!("a tool could not use the store: {error}"));
    let words = error.fault.words().unwrap_or(STORE_BROKE);
    Next::Settle(Settlement::failed(error.fault.code().as_str(), words))
}

/// The settlement of a turn whose model call failed.
fn settlement_of(failure: &ModelFailure) -> Settlement {
    let error: &ProviderError = &failure.error;
    let mut text = error.to_string();
    if let Some(culprit) = &failure.culprit {
        let which = match culprit.reason {
            CulpritReason::Named => "The message is",
            CulpritReason::Longest => "The longest message is",
            CulpritReason::Last => "It may be the last message,",
        };
        text.push_str(&format!(" {which} “{}”.", culprit.excerpt));
    }
    Settlement::Failed {
        text,
        code: error.code().to_owned(),
        message: failure
            .culprit
            .as_ref()
            .map(|culprit| culprit.message.clone()),
    }
}
