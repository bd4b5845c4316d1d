//! The table of deadlines, served by a single wake-up.

use crate::time::Timestamp;

/// The purpose of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timer {
    /// Ends an attempt to connect, or starts the next one.
    Link,
    /// Checks that the connection is alive.
    Liveness,
    /// Ends the wait for the answer to a probe.
    Probe,
    /// Ends the wait for the transcript, or fetches it again.
    Fetch,
    /// Ends the wait for earlier messages.
    Earlier,
    /// Shows a replay without an end marker.
    Replay,
    /// Asks about a silent turn.
    Watch,
    /// Fails a call without an answer.
    Call,
}

impl Timer {
    /// Every timer, at the index of its slot.
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
    /// One slot per timer, in the order of [`Timer::ALL`].
    at: [Option<Timestamp>; Timer::ALL.len()],
    /// The wake-up last requested from the driver.
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

    /// Removes and returns the timers that are due. The driver's wake-up is used up.
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

    /// The wake-up to request, when it differs from the last one.
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
