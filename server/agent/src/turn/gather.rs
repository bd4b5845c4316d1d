//! When what the provider says is passed on: at once on a server that keeps up, in batches on one that does not.
//!
//! To store something costs far more than to read it (a commit waits for the disk, and with it every agent of the
//! isolate). A server that cannot store each word on its own stores fewer and longer pieces instead of falling behind.
//! How far behind it is shows in how late it gets to the moments it was asked for.

use std::time::Duration;

use common::time::Timestamp;
use providers::ProviderEvent;

/// What a provider says within this time is stored and sent together. The first words of an answer never wait.
pub const GATHER: Duration = Duration::from_millis(15);

/// The longest wait, on a server that is far behind.
const LONGEST: Duration = Duration::from_millis(500);

/// How many rounds of a busy server's loop are gathered: a round reads one piece of each provider's stream, so this is
/// how many pieces a commit stores. With 4 rounds, 200 agents on two cores spent most of their time on commits and took
/// twice as long as with 12.
const ROUNDS: u32 = 12;

/// A server that is not later than this keeps up.
const ON_TIME: Duration = Duration::from_millis(5);

/// How often a server that seems to keep up is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What the provider said and was not passed on yet.
#[derive(Debug)]
pub(super) struct Gathering {
    events: Vec<ProviderEvent>,
    /// When something was passed on last; `None`: never.
    passed_on_at: Option<Timestamp>,
    /// The moment asked for, until it has come.
    due: Option<Timestamp>,
    /// When it was last seen how late the server is.
    looked_at: Option<Timestamp>,
    /// What is said within this time is passed on together.
    window: Duration,
}

impl Gathering {
    pub(super) const fn new() -> Self {
        Self {
            events: Vec::new(),
            passed_on_at: None,
            due: None,
            looked_at: None,
            window: GATHER,
        }
    }

    pub(super) fn add(&mut self, events: Vec<ProviderEvent>) {
        self.events.extend(events);
    }

    /// Whether what there is may be passed on now.
    pub(super) fn is_ripe(&self, now: Timestamp) -> bool {
        self.passed_on_at
            .is_none_or(|last| now.since(last) >= self.window)
    }

    /// Hands over what there is to be passed on.
    pub(super) fn take(&mut self, now: Timestamp) -> Vec<ProviderEvent> {
        self.passed_on_at = Some(now);
        std::mem::take(&mut self.events)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The moment to ask for, if any: when what there is becomes ripe, or to see how late the server is.
    pub(super) fn next_moment(&mut self, now: Timestamp) -> Option<Timestamp> {
        let looks = self
            .looked_at
            .is_none_or(|last| now.since(last) >= LOOK_EVERY);
        if self.due.is_some() || self.events.is_empty() && !looks {
            return None;
        }
        self.due = Some(self.passed_on_at.unwrap_or(now) + self.window);
        self.due
    }

    /// The moment asked for has come, sooner or later. Whether what there is may be passed on.
    pub(super) fn moment_came(&mut self, now: Timestamp) -> bool {
        let ripe = self.is_ripe(now);
        if let Some(due) = self.due.take() {
            self.looked_at = Some(now);
            let late = Some(now.since(due)).filter(|late| *late > ON_TIME);
            let wanted = late.map_or(GATHER, |late| late.saturating_mul(ROUNDS));
            // In steps: one hiccup makes nobody wait, and who has just caught up does not fall behind at once again.
            let (shorter, longer) = (self.window / 2, self.window * 2);
            self.window = wanted.clamp(shorter, longer).clamp(GATHER, LONGEST);
        }
        ripe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Vec<ProviderEvent> {
        vec![ProviderEvent::TextDelta("x".to_owned())]
    }

    /// Says a word every 20 ms to a server that is this late, and counts what was passed on.
    fn passed_on(lateness: Duration) -> usize {
        let mut gathering = Gathering::new();
        let (mut moment, mut count) = (None::<Timestamp>, 0);
        for millis in 0..4000 {
            let now = Timestamp::from_millis(millis);
            if moment.is_some_and(|at| at + lateness <= now) {
                if gathering.moment_came(now) && !gathering.is_empty() {
                    gathering.take(now);
                    count += 1;
                }
                moment = gathering.next_moment(now);
            }
            if millis % 20 == 0 {
                gathering.add(event());
                if gathering.is_ripe(now) {
                    gathering.take(now);
                    count += 1;
                }
                moment = moment.or(gathering.next_moment(now));
            }
        }
        count
    }

    #[test]
    fn a_server_that_keeps_up_passes_each_word_on_and_a_late_one_fewer() {
        assert_eq!(passed_on(Duration::ZERO), 200);
        assert_eq!(passed_on(ON_TIME), 200);
        assert!(passed_on(Duration::from_millis(20)) < 30);
        assert!(passed_on(Duration::from_millis(200)) < 30);
    }

    #[test]
    fn a_server_that_has_caught_up_is_quick_again() {
        let mut gathering = Gathering::new();
        let mut now = Timestamp::from_millis(0);
        let mut longest = GATHER;
        for lateness in [300, 300, 300, 300, 300, 300, 0, 0, 0, 0, 0, 0, 0] {
            gathering.add(event());
            gathering.take(now);
            let due = gathering.next_moment(now + LOOK_EVERY);
            now = due.unwrap() + Duration::from_millis(lateness);
            gathering.moment_came(now);
            assert!((GATHER..=LONGEST).contains(&gathering.window));
            longest = longest.max(gathering.window);
        }
        assert_eq!(longest, LONGEST);
        assert_eq!(gathering.window, GATHER);
    }
}
