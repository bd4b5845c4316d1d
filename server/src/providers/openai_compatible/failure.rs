//! From what a vendor says about its failure to a typed error.

use std::time::Duration;

use common::time::Timestamp;
use serde_json::Value;

use super::{
    ProviderSettings,
    chunk::{Chunk, VendorError},
    retry_after,
};
use crate::providers::{ModelRequest, ProviderError, Secret, VendorMessage};

/// A body larger than this is a page for people; only its beginning is looked at.
const MAX_ERROR_BODY_BYTES: usize = 64 * 1024;

/// What matters of a response before its body.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResponseHead<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The header `Retry-After`.
    pub retry_after: Option<&'a str>,
}

impl ResponseHead<'_> {
    /// Whether the body goes to a [`Decoder`](super::Decoder); otherwise it goes to [`error_from_response`].
    #[must_use]
    pub fn is_stream(&self) -> bool {
        // Small servers forget the type or call everything plain text; what follows them may well be a stream.
        let may_stream = [
            "",
            "text/event-stream",
            "text/plain",
            "application/octet-stream",
        ];
        (200..300).contains(&self.status) && may_stream.contains(&self.essence().as_str())
    }

    /// The content type without its parameters.
    fn essence(&self) -> String {
        let content_type = self.content_type.unwrap_or_default();
        content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }
}

/// Whether a server turned the request down because its model takes no tools, or the server was started without them.
/// There is no code for it: these are the words of Ollama, OpenRouter, vLLM and llama.cpp.
#[must_use]
pub fn refuses_tools(status: u16, body: &[u8]) -> bool {
    let body = String::from_utf8_lossy(body.get(..MAX_ERROR_BODY_BYTES).unwrap_or(body));
    let body = body.to_ascii_lowercase();
    let says_why = [
        "not support tool",
        "support tool use",
        "support tool calling",
        "support function calling",
        "tools are not supported",
        "enable-auto-tool-choice",
        "tools param requires",
    ];
    matches!(status, 400 | 404 | 422 | 500 | 501)
        && says_why.iter().any(|words| body.contains(words))
}

/// What went wrong, from a response that is no stream.
#[must_use]
pub fn error_from_response(
    head: &ResponseHead<'_>,
    body: &[u8],
    request: &ModelRequest,
    settings: &ProviderSettings,
    now: Timestamp,
) -> ProviderError {
    let context = ErrorContext::new(request, settings);
    let body = String::from_utf8_lossy(body.get(..MAX_ERROR_BODY_BYTES).unwrap_or(body));
    let error = vendor_error(&body);
    if (200..300).contains(&head.status) {
        return match error {
            Some(error) => context.in_stream(&error),
            None => {
                let essence = head.essence();
                let content_type = if essence.is_empty() {
                    "no content type".to_owned()
                } else {
                    essence
                };
                ProviderError::NotAStream {
                    content_type,
                    message: context.message(words(&body)),
                }
            }
        };
    }
    let retry_after = head
        .retry_after
        .and_then(|header| retry_after::parse(header, now));
    match error {
        Some(error) => {
            // Two causes that vendors hide behind another status.
            let status = match error.code.as_str() {
                "insufficient_quota" => 402,
                "model_not_found" => 404,
                _ => head.status,
            };
            context.http(status, &error.message, retry_after)
        }
        None => context.http(head.status, words(&body), retry_after),
    }
}

/// What typed errors need besides the vendor's words.
#[derive(Clone, Debug)]
pub(super) struct ErrorContext {
    model: String,
    secret: Option<Secret>,
}

impl ErrorContext {
    pub(super) fn new(request: &ModelRequest, settings: &ProviderSettings) -> Self {
        Self {
            model: settings.model_for(request).to_owned(),
            secret: settings.api_key.clone(),
        }
    }

    pub(super) fn message(&self, text: &str) -> VendorMessage {
        VendorMessage::new(text, self.secret.as_ref())
    }

    /// The error that `status` stands for.
    fn http(&self, status: u16, message: &str, retry_after: Option<Duration>) -> ProviderError {
        let message = self.message(message);
        match status {
            401 => ProviderError::Unauthorized { message },
            402 => ProviderError::PaymentRequired { message },
            404 => ProviderError::ModelNotFound {
                model: self.model.clone(),
                message,
            },
            429 => ProviderError::RateLimited {
                retry_after,
                message,
            },
            408 | 500..=599 => ProviderError::Upstream { status, message },
            _ => ProviderError::Rejected { status, message },
        }
    }

    /// The error reported after the status was already 200.
    pub(super) fn in_stream(&self, error: &VendorError) -> ProviderError {
        let status = match error.code.as_str() {
            "invalid_api_key" | "authentication_error" => Some(401),
            "insufficient_quota" | "insufficient_credits" => Some(402),
            "model_not_found" => Some(404),
            "rate_limit_exceeded" | "rate_limit_error" => Some(429),
            "invalid_request_error" | "context_length_exceeded" => Some(400),
            code => code
                .parse::<u16>()
                .ok()
                .filter(|status| (400..600).contains(status)),
        };
        match status {
            Some(status) => self.http(status, &error.message, None),
            None => ProviderError::InStream {
                message: self.message(&error.message),
                code: Some(self.message(&error.code).as_str().to_owned())
                    .filter(|code| !code.is_empty()),
            },
        }
    }
}

/// The error a whole body reports. Vendors disagree on where it stands.
pub(super) fn vendor_error(body: &str) -> Option<VendorError> {
    let body: Value = serde_json::from_str(body).ok()?;
    // Google wraps the object into a list.
    let body = body.get(0).unwrap_or(&body);
    if let Some(error) = Chunk::parse(&body.to_string()).and_then(|chunk| chunk.error()) {
        return Some(error);
    }
    let detail = body.get("detail")?.as_str()?;
    Some(VendorError {
        message: detail.to_owned(),
        code: String::new(),
    })
}

/// The body as words; markup is not for people to read.
fn words(body: &str) -> &str {
    if body.trim_start().starts_with('<') {
        ""
    } else {
        body
    }
}

#[cfg(test)]
mod tests;
