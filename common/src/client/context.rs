//! The context that each part of the machine gets with an input.

use super::{
    deadlines::Deadlines,
    io::{Effect, ViewChange},
};
use crate::{frame::ClientFrame, id::IdSource, time::Timestamp};

/// The present time, the source of ids, the deadlines and the effects so far.
pub(super) struct Context<'a> {
    pub(super) now: Timestamp,
    pub(super) ids: &'a mut dyn IdSource,
    pub(super) deadlines: &'a mut Deadlines,
    pub(super) effects: &'a mut Vec<Effect>,
}

impl Context<'_> {
    pub(super) fn show(&mut self, change: ViewChange) {
        self.effects.push(Effect::Show(change));
    }

    pub(super) fn transmit(&mut self, frame: &ClientFrame) {
        self.effects.push(Effect::Transmit(frame.encode()));
    }

    pub(super) fn warn(&mut self, text: impl Into<String>) {
        self.effects.push(Effect::Warn(text.into()));
    }
}
