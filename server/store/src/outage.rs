//! A disk that accepts no writes: when to try again. A failed write ends its object with all connections, so nothing
//! is written while it would only fail again.

use std::{collections::HashMap, time::Duration};

use common::time::Timestamp;
use sql::Fault;

/// The delay before the next attempt; it doubles with each failure, up to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(8);

/// An object that ends so soon after a write ended because of it. Idle objects end after ten seconds at the earliest.
const SOON: Duration = Duration::from_secs(5);

/// The state of the disk, for all conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outage {
    failing: Option<Failing>,
    /// The last unconfirmed write of each conversation's present object.
    unconfirmed: HashMap<String, Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Failing {
    fault: Fault,
    pause: Duration,
    next_try: Timestamp,
}

impl Outage {
    /// Records a failed write. Faults that do not come from the disk are ignored.
    pub fn failed(&mut self, now: Timestamp, fault: Fault) {
        let pause = match (self.failing, fault) {
            (_, Fault::Damaged | Fault::Newer | Fault::Other) => return,
            (None, Fault::Full | Fault::Disk) => FIRST,
            // Several conversations may notice the failure at the same time.
            (Some(failing), _) if now < failing.next_try => return,
            (Some(failing), _) => (failing.pause * 2).min(LONGEST),
        };
        self.failing = Some(Failing {
            fault,
            pause,
            next_try: now + pause,
        });
    }

    /// Records a write of a conversation. The next call from the platform shows whether it reached the disk.
    pub fn wrote(&mut self, now: Timestamp, name: &str) {
        match self.unconfirmed.get_mut(name) {
            Some(at) => *at = now,
            None => {
                self.unconfirmed.insert(name.to_owned(), now);
            }
        }
    }

    /// The platform called the same object again: its writes reached the disk, and the disk works.
    pub fn lives_on(&mut self, name: &str) {
        if self.unconfirmed.remove(name).is_some() {
            self.works();
        }
    }

    /// A tentative write reached the disk.
    pub fn works(&mut self) {
        self.failing = None;
    }

    /// An object of a conversation starts. If the previous one ended right after a write, that write failed.
    pub fn begins(&mut self, now: Timestamp, name: &str) {
        let wrote = self.unconfirmed.remove(name);
        if wrote.is_some_and(|at| now.since(at) < SOON) {
            self.failed(now, Fault::Full);
        }
    }

    /// Why nothing may be written now; `None` when a write may be tried.
    #[must_use]
    pub fn refuses(&self, now: Timestamp) -> Option<Fault> {
        let failing = self.failing.filter(|failing| now < failing.next_try)?;
        Some(failing.fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + seconds * 1_000)
    }

    #[test]
    fn tries_become_rarer_until_one_succeeds() {
        let mut outage = Outage::default();
        outage.failed(at(0), Fault::Full);
        outage.failed(at(1), Fault::Full);
        assert_eq!(outage.refuses(at(1)), Some(Fault::Full));
        assert_eq!(outage.refuses(at(2)), None);
        outage.failed(at(2), Fault::Disk);
        assert_eq!(outage.refuses(at(5)), Some(Fault::Disk));
        for now in [6, 14, 22] {
            assert_eq!(outage.refuses(at(now)), None, "{now}");
            outage.failed(at(now), Fault::Full);
        }
        assert_eq!(outage.refuses(at(29)), Some(Fault::Full));
        outage.wrote(at(30), "a");
        outage.lives_on("a");
        outage.failed(at(31), Fault::Full);
        assert_eq!(outage.refuses(at(33)), None, "the first pause again");
        outage.failed(at(33), Fault::Full);
        outage.works();
        assert_eq!(outage.refuses(at(33)), None, "a write was tried");
    }

    #[test]
    fn a_life_that_ends_behind_a_write_tells_that_it_failed() {
        let mut outage = Outage::default();
        outage.wrote(at(0), "a");
        outage.begins(at(0), "b");
        assert_eq!(outage.refuses(at(0)), None);
        outage.begins(at(1), "a");
        assert_eq!(outage.refuses(at(1)), Some(Fault::Full));

        let mut outage = Outage::default();
        outage.wrote(at(0), "a");
        outage.begins(at(10), "a");
        assert_eq!(outage.refuses(at(10)), None, "it slept");
        outage.wrote(at(11), "a");
        outage.lives_on("a");
        outage.begins(at(12), "a");
        assert_eq!(outage.refuses(at(12)), None, "it was confirmed");
    }

    #[test]
    fn other_faults_are_their_conversations_own() {
        let mut outage = Outage::default();
        for fault in [Fault::Damaged, Fault::Newer, Fault::Other] {
            outage.failed(at(0), fault);
            assert_eq!(outage.refuses(at(0)), None, "{fault:?}");
        }
    }
}
