//! A turn as this client sees it: an answer that grows, own or another client's.

use crate::{chunk::Chunk, id::MessageId};

/// A turn that is not settled.
#[derive(Debug)]
pub(super) struct Turn {
    /// The row that grows, once there is one.
    pub(super) message: Option<MessageId>,
    /// The `seq` of the last chunk applied.
    pub(super) applied: Option<u64>,
    pub(super) feed: Feed,
    pub(super) base: Base,
    /// How often its replay was asked for and is not here: until then the server may hold chunks back.
    pub(super) replays: u8,
}

/// What its chunks are added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// Nothing: they tell the whole message.
    Nothing,
    /// A message that was here before. The stored one is the same, or was not seen since.
    Same,
    /// A message that was here before, and the stored one was another when it was seen last: chunks of the turn before
    /// may have been missed.
    Differs,
}

/// Where its chunks come from.
#[derive(Debug)]
pub(super) enum Feed {
    /// Nowhere yet: it was accepted.
    Pending,
    /// As they happen.
    Live,
    /// Some were missed. A replay will bring them; live ones count only where they fit on.
    Missing,
    /// From the stored stream. Held back until it is complete, so that the view does not shrink and grow again.
    Replay(Vec<Step>),
}

/// One step of growth.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) chunk: Chunk,
    pub(super) seq: Option<u64>,
    pub(super) continuation: bool,
}

/// What a live chunk is to a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// The next one.
    Next,
    /// Known already.
    Known,
    /// Others must come first.
    Early,
}

impl Turn {
    pub(super) const fn pending() -> Self {
        Self {
            message: None,
            applied: None,
            feed: Feed::Pending,
            base: Base::Nothing,
            replays: 0,
        }
    }

    /// Its replay was asked for.
    pub(super) fn await_replay(&mut self) {
        self.feed = Feed::Replay(Vec::new());
        self.replays = self.replays.saturating_add(1);
    }

    /// The stored message was seen while this one grows.
    pub(super) const fn compare(&mut self, is_same: bool) {
        match self.base {
            Base::Nothing => {}
            Base::Same | Base::Differs => {
                self.base = if is_same { Base::Same } else { Base::Differs };
            }
        }
    }

    pub(super) const fn is_streaming(&self) -> bool {
        match self.feed {
            Feed::Pending => false,
            Feed::Live | Feed::Missing | Feed::Replay(_) => true,
        }
    }

    /// Whether every chunk there was is here, and all that they are added to.
    pub(super) const fn is_whole(&self) -> bool {
        match (self.base, &self.feed) {
            (Base::Differs, _) | (_, Feed::Missing) => false,
            (Base::Nothing | Base::Same, Feed::Pending) => true,
            (Base::Nothing | Base::Same, Feed::Live) => self.replays == 0,
            (Base::Nothing | Base::Same, Feed::Replay(steps)) => !steps.is_empty(),
        }
    }

    /// Whether it is being told again.
    pub(super) const fn is_replayed(&self) -> bool {
        match self.feed {
            Feed::Replay(_) => true,
            Feed::Pending | Feed::Live | Feed::Missing => false,
        }
    }

    /// Whether anything of an answer is here.
    pub(super) const fn has_answer(&self) -> bool {
        match &self.feed {
            Feed::Pending | Feed::Live | Feed::Missing => self.message.is_some(),
            Feed::Replay(steps) => self.message.is_some() || !steps.is_empty(),
        }
    }

    /// Whether chunks were missed and no replay has come.
    pub(super) const fn is_cut_off(&self) -> bool {
        match self.feed {
            Feed::Missing => true,
            Feed::Pending | Feed::Live | Feed::Replay(_) => false,
        }
    }

    /// The turn is over. Where a stored stream makes its message anew, it still counts; what went on with a message
    /// nobody saw before is in the stored message already, and must not be added to it again.
    pub(super) fn end_replay(&mut self) {
        if let (None, Feed::Replay(steps)) = (self.applied, &self.feed)
            && steps.first().is_some_and(|first| first.continuation)
        {
            self.feed = Feed::Missing;
        }
    }

    /// The connection is lost: chunks will be missed.
    pub(super) fn cut_off(&mut self) {
        self.replays = 0;
        match self.feed {
            Feed::Pending => {}
            Feed::Live | Feed::Missing | Feed::Replay(_) => self.feed = Feed::Missing,
        }
    }

    pub(super) const fn fit(&self, seq: Option<u64>) -> Fit {
        match (seq, self.applied, &self.feed) {
            (None, _, Feed::Missing) => Fit::Early,
            (None, _, Feed::Pending | Feed::Live | Feed::Replay(_)) => Fit::Next,
            (Some(0), None, _) => Fit::Next,
            (Some(_), None, _) => Fit::Early,
            (Some(seq), Some(applied), _) => {
                if seq <= applied {
                    Fit::Known
                } else if seq - 1 == applied {
                    Fit::Next
                } else {
                    Fit::Early
                }
            }
        }
    }
}
