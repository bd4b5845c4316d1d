//! Failed model calls of a turn: whether a call is made again, when, and with which model.
//!
//! Setbacks are stored with the turn, so that an agent that wakes up in between still knows when the next call is due. A call is
//! made again only before its first token: nothing that was shown is ever taken back.

use std::time::Duration;

use common::time::Timestamp;
use providers::{ProviderError, Retry};
use store::{DueCall, Extent, Setbacks};

use crate::options::ModelOptions;

/// The first wait; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest wait of our own choice.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A provider that asks for a longer wait than this is not waited for: that is a limit for the day, not for the moment.
const LONGEST_ASKED: Duration = Duration::from_secs(300);

/// What follows a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AfterFailure {
    /// The next call is made at once.
    CallNow,
    /// The next call is due at this moment.
    CallAt(Timestamp),
    /// The turn fails.
    Fail,
}

/// The rules for failed calls.
pub(super) trait Retries {
    /// The model in use.
    fn model<'m>(&self, asked: &'m str, options: &'m ModelOptions) -> &'m str;

    /// Decides what follows a call that failed before its first token. `jitter` is any number: it spreads the calls of many
    /// conversations that failed together.
    fn failed(
        &mut self,
        now: Timestamp,
        error: &ProviderError,
        asked: &str,
        options: &ModelOptions,
        jitter: u64,
    ) -> AfterFailure;
}

impl Retries for Setbacks {
    fn model<'m>(&self, asked: &'m str, options: &'m ModelOptions) -> &'m str {
        let fallback = self.fallback.checked_sub(1);
        let fallback = fallback.and_then(|index| options.fallbacks.get(index));
        fallback.map_or(asked, String::as_str)
    }

    fn failed(
        &mut self,
        now: Timestamp,
        error: &ProviderError,
        asked: &str,
        options: &ModelOptions,
        jitter: u64,
    ) -> AfterFailure {
        if let ProviderError::ContextTooLong { limit, .. } = error {
            return match self.extent {
                Extent::Whole => {
                    self.extent = Extent::Shortened { limit: *limit };
                    AfterFailure::CallNow
                }
                Extent::Shortened { .. } => AfterFailure::Fail,
            };
        }
        if let Retry::After(wait) = error.retry()
            && self.failures < options.retries
            && wait.is_none_or(|wait| wait <= LONGEST_ASKED)
        {
            let at = now + wait.unwrap_or_else(|| backoff(self.failures, jitter));
            self.failures += 1;
            let reason = error.reason_to_retry();
            self.due = Some(DueCall { at, reason });
            return AfterFailure::CallAt(at);
        }
        if is_gone_or_overloaded(error) && take_fallback(self, asked, options) {
            return AfterFailure::CallNow;
        }
        AfterFailure::Fail
    }
}

/// Takes the next fallback model that is another one; whether there is one.
fn take_fallback(setbacks: &mut Setbacks, asked: &str, options: &ModelOptions) -> bool {
    let mut rest = options.fallbacks.iter().enumerate().skip(setbacks.fallback);
    let Some((index, _)) = rest.find(|(_, model)| *model != asked) else {
        return false;
    };
    setbacks.fallback = index + 1;
    setbacks.failures = 0;
    true
}

/// Whether another model may well answer.
fn is_gone_or_overloaded(error: &ProviderError) -> bool {
    matches!(
        error,
        ProviderError::ModelNotFound { .. }
            | ProviderError::NoFirstToken { .. }
            | ProviderError::Empty
    ) || error.retry() != Retry::Never
}

/// Half of the wait is fixed, the other half is spread.
fn backoff(failures: u32, jitter: u64) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1_u32.checked_shl(failures).unwrap_or(u32::MAX));
    let half = doubled.min(LONGEST_WAIT) / 2;
    let spread = u64::try_from(half.as_millis()).unwrap_or(0).max(1);
    half + Duration::from_millis(jitter % spread)
}

#[cfg(test)]
mod tests {
    use providers::VendorMessage;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn options(retries: u32, fallbacks: &[&str]) -> ModelOptions {
        ModelOptions {
            retries,
            fallbacks: fallbacks.iter().map(|name| (*name).to_owned()).collect(),
            ..ModelOptions::default()
        }
    }

    fn overloaded() -> ProviderError {
        ProviderError::Upstream {
            status: 503,
            retry_after: None,
            message: VendorMessage::default(),
        }
    }

    fn limited(seconds: u64) -> ProviderError {
        ProviderError::RateLimited {
            retry_after: Some(Duration::from_secs(seconds)),
            message: VendorMessage::default(),
        }
    }

    fn gone() -> ProviderError {
        ProviderError::ModelNotFound {
            model: "a".to_owned(),
            message: VendorMessage::default(),
        }
    }

    #[test]
    fn waits_grow_and_end() {
        let mut setbacks = Setbacks::default();
        let options = options(3, &[]);
        let mut waits = Vec::new();
        loop {
            match setbacks.failed(NOW, &overloaded(), "a", &options, 0) {
                AfterFailure::CallAt(at) => waits.push(at.since(NOW).as_millis()),
                AfterFailure::Fail => break,
                AfterFailure::CallNow => panic!("there is no fallback"),
            }
        }
        assert_eq!(waits, [500, 1_000, 2_000]);
        assert_eq!(backoff(30, u64::MAX), backoff(40, u64::MAX), "bounded");
        assert!(backoff(0, 499) < FIRST_WAIT && backoff(9, u64::MAX) <= LONGEST_WAIT);
    }

    #[test]
    fn a_provider_says_how_long_to_wait_but_not_for_ever() {
        let options = options(3, &[]);
        let mut setbacks = Setbacks::default();
        let after = setbacks.failed(NOW, &limited(7), "a", &options, 0);
        assert_eq!(after, AfterFailure::CallAt(NOW + Duration::from_secs(7)));
        assert!(setbacks.due().unwrap().reason.contains("429"));
        assert_eq!(setbacks.attempt(), 2);
        let after = setbacks.failed(NOW, &limited(3_600), "a", &options, 0);
        assert_eq!(after, AfterFailure::Fail);
    }

    #[test]
    fn fallbacks_are_taken_in_order_and_only_for_models_that_are_gone_or_overloaded() {
        let options = options(0, &["a", "b", "c"]);
        let mut setbacks = Setbacks::default();
        assert_eq!(setbacks.model("a", &options), "a");
        let refused = ProviderError::Unauthorized {
            message: VendorMessage::default(),
        };
        assert_eq!(
            setbacks.failed(NOW, &refused, "a", &options, 0),
            AfterFailure::Fail
        );
        assert_eq!(
            setbacks.failed(NOW, &gone(), "a", &options, 0),
            AfterFailure::CallNow
        );
        assert_eq!(setbacks.model("a", &options), "b", "`a` itself is skipped");
        assert_eq!(
            setbacks.failed(NOW, &overloaded(), "a", &options, 0),
            AfterFailure::CallNow
        );
        assert_eq!(setbacks.model("a", &options), "c");
        assert_eq!(
            setbacks.failed(NOW, &gone(), "a", &options, 0),
            AfterFailure::Fail
        );
        setbacks.progressed();
        assert_eq!(setbacks.model("a", &options), "c", "the turn stays with it");
    }

    #[test]
    fn a_conversation_that_is_too_long_is_shortened_once() {
        let too_long = ProviderError::ContextTooLong {
            limit: Some(8_192),
            message: VendorMessage::default(),
        };
        let mut setbacks = Setbacks::default();
        let options = options(3, &["b"]);
        let after = setbacks.failed(NOW, &too_long, "a", &options, 0);
        assert_eq!(after, AfterFailure::CallNow);
        assert_eq!(setbacks.extent, Extent::Shortened { limit: Some(8_192) });
        assert_eq!(
            setbacks.failed(NOW, &too_long, "a", &options, 0),
            AfterFailure::Fail
        );
    }

    #[test]
    fn they_are_stored() {
        let mut setbacks = Setbacks::default();
        assert!(setbacks.is_none());
        setbacks.failed(NOW, &overloaded(), "a", &options(3, &[]), 0);
        let json = serde_json::to_string(&setbacks).unwrap();
        assert_eq!(serde_json::from_str::<Setbacks>(&json).unwrap(), setbacks);
        assert!(setbacks.progressed() && !setbacks.progressed());
    }
}
