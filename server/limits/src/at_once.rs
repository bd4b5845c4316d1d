//! Limits how many operations of a person run at the same time.

use std::{collections::HashMap, hash::Hash, time::Duration};

use common::time::Timestamp;

/// The start times of running operations, by person.
///
/// An operation that has run longer than possible has ended unnoticed: when the platform ends an object, its work is
/// lost without a notice.
#[derive(Debug)]
pub struct AtOnce<P> {
    running: HashMap<P, Vec<Timestamp>>,
}

impl<P> Default for AtOnce<P> {
    fn default() -> Self {
        Self {
            running: HashMap::new(),
        }
    }
}

impl<P: Clone + Eq + Hash> AtOnce<P> {
    /// Starts an operation if the limit permits. It counts until [`AtOnce::end`], or for as long as it can run.
    pub fn begin(&mut self, person: &P, most: usize, now: Timestamp, longest: Duration) -> bool {
        let running = self.running.entry(person.clone()).or_default();
        running.retain(|began| now.since(*began) <= longest);
        let has_room = running.len() < most;
        if has_room {
            running.push(now);
        }
        has_room
    }

    /// Ends an operation that began at this time.
    pub fn end(&mut self, person: &P, began: Timestamp) {
        let Some(running) = self.running.get_mut(person) else {
            return;
        };
        if let Some(at) = running.iter().position(|other| *other == began) {
            running.swap_remove(at);
        }
        if running.is_empty() {
            self.running.remove(person);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_secs(10);

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn each_person_has_so_many_at_once() {
        let (ann, bob) = ("ann", "bob");
        let mut at_once = AtOnce::default();
        let mut begin = |person, now| at_once.begin(person, 2, at(now), LONGEST);
        assert!(begin(&ann, 1) && begin(&ann, 1));
        assert!(!begin(&ann, 2));
        assert!(begin(&bob, 2), "others have their own");
        at_once.end(&ann, at(1));
        assert!(at_once.begin(&ann, 2, at(3), LONGEST));
        assert!(
            !at_once.begin(&ann, 2, at(3), LONGEST),
            "what was refused is not counted"
        );
        at_once.end(&ann, at(1));
        at_once.end(&ann, at(3));
        at_once.end(&bob, at(2));
        assert!(at_once.running.is_empty(), "nothing is kept of who is gone");
    }

    #[test]
    fn work_that_ended_unnoticed_expires() {
        let ann = "ann";
        let mut at_once = AtOnce::default();
        assert!(at_once.begin(&ann, 1, at(0), LONGEST));
        assert!(!at_once.begin(&ann, 1, at(10), LONGEST));
        assert!(at_once.begin(&ann, 1, at(11), LONGEST));
        // A late notice does not free another operation's place.
        at_once.end(&ann, at(0));
        assert!(!at_once.begin(&ann, 1, at(12), LONGEST));
    }
}
