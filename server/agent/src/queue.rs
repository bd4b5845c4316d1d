//! The turns that wait, in the order in which they were asked for.

use std::collections::VecDeque;

use common::{
    id::{MessageId, RequestId},
    time::Timestamp,
};
use store::{Position, QueuedTurn, Turn};

/// The turns that wait.
#[derive(Debug)]
pub(super) struct Queue {
    turns: VecDeque<QueuedTurn>,
}

impl Queue {
    pub(super) fn restore(turns: Vec<QueuedTurn>) -> Self {
        Self {
            turns: turns.into(),
        }
    }

    pub(super) fn turns(&self) -> impl Iterator<Item = &Turn> {
        self.turns.iter().map(|queued| &queued.turn)
    }

    pub(super) fn len(&self) -> usize {
        self.turns.len()
    }

    /// How many turns wait that are nobody's continuation.
    pub(super) fn answers(&self) -> usize {
        let answers = self.turns().filter(|turn| !turn.is_continuation());
        answers.count()
    }

    /// Whether a turn waits that begins the conversation.
    pub(super) fn begins(&self) -> bool {
        self.turns.iter().any(|queued| queued.begins)
    }

    /// Whether a turn waits that the running one has to make way for.
    pub(super) fn steers(&self) -> bool {
        self.turns.iter().any(|queued| queued.steers)
    }

    /// Whether a turn waits that continues the message at a position.
    pub(super) fn continues(&self, position: Position) -> bool {
        let mut turns = self.turns.iter();
        turns.any(|queued| queued.continues(position))
    }

    /// The messages that wait for an answer, each with its turn.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (&RequestId, &MessageId)> {
        self.turns()
            .filter_map(|turn| Some((&turn.request_id, turn.message_ids().last()?)))
    }

    /// When the first of the turns that wait for a later moment may start.
    pub(super) fn next_start(&self, now: Timestamp) -> Option<Timestamp> {
        let moments = self.turns.iter().filter_map(|queued| queued.not_before);
        moments.filter(|at| *at > now).min()
    }

    pub(super) fn push(&mut self, turn: QueuedTurn) {
        self.turns.push_back(turn);
    }

    /// Puts the turn of a submission before all others that are nobody's continuation. Whether that changes the order.
    pub(super) fn put_first(&mut self, id: &RequestId) -> bool {
        let is_answer = |queued: &QueuedTurn| !queued.turn.is_continuation();
        let Some(first) = self.turns.iter().position(is_answer) else {
            return false;
        };
        let at = (self.turns.iter()).position(|queued| queued.turn.request_id == *id);
        let Some(turn) = at
            .filter(|at| *at > first)
            .and_then(|at| self.turns.remove(at))
        else {
            return false;
        };
        self.turns.insert(first, turn);
        true
    }

    /// Gives the answer of a turn another position. Returns the turn as it is then.
    pub(super) fn place(&mut self, id: &RequestId, answer: Position) -> Option<QueuedTurn> {
        let queued = self.get_mut(id)?;
        queued.turn.answer_position = answer;
        Some(queued.clone())
    }

    /// Has a turn that waits for a later moment wait no longer. Returns it as it is then; `None`: it did not wait for one.
    pub(super) fn hurry(&mut self, id: &RequestId) -> Option<QueuedTurn> {
        let queued = self.get_mut(id)?;
        queued.not_before.take()?;
        Some(queued.clone())
    }

    fn get_mut(&mut self, id: &RequestId) -> Option<&mut QueuedTurn> {
        let mut turns = self.turns.iter_mut();
        turns.find(|queued| queued.turn.request_id == *id)
    }

    /// Takes the turn of a submission out.
    pub(super) fn remove(&mut self, id: &RequestId) -> Option<QueuedTurn> {
        self.take_first(|queued| queued.turn.request_id == *id)
    }

    /// Takes the continuation of the message at a position out.
    pub(super) fn remove_continuation(&mut self, position: Position) -> Option<QueuedTurn> {
        self.take_first(|queued| queued.continues(position))
    }

    /// Takes the first turn out whose moment has come, and that `may_start`.
    pub(super) fn take_ready(
        &mut self,
        now: Timestamp,
        may_start: impl Fn(&Turn) -> bool,
    ) -> Option<QueuedTurn> {
        self.take_first(|queued| {
            queued.not_before.is_none_or(|at| at <= now) && may_start(&queued.turn)
        })
    }

    /// Takes the turns out that `is_taken`.
    pub(super) fn take(&mut self, is_taken: impl Fn(&Turn) -> bool) -> Vec<QueuedTurn> {
        let (taken, kept) = std::mem::take(&mut self.turns)
            .into_iter()
            .partition(|queued| is_taken(&queued.turn));
        self.turns = kept;
        let taken: VecDeque<QueuedTurn> = taken;
        taken.into()
    }

    fn take_first(&mut self, is_taken: impl Fn(&QueuedTurn) -> bool) -> Option<QueuedTurn> {
        let at = self.turns.iter().position(is_taken)?;
        self.turns.remove(at)
    }
}
