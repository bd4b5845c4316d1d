//! What goes wrong with GitHub, each with a sentence that tells the cause and the next step.

use chrono::DateTime;
use serde::Deserialize;
use thiserror::Error;

use crate::{Api, Head, Request};

/// Why a request to GitHub failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GithubError {
    /// The server could not be reached, or the connection broke.
    #[error("GitHub could not be reached for the {subject}: {reason}. Try again in a moment.")]
    Unreached {
        /// What was requested.
        subject: String,
        /// The reason.
        reason: String,
    },
    /// 401: the token is not accepted.
    #[error(
        "GitHub does not accept the server's token: it has expired or was revoked. Whoever runs the server has to set a new GITHUB_TOKEN."
    )]
    Token,
    /// 401 or 403 without a token.
    #[error(
        "GitHub answers this only to people who are signed in (for the {subject}): whoever runs the server has to set GITHUB_TOKEN."
    )]
    NeedsToken {
        /// What was requested.
        subject: String,
    },
    /// The requests of the hour are used up.
    #[error("GitHub's limit of requests is used up{}.{}", until(*.resets_at), if *.has_token { "" } else { " Without GITHUB_TOKEN it is 60 an hour, with one 5,000." })]
    Rate {
        /// When it ends, in seconds since 1970.
        resets_at: Option<u64>,
        /// Whether a token was sent.
        has_token: bool,
    },
    /// Too many requests in a short time.
    #[error("GitHub asks for a pause, since there were too many requests in a short time: {}.", pause(*.seconds))]
    Pause {
        /// How long, in seconds.
        seconds: Option<u64>,
    },
    /// 403: the repository is archived.
    #[error(
        "The {subject} is archived: it can be read, but nothing can be changed. Its owner can unarchive it on GitHub."
    )]
    Archived {
        /// What was requested.
        subject: String,
    },
    /// 403: the organisation wants the token to be authorised.
    #[error(
        "The organisation of the {subject} requires single sign-on: authorise the server's token for it on GitHub, under Settings, Developer settings."
    )]
    SingleSignOn {
        /// What was requested.
        subject: String,
    },
    /// 403: the token lacks a permission.
    #[error(
        "The server's token may not do this with the {subject} (GitHub says: {message}). It needs the permissions Contents and Pull requests, \
         with write access for changes; for a repository of somebody else, open a fork of it."
    )]
    Forbidden {
        /// What was requested.
        subject: String,
        /// GitHub's reason.
        message: String,
    },
    /// 404.
    #[error("GitHub has no {subject}{}", if *.has_token { ", or the server's token may not see it." } else { ", or it is private: private repositories need GITHUB_TOKEN." })]
    NotFound {
        /// What was requested.
        subject: String,
        /// Whether a token was sent.
        has_token: bool,
    },
    /// 409: the repository has no commits.
    #[error(
        "The {subject} is empty: it has no commits. Create a first one on GitHub, such as a README."
    )]
    Empty {
        /// What was requested.
        subject: String,
    },
    /// 409 or 422 for a branch that moved.
    #[error(
        "The {branch} has got other commits in the meantime, so nothing was pushed. Choose another name for the branch."
    )]
    NotFastForward {
        /// The branch.
        branch: String,
    },
    /// A protected branch.
    #[error(
        "The {branch} is protected (GitHub says: {message}). Choose another name for the branch."
    )]
    Protected {
        /// The branch.
        branch: String,
        /// GitHub's reason.
        message: String,
    },
    /// 410: a feature is switched off.
    #[error(
        "The {subject} cannot be read: the repository has this feature switched off, or it was deleted."
    )]
    Gone {
        /// What was requested.
        subject: String,
    },
    /// 422 and other refusals.
    #[error("GitHub refuses the {subject}: {message}.")]
    Refused {
        /// What was requested.
        subject: String,
        /// GitHub's reason.
        message: String,
    },
    /// 451.
    #[error(
        "The {subject} is not available for legal reasons, such as a takedown notice (GitHub answers 451)."
    )]
    Blocked {
        /// What was requested.
        subject: String,
    },
    /// A redirect to a place that is not followed.
    #[error(
        "GitHub redirects the {subject} to {host}, which is not followed, since the token must not go there. Use the present name of the repository."
    )]
    Redirected {
        /// What was requested.
        subject: String,
        /// The host of the address.
        host: String,
    },
    /// 5xx.
    #[error(
        "GitHub is not working at the moment (it answers {status} for the {subject}). Try again in a few minutes."
    )]
    Down {
        /// What was requested.
        subject: String,
        /// The status.
        status: u16,
    },
    /// The answer cannot be read.
    #[error("GitHub's answer for the {subject} cannot be read: {reason}.")]
    Unreadable {
        /// What was requested.
        subject: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The answer is too large.
    #[error(
        "GitHub's answer for the {subject} is larger than {limit} bytes. Ask for a smaller part."
    )]
    TooLarge {
        /// What was requested.
        subject: String,
        /// The limit in bytes.
        limit: usize,
    },
}

/// What GitHub writes about an error.
#[derive(Debug, Default, Deserialize)]
struct ErrorBody {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<serde_json::Value>,
}

/// One of the causes.
#[derive(Debug, Default, Deserialize)]
struct Detail {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    code: Option<String>,
}

/// The longest reason that is repeated.
const MESSAGE_CHARS: usize = 300;

impl GithubError {
    /// The error of an answer that is no success. GitHub tells some causes apart only in its text; headers and statuses are
    /// looked at first.
    pub(crate) fn of(api: &Api, request: &Request, head: &Head, body: &[u8]) -> Self {
        let subject = request.subject.clone();
        let has_token = api.has_token;
        let body: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
        let said = body.message.to_ascii_lowercase();
        let message = body.words();
        match head.status {
            401 if has_token => Self::Token,
            401 => Self::NeedsToken { subject },
            403 | 429 => Self::of_403(api, request, head, &said, message),
            404 => Self::NotFound { subject, has_token },
            409 if said.contains("empty") => Self::Empty { subject },
            410 => Self::Gone { subject },
            422 if said.contains("fast forward") => Self::NotFastForward { branch: subject },
            409 | 422 if said.contains("protected") || said.contains("rule violations") => {
                Self::Protected {
                    branch: subject,
                    message,
                }
            }
            451 => Self::Blocked { subject },
            status @ 500..=599 => Self::Down { subject, status },
            _ => Self::Refused { subject, message },
        }
    }

    fn of_403(api: &Api, request: &Request, head: &Head, said: &str, message: String) -> Self {
        let subject = request.subject.clone();
        let number =
            |text: &Option<String>| text.as_deref().and_then(|text| text.trim().parse().ok());
        if let Some(seconds) = number(&head.retry_after) {
            return Self::Pause {
                seconds: Some(seconds),
            };
        }
        if head.rate_remaining.as_deref() == Some("0") {
            return Self::Rate {
                resets_at: number(&head.rate_reset),
                has_token: api.has_token,
            };
        }
        if head.status == 429 || said.contains("secondary rate limit") || said.contains("abuse") {
            return Self::Pause { seconds: None };
        }
        if head.single_sign_on.is_some() {
            return Self::SingleSignOn { subject };
        }
        if said.contains("archived") {
            return Self::Archived { subject };
        }
        if said.contains("protected") {
            return Self::Protected {
                branch: subject,
                message,
            };
        }
        if !api.has_token {
            return Self::NeedsToken { subject };
        }
        Self::Forbidden { subject, message }
    }
}

impl ErrorBody {
    /// The reason as one line.
    fn words(&self) -> String {
        let mut words = vec![self.message.trim_end_matches('.').to_owned()];
        for error in &self.errors {
            if let Some(text) = error.as_str() {
                words.push(text.trim_end_matches('.').to_owned());
                continue;
            }
            let detail = Detail::deserialize(error).unwrap_or_default();
            match (detail.message, detail.field, detail.code) {
                (Some(text), _, _) => words.push(text.trim_end_matches('.').to_owned()),
                (None, Some(field), Some(code)) => words.push(format!("{field} is {code}")),
                (None, _, _) => {}
            }
        }
        words.retain(|text| !text.is_empty());
        if words.is_empty() {
            return "it gives no reason".to_owned();
        }
        let line: String = words.join("; ");
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        line.chars().take(MESSAGE_CHARS).collect()
    }
}

fn until(resets_at: Option<u64>) -> String {
    let at = resets_at.and_then(|seconds| i64::try_from(seconds).ok());
    match at.and_then(|seconds| DateTime::from_timestamp(seconds, 0)) {
        Some(at) => format!(" until {} UTC", at.format("%H:%M")),
        None => String::new(),
    }
}

fn pause(seconds: Option<u64>) -> String {
    match seconds {
        Some(seconds) => format!("try again in {seconds} s"),
        None => "try again in a minute or later".to_owned(),
    }
}

#[cfg(test)]
mod tests;
