//! The synced state (protocol §3): what the conversation is about, which clients may change, and what its turns do.

use common::{
    directory::{TitleBy, title},
    frame::ServerFrame,
    id::{IdSource, MessageId},
    message::{Message, Role},
    state::{
        About, Activity, Failure, Retry, RunStatus, RunSummary, SyncedState, Unconfirmed,
        WaitReason,
    },
};
use serde_json::Value;
use store::Write;

use super::{
    Agent, ConnectionKey, Effect, ModelOptions, Settlement, Turn,
    running::{Running, send},
    spending,
    steps::Work,
};

impl<I: IdSource> Agent<I> {
    pub(super) fn state_frame(&self) -> String {
        ServerFrame::State(self.synced_state()).encode()
    }

    fn synced_state(&self) -> Value {
        let state = SyncedState {
            about: self.about.clone(),
            run: self.told.clone(),
            usage: self.told_usage,
            unconfirmed: self.unconfirmed.clone(),
        };
        state.to_json()
    }

    /// The instructions that wait for the user, when files may have changed.
    pub(super) fn instructions_found(
        &mut self,
        unconfirmed: Vec<Unconfirmed>,
        out: &mut Vec<Effect>,
    ) {
        if self.unconfirmed != unconfirmed {
            self.unconfirmed = unconfirmed;
            self.tell_state(out);
        }
    }

    /// A client sends a new state. It is told only when it is refused, or when what it says of the turns is not so.
    pub(super) fn state_received(
        &mut self,
        key: ConnectionKey,
        state: Value,
        out: &mut Vec<Effect>,
    ) {
        let refuse = |error: &str, out: &mut Vec<Effect>| {
            let frame = ServerFrame::StateError(error.to_owned());
            send(out, vec![key], frame.encode());
        };
        match About::from_json(state.clone()) {
            Err(error) => {
                out.push(Effect::Log(format!("refused a state: {error}")));
                refuse("State update rejected", out);
            }
            Ok(about) if self.names_a_model_anew(&about) => {
                let model = about.model.unwrap_or_default();
                refuse(&self.options.model.refusal_of(&model), out);
            }
            Ok(about) => {
                self.put_about(about, out);
                let frame = self.state_frame();
                let mut to = self.connections.of_protocol();
                if state == self.synced_state() {
                    to.retain(|other| *other != key);
                }
                send(out, to, frame);
            }
        }
    }

    /// Whether a state asks for another model that may not be asked for.
    fn names_a_model_anew(&self, about: &About) -> bool {
        let model = about.model.as_deref().unwrap_or_default();
        self.about.model != about.model && !self.options.model.allows(model)
    }

    /// Replaces what the conversation is about and tells everyone.
    pub(super) fn change_about(&mut self, about: About, out: &mut Vec<Effect>) {
        if self.about != about {
            self.put_about(about, out);
            self.tell_state(out);
        }
    }

    fn put_about(&mut self, about: About, out: &mut Vec<Effect>) {
        if self.about != about {
            out.push(Effect::Persist(vec![Write::PutAbout(about.clone())]));
            self.about = about;
        }
    }

    pub(super) fn tell_state(&self, out: &mut Vec<Effect>) {
        send(out, self.connections.of_protocol(), self.state_frame());
    }

    /// Broadcasts the run summary and the usage where they changed.
    pub(super) fn tell_run(&mut self, out: &mut Vec<Effect>) {
        if self.is_told() {
            return;
        }
        self.told = self.run_summary();
        self.told_usage = self.spending.usage;
        self.tell_state(out);
    }

    /// Whether clients know what the turns do. It is asked after every input, so it copies nothing.
    fn is_told(&self) -> bool {
        let RunSummary {
            status,
            queued,
            failure,
        } = &self.told;
        let is_failure_told = match (failure, self.last_failure()) {
            (None, None) => true,
            (Some(told), Some((turn, _, _))) => told.request == turn.request_id,
            (None, Some(_)) | (Some(_), None) => false,
        };
        *queued == self.waiting_turns()
            && is_failure_told
            && self.told_usage == self.spending.usage
            && match (status, &self.running) {
                (RunStatus::Running { request, activity }, Some(running)) => {
                    *request == running.turn.request_id && running.is_at(activity)
                }
                (RunStatus::Idle, None) => self.wait_reason().is_none(),
                (RunStatus::Waiting(told), None) => self.wait_reason() == Some(*told),
                (RunStatus::Idle | RunStatus::Waiting(_), Some(_))
                | (RunStatus::Running { .. }, None) => false,
            }
    }

    fn run_summary(&self) -> RunSummary {
        RunSummary {
            status: match (&self.running, self.wait_reason()) {
                (Some(running), _) => RunStatus::Running {
                    request: running.turn.request_id.clone(),
                    activity: running.activity(&self.options.model),
                },
                (None, Some(reason)) => RunStatus::Waiting(reason),
                (None, None) => RunStatus::Idle,
            },
            queued: self.waiting_turns(),
            failure: self.last_failure().map(|(turn, code, message)| Failure {
                request: turn.request_id.clone(),
                code: code.to_owned(),
                message: message.cloned(),
            }),
        }
    }

    fn waiting_turns(&self) -> u64 {
        let answers = self
            .queue
            .iter()
            .filter(|queued| !queued.turn.is_continuation());
        answers.count() as u64
    }

    /// The last turn, when it failed and no other one has begun: its failure's code and message.
    fn last_failure(&self) -> Option<(&Turn, &str, Option<&MessageId>)> {
        let settled = self.settled.back().filter(|_| self.running.is_none())?;
        match &settled.settlement {
            Settlement::Failed { code, message, .. } => {
                Some((&settled.turn, code, message.as_ref()))
            }
            Settlement::Completed | Settlement::Aborted | Settlement::Skipped => None,
        }
    }

    /// Who the last message waits for; `None`: for nobody.
    fn wait_reason(&self) -> Option<WaitReason> {
        let last = self.transcript.last();
        let message = last.and_then(|position| self.open.get(&position))?;
        let waits = message.calls().any(|call| !call.state.is_settled());
        waits.then(|| match spending::asked_about(message) {
            Some((_, state)) if !state.is_settled() => WaitReason::Budget,
            Some(_) | None => WaitReason::Answer,
        })
    }

    /// Gives a conversation without a title that of its first message.
    pub(super) fn title_from(&mut self, messages: &[Message]) -> Option<Write> {
        if self.about.title.is_some() || !self.transcript.is_empty() {
            return None;
        }
        let first = messages.iter().find(|message| message.role == Role::User)?;
        let title = title::made_of(&first.plain_text())?;
        self.about = self.about.clone().with_title(Some(title)).ok()?;
        self.telling.title_is_by(TitleBy::Start);
        Some(Write::PutAbout(self.about.clone()))
    }
}

impl Running {
    fn activity(&self, options: &ModelOptions) -> Activity {
        let since = self.since;
        match &self.work {
            Work::None => Activity::Starting,
            Work::Model(work) => Activity::Model {
                model: work.model.clone(),
                since,
            },
            Work::Tools(_) => Activity::Tools { since },
            Work::Retry => self.setbacks.due().map_or_else(Activity::default, |due| {
                Activity::Retry(Retry {
                    at: due.at,
                    reason: due.reason.clone(),
                    attempt: self.setbacks.attempt(),
                    attempts: options.retries.saturating_add(1),
                })
            }),
        }
    }

    fn is_at(&self, activity: &Activity) -> bool {
        match (activity, &self.work) {
            (Activity::Starting, Work::None) => true,
            (Activity::Model { model, since }, Work::Model(work)) => {
                *model == work.model && *since == self.since
            }
            (Activity::Tools { since }, Work::Tools(_)) => *since == self.since,
            (Activity::Retry(retry), Work::Retry) => {
                let due = self.setbacks.due();
                due.is_some_and(|due| due.at == retry.at)
            }
            (
                Activity::Starting
                | Activity::Model { .. }
                | Activity::Tools { .. }
                | Activity::Retry(_),
                Work::None | Work::Model(_) | Work::Tools(_) | Work::Retry,
            ) => false,
        }
    }
}
