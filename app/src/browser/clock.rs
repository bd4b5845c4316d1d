//! A clock that never goes back, even when the computer's clock does.

#[cfg(feature = "hydrate")]
use std::cell::RefCell;

use common::time::Timestamp;
#[cfg(feature = "hydrate")]
use leptos::prelude::window;

/// The present moment.
#[cfg(feature = "hydrate")]
pub(crate) fn now() -> Timestamp {
    thread_local! {
        static CLOCK: RefCell<Clock> = RefCell::new(Clock::default());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole milliseconds far below 2^53"
    )]
    let whole = |millis: f64| millis as u64;
    let page = window().performance();
    let reading = Reading {
        wall: whole(js_sys::Date::now()),
        page: whole(page.map_or(0.0, |page| page.now())),
    };
    CLOCK.with_borrow_mut(|clock| clock.at(reading))
}

/// The offset of the local clock from UTC, in minutes.
#[cfg(feature = "hydrate")]
pub(crate) fn minutes_ahead() -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "less than a day")]
    let behind = js_sys::Date::new_0().get_timezone_offset() as i32;
    behind.saturating_neg()
}

/// There is no browser.
#[cfg(not(feature = "hydrate"))]
pub(crate) const fn minutes_ahead() -> i32 {
    0
}

/// There is no browser.
#[cfg(not(feature = "hydrate"))]
pub(crate) fn now() -> Timestamp {
    Timestamp::default()
}

/// Adds the time that has passed by the wall clock or by the page's own clock, whichever is more: the wall clock can be set
/// back, and the page's own stops while the computer sleeps.
#[cfg(any(feature = "hydrate", test))]
#[derive(Clone, Copy, Debug, Default)]
struct Clock {
    last: Option<Reading>,
    now: u64,
}

/// Both clocks at one moment, in milliseconds.
#[cfg(any(feature = "hydrate", test))]
#[derive(Clone, Copy, Debug)]
struct Reading {
    wall: u64,
    /// Since the page was opened.
    page: u64,
}

#[cfg(any(feature = "hydrate", test))]
impl Clock {
    /// The moment of this reading of both clocks.
    fn at(&mut self, reading: Reading) -> Timestamp {
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
