//! The end of the running turn: stored first, then reported to everyone.

use common::frame::{ChatResponse, ServerFrame};
use store::{SettledTurn, Settlement, TurnKind, Write, sanitize};

use super::{Parts, next::Next};
use crate::{attached::ConnectionKey, context::Context, io::Effect, past::Past};

impl Parts {
    /// Ends the running turn: stores the answer and the settlement together, then reports that to everyone.
    pub(super) fn settle(&mut self, cx: &mut Context<'_>, settlement: Settlement) -> Next {
        let Some(mut running) = self.running.take() else {
            return Next::Wait;
        };
        running.flush(cx, &mut self.connections);
        running.fail_open_calls(cx, &mut self.connections, &settlement);
        // What a call that was cut off has cost is paid all the same.
        if let Some((chunk, usage)) = running.take_usage(cx.now) {
            let count = self.budgets.count_step(usage);
            running.grow(cx, &mut self.connections, vec![chunk], vec![count]);
        }
        let is_compaction = matches!(running.turn().kind, TurnKind::Compaction { .. });
        match &settlement {
            // Nobody needs to know.
            _ if is_compaction => {}
            Settlement::Completed => self.pushes.answered(cx.now, true),
            Settlement::Failed { .. } => self.pushes.answered(cx.now, false),
            // Who stops an answer has seen it.
            Settlement::Aborted | Settlement::Skipped => {}
        }
        let streamed = running.streams();
        let was_recovering = running.is_recovering();
        let (turn, mut answer) = running.into_parts();
        let position = turn.answer_position;
        let settled = turn.settled(settlement);
        let turn = &settled.turn;
        let mut writes = Vec::new();
        sanitize(&mut answer);
        // The store knows whether they still are.
        let was_undone = answer.is_undone();
        if !answer.parts.is_empty() {
            self.transcript.put(position, &answer);
            if answer.calls().any(|call| !call.state.is_settled()) {
                self.transcript.keep_open(position, answer.clone());
            }
            writes.push(match turn.kind {
                TurnKind::Answer(_) | TurnKind::Compaction { .. } => Write::AddMessage {
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
        if self.connections.misses(turn) && streamed || settled.has_failed() {
            // Who comes late is sent the error, who comes back the answer: the stream is kept until the next turn.
            self.past.keep_late(turn.request_id.clone());
        }
        if streamed {
            self.connections.owe(&turn.request_id);
            self.past.keep(turn.request_id.clone());
        }
        writes.extend(self.needless_streams());
        writes.push(Past::forget_old());
        self.trim(&mut writes);
        cx.persist(writes);
        self.forget_approvals();
        if was_recovering {
            self.connections
                .send_recovering(cx, &turn.request_id, false);
        }
        self.report_settled(cx, settled, streamed);
        if was_undone {
            let to = self.connections.notified();
            cx.push(Effect::SendMessage { to, position });
        }
        self.bound_kept_streams(cx);
        Next::Settled
    }

    /// Sends the transcript to those that did not follow the turn, and its end to everyone.
    fn report_settled(&mut self, cx: &mut Context<'_>, settled: SettledTurn, streamed: bool) {
        let turn = &settled.turn;
        let id = turn.request_id.clone();
        // Clients that were offered a stream and have not answered get the end behind its replay.
        let silent = self.connections.silent();
        let observers = match turn.kind {
            TurnKind::Answer(_) => self
                .connections
                .notified_except_client(turn.requester.as_ref()),
            TurnKind::Continuation => self.connections.notified(),
            // The transcript is as it was.
            TurnKind::Compaction { .. } => Vec::new(),
        };
        self.connections.send_transcript(cx, &observers);
        let mut to = self.connections.everyone();
        if streamed {
            to.retain(|key| !silent.contains(key));
        }
        self.announce(cx, to, settled);
        // They may show some of the stream twice: the transcript ends that.
        let healed = self.connections.sent_unasked(&id);
        self.connections.send_transcript(cx, &healed);
    }

    /// Reports the ends of turns that are settled and stored.
    pub(super) fn announce_all(&mut self, cx: &mut Context<'_>, turns: Vec<SettledTurn>) {
        for settled in turns {
            self.announce(cx, self.connections.everyone(), settled);
        }
    }

    /// Sends the frame that ends a turn, and remembers how it ended.
    fn announce(&mut self, cx: &mut Context<'_>, to: Vec<ConnectionKey>, settled: SettledTurn) {
        cx.send(to, end_frame(&settled));
        self.past.remember(settled);
    }
}

/// How a turn ended.
pub(super) fn end_of(settled: &SettledTurn) -> ChatResponse {
    let turn = &settled.turn;
    ChatResponse {
        continuation: turn.is_continuation(),
        ..ChatResponse::done(
            turn.request_id.clone(),
            settled.settlement.outcome(),
            turn.message_ids().to_vec(),
        )
    }
}

/// How a turn ended, as a frame.
pub(super) fn end_frame(settled: &SettledTurn) -> String {
    ServerFrame::ChatResponse(end_of(settled)).encode()
}
