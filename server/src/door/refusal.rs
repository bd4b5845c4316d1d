//! Why a request is refused, and the response.

use common::{
    door::{HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED},
    http::{ErrorBody, Header},
};
use thiserror::Error;

use super::{Host, Listening, PolicyError};

/// The maximum number of characters repeated from a name.
const MAX_SHOWN_CHARS: usize = 100;

/// The maximum length of a close frame's reason (RFC 6455, section 5.5).
const MAX_REASON_BYTES: usize = 123;

/// Why a request is refused. `Display` is a single line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The `Host` header is missing or empty.
    #[error("{HOST_NOT_ALLOWED}: the request names none")]
    NoHost,
    /// The `Host` header is malformed, or there are several.
    #[error("{HOST_NOT_ALLOWED}: {} is not one host", shown(written))]
    NotOneHost {
        /// The header.
        written: String,
    },
    /// The host is not the server's.
    #[error("{HOST_NOT_ALLOWED}: {} is not in ALLOWED_HOSTS", shown(&host.to_string()))]
    OtherHost {
        /// The host.
        host: Host,
        /// Where the server listens.
        listening: Listening,
    },
    /// The page has a foreign origin that is not admitted.
    #[error("{ORIGIN_NOT_ALLOWED}: {} is not in ALLOWED_ORIGINS", shown(written))]
    OtherOrigin {
        /// The header.
        written: String,
    },
    /// The browser reports that a page of another site sends the request.
    #[error("{ORIGIN_NOT_ALLOWED}: a page of another site sent the request")]
    OtherSite,
}

/// A response, independent of the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalResponse {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<Header>,
    /// The body.
    pub body: String,
}

impl Refusal {
    /// The reason for a close frame.
    #[must_use]
    pub fn close_reason(&self) -> String {
        let mut reason = self.to_string();
        while reason.len() > MAX_REASON_BYTES {
            reason.pop();
        }
        reason
    }

    /// The response to a request that is not a WebSocket: text, or JSON for a client that wants it. `mistake` is an
    /// error in the settings of the admission check.
    #[must_use]
    pub fn answer(&self, accept: Option<&str>, mistake: Option<&PolicyError>) -> RefusalResponse {
        let cure = mistake.map_or_else(|| self.cure(), ToString::to_string);
        let words = format!("{self}. {cure}");
        let (kind, body) = if accept.is_some_and(|accept| accept.contains("application/json")) {
            (
                "application/json",
                ErrorBody::new(words).to_json().to_string(),
            )
        } else {
            ("text/plain; charset=utf-8", format!("{words}\n"))
        };
        RefusalResponse {
            status: 403,
            headers: vec![
                Header::new("Content-Type", kind),
                Header::new("Cache-Control", "no-store"),
                Header::new("X-Content-Type-Options", "nosniff"),
            ],
            body,
        }
    }

    /// The advice.
    fn cure(&self) -> String {
        match self {
            Self::NoHost | Self::NotOneHost { .. } => {
                "Send one Host header with the name and port of this server.".to_owned()
            }
            Self::OtherHost {
                host,
                listening: Listening::Machine { port },
            } => format!(
                "Open http://localhost:{port} on the machine that it runs on. If {} is an address of this server too, add \
                 it to the setting ALLOWED_HOSTS and start the server again.",
                shown(&host.to_string())
            ),
            Self::OtherHost {
                host,
                listening: Listening::Elsewhere,
            } => format!(
                "If {} is an address of this server, add it to the setting ALLOWED_HOSTS and deploy again.",
                shown(&host.to_string())
            ),
            Self::OtherOrigin { .. } => {
                "If its pages may read and change conversations, add it to the setting ALLOWED_ORIGINS. If it is an \
                 address of this server, add its host to ALLOWED_HOSTS."
                    .to_owned()
            }
            Self::OtherSite => {
                "Open the address in a tab of its own. A page that may use this server is named in the setting \
                 ALLOWED_ORIGINS."
                    .to_owned()
            }
        }
    }
}

/// The part of a client's text that is repeated.
fn shown(written: &str) -> String {
    let shown: String = written.chars().take(MAX_SHOWN_CHARS).collect();
    shown.escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Refusal> {
        let host = Host::parse("evil.example:8787").unwrap();
        vec![
            Refusal::NoHost,
            Refusal::NotOneHost {
                written: "a, b".to_owned(),
            },
            Refusal::OtherHost {
                host: host.clone(),
                listening: Listening::Machine { port: 8787 },
            },
            Refusal::OtherHost {
                host,
                listening: Listening::Elsewhere,
            },
            Refusal::OtherOrigin {
                written: "null".to_owned(),
            },
            Refusal::OtherSite,
        ]
    }

    #[test]
    fn an_answer_says_why_and_what_to_do() {
        for refusal in all() {
            let answer = refusal.answer(None, None);
            assert_eq!(answer.status, 403);
            assert!(
                answer.body.starts_with(&refusal.to_string()),
                "{}",
                answer.body
            );
            let cure = answer.body.trim_end().split_once(". ").unwrap().1;
            assert!(cure.len() > 20 && cure.ends_with('.'), "{cure}");
            let known = [HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED];
            assert!(known.iter().any(|known| answer.body.starts_with(known)));
        }
        let host = &all()[2].answer(Some("*/*"), None).body;
        assert_eq!(
            host,
            "Host not allowed: evil.example:8787 is not in ALLOWED_HOSTS. Open http://localhost:8787 on the machine that it runs \
             on. If evil.example:8787 is an address of this server too, add it to the setting ALLOWED_HOSTS and start the \
             server again.\n"
        );
    }

    #[test]
    fn clients_that_want_json_get_it() {
        let answer = Refusal::NoHost.answer(Some("text/html, application/json;q=0.9"), None);
        let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        let text = Refusal::NoHost.answer(None, None).body;
        assert_eq!(body["error"], text.trim_end());
        assert_eq!(answer.headers[0].value, "application/json");
    }

    #[test]
    fn a_setting_that_cannot_be_read_is_the_cure() {
        let mistake = PolicyError::EveryOrigin;
        let body = all()[3].answer(None, Some(&mistake)).body;
        assert!(body.contains("ALLOWED_ORIGINS contains `*`"), "{body}");
    }

    #[test]
    fn a_reason_fits_into_a_close_frame() {
        for refusal in all() {
            let reason = refusal.close_reason();
            assert!(reason.len() <= MAX_REASON_BYTES);
            assert_eq!(reason, refusal.to_string());
        }
        for written in ["a".repeat(5000), "ö\u{1}".repeat(5000)] {
            let reason = Refusal::OtherOrigin { written }.close_reason();
            assert!(reason.starts_with(ORIGIN_NOT_ALLOWED) && reason.len() <= MAX_REASON_BYTES);
        }
    }
}
