//! Events and their log lines.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat};
use common::time::Timestamp;
use serde_json::{Map, Value, json};

use super::{Hashed, Level};

/// An event for the operators of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A request was answered, or a connection was opened.
    Request {
        /// The kind of request.
        route: Route,
        /// The method.
        method: &'a str,
        /// The status of the response; 101: a connection was opened.
        status: u16,
        /// The time until the response began.
        took: Duration,
    },
    /// A connection was opened and closed at once, since browsers do not report why an upgrade failed.
    Refused {
        /// The guard that refused it.
        by: Guard,
    },
    /// A turn has settled.
    Turn {
        /// The turn.
        turn: Hashed,
        /// Its outcome.
        outcome: Outcome<'a>,
        /// The time since it began to run in the awake object.
        took: Duration,
    },
    /// A model call has ended.
    ModelCall {
        /// The model.
        model: &'a str,
        /// Its outcome.
        outcome: Outcome<'a>,
        /// The time until the first token; `None`: there was none.
        first_token: Option<Duration>,
        /// The time until its end.
        took: Duration,
    },
    /// A tool has run.
    ToolCall {
        /// The tool.
        tool: &'a str,
        /// Its outcome.
        outcome: Outcome<'a>,
        /// Its duration.
        took: Duration,
    },
}

/// The kind of a request. Addresses contain names of conversations and files, so they are not logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// A page.
    Page,
    /// A conversation, over HTTP or a connection.
    Agent,
    /// Whether a turn can be answered.
    Health,
    /// The build of the server.
    Version,
    /// The counters.
    Metrics,
}

impl Route {
    /// The word in lines and counters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Agent => "agent",
            Self::Health => "health",
            Self::Version => "version",
            Self::Metrics => "metrics",
        }
    }
}

/// The part of the server that refuses a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Guard {
    /// The door: another host or another page's origin.
    Door,
    /// The sign-in: the caller is not signed in, or the conversation belongs to another person.
    SignIn,
}

impl Guard {
    /// The word in lines and counters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Door => "door",
            Self::SignIn => "sign-in",
        }
    }
}

/// The outcome of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// Success.
    Completed,
    /// It was cancelled, or no longer wanted.
    Aborted,
    /// It never ran.
    Skipped,
    /// It needs an approval.
    Asked,
    /// It failed, for the reason with this stable name.
    Failed(&'a str),
}

impl<'a> Outcome<'a> {
    /// The word in lines and counters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Aborted => "aborted",
            Self::Skipped => "skipped",
            Self::Asked => "asked",
            Self::Failed(_) => "failed",
        }
    }

    /// The reason of a failure.
    #[must_use]
    pub const fn cause(self) -> Option<&'a str> {
        match self {
            Self::Failed(cause) => Some(cause),
            Self::Completed | Self::Aborted | Self::Skipped | Self::Asked => None,
        }
    }

    const fn level(self) -> Level {
        match self {
            Self::Failed(_) => Level::Warn,
            Self::Completed | Self::Aborted | Self::Skipped | Self::Asked => Level::Info,
        }
    }
}

/// The request, conversation and user of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// The id of the request.
    pub request: Option<String>,
    /// The conversation.
    pub conversation: Option<Hashed>,
    /// The user.
    pub user: Option<Hashed>,
}

impl Event<'_> {
    /// Its level.
    #[must_use]
    pub const fn level(&self) -> Level {
        match self {
            Self::Request { status, .. } => match status {
                500.. => Level::Error,
                401 | 403 | 413 | 429 => Level::Warn,
                _ => Level::Debug,
            },
            Self::Refused { .. } => Level::Warn,
            Self::Turn { outcome, .. }
            | Self::ModelCall { outcome, .. }
            | Self::ToolCall { outcome, .. } => outcome.level(),
        }
    }

    /// Its line: a JSON object without line breaks.
    #[must_use]
    pub fn line(&self, at: Timestamp, who: &Who) -> String {
        let mut fields = Map::new();
        let mut put = |name: &str, value: Value| {
            if !value.is_null() {
                fields.insert(name.to_owned(), value);
            }
        };
        put("time", json!(written(at)));
        put("level", json!(self.level().name()));
        let outcome_of =
            |outcome: &Outcome<'_>| (outcome.name(), outcome.cause().map(str::to_owned));
        let (name, took, outcome) = match self {
            Self::Request {
                route,
                method,
                status,
                took,
            } => {
                put("route", json!(route.name()));
                put("method", json!(method));
                put("status", json!(status));
                ("request", Some(took), None)
            }
            Self::Refused { by } => {
                put("by", json!(by.name()));
                ("refused", None, None)
            }
            Self::Turn {
                turn,
                outcome,
                took,
            } => {
                put("turn", json!(turn.as_str()));
                ("turn", Some(took), Some(outcome_of(outcome)))
            }
            Self::ModelCall {
                model,
                outcome,
                first_token,
                took,
            } => {
                put("model", json!(first_of(model)));
                put("firstTokenMs", json!(first_token.map(milliseconds)));
                ("model_call", Some(took), Some(outcome_of(outcome)))
            }
            Self::ToolCall {
                tool,
                outcome,
                took,
            } => {
                put("tool", json!(tool));
                ("tool_call", Some(took), Some(outcome_of(outcome)))
            }
        };
        put("event", json!(name));
        put("ms", json!(took.copied().map(milliseconds)));
        if let Some((outcome, cause)) = outcome {
            put("outcome", json!(outcome));
            put("cause", json!(cause));
        }
        put("requestId", json!(who.request));
        put(
            "conversation",
            json!(who.conversation.as_ref().map(Hashed::as_str)),
        );
        put("user", json!(who.user.as_ref().map(Hashed::as_str)));
        Value::Object(fields).to_string()
    }
}

/// A client may name any model: only this much of the name is logged.
const MODEL_CHARS: usize = 80;

fn first_of(model: &str) -> String {
    model.chars().take(MODEL_CHARS).collect()
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// RFC 3339, in UTC, to the millisecond.
fn written(at: Timestamp) -> Option<String> {
    let millis = i64::try_from(at.as_millis()).ok()?;
    let moment = DateTime::from_timestamp_millis(millis)?;
    Some(moment.to_rfc3339_opts(SecondsFormat::Millis, true))
}

#[cfg(test)]
mod tests;
