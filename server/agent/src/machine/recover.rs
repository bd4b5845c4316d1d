//! The agent woke up in the middle of a turn: after an eviction, a crash or a deploy.
//!
//! The turn continues under its own request id, and its stream continues where the stored one ends: a client that kept
//! its connection, or resumes, sees one answer. A turn that makes no progress is given up after a few attempts. A tool
//! that was running is not run again: whether it took effect is not known.

use common::chunk::Chunk;
use store::{RunningTurn, Settlement, TurnKind};

use super::{Parts, next::Next};
use crate::{
    context::Context,
    turn::{MAX_ATTEMPTS, Resumed, Running},
};

const SUMMARY_GIVEN_UP: &str = "It was interrupted several times. You can try again with /compact.";

const GIVEN_UP: &str = "The assistant was interrupted and could not recover. Please try again.";

impl Parts {
    /// Continues a turn that was running. `stream`: its stored chunks.
    pub(super) fn recover(
        &mut self,
        cx: &mut Context<'_>,
        mut stored: RunningTurn,
        stream: &[String],
    ) -> Next {
        let attempted = Running::interrupted(&mut stored);
        let attempt = stored.attempt;
        let base = match stored.turn.kind {
            TurnKind::Answer(_) | TurnKind::Compaction { .. } => None,
            TurnKind::Continuation => self.transcript.close(stored.turn.answer_position),
        };
        let id = stored.turn.request_id.clone();
        let calls = self.transcript.calls();
        let running = self
            .running
            .insert(Running::new(stored, base, calls, cx.now));
        let chunks = stream.iter();
        let chunks = chunks.filter_map(|json| serde_json::from_str::<Chunk>(json).ok());
        for chunk in chunks {
            running.observe(&chunk);
        }
        if running.is_finished() {
            // The answer is whole; only its settlement was not stored.
            return Next::Settle(Settlement::Completed);
        }
        if attempt > MAX_ATTEMPTS {
            cx.log(format!(
                "turn {id} was interrupted {MAX_ATTEMPTS} times and is given up"
            ));
            return self.give_up(cx);
        }
        cx.log(format!(
            "turn {id} was interrupted and continues (attempt {attempt})"
        ));
        cx.persist(vec![attempted]);
        self.connections.send_recovering(cx, &id, true);
        running.begin_recovering();
        if !running.streams() {
            return self.begin(cx);
        }
        let about = self.synced.about();
        let repairs = running.repairs(about);
        running.grow(cx, &mut self.connections, repairs, Vec::new());
        let tried = running.tried(about);
        if !tried.is_empty() {
            return Next::RunTools(tried);
        }
        match running.resumed() {
            Resumed::EndStep => Next::EndStep,
            Resumed::CallModel(gap) => Next::CallModel(gap),
        }
    }

    /// The running turn was interrupted too often. Without a summary the conversation is as it was.
    fn give_up(&mut self, cx: &mut Context<'_>) -> Next {
        let running = self.running.as_ref();
        let kind = running.map(|running| &running.turn().kind);
        if let Some(TurnKind::Compaction { keep }) = kind {
            self.begin_compaction(keep.clone());
            self.compaction_failed(cx, SUMMARY_GIVEN_UP.to_owned());
            return Next::Settle(Settlement::Completed);
        }
        Next::Settle(Settlement::failed("interrupted", GIVEN_UP))
    }
}
