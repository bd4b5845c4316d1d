//! Turns start, and what follows from each of their parts is done.

use common::id::RequestId;
use store::{QueuedTurn, SettledTurn, Settlement, Turn, TurnKind, Write};

use super::{Parts, next::Next};
use crate::{
    context::Context,
    turn::{HEARTBEAT_INTERVAL, Overdue, Running},
};

impl Parts {
    /// Does what follows, until an input is to be waited for.
    pub(super) fn follow(&mut self, cx: &mut Context<'_>, mut next: Next) {
        loop {
            next = match next {
                Next::Wait => return,
                Next::StartTurn => self.start_turn(cx).unwrap_or(Next::Wait),
                Next::CallModel(gap) => self.call_model(cx, gap),
                Next::EndStream => self.end_stream(cx),
                Next::ModelFailed(failure) => self.model_failed(cx, failure),
                Next::RunTools(calls) => self.run_tools(cx, calls),
                Next::EndStep => self.end_step(cx),
                Next::Settle(settlement) => self.settle(cx, settlement),
                Next::Settled => self.start_turn(cx).unwrap_or_else(|| {
                    if self.is_idle() {
                        self.connections.release_parked(cx);
                    }
                    Next::Wait
                }),
            };
        }
    }

    /// Whether no turn runs, and none will start by itself.
    pub(super) fn is_idle(&self) -> bool {
        let mut queued = self.queue.turns();
        self.running.is_none() && !queued.any(|turn| self.transcript.lets_start(turn))
    }

    /// Starts the next turn when none runs; `None`: none starts.
    fn start_turn(&mut self, cx: &mut Context<'_>) -> Option<Next> {
        if self.running.is_some() {
            return None;
        }
        if self.awaits_defaults() {
            cx.wake_at(cx.now + HEARTBEAT_INTERVAL);
            return None;
        }
        let transcript = &self.transcript;
        let needless = self.queue.take(|turn| transcript.makes_needless(turn));
        self.skip(cx, needless);
        let transcript = &self.transcript;
        let ready = self
            .queue
            .take_ready(cx.now, |turn| transcript.lets_start(turn));
        let Some(queued) = ready else {
            self.wake_for_the_next(cx);
            return None;
        };
        let started = queued.start();
        let mut writes = vec![Write::turn(started.clone())];
        // The stream of the turn before was kept for late clients until now.
        self.past.forget_late();
        writes.extend(self.needless_streams());
        let base = match started.turn.kind {
            TurnKind::Answer(_) => {
                self.transcript.close_questions(&started.turn);
                None
            }
            TurnKind::Continuation => self.transcript.close(started.turn.answer_position),
            TurnKind::Compaction { .. } => None,
        };
        writes.extend(self.budgets.begin_turn(base.as_ref()));
        cx.persist(writes);
        let calls = self.transcript.calls();
        self.running = Some(Running::new(started, base, calls, cx.now));
        Some(self.begin(cx))
    }

    /// Begins the running turn, also after an interruption before its first words. A continuation first runs the tools that the
    /// user has allowed.
    pub(super) fn begin(&mut self, cx: &mut Context<'_>) -> Next {
        let Some(running) = &mut self.running else {
            return Next::Wait;
        };
        if let TurnKind::Compaction { keep } = &running.turn().kind {
            let keep = keep.clone();
            return self.begin_compaction(keep);
        }
        let approvals = &self.approvals;
        match running.begin_allowed(cx, &mut self.connections, |call| approvals.allowed(call)) {
            Some(calls) => Next::RunTools(calls),
            None => Next::CallModel(running.first_gap()),
        }
    }

    /// Wakes up when the first of the turns that wait for a moment may start, an approval expires or a push is due.
    fn wake_for_the_next(&self, cx: &mut Context<'_>) {
        let transcript = &self.transcript;
        let expiry = self
            .approvals
            .next_expiry(|position| transcript.is_open(position));
        let moments = [
            self.queue.next_start(cx.now),
            expiry,
            self.pushes.deadline(),
        ];
        if let Some(at) = moments.into_iter().flatten().min() {
            cx.wake_at(at);
        }
    }

    /// The turn that runs, and those that wait.
    pub(super) fn unsettled(&self) -> impl Iterator<Item = &Turn> {
        let running = self.running.iter().map(Running::turn);
        running.chain(self.queue.turns())
    }

    /// Aborts the running turn, or takes a turn out of the queue. An unknown or settled one changes nothing.
    pub(super) fn cancel(&mut self, cx: &mut Context<'_>, id: &RequestId) -> Next {
        if let Some(running) = self.running.as_ref().filter(|running| running.id() == id) {
            cx.effects.extend(running.abort());
            self.stop_compaction(cx);
            return Next::Settle(Settlement::Aborted);
        }
        if let Some(turn) = self.queue.remove(id) {
            self.skip(cx, vec![turn]);
        }
        Next::Wait
    }

    /// Settles turns that were not run, and reports that.
    pub(super) fn skip(&mut self, cx: &mut Context<'_>, turns: Vec<QueuedTurn>) {
        let turns = turns.into_iter();
        let turns: Vec<SettledTurn> = turns
            .map(|queued| queued.turn.settled(Settlement::Skipped))
            .collect();
        cx.persist(turns.iter().cloned().map(Write::turn).collect());
        self.announce_all(cx, turns);
    }

    /// The alarm: something was silent for too long, a model call is due, the turn wants the next alarm, or one may start.
    pub(super) fn deadline_passed(&mut self, cx: &mut Context<'_>) -> Next {
        cx.alarm.passed();
        self.pushes.deadline_passed(cx);
        self.release_overdue(cx);
        if self.running.is_none() {
            return Next::StartTurn;
        }
        self.remind_parked(cx);
        let Some(running) = &mut self.running else {
            return Next::Wait;
        };
        let options = &self.options.model;
        let Some(overdue) = running.overdue(cx.now, options) else {
            cx.wake_at(running.wake_at(cx.now, options));
            return Next::Wait;
        };
        cx.effects.extend(running.abort());
        match overdue {
            Overdue::Model(error) => Next::ModelFailed(error.into()),
            Overdue::Retry(gap) => Next::CallModel(gap),
            Overdue::Tools => {
                running.give_up_tools(cx, &mut self.connections);
                Next::EndStep
            }
        }
    }
}
