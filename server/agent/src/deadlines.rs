//! The one alarm that serves every deadline of the agent. Each part knows its own next moment, and asks for it before what
//! needs it is stored.

use common::time::Timestamp;

/// The alarm that the platform holds.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// The moment last asked for, until it has come.
    alarm: Option<Timestamp>,
}

impl Deadlines {
    /// Whether the alarm has to be set for this moment. One that comes before it does as well: the alarm of the turn before
    /// costs no write while this turn's first words are waited for.
    pub(super) fn ask(&mut self, now: Timestamp, at: Timestamp) -> bool {
        let serves = self.alarm.is_some_and(|alarm| now < alarm && alarm <= at);
        if !serves {
            self.alarm = Some(at);
        }
        !serves
    }

    /// The alarm has come.
    pub(super) const fn passed(&mut self) {
        self.alarm = None;
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
        let mut deadlines = Deadlines::default();
        assert!(deadlines.ask(at(0), at(50)));
        assert!(!deadlines.ask(at(10), at(70)), "50 comes before 70");
        assert!(deadlines.ask(at(10), at(20)), "20 comes before 50");
        assert!(deadlines.ask(at(20), at(70)), "20 is over");
        deadlines.passed();
        assert!(deadlines.ask(at(20), at(90)));
    }
}
