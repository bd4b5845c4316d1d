//! A turn as this client sees it: a growing answer, its own or another client's.

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
    /// The number of requested replays that have not arrived: until then the server may hold chunks back.
    pub(super) replays: u8,
}

/// The message that the chunks extend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// A new one: the chunks contain the whole message.
    Nothing,
    /// An existing message. The stored one is equal, or has not been seen since.
    Same,
    /// An existing message that differed from the stored one when that was last seen: chunks of the previous turn may
    /// be missing.
    Differs,
}

/// The source of the chunks.
#[derive(Debug)]
pub(super) enum Feed {
    /// None yet: the turn was accepted.
    Pending,
    /// Live frames.
    Live,
    /// A gap: some chunks are missing. A replay will bring them; live chunks count only if they follow without a gap.
    Missing,
    /// A replay. Its chunks are held back until it is complete, so that the view does not shrink and grow again.
    Replay(Vec<Step>),
}

/// One chunk and its position.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) chunk: Chunk,
    pub(super) seq: Option<u64>,
    pub(super) continuation: bool,
}

/// The relation of a live chunk to the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// The next chunk.
    Next,
    /// A known chunk.
    Known,
    /// A later chunk: others are missing before it.
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

    /// A replay was requested.
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

    /// Whether all chunks so far, and the message they extend, have arrived.
    pub(super) const fn is_whole(&self) -> bool {
        match (self.base, &self.feed) {
            (Base::Differs, _) | (_, Feed::Missing) => false,
            (Base::Nothing | Base::Same, Feed::Pending) => true,
            (Base::Nothing | Base::Same, Feed::Live) => self.replays == 0,
            (Base::Nothing | Base::Same, Feed::Replay(steps)) => !steps.is_empty(),
        }
    }

    /// Whether a replay is in progress.
    pub(super) const fn is_replayed(&self) -> bool {
        match self.feed {
            Feed::Replay(_) => true,
            Feed::Pending | Feed::Live | Feed::Missing => false,
        }
    }

    /// Whether any part of an answer has arrived.
    pub(super) const fn has_answer(&self) -> bool {
        match &self.feed {
            Feed::Pending | Feed::Live | Feed::Missing => self.message.is_some(),
            Feed::Replay(steps) => self.message.is_some() || !steps.is_empty(),
        }
    }

    /// Whether chunks are missing and no replay has arrived.
    pub(super) const fn is_cut_off(&self) -> bool {
        match self.feed {
            Feed::Missing => true,
            Feed::Pending | Feed::Live | Feed::Replay(_) => false,
        }
    }

    /// The turn ended. A replay that builds a whole message is still applied. A continuation of a message that was
    /// not seen before is already in the stored message and must not be applied again.
    pub(super) fn end_replay(&mut self) {
        if let (None, Feed::Replay(steps)) = (self.applied, &self.feed)
            && steps.first().is_some_and(|first| first.continuation)
        {
            self.feed = Feed::Missing;
        }
    }

    /// The connection was lost: chunks will be missing.
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
