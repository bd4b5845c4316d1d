//! A clock that never goes back, whatever happens to the computer's.

use common::time::Timestamp;

/// Goes on by what the wall clock or the page's own clock says has passed, whichever is more: the wall clock can be set
/// back, and the page's own stands still while the computer sleeps.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    last: Option<Reading>,
    now: u64,
}

/// Both clocks at one moment, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) wall: u64,
    /// Since the page was opened.
    pub(super) page: u64,
}

impl Clock {
    /// The moment, by this reading of the clocks.
    pub(super) fn at(&mut self, reading: Reading) -> Timestamp {
        self.now = match self.last.replace(reading) {
            None => reading.wall,
            Some(last) => {
                let wall = reading.wall.saturating_sub(last.wall);
                let page = reading.page.saturating_sub(last.page);
                self.now.saturating_add(wall.max(page))
            }
        };
        Timestamp::from_millis(self.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_clocks_and_never_goes_back() {
        let mut clock = Clock::default();
        let mut at = |wall, page| clock.at(Reading { wall, page }).as_millis();
        assert_eq!(at(1_000_000, 10), 1_000_000);
        assert_eq!(at(1_000_500, 510), 1_000_500);
        assert_eq!(at(400_000, 1_510), 1_001_500, "the wall clock was set back");
        assert_eq!(at(400_100, 1_610), 1_001_600);
        assert_eq!(at(500_100, 1_620), 1_101_600, "the computer slept");
    }
}
