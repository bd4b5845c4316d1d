//! The one table of deadlines, and the one wake-up that serves them all.

use std::collections::BTreeMap;

use crate::time::Timestamp;

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// The connection must be open, or the next attempt is due.
    Link,
    /// The connection must show that it lives.
    Liveness,
    /// The question whether a stream can be resumed must be answered.
    Probe,
    /// The transcript must be here, or is to be asked for again.
    Fetch,
    /// A replay has been held back long enough.
    Replay,
    /// The turn must have shown that it lives.
    Watch,
}

/// The table.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    at: BTreeMap<Timer, Timestamp>,
    /// The wake-up the driver holds.
    asked: Option<Timestamp>,
}

impl Deadlines {
    pub(super) fn set(&mut self, timer: Timer, at: Timestamp) {
        self.at.insert(timer, at);
    }

    pub(super) fn clear(&mut self, timer: Timer) {
        self.at.remove(&timer);
    }

    pub(super) fn is_set(&self, timer: Timer) -> bool {
        self.at.contains_key(&timer)
    }

    /// Takes out what is due. The driver's wake-up is used up.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Vec<Timer> {
        self.asked = None;
        let due: Vec<Timer> = self
            .at
            .iter()
            .filter(|(_, at)| **at <= now)
            .map(|(timer, _)| *timer)
            .collect();
        for timer in &due {
            self.at.remove(timer);
        }
        due
    }

    /// The wake-up to ask for, when it is another one than the driver holds.
    pub(super) fn wake(&mut self) -> Option<Timestamp> {
        let next = self.at.values().min().copied()?;
        (self.asked.replace(next) != Some(next)).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn one_wake_up_serves_all() {
        let mut table = Deadlines::default();
        table.set(Timer::Watch, at(50));
        assert_eq!(table.wake(), Some(at(50)));
        table.set(Timer::Probe, at(70));
        assert_eq!(
            table.wake(),
            None,
            "a later deadline needs no other wake-up"
        );
        table.set(Timer::Link, at(20));
        assert_eq!(table.wake(), Some(at(20)));
        assert_eq!(table.take_due(at(60)), [Timer::Link, Timer::Watch]);
        assert_eq!(table.wake(), Some(at(70)));
        assert_eq!(table.take_due(at(60)), []);
        assert_eq!(table.wake(), Some(at(70)), "an early call used it up");
        table.clear(Timer::Probe);
        assert_eq!(table.wake(), None);
    }
}
