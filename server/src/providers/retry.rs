//! Whether a model call that failed may be made again.

use std::time::Duration;

use super::ProviderError;

/// Whether to ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The same request would fail again, or cost again.
    Never,
    /// After this long; `None`: the provider did not say.
    After(Option<Duration>),
}

/// Codes of failures in a stream that pass.
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
    /// Whether the same request may be sent again. This looks at the failure alone: once words of the answer were shown,
    /// no request may be repeated as if nothing had happened.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Upstream { retry_after, .. } => {
                Retry::After(*retry_after)
            }
            Self::Unreachable { .. } | Self::Dropped => Retry::After(None),
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
    use crate::providers::VendorMessage;

    #[test]
    fn what_passes_is_tried_again() {
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
}
