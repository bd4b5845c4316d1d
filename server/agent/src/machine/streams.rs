//! Stored streams: how long they are kept, and how they are sent again.
//!
//! A stream is stored while its turn runs. It is kept beyond the turn's end for every connected client that was offered
//! it and has not acknowledged it, or that did not hear it because it was offered another one. Such a client ends with
//! the whole message, however late it answers: the end is held back, too, because official clients do not take a
//! message from the transcript while it grows by a request of their own. One that does not answer for a while is sent
//! everything unasked.

use common::{
    frame::{Delivered, Outcome},
    id::{ConnectionId, RequestId},
};
use store::{Position, SettledTurn, Write};

use super::{Parts, settle::end_frame};
use crate::{
    attached::ConnectionKey,
    context::Context,
    hearing::{Hearing, Offer},
    io::Effect,
    replay::{Replay, ReplayEnd},
};

impl Parts {
    /// A client asks for the stream it was offered.
    pub(super) fn resume_acknowledged(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        id: &RequestId,
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
            self.replay(cx, key, id, Delivered::Replay);
        }
        // Official clients empty the message before a replay, and leave it so when that ends in an error.
        let is_lost = |settled: &SettledTurn| settled.has_failed() || !self.past.keeps(id);
        let is_lost = self.past.find(id).is_some_and(is_lost);
        if is_lost && (was_silent || !streams) {
            self.connections.send_transcript(cx, &[key]);
        }
        if let Some(offer) = answered.filter(|offer| offer.is_silent) {
            self.catch_up(cx, key, &offer);
        }
        if self.was_away(key, id) {
            self.past.forget_late();
        }
        self.forget_needless_streams(cx);
    }

    fn runs(&self, id: &RequestId) -> bool {
        let running = self.running.as_ref();
        running.is_some_and(|running| running.id() == id)
    }

    fn replay(&self, cx: &mut Context<'_>, to: ConnectionKey, id: &RequestId, manner: Delivered) {
        let (continuation, end) = match &self.running {
            Some(running) if running.id() == id => {
                (running.turn().is_continuation(), ReplayEnd::Live)
            }
            Some(_) | None => self.settled_end(id),
        };
        cx.push(Effect::Replay(Replay {
            to,
            request_id: id.clone(),
            continuation,
            manner,
            end,
        }));
    }

    fn settled_end(&self, id: &RequestId) -> (bool, ReplayEnd) {
        match self.past.find(id) {
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
    fn catch_up(&self, cx: &mut Context<'_>, key: ConnectionKey, offer: &Offer) {
        for id in &offer.owed {
            self.replay(cx, key, id, Delivered::Live);
        }
        if offer.is_stale || offer.was_sent && !self.runs(&offer.id) {
            // Behind the ends: official clients prefer their own message to the stored one while it grows.
            self.connections.send_transcript(cx, &[key]);
        }
        if let Some(running) = self.running.as_ref().filter(|running| running.streams())
            && *running.id() != offer.id
        {
            self.replay(cx, key, running.id(), Delivered::Live);
        }
    }

    /// Waits no longer for an answer: the client is sent the stream, and all that was held back. Whoever heard a part
    /// of it is sent a replay, which official clients put in the place of that part.
    fn release(&mut self, cx: &mut Context<'_>, key: ConnectionKey) {
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
        self.replay(cx, key, &offer.id, manner);
        let caught_up = Offer {
            was_sent: true,
            ..offer
        };
        self.catch_up(cx, key, &caught_up);
        let released = caught_up.released();
        self.connections.hear(key, Hearing::Offered(released));
    }

    /// Releases those that did not answer in time.
    pub(super) fn release_overdue(&mut self, cx: &mut Context<'_>) {
        for key in self.connections.overdue(cx.now) {
            self.release(cx, key);
        }
        self.forget_needless_streams(cx);
    }

    /// Keeps what connections may hear with them, and wakes up when one has not answered in time.
    pub(super) fn attach_changed(&mut self, cx: &mut Context<'_>) {
        let changed = self.connections.take_changed(cx.now);
        cx.effects.extend(changed.into_iter().map(Effect::Attach));
        if self.running.is_some() {
            // The alarm of the turn comes sooner.
            return;
        }
        if let Some(at) = self.connections.next_overdue() {
            cx.wake_at(at);
        }
    }

    /// Drops the streams of settled turns that nobody needs.
    fn forget_needless_streams(&mut self, cx: &mut Context<'_>) {
        let writes = self.needless_streams();
        cx.persist(writes);
    }

    /// As [`Self::forget_needless_streams`]: what is to be written.
    pub(super) fn needless_streams(&mut self) -> Vec<Write> {
        let connections = &self.connections;
        self.past.drop_needless(|id| connections.need(id))
    }

    /// After a restart: finds the stream that is kept for those who come late. Returns what drops all that nobody needs.
    pub(super) fn find_late_stream(&mut self) -> Vec<Write> {
        let connections = &self.connections;
        self.past.find_late(
            |id| connections.need(id),
            |settled| settled.has_failed() || connections.misses(&settled.turn),
        );
        self.needless_streams()
    }

    /// Keeps no more streams than may be kept.
    pub(super) fn bound_kept_streams(&mut self, cx: &mut Context<'_>) {
        while let Some(oldest) = self.past.take_excess() {
            for (key, _) in self.connections.offers_of(&oldest) {
                self.release(cx, key);
                self.connections.hear(key, Hearing::Live);
            }
            cx.persist(vec![Write::DeleteChunks(oldest)]);
        }
    }

    /// Drops the kept streams of the turns that answered behind a position: their messages are cut away. Who was to
    /// hear of them is sent their ends alone.
    pub(super) fn cut_streams_behind(
        &mut self,
        cx: &mut Context<'_>,
        last: Position,
    ) -> Vec<Write> {
        let cut = self.past.cut_behind(last);
        for id in &cut {
            for (key, mut offer) in self.connections.offers_of(id) {
                if offer.is_silent {
                    self.send_end(cx, key, id);
                }
                offer.owed.retain(|owed| owed != id);
                if offer.id != *id {
                    self.connections.hear(key, Hearing::Offered(offer));
                } else {
                    self.connections.hear(key, Hearing::Live);
                    if offer.is_silent {
                        self.catch_up(cx, key, &offer);
                    }
                }
            }
        }
        cut.into_iter().map(Write::DeleteChunks).collect()
    }

    /// Sends a client the end of a turn, without its stream.
    fn send_end(&self, cx: &mut Context<'_>, key: ConnectionKey, id: &RequestId) {
        if let Some(settled) = self.past.find(id) {
            cx.send(vec![key], end_frame(settled));
        }
    }

    /// Sends the ends that were held back from these clients.
    pub(super) fn send_held_back(&self, cx: &mut Context<'_>, offers: &[(ConnectionKey, Offer)]) {
        for (key, offer) in offers.iter().filter(|(_, offer)| offer.is_silent) {
            for id in std::iter::once(&offer.id).chain(&offer.owed) {
                self.send_end(cx, *key, id);
            }
        }
    }

    /// A client that leaves without having answered has not heard the end of its turn: it may come back for it.
    pub(super) fn left(&mut self, cx: &mut Context<'_>, client: &ConnectionId, offer: &Offer) {
        if offer.is_silent && self.running.is_none() {
            let mut unheard = offer.owed.iter().rev().chain([&offer.id]);
            let own = |id: &&RequestId| {
                let settled = self.past.find(id);
                self.past.keeps(id)
                    && settled
                        .is_some_and(|settled| settled.turn.requester.as_ref() == Some(client))
            };
            if let Some(id) = unheard.find(own).cloned() {
                self.past.keep_late(id);
            }
        }
        self.forget_needless_streams(cx);
    }
}
