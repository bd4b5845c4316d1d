//! Earlier messages are summarised: on request in a turn of its own, or by itself before a model call that would have to leave
//! something out.
//!
//! It is work of the running turn, so that it is stopped, repeated after an interruption and given up like a turn. One that
//! fails leaves the conversation as it was.

use store::{Compaction, CompactionOutcome, QueuedTurn, Settlement, Turn, TurnKind, Write};

use common::{
    id::{MessageId, RequestId},
    state::ContextSize,
};

use super::{Parts, next::Next};
use crate::{
    attached::ConnectionKey,
    compactions::Covered,
    context::Context,
    turn::{HEARTBEAT_INTERVAL, Running},
};

/// The most characters of a summary that are kept.
const MAX_SUMMARY_CHARS: usize = 100_000;

/// The problem of a model that says nothing.
const NO_SUMMARY: &str = "The model wrote no summary.";

impl Parts {
    /// Queues a compaction of all that there is then. Returns the id of its turn.
    pub(super) fn queue_compaction(
        &mut self,
        cx: &mut Context<'_>,
        caller: ConnectionKey,
        keep: Option<String>,
    ) -> RequestId {
        let request_id = RequestId::new(format!("compaction_{}", cx.ids.fresh()));
        let turn = QueuedTurn {
            turn: Turn {
                request_id: request_id.clone(),
                requester: self.connections.id(caller).cloned(),
                answer_id: MessageId::new(format!("summary_{}", cx.ids.fresh())),
                answer_position: self.transcript.reserve(),
                kind: TurnKind::Compaction { keep },
            },
            context: self.context.clone(),
            not_before: None,
            steers: false,
            begins: false,
        };
        // The alarm first: no turn is stored that nothing wakes the agent for.
        cx.wake_at(cx.now + HEARTBEAT_INTERVAL);
        cx.persist(vec![Write::turn(turn.clone())]);
        self.queue.push(turn);
        request_id
    }

    /// Whether a compaction was asked for and has not ended.
    pub(super) fn is_compaction_queued(&self) -> bool {
        self.unsettled()
            .any(|turn| matches!(turn.kind, TurnKind::Compaction { .. }))
    }

    /// Whether the running turn waits for a summary.
    pub(super) fn is_compacting(&self) -> bool {
        self.running.as_ref().is_some_and(Running::is_compacting)
    }

    /// Starts a turn that was queued.
    pub(super) fn start_queued(&mut self, cx: &mut Context<'_>) {
        self.follow(cx, Next::StartTurn);
    }

    /// What a compaction on request would cover now; `None`: there is nothing new.
    pub(super) fn compactable(&self) -> Option<Covered> {
        self.compactions.all(&self.transcript, store::Position::END)
    }

    /// Begins the running turn, which is a compaction.
    pub(super) fn begin_compaction(&mut self, keep: Option<String>) -> Next {
        let Some(running) = &mut self.running else {
            return Next::Wait;
        };
        let end = running.turn().answer_position;
        match self.compactions.all(&self.transcript, end) {
            Some(covered) => {
                running.begin_compacting(covered, keep);
                Next::CallModel(None)
            }
            // Those that there were are gone, or were summarised before an interruption.
            None => Next::Settle(Settlement::Completed),
        }
    }

    /// The running turn would have to leave something out: earlier messages are summarised first, if that is worth it.
    pub(super) fn crowded(&mut self, cx: &mut Context<'_>, size: ContextSize) -> Next {
        let Some(running) = &mut self.running else {
            return Next::Wait;
        };
        let gap = running.gave_way(cx);
        let end = running.turn().answer_position;
        let window = usize::try_from(size.window).unwrap_or(usize::MAX);
        if let Some(covered) = self.compactions.crowding(&self.transcript, end, window) {
            self.budgets.measured(size);
            running.begin_compacting(covered, None);
        }
        Next::CallModel(gap)
    }

    /// The model has written the summary.
    pub(super) fn summary_ended(&mut self, cx: &mut Context<'_>) -> Next {
        let running = self.running.as_ref();
        let text = running.and_then(Running::summary_text);
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return self.compaction_failed(cx, NO_SUMMARY.to_owned());
        };
        let text = text.chars().take(MAX_SUMMARY_CHARS).collect();
        self.end_compaction(cx, CompactionOutcome::Summary(text))
    }

    /// The earlier messages could not be summarised. The turn continues without a summary.
    pub(super) fn compaction_failed(&mut self, cx: &mut Context<'_>, problem: String) -> Next {
        cx.log(format!("a compaction failed: {problem}"));
        self.end_compaction(cx, CompactionOutcome::Failed(problem))
    }

    /// The user stops the running turn; a compaction by itself is not made again for the next one.
    pub(super) fn stop_compaction(&mut self, cx: &mut Context<'_>) {
        if self.is_compacting() {
            self.end_compaction(cx, CompactionOutcome::Stopped);
        }
    }

    fn end_compaction(&mut self, cx: &mut Context<'_>, outcome: CompactionOutcome) -> Next {
        let Some(running) = &mut self.running else {
            return Next::Wait;
        };
        let Some((compacting, gap)) = running.take_compacting() else {
            return Next::Wait;
        };
        let is_all = matches!(running.turn().kind, TurnKind::Compaction { .. });
        let Covered { position, message } = compacting.covered;
        let mut writes = vec![self.compactions.add(Compaction {
            position,
            message,
            at: cx.now,
            outcome,
        })];
        writes.extend(self.budgets.count_summary(&compacting.usage));
        cx.persist(writes);
        if is_all {
            Next::Settle(Settlement::Completed)
        } else {
            Next::CallModel(gap)
        }
    }

    /// Shows where the newest summary stands, or why there is none, when that has changed.
    pub(super) fn report_compaction(&mut self, cx: &mut Context<'_>) {
        let compacted = self.compactions.state(&self.transcript);
        if self.synced.set_compaction(compacted) {
            self.synced.broadcast(cx, &self.connections);
        }
    }
}
