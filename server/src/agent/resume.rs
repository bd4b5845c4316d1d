//! A client re-attaches to a stream (protocol §5.6).

use common::{
    frame::{ChatResponse, Delivered, NoResume, Outcome, ResponseKind, ServerFrame, encode_chunk},
    id::{IdSource, ProbeId, RequestId},
};

use super::{Agent, ConnectionKey, Effect, Replay, TurnPhase, io::ReplayEnd, running::send};

/// The frames of a replay: every stored chunk, then what follows.
#[must_use]
pub fn replay_frames(replay: &Replay, chunks: &[String]) -> Vec<String> {
    let id = &replay.request_id;
    let chunk =
        |(seq, chunk): (u64, &String)| encode_chunk(id, chunk, seq, Delivered::Replay, false);
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
        continuation: false,
        delivered,
        kind,
    };
    frames.push(ServerFrame::ChatResponse(end).encode());
    frames
}

/// What there is to resume.
enum Resumable {
    /// A stream, or the error of the last turn.
    Stream(RequestId),
    /// A turn that has not said anything yet.
    Pending(RequestId),
    /// Nothing.
    Nothing,
}

impl<I: IdSource> Agent<I> {
    fn running_or_queued(&self) -> Resumable {
        match (&self.running, self.queue.back()) {
            (Some(running), _) if running.streams() => {
                Resumable::Stream(running.turn.request_id.clone())
            }
            (_, Some(turn)) => Resumable::Pending(turn.request_id.clone()),
            (Some(running), None) => Resumable::Pending(running.turn.request_id.clone()),
            (None, None) => Resumable::Nothing,
        }
    }

    /// Unasked, before the identity: what runs.
    pub(super) fn offer_on_connect(&mut self, key: ConnectionKey, out: &mut Vec<Effect>) {
        match self.running_or_queued() {
            Resumable::Stream(id) => self.offer(key, id, None, out),
            Resumable::Pending(id) => self.park(key, id, None, out),
            Resumable::Nothing => {}
        }
    }

    pub(super) fn resume_requested(
        &mut self,
        key: ConnectionKey,
        probe: Option<ProbeId>,
        out: &mut Vec<Effect>,
    ) {
        match (self.running_or_queued(), self.failed.clone()) {
            (Resumable::Stream(id), _) | (Resumable::Nothing, Some(id)) => {
                self.offer(key, id, probe, out)
            }
            (Resumable::Pending(id), _) => self.park(key, id, probe, out),
            (Resumable::Nothing, None) => {
                let none = ServerFrame::StreamResumeNone {
                    reason: Some(NoResume::Idle),
                    probe_id: probe,
                };
                send(out, vec![key], none.encode());
            }
        }
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
        let end = match &self.running {
            Some(running) if running.turn.request_id == id => ReplayEnd::Live,
            // The next stream is running already, or about to: this one is in the transcript.
            Some(running) if running.streams() => return,
            Some(_) | None => self.settled_end(&id),
        };
        out.push(Effect::Replay(Replay {
            to: key,
            request_id: id,
            end,
        }));
    }

    fn settled_end(&self, id: &RequestId) -> ReplayEnd {
        let turn = self.settled.iter().find(|turn| turn.request_id == *id);
        match turn.map(|turn| (&turn.phase, &turn.message_ids)) {
            Some((TurnPhase::Settled(settlement), message_ids)) => ReplayEnd::Settled {
                outcome: settlement.outcome(),
                message_ids: message_ids.clone(),
            },
            Some((TurnPhase::Queued | TurnPhase::Running { .. }, _)) | None => ReplayEnd::Settled {
                outcome: Outcome::Completed,
                message_ids: Vec::new(),
            },
        }
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
