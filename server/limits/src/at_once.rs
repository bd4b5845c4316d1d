//! How many things of one person run at the same time.

use std::{collections::HashMap, hash::Hash, time::Duration};

use common::time::Timestamp;

/// What runs, by person: when each of it began.
///
/// What runs for longer than it can has ended unseen: a platform that ends an object forgets the object's work without
/// a word to it.
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
    /// Whether one more may run. It runs from now on, until [`AtOnce::end`] or for as long as it can.
    pub fn begin(&mut self, person: &P, most: usize, now: Timestamp, longest: Duration) -> bool {
        let running = self.running.entry(person.clone()).or_default();
        running.retain(|began| now.since(*began) <= longest);
        let has_room = running.len() < most;
        if has_room {
            running.push(now);
        }
        has_room
    }

    /// One that began at this time is over.
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
    fn what_ended_unseen_keeps_no_place() {
        let ann = "ann";
        let mut at_once = AtOnce::default();
        assert!(at_once.begin(&ann, 1, at(0), LONGEST));
        assert!(!at_once.begin(&ann, 1, at(10), LONGEST));
        assert!(at_once.begin(&ann, 1, at(11), LONGEST));
        // Seen after all, it takes no other's place away.
        at_once.end(&ann, at(0));
        assert!(!at_once.begin(&ann, 1, at(12), LONGEST));
    }
}
