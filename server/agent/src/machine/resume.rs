//! A client connects, or attaches to a stream again.

use accounts::{Intent, Protocol};
use common::{
    frame::{NoResume, ServerFrame},
    id::{ProbeId, RequestId},
    naming,
};
use store::Turn;

use super::Parts;
use crate::{
    attached::{Attached, ConnectionKey},
    connections::{recovering_frame, send_pending},
    context::Context,
    hearing::Offer,
    turn::Running,
};

/// What there is to resume for a client.
enum Resumable {
    /// A stream, or the error of the last turn.
    Stream(RequestId),
    /// A turn that has not said anything yet.
    Pending(RequestId),
    /// A continuation that another client asked for; this one hears it live.
    OwnedByAnother,
    /// Nothing.
    Nothing,
}

impl Parts {
    /// The frames of a new connection, in their order.
    pub(super) fn connected(&mut self, cx: &mut Context<'_>, attached: Attached) {
        let (key, protocol) = (attached.key, attached.policy.protocol);
        self.connections.add(attached);
        if let Err(denial) = self.admit_connection(cx.now, key, Intent::Reads) {
            return self.end(cx, key, denial);
        }
        self.offer_on_connect(cx, key);
        match protocol {
            Protocol::Withheld => {}
            Protocol::Sent => {
                let identity = ServerFrame::Identity {
                    name: self.name.clone(),
                    agent: naming::kebab(naming::CODER_AGENT_CLASS),
                    state_follows: true,
                    page: self.options.page.map(str::to_owned),
                };
                cx.send(vec![key], identity.encode());
                cx.send(vec![key], self.synced.frame());
                cx.send(vec![key], ServerFrame::no_mcp_servers().encode());
            }
        }
    }

    /// What runs, or waits to run.
    fn resumable(&self, key: ConnectionKey) -> Resumable {
        if let Some(running) = self.running.as_ref().filter(|running| running.streams()) {
            return if self.is_of_another(running.turn(), key) {
                Resumable::OwnedByAnother
            } else {
                Resumable::Stream(running.id().clone())
            };
        }
        let running = self.running.iter().map(Running::turn);
        let mut of_another = false;
        let mut latest = None;
        let queued = self.queue.turns();
        let queued = queued.filter(|turn| self.transcript.lets_start(turn));
        for turn in running.chain(queued) {
            if self.is_of_another(turn, key) {
                of_another = true;
            } else {
                latest = Some(turn);
            }
        }
        match (latest, of_another) {
            (Some(turn), _) => Resumable::Pending(turn.request_id.clone()),
            (None, true) => Resumable::OwnedByAnother,
            (None, false) => Resumable::Nothing,
        }
    }

    /// Whether a turn is a continuation of another client, which is here.
    fn is_of_another(&self, turn: &Turn, key: ConnectionKey) -> bool {
        turn.is_continuation()
            && turn.requester.as_ref().is_some_and(|owner| {
                self.connections.id(key) != Some(owner) && self.connections.is_present(owner)
            })
    }

    /// Unasked, before the identity: what runs. A client that has just come heard none of it, whoever asked for it.
    fn offer_on_connect(&mut self, cx: &mut Context<'_>, key: ConnectionKey) {
        if let Some(running) = &self.running
            && running.is_recovering()
        {
            let frame = recovering_frame(running.id(), true);
            cx.send(vec![key], frame);
        }
        match (&self.running, self.resumable(key)) {
            (Some(running), _) if running.streams() => {
                let id = running.id().clone();
                self.connections.offer(cx, key, Offer::new(id, false), None);
            }
            (_, Resumable::Stream(id)) => {
                self.connections.offer(cx, key, Offer::new(id, false), None)
            }
            (_, Resumable::Pending(id)) => self.connections.park(cx, key, id, None),
            (_, Resumable::OwnedByAnother | Resumable::Nothing) => {}
        }
    }

    /// A client asks whether there is a stream to resume.
    pub(super) fn resume_requested(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        probe: Option<ProbeId>,
    ) {
        if let Some(offer) = self.silent_offer(key) {
            // It hears nothing until it answers: it is offered the same again.
            return self.connections.offer(cx, key, offer, probe);
        }
        let reason = match (self.resumable(key), self.late_for(key)) {
            (Resumable::Stream(id), _) | (Resumable::Nothing, Some(id)) => {
                return self.connections.offer(cx, key, Offer::new(id, true), probe);
            }
            (Resumable::Pending(id), _) => return self.connections.park(cx, key, id, probe),
            (Resumable::OwnedByAnother, _) => NoResume::ContinuationOwned,
            (Resumable::Nothing, None) => NoResume::Idle,
        };
        let none = ServerFrame::StreamResumeNone {
            reason: Some(reason),
            probe_id: probe,
        };
        cx.send(vec![key], none.encode());
    }

    fn silent_offer(&self, key: ConnectionKey) -> Option<Offer> {
        let offer = self.connections.offer_of(key);
        offer.filter(|offer| offer.is_silent).cloned()
    }

    /// The last turn, when it failed, or when it ended while this client, whose turn it was, was away.
    fn late_for(&self, key: ConnectionKey) -> Option<RequestId> {
        let settled = self.past.late()?;
        let turn = &settled.turn;
        let is_its_own =
            turn.requester.is_some() && turn.requester.as_ref() == self.connections.id(key);
        (settled.has_failed() || is_its_own).then(|| turn.request_id.clone())
    }

    /// Whether this client was away when its turn, the last one, ended well.
    pub(super) fn was_away(&self, key: ConnectionKey, id: &RequestId) -> bool {
        self.late_for(key).as_ref() == Some(id)
            && self
                .past
                .find(id)
                .is_some_and(|settled| !settled.has_failed())
    }

    /// Reports to those that wait for a stream that it is still to come: official clients wait for a minute.
    pub(super) fn remind_parked(&self, cx: &mut Context<'_>) {
        for key in self.connections.parked() {
            match self.resumable(key) {
                Resumable::Pending(id) => send_pending(cx, key, id, None),
                Resumable::Stream(_) | Resumable::OwnedByAnother | Resumable::Nothing => {}
            }
        }
    }
}
