//! Finds the cause of a failure. `cases.json` lists all cases.

use serde_json::Value;

use super::{Cause, Check, Finding, HttpAnswer};
use crate::{
    callable::Callable,
    client::Close,
    door::{HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED},
    final_close::FinalClose,
    naming,
};

/// The maximum length of a quoted server text.
const MAX_SEEN_CHARS: usize = 400;

/// The method that the check calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Echo,
    Storage,
    Model,
}

impl Call {
    pub(super) const fn check(self) -> Check {
        match self {
            Self::Echo => Check::Echo,
            Self::Storage => Check::Storage,
            Self::Model => Check::Model,
        }
    }

    pub(super) const fn method(self) -> &'static str {
        let callable = match self {
            Self::Echo => Callable::Echo,
            Self::Storage => Callable::CheckStorage,
            Self::Model => Callable::CheckModel,
        };
        callable.as_str()
    }
}

/// The statement of `/health`.
pub(super) enum Health {
    /// Ready to answer messages.
    Ready,
    /// A Coder that is not set up.
    NotSetUp(Finding),
    /// Not the answer of a Coder server.
    Strange(Finding),
}

/// The cause of a missing answer, from the error's code or text.
pub(super) fn no_answer(error: String) -> Finding {
    // The error codes of getaddrinfo, as Node has them.
    let cause = if error == "ENOTFOUND" || error.starts_with("EAI_") {
        Cause::UnknownHost
    } else {
        Cause::Unreachable
    };
    cause.seen(error)
}

pub(super) fn health(answer: &HttpAnswer) -> Health {
    let said: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let text = |key: &str| said.get(key).and_then(Value::as_str);
    match (answer.status, text("status")) {
        (Some(200), Some("ok")) => return Health::Ready,
        (Some(_), Some("error")) => {
            return Health::NotSetUp(Cause::NotSetUp.seen(cut(text("error").unwrap_or_default())));
        }
        (Some(_) | None, _) => {}
    }
    if let Some(finding) = refused(answer) {
        return Health::Strange(finding);
    }
    let cause = match answer.status {
        None => Cause::Unreachable,
        Some(404) => Cause::WrongPath,
        Some(0 | 300..=399 | 401 | 403) => Cause::Refused,
        Some(500..=599) => Cause::ServerFailed,
        Some(_) => Cause::NotCoder,
    };
    Health::Strange(cause.seen(status_words(answer)))
}

/// The cause of a failed upgrade, from the agent's HTTP answer.
pub(super) fn upgrade(answer: &HttpAnswer) -> Finding {
    if let Some(finding) = refused(answer) {
        return finding;
    }
    let cause = match answer.status {
        None => Cause::Unreachable,
        Some(400) if answer.body.starts_with("Invalid request") => Cause::WrongAgent,
        Some(404) => Cause::NoAgents,
        Some(0 | 300..=399 | 401 | 403) => Cause::Refused,
        Some(500..=599) => Cause::AgentFailed,
        Some(_) => Cause::NoUpgrade,
    };
    cause.seen(status_words(answer))
}

/// The cause of an ended connection. `error`: the failure that the agent reported before.
pub(super) fn close(close: &Close, error: Option<&str>) -> Finding {
    const NOT_ALLOWED: u16 = FinalClose::NotAllowed.code();
    const UNREADABLE: u16 = FinalClose::Unreadable.code();
    let cause = match close.code {
        NOT_ALLOWED => door(&close.reason).unwrap_or(Cause::Refused),
        1011 | UNREADABLE => Cause::AgentFailed,
        1008 | 3000 | 3003 | 4000..=4999 => Cause::Refused,
        _ => Cause::Closed,
    };
    let seen = match error {
        Some(error) => cut(error),
        None => format!(
            "closed with code {}: {}",
            close.code,
            cut(&close.meaning_or_reason())
        ),
    };
    cause.seen(seen)
}

/// The cause of a refusal by the server's admission check, from its answer.
fn refused(answer: &HttpAnswer) -> Option<Finding> {
    if answer.status != Some(403) {
        return None;
    }
    let said: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let words = said.get("error").and_then(Value::as_str);
    let words = words.unwrap_or(&answer.body).trim_end();
    door(words).map(|cause| cause.seen(cut(words)))
}

/// The refusal of the admission check that begins with this text.
fn door(words: &str) -> Option<Cause> {
    if words.starts_with(HOST_NOT_ALLOWED) {
        Some(Cause::RefusedHost)
    } else {
        words
            .starts_with(ORIGIN_NOT_ALLOWED)
            .then_some(Cause::RefusedOrigin)
    }
}

/// Whether the identity is that of the requested agent.
pub(super) fn identity(wanted: (&str, &str), agent: &str, name: &str) -> Result<(), Finding> {
    let (wanted_agent, wanted_name) = wanted;
    if naming::fold_agent(agent) != naming::fold_agent(wanted_agent) {
        return Err(Cause::OtherAgent.seen(cut(agent)));
    }
    // Some servers decode the name.
    if name != wanted_name && naming::encode_segment(name) != wanted_name {
        return Err(Cause::OtherName.seen(cut(name)));
    }
    Ok(())
}

/// The cause of a failed call, from its answer.
pub(super) fn refusal(call: Call, error: &str) -> Finding {
    let cause = match call {
        _ if error.starts_with("Method ") => Cause::NoMethod,
        Call::Echo => Cause::NoMethod,
        Call::Storage => Cause::Storage,
        Call::Model => Cause::Model,
    };
    cause.seen(cut(error))
}

/// The text of a frame `{"error": …}`, which precedes the close code 1011.
pub(super) fn error_frame(text: &str) -> Option<String> {
    let said: Value = serde_json::from_str(text).ok()?;
    Some(said.get("error")?.as_str()?.to_owned())
}

fn status_words(answer: &HttpAnswer) -> String {
    match answer.status {
        None => String::new(),
        Some(0) => "a redirection".to_owned(),
        Some(status) => format!("HTTP {status}"),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_SEEN_CHARS).collect()
}
