//! The turns that are over and still known, and which of their streams are stored.

use std::collections::VecDeque;

use common::id::{MessageId, RequestId};
use store::{Position, SettledTurn, Write};

/// How many settled turns stay known, so that a submission sent again is recognised.
const SETTLED_TURNS: u32 = 100;

/// How many streams of settled turns are kept. For one more, the oldest is sent to those that wait for it, and dropped.
pub(super) const KEPT_STREAMS: usize = 8;

/// The turns that are over.
#[derive(Debug)]
pub(super) struct Past {
    /// Oldest first.
    settled: VecDeque<SettledTurn>,
    /// The turns whose streams are stored, in the order of their ends.
    kept: Vec<RequestId>,
    /// The last turn, when it failed or its client did not receive its end: its stream is kept until the next turn.
    late: Option<RequestId>,
}

impl Past {
    /// `stored`: the turns whose streams are stored. Returns the changes that drop the streams of turns that nobody knows.
    pub(super) fn restore(settled: Vec<SettledTurn>, stored: Vec<RequestId>) -> (Self, Vec<Write>) {
        let ids = settled.iter().map(|settled| &settled.turn.request_id);
        let kept: Vec<RequestId> = ids.filter(|id| stored.contains(id)).cloned().collect();
        let unknown = stored.into_iter().filter(|id| !kept.contains(id));
        let writes = unknown.map(Write::DeleteChunks).collect();
        let past = Self {
            settled: settled.into(),
            kept,
            late: None,
        };
        (past, writes)
    }

    pub(super) fn find(&self, id: &RequestId) -> Option<&SettledTurn> {
        let mut settled = self.settled.iter();
        settled.find(|settled| settled.turn.request_id == *id)
    }

    /// Whether a turn that is over answered this message.
    pub(super) fn asked(&self, id: &MessageId) -> bool {
        let mut settled = self.settled.iter();
        settled.any(|settled| settled.turn.message_ids().contains(id))
    }

    /// The turn that ended last.
    pub(super) fn last(&self) -> Option<&SettledTurn> {
        self.settled.back()
    }

    /// Remembers a turn that has ended.
    pub(super) fn remember(&mut self, settled: SettledTurn) {
        self.settled.push_back(settled);
        while self.settled.len() > SETTLED_TURNS as usize {
            self.settled.pop_front();
        }
    }

    /// The change that forgets the stored turns that are forgotten here.
    pub(super) const fn forget_old() -> Write {
        Write::ForgetSettledTurns {
            keep: SETTLED_TURNS,
        }
    }

    /// Whether the stream of a turn is stored.
    pub(super) fn keeps(&self, id: &RequestId) -> bool {
        self.kept.contains(id)
    }

    /// Keeps the stream of a turn that has ended.
    pub(super) fn keep(&mut self, id: RequestId) {
        self.kept.push(id);
    }

    /// The turn whose stream is kept for clients that come late.
    pub(super) fn late(&self) -> Option<&SettledTurn> {
        self.find(self.late.as_ref()?)
    }

    /// Keeps the stream of a turn for clients that come late.
    pub(super) fn keep_late(&mut self, id: RequestId) {
        self.late = Some(id);
    }

    /// Keeps no stream for clients that come late.
    pub(super) fn forget_late(&mut self) {
        self.late = None;
    }

    /// After a restart: finds the turn whose stream is kept for clients that come late. A stream that no client needs was
    /// kept for that; else it is the last turn's, if that `is_late`.
    pub(super) fn find_late(
        &mut self,
        is_needed: impl Fn(&RequestId) -> bool,
        is_late: impl Fn(&SettledTurn) -> bool,
    ) {
        let positions = self.settled.iter();
        let newest = positions.map(|settled| settled.turn.answer_position).max();
        let mut newest_first = self.settled.iter().rev();
        let last = newest_first
            .find(|settled| Some(settled.turn.answer_position) == newest && is_late(settled));
        let unneeded = self.kept.iter().find(|id| !is_needed(id));
        let late = unneeded.or(last.map(|settled| &settled.turn.request_id));
        self.late = late.filter(|id| self.kept.contains(id)).cloned();
    }

    /// Drops the streams that neither a client nor one that comes late needs.
    pub(super) fn drop_needless(&mut self, is_needed: impl Fn(&RequestId) -> bool) -> Vec<Write> {
        let late = &self.late;
        let mut writes = Vec::new();
        self.kept.retain(|id| {
            let needed = late.as_ref() == Some(id) || is_needed(id);
            if !needed {
                writes.push(Write::DeleteChunks(id.clone()));
            }
            needed
        });
        writes
    }

    /// The oldest stream, when one more is kept than may be. It is kept no longer.
    pub(super) fn take_excess(&mut self) -> Option<RequestId> {
        if self.kept.len() <= KEPT_STREAMS {
            return None;
        }
        let oldest = self.kept.remove(0);
        self.late.take_if(|late| *late == oldest);
        Some(oldest)
    }

    /// Drops the streams of the turns that answered behind a position, and names them.
    pub(super) fn cut_behind(&mut self, last: Position) -> Vec<RequestId> {
        let behind = self.settled.iter();
        let behind = behind.filter(|settled| settled.turn.answer_position > last);
        let cut: Vec<RequestId> = behind
            .map(|settled| settled.turn.request_id.clone())
            .filter(|id| self.kept.contains(id))
            .collect();
        self.kept.retain(|id| !cut.contains(id));
        self.late.take_if(|late| cut.contains(late));
        cut
    }

    /// The transcript is emptied.
    pub(super) fn clear(&mut self) {
        self.settled.clear();
        self.kept.clear();
        self.late = None;
    }
}
