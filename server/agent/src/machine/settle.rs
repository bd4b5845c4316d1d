//! The end of the running turn: stored first, then told to everyone.

use common::{frame::ServerFrame, id::IdSource, time::Timestamp};
use store::Write;

use super::{
    Agent, ConnectionKey, Effect, ModelFailure, Offer, SettledTurn, Settlement, Turn, TurnKind,
    machine::terminal, model_calls::settlement_of, running::send, sanitize,
};

/// How many settled turns stay known, so that a submission sent again is recognised.
const SETTLED_TURNS: u32 = 100;

impl<I: IdSource> Agent<I> {
    /// Ends the running turn with an error, in words for the user.
    pub(super) fn fail(&mut self, now: Timestamp, failure: &ModelFailure, out: &mut Vec<Effect>) {
        if let Some(running) = &self.running {
            out.push(Effect::Log(format!(
                "turn {} failed ({}): {}",
                running.turn.request_id,
                failure.error.code(),
                failure.error
            )));
        }
        self.settle(now, settlement_of(failure), out);
    }

    /// Ends the running turn: stores the answer and the settlement together, then tells everyone.
    pub(super) fn settle(&mut self, now: Timestamp, settlement: Settlement, out: &mut Vec<Effect>) {
        self.flush(now, out);
        self.settle_dead_calls(&settlement, out);
        // What a call that was cut off has cost is paid all the same.
        let (counted, writes) = self.count_step();
        self.grow(counted, writes, out);
        let Some(mut running) = self.running.take() else {
            return;
        };
        running.answer.close();
        match &settlement {
            Settlement::Completed => self.telling.answered(now, true),
            Settlement::Failed { .. } => self.telling.answered(now, false),
            // Who stops an answer has seen it.
            Settlement::Aborted | Settlement::Skipped => {}
        }
        let settled = running.turn.settled(settlement);
        let turn = &settled.turn;
        let position = turn.answer_position;
        let mut writes = Vec::new();
        let mut answer = running.answer.into_message();
        sanitize(&mut answer);
        if !answer.parts.is_empty() {
            self.transcript.put(position, &answer);
            if answer.calls().any(|call| !call.state.is_settled()) {
                self.open.insert(position, answer.clone());
            }
            writes.push(match turn.kind {
                TurnKind::Answer(_) => Write::AddMessage {
                    position,
                    message: answer,
                },
                TurnKind::Continuation => Write::ReplaceMessage {
                    position,
                    message: answer,
                },
            });
        }
        writes.push(Write::turn(settled.clone()));
        let streamed = running.next_seq > 0;
        if self.is_unheard(turn) && streamed || settled.has_failed() {
            // Who comes late is shown the error, who comes back the answer: the stream stays until the next turn.
            self.late = Some(turn.request_id.clone());
        }
        if streamed {
            self.owe(turn);
            self.kept.push(turn.request_id.clone());
        }
        writes.extend(self.needless_streams());
        writes.push(Write::ForgetSettledTurns {
            keep: SETTLED_TURNS,
        });
        self.trim(&mut writes);
        out.push(Effect::Persist(writes));
        self.forget_approvals();
        if running.recovering {
            self.tell_recovering(&turn.request_id, false, out);
        }
        // Clients that were offered a stream and have not answered get the end behind its replay.
        let silent = self.connections.silent();
        let observers = match turn.kind {
            TurnKind::Answer(_) => self.connections.told_but_client(turn.requester.as_ref()),
            TurnKind::Continuation => self.connections.told(),
        };
        self.send_transcript(observers, out);
        let mut to = self.connections.everyone();
        if streamed {
            to.retain(|key| !silent.contains(key));
        }
        self.announce_to(to, &settled, out);
        self.heal(turn, out);
        self.bound_kept_streams(out);
        self.start_next(now, out);
        if self.running.is_none()
            && !self
                .queue
                .iter()
                .any(|queued| self.will_start(&queued.turn))
        {
            self.tell_parked_nothing(out);
        }
    }

    /// A turn that streamed is over: those that hear nothing now are to hear of it later.
    fn owe(&mut self, turn: &Turn) {
        self.connections.change_offers(|offer| {
            let owes = offer.is_silent && offer.id != turn.request_id;
            if owes {
                offer.owed.push(turn.request_id.clone());
            }
            owes
        });
    }

    /// Who was sent this stream a second time, without having asked for it, may show some of it twice: the transcript
    /// ends that.
    fn heal(&self, turn: &Turn, out: &mut Vec<Effect>) {
        let heals =
            |offer: &Offer| !offer.is_silent && offer.was_sent && offer.id == turn.request_id;
        let offers = self.connections.offers();
        let keys = offers.filter(|(_, offer)| heals(offer)).map(|(key, _)| key);
        let keys = keys.collect();
        self.send_transcript(keys, out);
    }

    /// Sends the terminal frame of a turn to everyone and remembers how it ended.
    pub(super) fn announce_settled(&mut self, settled: &SettledTurn, out: &mut Vec<Effect>) {
        self.announce_to(self.connections.everyone(), settled, out);
    }

    fn announce_to(
        &mut self,
        to: Vec<ConnectionKey>,
        settled: &SettledTurn,
        out: &mut Vec<Effect>,
    ) {
        let done = terminal(settled);
        send(out, to, ServerFrame::ChatResponse(done).encode());
        self.remember_settled(settled.clone(), SETTLED_TURNS as usize);
    }
}
