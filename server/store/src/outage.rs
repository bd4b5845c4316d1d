//! A disk that takes no writes: what is tried again, and when. A write that fails ends its object, with all connections,
//! so nothing is written while it would only fail again.

use std::{collections::HashMap, time::Duration};

use common::time::Timestamp;
use sql::Fault;

/// The wait before the next try; it doubles with each one that fails, up to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(8);

/// A life that ends so soon behind a write ended because of it. Others end after ten seconds of quiet at the earliest.
const SOON: Duration = Duration::from_secs(5);

/// What is known of the disk, for all conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outage {
    failing: Option<Failing>,
    /// The last write of each conversation's life that nothing has confirmed yet.
    unconfirmed: HashMap<String, Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Failing {
    fault: Fault,
    pause: Duration,
    next_try: Timestamp,
}

impl Outage {
    /// A write failed. Faults that are not the disk's are not noted.
    pub fn failed(&mut self, now: Timestamp, fault: Fault) {
        let pause = match (self.failing, fault) {
            (_, Fault::Damaged | Fault::Newer | Fault::Other) => return,
            (None, Fault::Full | Fault::Disk) => FIRST,
            // Several conversations may find out at the same time.
            (Some(failing), _) if now < failing.next_try => return,
            (Some(failing), _) => (failing.pause * 2).min(LONGEST),
        };
        self.failing = Some(Failing {
            fault,
            pause,
            next_try: now + pause,
        });
    }

    /// A conversation has written something. Whether it is on disk is known when the platform calls again.
    pub fn wrote(&mut self, now: Timestamp, name: &str) {
        match self.unconfirmed.get_mut(name) {
            Some(at) => *at = now,
            None => {
                self.unconfirmed.insert(name.to_owned(), now);
            }
        }
    }

    /// The platform calls the same life of a conversation again: what it wrote is on disk, and the disk works.
    pub fn lives_on(&mut self, name: &str) {
        if self.unconfirmed.remove(name).is_some() {
            self.works();
        }
    }

    /// A write that was tried is on disk.
    pub fn works(&mut self) {
        self.failing = None;
    }

    /// A life of a conversation begins. When the one before ended right behind a write, that write failed.
    pub fn begins(&mut self, now: Timestamp, name: &str) {
        let wrote = self.unconfirmed.remove(name);
        if wrote.is_some_and(|at| now.since(at) < SOON) {
            self.failed(now, Fault::Full);
        }
    }

    /// Why nothing is to be written now; `None`: it may be tried.
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
