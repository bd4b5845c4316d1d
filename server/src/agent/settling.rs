//! The end of the running turn: stored first, then told to everyone.

use common::{frame::ServerFrame, id::IdSource, time::Timestamp};

use super::{
    Agent, Effect, ModelFailure, Settlement, Turn, TurnKind, machine::terminal,
    model_calls::settlement_of, running::send, sanitize::sanitize,
};
use crate::store::Write;

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
        let turn = running.turn.settled(settlement.clone());
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
                TurnKind::Answer => Write::AddMessage {
                    position,
                    message: answer,
                },
                TurnKind::Continuation => Write::ReplaceMessage {
                    position,
                    message: answer,
                },
            });
        }
        writes.push(Write::PutTurn(turn.clone()));
        if self.is_unheard(&turn) && running.next_seq > 0 || turn.has_failed() {
            // Who comes late is shown the error, who comes back the answer: the stream stays until the next turn.
            self.kept = Some(turn.request_id.clone());
        } else {
            writes.push(Write::DeleteChunks(turn.request_id.clone()));
        }
        writes.push(Write::ForgetSettledTurns {
            keep: SETTLED_TURNS,
        });
        self.trim(&mut writes);
        out.push(Effect::Persist(writes));
        self.forget_questions();
        if running.recovering {
            self.tell_recovering(&turn.request_id, false, out);
        }
        // Who was offered the stream and has not answered missed some of it, also when it asked for the turn.
        let missed = self.connections.release_offered();
        let mut observers = match turn.kind {
            TurnKind::Answer => self.connections.hearing_but_client(turn.requester.as_ref()),
            TurnKind::Continuation => self.connections.hearing(),
        };
        observers.extend(missed);
        observers.sort_unstable();
        observers.dedup();
        self.send_transcript(observers, out);
        self.announce_settled(&turn, &settlement, out);
        self.start_next(now, out);
        if self.running.is_none() && !self.queue.iter().any(|turn| self.will_start(turn)) {
            self.tell_parked_nothing(out);
        }
    }

    /// Sends the terminal frame of a turn to everyone and remembers how it ended.
    pub(super) fn announce_settled(
        &mut self,
        turn: &Turn,
        settlement: &Settlement,
        out: &mut Vec<Effect>,
    ) {
        let done = terminal(turn, settlement);
        send(
            out,
            self.connections.everyone(),
            ServerFrame::ChatResponse(done).encode(),
        );
        self.remember_settled(turn.clone(), SETTLED_TURNS as usize);
    }
}
