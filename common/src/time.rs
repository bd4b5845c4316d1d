//! Moments, as given to the machines. This module has no clock.

use std::{fmt, ops::Add, time::Duration};

use serde::{Deserialize, Serialize};

/// How late an alarm may be before it counts as lost. A busy platform delivers it late; one that failed too often it forgets.
const LATE: Duration = Duration::from_secs(10);

/// Milliseconds since the Unix epoch.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The moment `millis` after the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The time since `earlier`; zero when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(millis))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

/// The one alarm of an object, which serves all its deadlines.
#[derive(Debug, Default)]
pub struct Alarm {
    /// The moment last asked for, until it has come.
    at: Option<Timestamp>,
}

impl Alarm {
    /// When the platform has to set its alarm to, so that it comes at `at` or before; `None`: as it is set, it does.
    ///
    /// An alarm that is due and has not come yet stays: the platform takes it back when it is given a later one, and what was
    /// due would wait for that.
    pub fn ask(&mut self, now: Timestamp, at: Timestamp) -> Option<Timestamp> {
        if self
            .at
            .is_some_and(|alarm| alarm <= at && now < alarm + LATE)
        {
            return None;
        }
        let is_lost = self.at.is_some_and(|alarm| alarm <= now);
        let at = if is_lost { now } else { at };
        self.at = Some(at);
        self.at
    }

    /// The alarm has come.
    pub const fn passed(&mut self) {
        self.at = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn an_alarm_that_comes_before_does_as_well() {
        let mut alarm = Alarm::default();
        assert_eq!(alarm.ask(at(0), at(50)), Some(at(50)));
        assert_eq!(alarm.ask(at(10), at(70)), None, "50 comes before 70");
        assert_eq!(
            alarm.ask(at(10), at(20)),
            Some(at(20)),
            "20 comes before 50"
        );
        alarm.passed();
        assert_eq!(alarm.ask(at(20), at(90)), Some(at(90)));
    }

    #[test]
    fn an_alarm_that_is_late_is_not_taken_back() {
        let mut alarm = Alarm::default();
        alarm.ask(at(0), at(50));
        assert_eq!(alarm.ask(at(60), at(30_000)), None);
        let lost = at(50) + LATE;
        assert_eq!(
            alarm.ask(lost, at(90_000)),
            Some(lost),
            "what was due is due"
        );
    }
}
