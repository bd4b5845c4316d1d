//! The agent woke up in the middle of a turn: after an eviction, a crash or a deploy.
//!
//! The turn goes on under its own request id, and its stream goes on where the stored one ends: a client that kept
//! its connection, or resumes, sees one answer. A turn that makes no progress is given up after a few attempts.

use common::{
    chunk::Chunk,
    frame::ServerFrame,
    id::{IdSource, RequestId},
    time::Timestamp,
};

use super::{
    Agent, Effect, Settlement, Turn, TurnPhase,
    running::{Running, send},
};
use crate::store::Write;

/// The most model calls in a row that may be cut off without a single chunk.
const MAX_ATTEMPTS: u32 = 3;

const GIVEN_UP: &str = "The assistant was interrupted and could not recover. Please try again.";

impl<I: IdSource> Agent<I> {
    /// Takes up a turn that was running. `chunks` is its stored stream.
    pub(super) fn recover(
        &mut self,
        now: Timestamp,
        mut turn: Turn,
        attempt: u32,
        chunks: &[Chunk],
        out: &mut Vec<Effect>,
    ) {
        let attempt = attempt.saturating_add(1);
        turn.phase = TurnPhase::Running { attempt };
        let call = self.next_call();
        let mut running = Running::new(turn.clone(), call, now);
        for chunk in chunks {
            running.writer.observe(chunk);
            running.answer.apply(chunk);
            running.next_seq += 1;
        }
        let request_id = turn.request_id.clone();
        if running.writer.is_finished() {
            // The answer is whole; only its settlement was not stored.
            self.running = Some(running);
            self.settle(now, Settlement::Completed, out);
            return;
        }
        if attempt > MAX_ATTEMPTS {
            out.push(Effect::Log(format!(
                "turn {request_id} was interrupted {MAX_ATTEMPTS} times and is given up"
            )));
            self.running = Some(running);
            self.settle(
                now,
                Settlement::Failed {
                    text: GIVEN_UP.to_owned(),
                },
                out,
            );
            return;
        }
        out.push(Effect::Log(format!(
            "turn {request_id} was interrupted and goes on (attempt {attempt})"
        )));
        out.push(Effect::Persist(vec![Write::PutTurn(turn)]));
        let partial = running.answer.message();
        let partial = (!partial.plain_text().is_empty()).then(|| partial.clone());
        running.recovering = true;
        self.call_model(now, running, partial, out);
        self.tell_recovering(&request_id, true, out);
    }

    /// Tells everyone that a turn is being taken up again, or no longer.
    pub(super) fn tell_recovering(&self, id: &RequestId, recovering: bool, out: &mut Vec<Effect>) {
        let frame = ServerFrame::ChatRecovering {
            recovering,
            id: Some(id.clone()),
        };
        send(out, self.connections.everyone(), frame.encode());
    }
}
