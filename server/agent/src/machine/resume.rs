//! A client re-attaches to a stream (protocol §5.6).

use common::{
    frame::{NoResume, ServerFrame},
    id::{IdSource, ProbeId, RequestId},
};

use super::{Agent, ConnectionKey, Effect, Hearing, Offer, Turn, running::send};

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

impl<I: IdSource> Agent<I> {
    /// What runs, or waits to run.
    fn resumable(&self, key: ConnectionKey) -> Resumable {
        if let Some(running) = self.running.as_ref().filter(|running| running.streams()) {
            return if self.is_of_another(&running.turn, key) {
                Resumable::OwnedByAnother
            } else {
                Resumable::Stream(running.turn.request_id.clone())
            };
        }
        let running = self.running.iter().map(|running| &running.turn);
        let mut of_another = false;
        let mut latest = None;
        let queued = self.queue.iter().map(|queued| &queued.turn);
        let queued = queued.filter(|turn| self.will_start(turn));
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
    pub(super) fn offer_on_connect(&mut self, key: ConnectionKey, out: &mut Vec<Effect>) {
        if let Some(running) = &self.running
            && running.recovering
        {
            let frame = recovering_frame(&running.turn.request_id, true);
            send(out, vec![key], frame);
        }
        match (&self.running, self.resumable(key)) {
            (Some(running), _) if running.streams() => {
                let id = running.turn.request_id.clone();
                self.offer(key, Offer::new(id, false), None, out);
            }
            (_, Resumable::Stream(id)) => self.offer(key, Offer::new(id, false), None, out),
            (_, Resumable::Pending(id)) => self.park(key, id, None, out),
            (_, Resumable::OwnedByAnother | Resumable::Nothing) => {}
        }
    }

    pub(super) fn resume_requested(
        &mut self,
        key: ConnectionKey,
        probe: Option<ProbeId>,
        out: &mut Vec<Effect>,
    ) {
        if let Some(offer) = self.silent_offer(key) {
            // It hears nothing until it answers: it is offered the same again.
            return self.offer(key, offer, probe, out);
        }
        let reason = match (self.resumable(key), self.late_for(key)) {
            (Resumable::Stream(id), _) | (Resumable::Nothing, Some(id)) => {
                return self.offer(key, Offer::new(id, true), probe, out);
            }
            (Resumable::Pending(id), _) => return self.park(key, id, probe, out),
            (Resumable::OwnedByAnother, _) => NoResume::ContinuationOwned,
            (Resumable::Nothing, None) => NoResume::Idle,
        };
        let none = ServerFrame::StreamResumeNone {
            reason: Some(reason),
            probe_id: probe,
        };
        send(out, vec![key], none.encode());
    }

    fn silent_offer(&self, key: ConnectionKey) -> Option<Offer> {
        let offer = self.connections.offer_of(key);
        offer.filter(|offer| offer.is_silent).cloned()
    }

    /// The last turn, when it failed, or when it ended while this client, whose turn it was, was away.
    fn late_for(&self, key: ConnectionKey) -> Option<RequestId> {
        let settled = self.settled_turn(self.late.as_ref()?)?;
        let turn = &settled.turn;
        let is_its_own =
            turn.requester.is_some() && turn.requester.as_ref() == self.connections.id(key);
        (settled.has_failed() || is_its_own).then(|| turn.request_id.clone())
    }

    /// Whether this client was away when its turn, the last one, ended well.
    pub(super) fn was_away(&self, key: ConnectionKey, id: &RequestId) -> bool {
        self.late_for(key).as_ref() == Some(id)
            && self.settled_turn(id).is_some_and(|turn| !turn.has_failed())
    }

    /// Whether the client whose turn it is does not hear of its end.
    pub(super) fn is_unheard(&self, turn: &Turn) -> bool {
        let requester = turn.requester.as_ref();
        requester.is_some_and(|requester| !self.connections.is_present(requester))
    }

    fn offer(
        &mut self,
        key: ConnectionKey,
        mut offer: Offer,
        probe_id: Option<ProbeId>,
        out: &mut Vec<Effect>,
    ) {
        let id = offer.id.clone();
        let before = self.connections.offer_of(key);
        offer.was_sent |= before.is_some_and(|before| before.id == id && before.was_sent);
        self.connections.hear(key, Hearing::Offered(offer));
        send(
            out,
            vec![key],
            ServerFrame::StreamResuming { id, probe_id }.encode(),
        );
    }

    /// The first words of the running turn are there: offers its stream to those that wait for it.
    pub(super) fn offer_to_parked(&mut self, id: &RequestId, out: &mut Vec<Effect>) {
        for key in self.connections.parked() {
            self.offer(key, Offer::new(id.clone(), false), None, out);
        }
    }

    /// Tells those that wait for a stream that it is still to come: official clients wait for a minute.
    pub(super) fn remind_parked(&self, out: &mut Vec<Effect>) {
        for key in self.connections.parked() {
            match self.resumable(key) {
                Resumable::Pending(id) => tell_pending(key, id, None, out),
                Resumable::Stream(_) | Resumable::OwnedByAnother | Resumable::Nothing => {}
            }
        }
    }

    fn park(
        &mut self,
        key: ConnectionKey,
        id: RequestId,
        probe_id: Option<ProbeId>,
        out: &mut Vec<Effect>,
    ) {
        self.connections.hear(key, Hearing::Parked);
        tell_pending(key, id, probe_id, out);
    }

    /// Tells everyone that a turn is being taken up again, or no longer.
    pub(super) fn tell_recovering(&self, id: &RequestId, recovering: bool, out: &mut Vec<Effect>) {
        let frame = recovering_frame(id, recovering);
        send(out, self.connections.everyone(), frame);
    }

    /// Tells those that wait for a stream that none will come.
    pub(super) fn tell_parked_nothing(&mut self, out: &mut Vec<Effect>) {
        let parked = self.connections.parked();
        for key in &parked {
            self.connections.hear(*key, Hearing::Live);
        }
        send(
            out,
            parked,
            ServerFrame::StreamResumeNone {
                reason: None,
                probe_id: None,
            }
            .encode(),
        );
    }
}

fn tell_pending(
    key: ConnectionKey,
    id: RequestId,
    probe_id: Option<ProbeId>,
    out: &mut Vec<Effect>,
) {
    let pending = ServerFrame::StreamPending {
        id: Some(id),
        probe_id,
    };
    send(out, vec![key], pending.encode());
}

fn recovering_frame(id: &RequestId, recovering: bool) -> String {
    ServerFrame::ChatRecovering {
        recovering,
        id: Some(id.clone()),
    }
    .encode()
}
