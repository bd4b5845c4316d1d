//! How many things of one person run at the same time.

use std::collections::HashMap;

use crate::accounts::PersonId;

/// What runs, by person.
#[derive(Debug, Default)]
pub struct AtOnce {
    running: HashMap<PersonId, usize>,
}

impl AtOnce {
    /// Whether one more may run. It runs from here on, until [`AtOnce::end`].
    pub fn begin(&mut self, person: &PersonId, most: usize) -> bool {
        let running = self.running.get(person).copied().unwrap_or(0);
        if running >= most {
            return false;
        }
        self.running.insert(person.clone(), running + 1);
        true
    }

    /// One that has begun is over.
    pub fn end(&mut self, person: &PersonId) {
        match self.running.get_mut(person) {
            Some(running) if *running > 1 => *running -= 1,
            Some(_) | None => drop(self.running.remove(person)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_person_has_so_many_at_once() {
        let (ann, bob) = (PersonId::owner(), PersonId::stored("bob".to_owned()));
        let mut at_once = AtOnce::default();
        assert!(at_once.begin(&ann, 2) && at_once.begin(&ann, 2));
        assert!(!at_once.begin(&ann, 2));
        assert!(at_once.begin(&bob, 2), "others have their own");
        at_once.end(&ann);
        assert!(at_once.begin(&ann, 2));
        assert!(!at_once.begin(&ann, 2), "what was refused is not counted");
        for _ in 0..2 {
            at_once.end(&ann);
        }
        at_once.end(&bob);
        assert!(at_once.running.is_empty(), "nothing is kept of who is gone");
    }
}
