//! What every part of the machine is handed while it handles an input.

use common::{
    id::IdSource,
    time::{Alarm, Timestamp},
};
use store::Write;

use super::{
    attached::ConnectionKey,
    io::{CallId, Effect},
};

/// The moment, the sources of ids, the alarm and the effects so far.
pub(super) struct Context<'a> {
    pub(super) now: Timestamp,
    pub(super) ids: &'a mut dyn IdSource,
    pub(super) calls: &'a mut CallIds,
    pub(super) alarm: &'a mut Alarm,
    pub(super) effects: &'a mut Vec<Effect>,
}

/// Numbers the calls and runs of a life.
#[derive(Debug, Default)]
pub(super) struct CallIds {
    last: u64,
}

impl CallIds {
    fn next(&mut self) -> CallId {
        self.last += 1;
        CallId(self.last)
    }
}

impl Context<'_> {
    /// The id of a new call or run.
    pub(super) fn next_call(&mut self) -> CallId {
        self.calls.next()
    }

    pub(super) fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Stores these changes, if there are any; with those right before them in one transaction.
    pub(super) fn persist(&mut self, writes: Vec<Write>) {
        if writes.is_empty() {
            return;
        }
        match self.effects.last_mut() {
            Some(Effect::Persist(before)) => before.extend(writes),
            Some(_) | None => self.effects.push(Effect::Persist(writes)),
        }
    }

    /// Sends a frame to these connections, if there are any.
    pub(super) fn send(&mut self, to: Vec<ConnectionKey>, text: String) {
        if !to.is_empty() {
            self.effects.push(Effect::Send { to, text });
        }
    }

    pub(super) fn log(&mut self, line: String) {
        self.effects.push(Effect::Log(line));
    }

    /// Wakes the agent at a moment, or before. Each part asks for its own next moment, before what needs it is stored.
    pub(super) fn wake_at(&mut self, at: Timestamp) {
        if let Some(at) = self.alarm.ask(self.now, at) {
            self.effects.push(Effect::WakeAt(at));
        }
    }
}
