//! Keeps the transcript equal to the stored one.

use super::{Chat, Recovery, earlier::Fit};
use crate::{
    client::{
        context::Context,
        deadlines::Timer,
        io::{ChatError, Delivery, Earlier, Fetched, Row, Snapshot},
        outbox::{Ask, Stage},
        rows::{Target, distinct},
        session::{Fetch, Freshness, Probe},
    },
    frame::Before,
    id::{MessageId, RequestId},
    id_map::{IdMap, IdSet},
    message::Message,
};

/// After this many failed fetches, submissions with unknown delivery are sent again; a server that has them knows
/// their ids.
pub(super) const FAILURES_BEFORE_RESENDING: u32 = 2;
/// How often a submission is sent again when the server does not know it.
const MAX_IGNORED: u8 = 3;

impl Chat {
    /// Requests a newer transcript.
    pub(super) const fn want_newer(&mut self) {
        if let Some(session) = &mut self.session {
            session.wants_newer = true;
        }
    }

    /// Handles the result of a fetch.
    pub(in crate::client) fn fetched(&mut self, cx: &mut Context<'_>, fetched: Fetched) {
        let known = self.known();
        let Some(session) = &mut self.session else {
            return;
        };
        let Fetch::Asked { failures, answer } = session.fetch else {
            return;
        };
        cx.deadlines.clear(Timer::Fetch);
        match (fetched, answer) {
            (Fetched::Failed(reason), _) => {
                session.fetch_failed(cx, failures);
                if session.failures() >= FAILURES_BEFORE_RESENDING {
                    self.resend(None);
                }
                cx.warn(format!("The transcript could not be fetched: {reason}"));
            }
            (Fetched::Unchanged | Fetched::Transcript(_), Freshness::Stale) => {
                session.fetch_now(cx, known, 0);
            }
            (Fetched::Unchanged, Freshness::Fresh) => {
                session.fetch = Fetch::Settled;
                self.resend(None);
            }
            (
                Fetched::Transcript(Snapshot {
                    messages,
                    earlier,
                    etag,
                }),
                Freshness::Fresh,
            ) => {
                session.fetch = Fetch::Settled;
                let asked = session.fetches_from.take();
                let (messages, stored) = distinct(messages);
                let accepted = self.accept_stored(cx, &stored);
                self.resend(Some(&stored));
                let mut fit = self.fit_alone(&messages, earlier);
                let first = messages.first().map(|message| &message.id);
                fit.lost = asked.filter(|asked| first != Some(asked));
                if self.reconcile(cx, messages, stored, fit) == Exact::Yes {
                    self.rows.set_etag(etag);
                }
                if accepted {
                    self.probe(cx);
                }
            }
        }
    }

    /// Handles [`Timer::Fetch`].
    pub(in crate::client) fn fetch_due(&mut self, cx: &mut Context<'_>) {
        let known = self.known();
        let Some(session) = &mut self.session else {
            return;
        };
        match session.fetch {
            Fetch::Settled => {}
            Fetch::Asked { .. } => self.fetched(cx, Fetched::Failed("no answer".to_owned())),
            Fetch::Failed { failures } => session.fetch_now(cx, known, failures),
        }
    }

    /// Handles a transcript, or its end, that the agent sent unasked.
    pub(super) fn sent_transcript(
        &mut self,
        cx: &mut Context<'_>,
        messages: Vec<Message>,
        before: Option<&Before>,
    ) {
        self.sign(cx.now);
        self.outdate();
        let (messages, stored) = distinct(messages);
        self.accept_stored(cx, &stored);
        if let Some(before) = before {
            let mut last = IdSet::default();
            last.insert(before.last.as_str());
            self.accept_stored(cx, &last);
        }
        let fit = self.fit(&messages, &stored, before);
        self.reconcile(cx, messages, stored, fit);
    }

    /// Marks submissions whose messages are stored as accepted. Returns whether any was not known to be.
    fn accept_stored(&mut self, cx: &mut Context<'_>, stored: &IdSet) -> bool {
        let ids: Vec<RequestId> = self
            .outbox
            .submissions
            .iter()
            .filter(|one| match (&one.ask, one.stage) {
                (Ask::Answer(message), Stage::Sent(_) | Stage::Unsure) => {
                    stored.contains(message.as_str())
                }
                (
                    Ask::Answer(_),
                    Stage::Overdue | Stage::Waiting | Stage::Accepted(_) | Stage::Begun(_),
                )
                | (Ask::Anew(_) | Ask::Again(_), _) => false,
            })
            .map(|one| one.id.clone())
            .collect();
        for id in &ids {
            self.accepted(cx, id);
        }
        !ids.is_empty()
    }

    /// Sends the messages that have not reached the server again, under the same ids.
    fn resend(&mut self, stored: Option<&IdSet>) {
        for submission in &mut self.outbox.submissions {
            if let (Ask::Answer(message), Stage::Unsure) = (&submission.ask, submission.stage)
                && !stored.is_some_and(|stored| stored.contains(message.as_str()))
            {
                submission.stage = Stage::Waiting;
            }
        }
    }

    /// Sends edits and regenerations again, after the server reported what it has and what runs: the stored
    /// transcript alone does not show their delivery.
    pub(super) fn resend_wishes(&mut self) {
        let Some(session) = &self.session else {
            return;
        };
        let is_told = match (&session.probe, session.fetch) {
            (Probe::Settled, Fetch::Settled) => true,
            (Probe::Settled, Fetch::Asked { failures, .. } | Fetch::Failed { failures }) => {
                failures >= FAILURES_BEFORE_RESENDING
            }
            (Probe::Asked { .. }, _) => false,
        };
        if !is_told {
            return;
        }
        for submission in &mut self.outbox.submissions {
            if let (Ask::Anew(_) | Ask::Again(_), Stage::Unsure) =
                (&submission.ask, submission.stage)
            {
                submission.stage = Stage::Waiting;
            }
        }
    }

    /// The server reports that nothing runs. That settles everything sent before the probe.
    pub(super) fn idle(&mut self, cx: &mut Context<'_>) {
        let Some(session) = &self.session else {
            return;
        };
        let asked = session.probed;
        let mut believed = self.recovery == Recovery::Expected;
        self.recovery = Recovery::None;
        let ids: Vec<RequestId> = self
            .outbox
            .submissions
            .iter()
            .map(|one| one.id.clone())
            .collect();
        for id in ids {
            let Some(submission) = self.outbox.get_mut(&id) else {
                continue;
            };
            if !submission.stage.is_before(asked) {
                continue;
            }
            believed = true;
            match submission.stage {
                Stage::Accepted(_) | Stage::Begun(_) => self.settle(cx, &id),
                Stage::Sent(_) | Stage::Unsure | Stage::Waiting | Stage::Overdue => {
                    submission.ignored += 1;
                    if submission.ignored < MAX_IGNORED {
                        submission.stage = Stage::Unsure;
                    } else {
                        let message = submission.ask.message().clone();
                        self.settle(cx, &id);
                        self.rows.deliver(cx, &message, Delivery::Failed);
                        self.error = Some(ChatError::MessageNotTaken);
                    }
                }
            }
        }
        believed |= self.drop_unheeded(asked);
        let over: Vec<RequestId> = self
            .turns
            .ids()
            .filter(|id| self.outbox.get(id).is_none())
            .cloned()
            .collect();
        for id in over {
            self.settle_unheard(cx, &id);
        }
        if believed {
            self.want_newer();
        }
    }

    /// Replaces the transcript with the given one, after the rows that stay before it. The ids are distinct; `stored`
    /// holds them. Growing answers and unsent messages stay.
    #[inline(never)]
    fn reconcile(
        &mut self,
        cx: &mut Context<'_>,
        mut messages: Vec<Message>,
        mut stored: IdSet,
        mut fit: Fit,
    ) -> Exact {
        let mut growing: IdMap<MessageId, RequestId> = IdMap::new();
        for (id, turn) in self.turns.iter() {
            if let Some(message) = &turn.message
                && turn.is_streaming()
                && self.rows.position(message).is_some()
            {
                growing.insert(message.clone(), id.clone());
            }
        }
        let mut exact = Exact::Yes;
        for message in &mut messages {
            if self.judge(message) == Exact::No {
                exact = Exact::No;
            }
        }
        let void_after = self.outbox.void_after().map(|last| {
            let listed = messages.iter().position(|message| message.id == *last);
            (listed, self.rows.position(last))
        });
        if let Some((None, Some(place))) = void_after
            && fit.earlier != Earlier::None
        {
            // The whole list comes after it.
            messages.clear();
            stored = IdSet::default();
            fit = Fit {
                kept: self.rows.ids().take(place + 1).cloned().collect(),
                earlier: self.rows.earlier().clone(),
                lost: None,
            };
        }
        if let Some((Some(index), _)) = void_after {
            let mut place = 0;
            messages.retain(|message| {
                place += 1;
                let stays = place <= index + 1 || growing.contains(&message.id);
                if !stays {
                    stored.remove(message.id.as_str());
                }
                stays
            });
            exact = Exact::No;
        }

        self.add_underway(&mut fit, &messages, &stored, &growing);
        for id in &fit.kept {
            stored.insert(id.as_str());
        }
        let mut answers: IdMap<MessageId, Vec<MessageId>> = IdMap::new();
        let mut others = Vec::new();
        for (message, request) in growing.iter() {
            if stored.contains(message.as_str()) {
                continue;
            }
            match self.outbox.get(request) {
                Some(own) => {
                    let question = own.ask.message();
                    answers.add(question.clone(), Vec::new());
                    if let Some(answers) = answers.get_mut(question) {
                        answers.push(message.clone());
                    }
                }
                None => others.push(message.clone()),
            }
        }
        let unsent: Vec<MessageId> = self
            .outbox
            .submissions
            .iter()
            .filter_map(|one| match &one.ask {
                Ask::Answer(message) | Ask::Anew(message) => Some(message),
                Ask::Again(_) => None,
            })
            .filter(|message| {
                !stored.contains(message.as_str()) && self.rows.position(message).is_some()
            })
            .cloned()
            .collect();

        let mut target = Vec::with_capacity(messages.len() + unsent.len() + growing.len());
        let mut keep = |target: &mut Vec<Target>, ids: Vec<MessageId>| {
            if !ids.is_empty() {
                exact = Exact::No;
            }
            target.extend(ids.into_iter().map(Target::Keep));
        };
        keep(&mut target, fit.kept);
        for message in messages {
            let id = message.id.clone();
            if let Some(request) = growing.get(&id) {
                let is_same = (self.rows.message(&id)).is_some_and(|known| *known == message);
                if let Some(turn) = self.turns.get_mut(request) {
                    turn.compare(is_same);
                }
                keep(&mut target, vec![id.clone()]);
            } else {
                let own = self.outbox.of_message(&id);
                match own.map(|own| (&own.ask, own.stage)) {
                    // The server still has the earlier text.
                    Some((Ask::Anew(_), stage)) if stage.is_unconfirmed() => {
                        keep(&mut target, vec![id.clone()]);
                    }
                    own => {
                        let settled = || self.rows.settled_delivery(&id);
                        let delivery = own.map_or_else(settled, |(_, stage)| stage.delivery());
                        target.push(Target::Put(Row { message, delivery }));
                    }
                }
            }
            keep(&mut target, answers.remove(&id).unwrap_or_default());
        }
        keep(&mut target, others);
        for id in unsent {
            let answers = answers.remove(&id).unwrap_or_default();
            keep(&mut target, vec![id]);
            keep(&mut target, answers);
        }
        keep(&mut target, answers.into_values().flatten().collect());
        self.rows.arrange(cx, target);
        self.rows.set_earlier(fit.earlier);
        exact
    }
}

/// Whether the loaded transcript equals the stored one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exact {
    Yes,
    No,
}
