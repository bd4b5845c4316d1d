//! A client re-attaches to a stream (protocol §5.6).

use common::{
    frame::{ChatResponse, Delivered, NoResume, Outcome, ResponseKind, ServerFrame, encode_chunk},
    id::{IdSource, ProbeId, RequestId},
};

use super::{Agent, ConnectionKey, Effect, Replay, Turn, TurnPhase, io::ReplayEnd, running::send};
use crate::store::Write;

/// The frames of a replay: every stored chunk, then what follows.
#[must_use]
pub fn replay_frames(replay: &Replay, chunks: &[String]) -> Vec<String> {
    let id = &replay.request_id;
    let chunk = |(seq, chunk): (u64, &String)| {
        encode_chunk(id, chunk, seq, Delivered::Replay, replay.continuation)
    };
    let mut frames: Vec<String> = (0..).zip(chunks).map(chunk).collect();
    let (delivered, kind) = match &replay.end {
        ReplayEnd::Live => (Delivered::Replay, ResponseKind::ReplayComplete),
        ReplayEnd::Settled {
            outcome,
            message_ids,
        } => {
            // A recorded error is told like a live one, so that clients show it (protocol §5.6).
            let delivered = match outcome {
                Outcome::Error(_) => Delivered::Live,
                Outcome::Completed
                | Outcome::Aborted
                | Outcome::Skipped
                | Outcome::Recovering
                | Outcome::Other(_) => Delivered::Replay,
            };
            let kind = ResponseKind::Done {
                outcome: outcome.clone(),
                message_ids: message_ids.clone(),
            };
            (delivered, kind)
        }
    };
    let end = ChatResponse {
        id: id.clone(),
        continuation: replay.continuation,
        delivered,
        kind,
    };
    frames.push(ServerFrame::ChatResponse(end).encode());
    frames
}

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
            // One that was offered the stream hears nothing until it answers: it is offered again.
            return if self.is_of_another(&running.turn, key) && !self.connections.is_offered(key) {
                Resumable::OwnedByAnother
            } else {
                Resumable::Stream(running.turn.request_id.clone())
            };
        }
        let running = self.running.iter().map(|running| &running.turn);
        let mut of_another = false;
        let mut latest = None;
        let queued = self.queue.iter().filter(|turn| self.will_start(turn));
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
                self.offer(key, id, None, out);
            }
            (_, Resumable::Stream(id)) => self.offer(key, id, None, out),
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
        let reason = match (self.resumable(key), self.kept_for(key)) {
            (Resumable::Stream(id), _) | (Resumable::Nothing, Some(id)) => {
                return self.offer(key, id, probe, out);
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

    /// The last turn, when it failed, or when it ended while this client, whose turn it was, was away.
    fn kept_for(&self, key: ConnectionKey) -> Option<RequestId> {
        let turn = self.kept_turn()?;
        let is_its_own =
            turn.requester.is_some() && turn.requester.as_ref() == self.connections.id(key);
        (turn.has_failed() || is_its_own).then(|| turn.request_id.clone())
    }

    fn kept_turn(&self) -> Option<&Turn> {
        let kept = self.kept.as_ref()?;
        self.settled.iter().find(|turn| turn.request_id == *kept)
    }

    /// Whether the client whose turn it is does not hear of its end.
    pub(super) fn is_unheard(&self, turn: &Turn) -> bool {
        let requester = turn.requester.as_ref();
        requester.is_some_and(|requester| !self.connections.is_present(requester))
    }

    fn offer(
        &mut self,
        key: ConnectionKey,
        id: RequestId,
        probe_id: Option<ProbeId>,
        out: &mut Vec<Effect>,
    ) {
        self.connections.offer(key);
        send(
            out,
            vec![key],
            ServerFrame::StreamResuming { id, probe_id }.encode(),
        );
    }

    fn park(
        &mut self,
        key: ConnectionKey,
        id: RequestId,
        probe_id: Option<ProbeId>,
        out: &mut Vec<Effect>,
    ) {
        self.connections.park(key);
        send(
            out,
            vec![key],
            ServerFrame::StreamPending {
                id: Some(id),
                probe_id,
            }
            .encode(),
        );
    }

    /// Always lets the connection hear again.
    pub(super) fn resume_acknowledged(
        &mut self,
        key: ConnectionKey,
        id: RequestId,
        out: &mut Vec<Effect>,
    ) {
        self.connections.listen(key);
        let (continuation, end) = match &self.running {
            Some(running) if running.turn.request_id == id => {
                (running.turn.is_continuation(), ReplayEnd::Live)
            }
            // The next stream is running already, or about to: this one is in the transcript.
            Some(running) if running.streams() => return,
            Some(_) | None => self.settled_end(&id),
        };
        let was_away = self.kept_for(key).as_ref() == Some(&id)
            && self.kept_turn().is_some_and(|turn| !turn.has_failed());
        out.push(Effect::Replay(Replay {
            to: key,
            request_id: id.clone(),
            continuation,
            end,
        }));
        if was_away {
            self.kept = None;
            out.push(Effect::Persist(vec![Write::DeleteChunks(id)]));
        }
    }

    fn settled_end(&self, id: &RequestId) -> (bool, ReplayEnd) {
        let turn = self.settled.iter().find(|turn| turn.request_id == *id);
        match turn.map(|turn| (turn, &turn.phase)) {
            Some((turn, TurnPhase::Settled(settlement))) => {
                let end = ReplayEnd::Settled {
                    outcome: settlement.outcome(),
                    message_ids: turn.message_ids.clone(),
                };
                (turn.is_continuation(), end)
            }
            Some((_, TurnPhase::Queued | TurnPhase::Running { .. })) | None => {
                let end = ReplayEnd::Settled {
                    outcome: Outcome::Completed,
                    message_ids: Vec::new(),
                };
                (false, end)
            }
        }
    }

    /// Tells everyone that a turn is being taken up again, or no longer.
    pub(super) fn tell_recovering(&self, id: &RequestId, recovering: bool, out: &mut Vec<Effect>) {
        let frame = recovering_frame(id, recovering);
        send(out, self.connections.everyone(), frame);
    }

    /// Tells those that wait for a stream that none will come.
    pub(super) fn tell_parked_nothing(&mut self, out: &mut Vec<Effect>) {
        let parked = self.connections.release_parked();
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

fn recovering_frame(id: &RequestId, recovering: bool) -> String {
    ServerFrame::ChatRecovering {
        recovering,
        id: Some(id.clone()),
    }
    .encode()
}
