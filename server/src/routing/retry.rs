//! Retries after the failure of an object.

use std::time::Duration;

/// The maximum delay after a first failure; it doubles with each failure.
const FIRST_CEILING_MS: u32 = 100;

/// The limit of the doubling, since a caller waits.
const LAST_CEILING_MS: u32 = 800;

/// The maximum size of a body kept for another attempt, in bytes: the Worker has 128 MB for all its requests.
const MAX_KEPT_BYTES: u64 = 1_000_000;

/// The maximum number of attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The number of attempts, including the first.
    pub attempts: u32,
}

/// The platform's statements about an object's error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectError {
    /// Another attempt may succeed, as after a deployment or a moved object.
    pub retryable: bool,
    /// The object is overloaded; more requests would make it worse.
    pub overloaded: bool,
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// Wait this long and try again.
    RetryAfter(Duration),
    /// Return the error.
    Throw,
}

impl Retry {
    /// A single attempt.
    pub const OFF: Self = Self { attempts: 1 };

    /// As many attempts as the Agents SDK makes.
    pub const DEFAULT: Self = Self { attempts: 3 };

    /// The attempts for a request with a body. A body that may be large is streamed and cannot be sent again.
    /// `length` is its announced length.
    #[must_use]
    pub fn with_body(self, length: Option<u64>) -> Self {
        match length {
            Some(length) if length <= MAX_KEPT_BYTES => self,
            Some(_) | None => Self::OFF,
        }
    }

    /// What to do after the failed attempt with this number, from 1. `random` is in 0..1, so that clients that failed
    /// together do not retry together.
    #[must_use]
    pub fn after(self, attempt: u32, error: ObjectError, random: f64) -> AfterFailure {
        if error.overloaded || !error.retryable || attempt >= self.attempts {
            return AfterFailure::Throw;
        }
        let doublings = attempt.saturating_sub(1);
        let ceiling = FIRST_CEILING_MS
            .saturating_mul(2_u32.saturating_pow(doublings))
            .min(LAST_CEILING_MS);
        let wait = (random * f64::from(ceiling)).floor();
        AfterFailure::RetryAfter(Duration::from_millis(wait as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRYABLE: ObjectError = ObjectError {
        retryable: true,
        overloaded: false,
    };

    fn wait(milliseconds: u64) -> AfterFailure {
        AfterFailure::RetryAfter(Duration::from_millis(milliseconds))
    }

    #[test]
    fn rt_18_a_retryable_error_is_tried_three_times() {
        let outcomes = [1, 2, 3].map(|attempt| Retry::DEFAULT.after(attempt, RETRYABLE, 0.5));
        assert_eq!(outcomes, [wait(50), wait(100), AfterFailure::Throw]);
    }

    #[test]
    fn rt_18_waits_double_up_to_a_ceiling_and_are_whole_milliseconds() {
        let retry = Retry { attempts: u32::MAX };
        let almost_one = 1.0 - f64::EPSILON;
        let check = |attempt, random, expected| {
            assert_eq!(retry.after(attempt, RETRYABLE, random), wait(expected));
        };
        for (attempt, expected) in [(1, 99), (2, 199), (3, 399), (4, 799), (5, 799), (99, 799)] {
            check(attempt, almost_one, expected);
            check(attempt, 0.0, 0);
        }
        check(1, 0.129, 12);
    }

    #[test]
    fn rt_19_overloaded_and_other_errors_are_thrown_at_once() {
        for (retryable, overloaded) in [(true, true), (false, true), (false, false)] {
            let error = ObjectError {
                retryable,
                overloaded,
            };
            assert_eq!(Retry::DEFAULT.after(1, error, 0.5), AfterFailure::Throw);
        }
    }

    #[test]
    fn a_large_body_is_sent_once() {
        assert_eq!(Retry::DEFAULT.with_body(Some(1_000_000)), Retry::DEFAULT);
        assert_eq!(Retry::DEFAULT.with_body(Some(1_000_001)), Retry::OFF);
        assert_eq!(Retry::DEFAULT.with_body(None), Retry::OFF);
    }

    #[test]
    fn rt_18_retries_can_be_switched_off() {
        assert_eq!(Retry::OFF.after(1, RETRYABLE, 0.5), AfterFailure::Throw);
    }
}
