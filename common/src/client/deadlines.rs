//! The one table of deadlines, and the one wake-up that serves them all.

use crate::time::Timestamp;

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timer {
    /// The connection must be open, or the next attempt is due.
    Link,
    /// The connection must show that it lives.
    Liveness,
    /// The question whether a stream can be resumed must be answered.
    Probe,
    /// The transcript must be here, or is to be asked for again.
    Fetch,
    /// Earlier messages must be here.
    Earlier,
    /// A replay has been held back long enough.
    Replay,
    /// The turn must have shown that it lives.
    Watch,
    /// A call must be over.
    Call,
}

impl Timer {
    /// All of them, each at its own place.
    const ALL: [Self; 8] = [
        Self::Link,
        Self::Liveness,
        Self::Probe,
        Self::Fetch,
        Self::Earlier,
        Self::Replay,
        Self::Watch,
        Self::Call,
    ];
}

/// The table.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// In the order of [`Timer::ALL`].
    at: [Option<Timestamp>; Timer::ALL.len()],
    /// The wake-up the driver holds.
    asked: Option<Timestamp>,
}

impl Deadlines {
    pub(super) fn set(&mut self, timer: Timer, at: Timestamp) {
        self.put(timer, Some(at));
    }

    pub(super) fn clear(&mut self, timer: Timer) {
        self.put(timer, None);
    }

    pub(super) fn is_set(&self, timer: Timer) -> bool {
        self.at.get(timer as usize).is_some_and(Option::is_some)
    }

    /// Takes out what is due. The driver's wake-up is used up.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Vec<Timer> {
        self.asked = None;
        let mut due = Vec::new();
        for (timer, slot) in Timer::ALL.into_iter().zip(&mut self.at) {
            if slot.take_if(|at| *at <= now).is_some() {
                due.push(timer);
            }
        }
        due
    }

    /// The wake-up to ask for, when it is another one than the driver holds.
    pub(super) fn wake(&mut self) -> Option<Timestamp> {
        let next = self.at.iter().flatten().min().copied()?;
        (self.asked.replace(next) != Some(next)).then_some(next)
    }

    fn put(&mut self, timer: Timer, at: Option<Timestamp>) {
        if let Some(slot) = self.at.get_mut(timer as usize) {
            *slot = at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn every_timer_is_at_its_own_place() {
        for (place, timer) in Timer::ALL.into_iter().enumerate() {
            assert_eq!(timer as usize, place);
        }
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
