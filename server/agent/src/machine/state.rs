//! Changes of the synced state, and what is broadcast of the turns.

use common::{
    directory::{TitleBy, title},
    frame::ServerFrame,
    id::MessageId,
    message::{Message, Role},
    state::{About, Failure, RunStatus, RunSummary, UsageSummary, WaitReason, Waiting},
};
use serde_json::Value;
use store::{FilesFound, Settlement, Turn, Write};

use super::Parts;
use crate::{attached::ConnectionKey, budgets, context::Context};

impl Parts {
    /// What of the files waits for the user, when they may have changed.
    pub(super) fn files_found(&mut self, cx: &mut Context<'_>, found: FilesFound) {
        if self.synced.set_found(found) {
            self.synced.broadcast(cx, &self.connections);
        }
    }

    /// A client sends a new state. It hears of it only when it is refused, or when what it says of the turns is not so.
    pub(super) fn state_received(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        state: Value,
    ) {
        let about = match About::from_json(state.clone()) {
            Ok(about) => about,
            Err(error) => {
                cx.log(format!("refused a state: {error}"));
                return refuse(cx, key, "State update rejected".to_owned());
            }
        };
        if self.names_a_model_anew(&about) {
            let model = about.model.unwrap_or_default();
            return refuse(cx, key, self.options.model.refusal_of(&model));
        }
        let write = self.synced.set_about(about);
        cx.persist(write.into_iter().collect());
        let mut to = self.connections.of_protocol();
        if state == self.synced.to_json() {
            to.retain(|other| *other != key);
        }
        cx.send(to, self.synced.frame());
    }

    /// Whether a state asks for another model that may not be asked for.
    fn names_a_model_anew(&self, about: &About) -> bool {
        let model = about.model.as_deref().unwrap_or_default();
        self.synced.about().model != about.model && !self.options.model.allows(model)
    }

    /// Replaces what the conversation is about, and broadcasts that.
    pub(super) fn change_about(&mut self, cx: &mut Context<'_>, about: About) {
        if let Some(write) = self.synced.set_about(about) {
            cx.persist(vec![write]);
            self.synced.broadcast(cx, &self.connections);
        }
    }

    /// Takes a title that was checked.
    pub(super) fn take_title(&mut self, cx: &mut Context<'_>, title: String) {
        match self.synced.about().clone().with_title(Some(title)) {
            Ok(about) => self.change_about(cx, about),
            Err(error) => cx.log(format!("refused a title: {error}")),
        }
    }

    /// Gives a conversation without a title that of its first message.
    pub(super) fn title_from(&mut self, messages: &[Message]) -> Option<Write> {
        let about = self.synced.about();
        if about.title.is_some() || !self.transcript.is_empty() {
            return None;
        }
        let first = messages.iter().find(|message| message.role == Role::User)?;
        let title = title::made_of(&first.text_or_names())?;
        let about = about.clone().with_title(Some(title)).ok()?;
        self.pushes.title_is_by(TitleBy::Start);
        self.synced.set_about(about)
    }

    /// Broadcasts the run summary and the usage where they changed.
    pub(super) fn broadcast_run(&mut self, cx: &mut Context<'_>) {
        // The first message waits for a moment: it would seem to wait for others.
        if !self.awaits_defaults() && !self.is_run_known() {
            let run = self.run_summary();
            self.synced.set_run(run, *self.budgets.usage());
            self.synced.broadcast(cx, &self.connections);
        }
    }

    /// Whether what was last broadcast of the turns is so. Asked after every input, so it copies nothing.
    fn is_run_known(&self) -> bool {
        let RunSummary {
            status,
            queued,
            waiting,
            failure,
        } = self.synced.run();
        let is_failure_known = match (failure, self.last_failure()) {
            (None, None) => true,
            (Some(known), Some((turn, _, _))) => known.request == turn.request_id,
            (None, Some(_)) | (Some(_), None) => false,
        };
        *queued == self.queue.answers() as u64
            && self
                .queue
                .waiting()
                .eq(waiting.iter().map(|one| (&one.request, &one.message)))
            && is_failure_known
            && self.is_spending_known()
            && match (status, &self.running) {
                (RunStatus::Running { request, activity }, Some(running)) => {
                    request == running.id() && running.is_at(activity)
                }
                (RunStatus::Idle, None) => self.wait_reason().is_none(),
                (RunStatus::Waiting(known), None) => self.wait_reason() == Some(*known),
                (RunStatus::Idle | RunStatus::Waiting(_), Some(_))
                | (RunStatus::Running { .. }, None) => false,
            }
    }

    /// Whether what was last broadcast of the usage is so. How large the last call was goes along with the next broadcast.
    fn is_spending_known(&self) -> bool {
        let usage = self.budgets.usage();
        let known = UsageSummary {
            context: usage.context,
            ..*self.synced.usage()
        };
        known == *usage
    }

    fn run_summary(&self) -> RunSummary {
        RunSummary {
            status: match (&self.running, self.wait_reason()) {
                (Some(running), _) => RunStatus::Running {
                    request: running.id().clone(),
                    activity: running.activity(&self.options.model),
                },
                (None, Some(reason)) => RunStatus::Waiting(reason),
                (None, None) => RunStatus::Idle,
            },
            queued: self.queue.answers() as u64,
            waiting: (self.queue.waiting())
                .map(|(request, message)| Waiting {
                    request: request.clone(),
                    message: message.clone(),
                })
                .collect(),
            failure: self.last_failure().map(|(turn, code, message)| Failure {
                request: turn.request_id.clone(),
                code: code.to_owned(),
                message: message.cloned(),
            }),
        }
    }

    /// The last turn, when it failed and no other one has begun: its failure's code and message.
    fn last_failure(&self) -> Option<(&Turn, &str, Option<&MessageId>)> {
        let settled = self.past.last().filter(|_| self.running.is_none())?;
        match &settled.settlement {
            Settlement::Failed { code, message, .. } => {
                Some((&settled.turn, code, message.as_ref()))
            }
            Settlement::Completed | Settlement::Aborted | Settlement::Skipped => None,
        }
    }

    /// Whether the last message waits for somebody.
    pub(super) fn waits(&self) -> bool {
        self.wait_reason().is_some()
    }

    /// Who the last message waits for; `None`: for nobody.
    fn wait_reason(&self) -> Option<WaitReason> {
        let last = self.transcript.last();
        let message = last.and_then(|position| self.transcript.open(position))?;
        let waits = message.calls().any(|call| !call.state.is_settled());
        waits.then(|| match budgets::asked_about(message) {
            Some((_, state)) if !state.is_settled() => WaitReason::Budget,
            Some(_) | None => WaitReason::Answer,
        })
    }
}

fn refuse(cx: &mut Context<'_>, key: ConnectionKey, words: String) {
    cx.send(vec![key], ServerFrame::StateError(words).encode());
}
