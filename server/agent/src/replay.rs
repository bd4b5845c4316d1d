//! Stored streams: how long they are kept, and how they are sent again (protocol §5.6).
//!
//! A stream is stored while its turn runs. It is kept beyond the turn's end for every connected client that was offered
//! it and has not acknowledged it, or that did not hear it because it was offered another one. Such a client ends with
//! the whole message, however late it answers: the end is held back, too, because official clients do not take a
//! message from the transcript while it grows by a request of their own. One that does not answer for a while is sent
//! everything unasked.

use common::{
    frame::{ChatResponse, Delivered, Outcome, ResponseKind, ServerFrame, encode_chunk},
    id::{ConnectionId, IdSource, MessageId, RequestId},
    time::Timestamp,
};
use store::Write;

use super::{
    Agent, ConnectionKey, Effect, Hearing, Offer, Position, SettledTurn, hearing::ANSWER_WITHIN,
    machine::terminal, running::send,
};

/// How many streams of settled turns are kept. For one more, the oldest is sent to those that wait for it, and dropped.
pub(super) const KEPT_STREAMS: usize = 8;

/// A stored stream to be sent again.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// To whom.
    pub to: ConnectionKey,
    /// Of which turn.
    pub request_id: RequestId,
    /// Whether that turn goes on with a message.
    pub continuation: bool,
    /// As a replay that was asked for, or as if it happened now.
    pub manner: Delivered,
    /// What follows the stored chunks.
    pub end: ReplayEnd,
}

/// What follows the stored chunks of a replay.
#[derive(Clone, Debug, PartialEq)]
pub enum ReplayEnd {
    /// Live chunks.
    Live,
    /// The turn is over.
    Settled {
        /// How.
        outcome: Outcome,
        /// The user messages it answered.
        message_ids: Vec<MessageId>,
    },
}

/// The frames of a replay: every stored chunk, then what follows.
#[must_use]
pub fn replay_frames(replay: &Replay, chunks: &[String]) -> Vec<String> {
    let id = &replay.request_id;
    let chunk = |(seq, chunk): (u64, &String)| {
        encode_chunk(id, chunk, seq, replay.manner, replay.continuation)
    };
    let mut frames: Vec<String> = (0..).zip(chunks).map(chunk).collect();
    let end = match (&replay.end, replay.manner) {
        (ReplayEnd::Live, Delivered::Live) => None,
        (ReplayEnd::Live, Delivered::Replay) => {
            Some((Delivered::Replay, ResponseKind::ReplayComplete))
        }
        (
            ReplayEnd::Settled {
                outcome,
                message_ids,
            },
            manner,
        ) => {
            // A recorded error is told like a live one, so that clients show it.
            let delivered = match outcome {
                Outcome::Error(_) => Delivered::Live,
                Outcome::Completed
                | Outcome::Aborted
                | Outcome::Skipped
                | Outcome::Recovering
                | Outcome::Other(_) => manner,
            };
            let kind = ResponseKind::Done {
                outcome: outcome.clone(),
                message_ids: message_ids.clone(),
            };
            Some((delivered, kind))
        }
    };
    frames.extend(end.map(|(delivered, kind)| {
        ServerFrame::ChatResponse(ChatResponse {
            id: id.clone(),
            continuation: replay.continuation,
            delivered,
            kind,
        })
        .encode()
    }));
    frames
}

impl<I: IdSource> Agent<I> {
    /// A client asks for the stream it was offered.
    pub(super) fn resume_acknowledged(
        &mut self,
        key: ConnectionKey,
        id: &RequestId,
        out: &mut Vec<Effect>,
    ) {
        let offer = self.connections.offer_of(key);
        let answered = offer.filter(|offer| offer.id == *id).cloned();
        let runs = self.runs(id);
        if let Some(offer) = &answered {
            let hearing = if runs && offer.was_sent {
                Hearing::Offered(offer.released())
            } else {
                Hearing::Live
            };
            self.connections.hear(key, hearing);
        }
        let streams = self
            .running
            .as_ref()
            .is_some_and(|running| running.streams());
        let was_silent = answered.as_ref().is_some_and(|offer| offer.is_silent);
        // A client that hears another stream has heard of this one, or has it in the transcript; official clients
        // would lose the stream that they hear over a replay of this one.
        if runs || was_silent || !streams {
            self.replay(key, id, Delivered::Replay, out);
        }
        // Official clients empty the message before a replay, and leave it so when that ends in an error.
        let is_lost = |settled: &SettledTurn| settled.has_failed() || !self.kept.contains(id);
        let is_lost = self.settled_turn(id).is_some_and(is_lost);
        if is_lost && (was_silent || !streams) {
            self.send_transcript(vec![key], out);
        }
        if let Some(offer) = answered.filter(|offer| offer.is_silent) {
            self.catch_up(key, &offer, out);
        }
        if self.was_away(key, id) {
            self.late = None;
        }
        self.forget_needless_streams(out);
    }

    fn runs(&self, id: &RequestId) -> bool {
        let running = self.running.as_ref();
        running.is_some_and(|running| running.turn.request_id == *id)
    }

    pub(super) fn settled_turn(&self, id: &RequestId) -> Option<&SettledTurn> {
        let mut settled = self.settled.iter();
        settled.find(|settled| settled.turn.request_id == *id)
    }

    fn replay(&self, to: ConnectionKey, id: &RequestId, manner: Delivered, out: &mut Vec<Effect>) {
        let (continuation, end) = match &self.running {
            Some(running) if running.turn.request_id == *id => {
                (running.turn.is_continuation(), ReplayEnd::Live)
            }
            Some(_) | None => self.settled_end(id),
        };
        out.push(Effect::Replay(Replay {
            to,
            request_id: id.clone(),
            continuation,
            manner,
            end,
        }));
    }

    fn settled_end(&self, id: &RequestId) -> (bool, ReplayEnd) {
        match self.settled_turn(id) {
            Some(SettledTurn { turn, settlement }) => {
                let end = ReplayEnd::Settled {
                    outcome: settlement.outcome(),
                    message_ids: turn.message_ids().to_vec(),
                };
                (turn.is_continuation(), end)
            }
            None => {
                let end = ReplayEnd::Settled {
                    outcome: Outcome::Completed,
                    message_ids: Vec::new(),
                };
                (false, end)
            }
        }
    }

    /// Sends what was held back behind the stream that was offered.
    fn catch_up(&self, key: ConnectionKey, offer: &Offer, out: &mut Vec<Effect>) {
        for id in &offer.owed {
            self.replay(key, id, Delivered::Live, out);
        }
        if offer.is_stale || offer.was_sent && !self.runs(&offer.id) {
            // Behind the ends: official clients prefer their own message to the stored one while it grows.
            self.send_transcript(vec![key], out);
        }
        if let Some(running) = self.running.as_ref().filter(|running| running.streams())
            && running.turn.request_id != offer.id
        {
            self.replay(key, &running.turn.request_id, Delivered::Live, out);
        }
    }

    /// Waits no longer for an answer: the client is sent the stream, and all that was held back. Whoever heard a part
    /// of it is sent a replay, which official clients put in the place of that part.
    fn release(&mut self, key: ConnectionKey, out: &mut Vec<Effect>) {
        let Some(offer) = self.connections.offer_of(key).cloned() else {
            return;
        };
        if !offer.is_silent {
            return;
        }
        let manner = if offer.heard {
            Delivered::Replay
        } else {
            Delivered::Live
        };
        self.replay(key, &offer.id, manner, out);
        let caught_up = Offer {
            was_sent: true,
            ..offer
        };
        self.catch_up(key, &caught_up, out);
        let released = caught_up.released();
        self.connections.hear(key, Hearing::Offered(released));
    }

    /// Releases those that did not answer in time.
    pub(super) fn release_overdue(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let offers = self.connections.offers();
        let overdue = offers.filter(|(_, offer)| offer.is_overdue(now));
        let overdue: Vec<ConnectionKey> = overdue.map(|(key, _)| key).collect();
        for key in overdue {
            self.release(key, out);
        }
        self.forget_needless_streams(out);
    }

    /// Keeps what connections may hear with them, and wakes up when one has not answered in time.
    pub(super) fn attach_changed(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let changed = self.connections.take_changed(now);
        out.extend(changed.into_iter().map(Effect::Attach));
        if self.running.is_some() {
            // The alarm of the turn comes sooner.
            return;
        }
        let offers = self.connections.offers();
        let since = offers.filter_map(|(_, offer)| offer.since.filter(|_| offer.is_silent));
        if let Some(since) = since.min() {
            self.wake_at(now, since + ANSWER_WITHIN, out);
        }
    }

    /// Drops the streams of settled turns that nobody needs.
    pub(super) fn forget_needless_streams(&mut self, out: &mut Vec<Effect>) {
        let writes = self.needless_streams();
        if !writes.is_empty() {
            out.push(Effect::Persist(writes));
        }
    }

    /// The same, as what is to be written.
    pub(super) fn needless_streams(&mut self) -> Vec<Write> {
        let (connections, late) = (&self.connections, &self.late);
        let mut writes = Vec::new();
        self.kept.retain(|id| {
            let needed = late.as_ref() == Some(id) || connections.need(id);
            if !needed {
                writes.push(Write::DeleteChunks(id.clone()));
            }
            needed
        });
        writes
    }

    /// Keeps no more streams than may be kept.
    pub(super) fn bound_kept_streams(&mut self, out: &mut Vec<Effect>) {
        while self.kept.len() > KEPT_STREAMS {
            let oldest = self.kept.remove(0);
            let offers = self.connections.offers();
            let waiting = offers.filter(|(_, offer)| offer.needs(&oldest));
            let waiting: Vec<ConnectionKey> = waiting.map(|(key, _)| key).collect();
            for key in waiting {
                self.release(key, out);
                self.connections.hear(key, Hearing::Live);
            }
            if self.late.as_ref() == Some(&oldest) {
                self.late = None;
            }
            out.push(Effect::Persist(vec![Write::DeleteChunks(oldest)]));
        }
    }

    /// Drops the kept streams of the turns that answered behind a position: their messages are cut away. Who was to
    /// hear of them is told their ends alone.
    pub(super) fn cut_streams_behind(
        &mut self,
        last: Position,
        out: &mut Vec<Effect>,
    ) -> Vec<Write> {
        let settled = self.settled.iter();
        let behind = settled.filter(|settled| settled.turn.answer_position > last);
        let cut: Vec<RequestId> = behind
            .map(|settled| settled.turn.request_id.clone())
            .filter(|id| self.kept.contains(id))
            .collect();
        for id in &cut {
            self.kept.retain(|kept| kept != id);
            let offers: Vec<(ConnectionKey, Offer)> = self
                .connections
                .offers()
                .filter(|(_, offer)| offer.needs(id))
                .map(|(key, offer)| (key, offer.clone()))
                .collect();
            for (key, mut offer) in offers {
                if offer.is_silent {
                    self.send_end(key, id, out);
                }
                offer.owed.retain(|owed| owed != id);
                if offer.id != *id {
                    self.connections.hear(key, Hearing::Offered(offer));
                } else {
                    self.connections.hear(key, Hearing::Live);
                    if offer.is_silent {
                        self.catch_up(key, &offer, out);
                    }
                }
            }
        }
        if self.late.as_ref().is_some_and(|late| cut.contains(late)) {
            self.late = None;
        }
        cut.into_iter().map(Write::DeleteChunks).collect()
    }

    /// Tells a client how a turn ended, without its stream.
    fn send_end(&self, key: ConnectionKey, id: &RequestId, out: &mut Vec<Effect>) {
        if let Some(settled) = self.settled_turn(id) {
            let done = ServerFrame::ChatResponse(terminal(settled));
            send(out, vec![key], done.encode());
        }
    }

    /// The transcript is emptied: lets every client hear again. Returns the ends that were held back.
    pub(super) fn void_offers(&mut self) -> Vec<Effect> {
        let offers: Vec<(ConnectionKey, Offer)> = self
            .connections
            .offers()
            .map(|(key, offer)| (key, offer.clone()))
            .collect();
        let mut ends = Vec::new();
        for (key, offer) in offers {
            self.connections.hear(key, Hearing::Live);
            if offer.is_silent {
                for id in std::iter::once(&offer.id).chain(&offer.owed) {
                    self.send_end(key, id, &mut ends);
                }
            }
        }
        ends
    }

    /// A client that leaves without having answered has not heard the end of its turn: it may come back for it.
    pub(super) fn left(&mut self, client: &ConnectionId, offer: &Offer, out: &mut Vec<Effect>) {
        if offer.is_silent && self.running.is_none() {
            let mut unheard = offer.owed.iter().rev().chain([&offer.id]);
            let own = |id: &&RequestId| {
                let turn = self.settled_turn(id);
                self.kept.contains(id)
                    && turn.is_some_and(|settled| settled.turn.requester.as_ref() == Some(client))
            };
            self.late = unheard.find(own).cloned().or(self.late.take());
        }
        self.forget_needless_streams(out);
    }
}
