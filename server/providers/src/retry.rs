//! Decides whether a failed model call may be repeated.

use std::time::Duration;

use super::ProviderError;

/// Whether to repeat a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Not: the same request would fail again, or cost again.
    Never,
    /// After this delay; `None`: the provider gave none.
    After(Option<Duration>),
}

/// Codes of temporary failures in a stream.
const PASSING: [&str; 14] = [
    "server_error",
    "internal_error",
    "internal_server_error",
    "internalservererror",
    "internal",
    "api_error",
    "overloaded",
    "overloaded_error",
    "unavailable",
    "service_unavailable",
    "timeout",
    "timeout_error",
    "network_error",
    "insufficient_system_resource",
];

impl ProviderError {
    /// Why the call is repeated, as a sentence for the user. It gives no advice, since nothing needs to be done.
    #[must_use]
    pub fn reason_to_retry(&self) -> String {
        let (cause, message) = if let Self::RateLimited { message, .. } = self {
            (
                "The model provider limits the rate of requests (429)".to_owned(),
                message,
            )
        } else if let Self::Upstream {
            status, message, ..
        } = self
        {
            (
                format!("The model provider has a problem of its own ({status})"),
                message,
            )
        } else if let Self::Unreachable { message } = self {
            ("The model provider cannot be reached".to_owned(), message)
        } else if let Self::InStream { message, .. } = self {
            ("The model provider gave up".to_owned(), message)
        } else if *self == Self::Dropped {
            return "The connection to the model provider was lost.".to_owned();
        } else {
            // Other failures are not repeated.
            return self.to_string();
        };
        let said = message.as_str().trim_end_matches('.');
        if said.is_empty() {
            format!("{cause}.")
        } else {
            format!("{cause}: {said}.")
        }
    }

    /// Whether the same request may be repeated. This considers the failure alone: once text of the answer was shown,
    /// no request may be repeated as if nothing had happened.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Upstream { retry_after, .. } => {
                Retry::After(*retry_after)
            }
            Self::Unreachable { .. } | Self::Dropped | Self::TooManyCalls { .. } => {
                Retry::After(None)
            }
            Self::InStream { code, .. } => match code {
                // The provider gave up without a reason.
                None => Retry::After(None),
                Some(code) if PASSING.contains(&code.to_ascii_lowercase().as_str()) => {
                    Retry::After(None)
                }
                Some(_) => Retry::Never,
            },
            Self::MissingKey
            | Self::Misconfigured { .. }
            | Self::Unauthorized { .. }
            | Self::PaymentRequired { .. }
            | Self::ModelNotFound { .. }
            | Self::QuotaUsedUp { .. }
            | Self::ContextTooLong { .. }
            | Self::Budget { .. }
            | Self::DayBudget { .. }
            | Self::NoLedger
            | Self::InvalidRequest { .. }
            | Self::Rejected { .. }
            | Self::NotAStream { .. }
            | Self::Malformed { .. }
            | Self::Empty
            | Self::NoFirstToken { .. }
            | Self::CallTooLong { .. }
            | Self::Silent { .. } => Retry::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VendorMessage;

    #[test]
    fn temporary_failures_are_retried() {
        let message = VendorMessage::default();
        let wait = Some(Duration::from_secs(7));
        let upstream = |retry_after| ProviderError::Upstream {
            status: 529,
            retry_after,
            message: message.clone(),
        };
        let in_stream = |code: Option<&str>| ProviderError::InStream {
            message: message.clone(),
            code: code.map(str::to_owned),
        };
        for (error, retry) in [
            (upstream(wait), Retry::After(wait)),
            (upstream(None), Retry::After(None)),
            (ProviderError::Dropped, Retry::After(None)),
            (
                ProviderError::unreachable("refused", None),
                Retry::After(None),
            ),
            (in_stream(Some("Overloaded_Error")), Retry::After(None)),
            (in_stream(None), Retry::After(None)),
            (in_stream(Some("content_filter")), Retry::Never),
            (ProviderError::Empty, Retry::Never),
            (ProviderError::MissingKey, Retry::Never),
        ] {
            assert_eq!(error.retry(), retry, "{error:?}");
        }
    }

    #[test]
    fn a_reason_says_what_happened_and_gives_no_advice() {
        let upstream = |said: &str| ProviderError::Upstream {
            status: 503,
            retry_after: None,
            message: VendorMessage::new(said, None),
        };
        let cause = "The model provider has a problem of its own (503)";
        assert_eq!(upstream("").reason_to_retry(), format!("{cause}."));
        assert_eq!(
            upstream("Overloaded.").reason_to_retry(),
            format!("{cause}: Overloaded.")
        );
    }
}
