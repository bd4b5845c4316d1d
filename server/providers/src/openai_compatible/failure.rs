//! Turns a vendor's failure into a typed error.

use std::time::Duration;

use common::{secret::Secret, time::Timestamp};

use super::{ProviderSettings, message_index, too_long, vendor_error::VendorError, waits};
use crate::{ModelMessage, ModelRequest, ProviderError, VendorMessage};

/// The relevant fields of a response head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseHead {
    /// The HTTP status.
    pub status: u16,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The wait that the headers request.
    pub retry_after: Option<Duration>,
}

impl ResponseHead {
    /// Reads the head; `header` returns a header by name, regardless of case.
    #[must_use]
    pub fn read(status: u16, header: impl Fn(&str) -> Option<String>, now: Timestamp) -> Self {
        Self {
            status,
            content_type: header("content-type"),
            retry_after: waits::from_headers(header, now),
        }
    }

    /// Whether the body may be a model's answer. Small servers omit the type or give a wrong one, but an HTML page is
    /// never an answer.
    pub(super) fn may_answer(&self) -> bool {
        let essence = self.essence();
        let is_page = essence == "text/html" || essence.starts_with("image/");
        (200..300).contains(&self.status) && !is_page
    }

    /// Whether the body may be an event stream.
    pub(super) fn may_stream(&self) -> bool {
        matches!(
            self.essence().as_str(),
            "" | "text/event-stream" | "text/plain" | "application/octet-stream"
        )
    }

    /// The content type without its parameters.
    fn essence(&self) -> String {
        let content_type = self.content_type.as_deref().unwrap_or_default();
        content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }
}

/// The context of an error, besides the vendor's text.
#[derive(Clone, Debug)]
pub(super) struct ErrorContext {
    model: String,
    secret: Option<Secret>,
    /// The number of instruction messages in the request.
    instructions: usize,
}

/// The cause of a failure, regardless of the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Key,
    Payment,
    Model,
    Day,
    Rate,
    Overload,
    Filter,
    Request,
}

/// Codes and types for each cause, in order of precedence.
const CODES: [(Cause, &[&str]); 7] = [
    (
        Cause::Payment,
        &[
            "insufficient_quota",
            "insufficient_credits",
            "insufficient_balance",
            "exceeded_current_quota_error",
            "billing_hard_limit_reached",
            "billing_error",
            "arrearage",
        ],
    ),
    (
        Cause::Filter,
        &[
            "content_filter",
            "content_policy_violation",
            "data_inspection_failed",
            "datainspectionfailed",
            "moderation",
        ],
    ),
    (
        Cause::Key,
        &[
            "invalid_api_key",
            "authentication_error",
            "invalid_authentication_error",
            "unauthenticated",
        ],
    ),
    (Cause::Model, &["model_not_found", "modelnotfound"]),
    (
        Cause::Rate,
        &[
            "rate_limit_exceeded",
            "rate_limit_error",
            "rate_limit_reached_error",
            "rate_limit",
            "rate_limited",
            "resource_exhausted",
            "throttlingexception",
        ],
    ),
    (
        Cause::Overload,
        &[
            "overloaded_error",
            "overloaded",
            "engine_overloaded_error",
            "server_overloaded",
        ],
    ),
    (
        Cause::Request,
        &["invalid_request_error", "invalid_argument"],
    ),
];

/// Phrases for each cause, used when neither code nor status decides.
const WORDS: [(Cause, &[&str]); 5] = [
    (
        Cause::Payment,
        &[
            "credit balance is too low",
            "insufficient balance",
            "insufficient credits",
            "requires more credits",
        ],
    ),
    (
        Cause::Key,
        &["api key not valid", "invalid api key", "incorrect api key"],
    ),
    (
        Cause::Model,
        &["is not a valid model id", "model does not exist"],
    ),
    (
        Cause::Filter,
        &["content management policy", "inappropriate content"],
    ),
    // A chat template that rejects the messages, which local servers report as an internal failure.
    (
        Cause::Request,
        &[
            "jinja",
            "chat template",
            "roles must alternate",
            "error rendering prompt",
            "raise_exception",
        ],
    ),
];

/// Phrases about limits that no short wait lifts.
const DAYS: [&str; 9] = [
    "per day",
    "per-day",
    "perday",
    "daily",
    "(rpd)",
    "(tpd)",
    "per month",
    "per week",
    "weekly",
];

impl Cause {
    fn of(status: Option<u16>, error: &VendorError) -> Option<Self> {
        let words = error.all_words();
        let says = |any: &[&str]| any.iter().any(|known| words.contains(known));
        let by_code = CODES.iter().find(|(_, codes)| error.is_any(codes));
        let mut cause = by_code.map(|(cause, _)| *cause);
        if matches!(status, Some(400 | 500)) && matches!(cause, None | Some(Self::Request)) {
            let by_words = WORDS.iter().find(|(_, words)| says(words));
            cause = by_words.map(|(cause, _)| *cause).or(cause);
        }
        let is_rate = cause == Some(Self::Rate) || (cause.is_none() && status == Some(429));
        if is_rate && says(&DAYS) {
            return Some(Self::Day);
        }
        cause
    }
}

impl ErrorContext {
    pub(super) fn new(request: &ModelRequest, settings: &ProviderSettings) -> Self {
        let is_instruction = |message: &ModelMessage| matches!(message, ModelMessage::System(_));
        Self {
            model: settings.model_for(request).to_owned(),
            secret: settings.api_key.clone(),
            // All of them are sent as one message.
            instructions: usize::from(request.messages.first().is_some_and(is_instruction)),
        }
    }

    pub(super) fn message(&self, text: &str) -> VendorMessage {
        VendorMessage::new(text, self.secret.as_ref())
    }

    /// The error without the key.
    pub(super) fn redacted(&self, mut error: VendorError) -> VendorError {
        if let Some(secret) = &self.secret {
            let fields = [
                &mut error.message,
                &mut error.code,
                &mut error.kind,
                &mut error.param,
                &mut error.details,
            ];
            for field in fields {
                *field = secret.redact(field);
            }
        }
        error
    }

    /// The error for a response that is not a success.
    pub(super) fn in_response(&self, head: &ResponseHead, body: &[u8]) -> ProviderError {
        let body = String::from_utf8_lossy(body);
        match VendorError::of_body(&body) {
            Some(error) if head.status < 300 => self.in_stream(&error),
            Some(error) => self.typed(Some(head.status), &error, head.retry_after),
            None if head.status < 300 => self.no_answer(head, &body),
            None => {
                let error = VendorError::of_words(words(&body));
                self.typed(Some(head.status), &error, head.retry_after)
            }
        }
    }

    /// The error for a body that is not a model's answer.
    pub(super) fn no_answer(&self, head: &ResponseHead, body: &str) -> ProviderError {
        let essence = head.essence();
        let content_type = if essence.is_empty() {
            "no content type".to_owned()
        } else {
            essence
        };
        ProviderError::NotAStream {
            content_type,
            message: self.message(words(body)),
        }
    }

    /// The error reported after a status of 200.
    pub(super) fn in_stream(&self, error: &VendorError) -> ProviderError {
        self.typed(error.status(), error, None)
    }

    fn typed(
        &self,
        status: Option<u16>,
        error: &VendorError,
        retry_after: Option<Duration>,
    ) -> ProviderError {
        let message = self.message(&error.message);
        if let Some(limit) = too_long::limit(status, error) {
            return ProviderError::ContextTooLong { limit, message };
        }
        let retry_after = retry_after
            .or_else(|| waits::from_words(&error.details))
            .or_else(|| waits::from_words(&error.message));
        match (Cause::of(status, error), status) {
            (Some(Cause::Key), _) | (None, Some(401)) => ProviderError::Unauthorized { message },
            (Some(Cause::Payment), _) | (None, Some(402)) => {
                ProviderError::PaymentRequired { message }
            }
            (Some(Cause::Model), _) => self.unknown_model(message),
            (Some(Cause::Day), _) => ProviderError::QuotaUsedUp { message },
            (Some(Cause::Rate), _) => ProviderError::RateLimited {
                retry_after,
                message,
            },
            (Some(Cause::Overload), None) => ProviderError::Upstream {
                status: 529,
                retry_after,
                message,
            },
            (Some(Cause::Filter), status) => ProviderError::Rejected {
                status: status.unwrap_or(400),
                message,
            },
            (Some(Cause::Request), None | Some(400 | 422 | 500)) | (None, Some(400 | 422)) => {
                ProviderError::InvalidRequest {
                    status: status.unwrap_or(400),
                    index: message_index::find(&error.message, self.instructions)
                        .or_else(|| message_index::find(&error.param, self.instructions)),
                    message,
                }
            }
            (_, Some(401)) => ProviderError::Unauthorized { message },
            (_, Some(402)) => ProviderError::PaymentRequired { message },
            (_, Some(404)) => self.unknown_model(message),
            (_, Some(429)) => ProviderError::RateLimited {
                retry_after,
                message,
            },
            // A feature that the server has not implemented stays missing.
            (_, Some(status @ (501 | 505))) => ProviderError::Rejected { status, message },
            (_, Some(status @ (408 | 409 | 425 | 500..=599))) => ProviderError::Upstream {
                status,
                retry_after,
                message,
            },
            (_, Some(status)) => ProviderError::Rejected { status, message },
            (None, None) => ProviderError::InStream {
                message,
                code: Some(self.message(&error.code).as_str().to_owned())
                    .filter(|code| !code.is_empty()),
            },
        }
    }

    fn unknown_model(&self, message: VendorMessage) -> ProviderError {
        ProviderError::ModelNotFound {
            model: self.model.clone(),
            message,
        }
    }
}

/// The body as text; markup is dropped.
pub(super) fn words(body: &str) -> &str {
    if body.trim_start().starts_with('<') {
        ""
    } else {
        body
    }
}

#[cfg(test)]
mod tests;
