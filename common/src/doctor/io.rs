//! The inputs and effects of the doctor's machine.

use crate::{client::Close, time::Timestamp};

/// A check. Checks run in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The address answers.
    Address,
    /// A Coder server answers over HTTP.
    Http,
    /// The server is set up.
    Setup,
    /// A WebSocket opens.
    Upgrade,
    /// The identity is that of the requested agent.
    Identity,
    /// The agent answers a call.
    Echo,
    /// The agent writes to its storage and reads the value back.
    Storage,
    /// The model answers; runs only on request.
    Model,
}

/// The outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// Not started.
    Waiting,
    /// In progress.
    Running,
    /// Passed.
    Passed {
        /// How long the check took.
        millis: u64,
    },
    /// Failed.
    Failed {
        /// How long the check took.
        millis: u64,
        /// The finding.
        finding: Finding,
    },
    /// Skipped, since an earlier check failed.
    Skipped,
    /// Not requested.
    NotAsked,
}

/// The finding of a failed check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The cause.
    pub cause: Cause,
    /// The evidence, such as a status or the server's text.
    pub seen: String,
}

/// Why a check fails. `words.json` has the texts for each cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// There was no answer of any kind.
    Unreachable,
    /// The name of the server cannot be resolved; only a terminal can tell this from a missing answer.
    UnknownHost,
    /// There was no answer in time.
    Silent,
    /// The server wants a sign-in: a sign-in page, a redirect, or a close code that refuses.
    Refused,
    /// The server does not serve the host of this address.
    RefusedHost,
    /// The server does not admit pages of this origin.
    RefusedOrigin,
    /// 404 in place of the health report.
    WrongPath,
    /// The answer is not that of a Coder server.
    NotCoder,
    /// A server error that does not come from Coder.
    ServerFailed,
    /// The server reports a wrong setting.
    NotSetUp,
    /// 400 `Invalid request`.
    WrongAgent,
    /// 404 under the agents' prefix.
    NoAgents,
    /// Any other answer to the upgrade request.
    NoUpgrade,
    /// A server error in answer to the upgrade request, or the close code 1011.
    AgentFailed,
    /// Any other end of the connection.
    Closed,
    /// No frame arrived.
    Swallowed,
    /// Frames arrived, but no identity.
    NoIdentity,
    /// The identity of another instance.
    OtherName,
    /// The identity of another agent.
    OtherAgent,
    /// The call was not answered in time.
    NoReply,
    /// The call returned another value than the one sent.
    Garbled,
    /// The call was refused.
    NoMethod,
    /// The storage failed.
    Storage,
    /// The model failed.
    Model,
}

/// Whether to check the model, which costs money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Skip the model.
    NoModel,
    /// Check the model.
    Model,
}

/// A URL to fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The server's root.
    Any,
    /// The server's health report.
    Health,
    /// The agent's `get-messages`, which shows the reason for a refusal: browsers hide why an upgrade failed.
    Agent,
}

/// An answer over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status; 0 when a browser hides a redirect; `None` without an answer.
    pub status: Option<u16>,
    /// The body; without an answer, the error's code or text.
    pub body: String,
}

/// Every event that the machine reacts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Run all checks from the beginning.
    Start(Asks),
    /// The result of [`Effect::Fetch`].
    Answered(Page, HttpAnswer),
    /// The connection is open.
    Opened,
    /// The connection could not be opened, or it ended.
    Closed(Close),
    /// A text frame arrived.
    Received(String),
    /// The moment of the wake-up has come. Early and late calls are harmless.
    DeadlinePassed,
}

/// Work that the machine requests. Effects run in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Fetch a URL, bypassing caches and without following redirects.
    Fetch(Page),
    /// Open a connection to the agent; the previous one is gone or was closed.
    Open,
    /// Send a text frame.
    Transmit(String),
    /// Close the connection and report nothing more about it.
    Close,
    /// Give [`Input::DeadlinePassed`] at this moment; replaces the previous wake-up.
    WakeAt(Timestamp),
    /// Show the outcomes.
    Show,
}

impl Page {
    /// The path on the server; `None` for URLs below the agent's path.
    #[must_use]
    pub const fn path(self) -> Option<&'static str> {
        match self {
            Self::Any => Some("/favicon.svg"),
            Self::Health => Some("/health"),
            Self::Agent => None,
        }
    }
}

impl Check {
    /// All checks, in order.
    pub const ALL: [Self; 8] = [
        Self::Address,
        Self::Http,
        Self::Setup,
        Self::Upgrade,
        Self::Identity,
        Self::Echo,
        Self::Storage,
        Self::Model,
    ];

    /// Its key in `words.json`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Http => "http",
            Self::Setup => "setup",
            Self::Upgrade => "upgrade",
            Self::Identity => "identity",
            Self::Echo => "echo",
            Self::Storage => "storage",
            Self::Model => "model",
        }
    }
}

impl CheckOutcome {
    /// The word for the outcome.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Passed { .. } => "passed",
            Self::Failed { .. } => "failed",
            Self::Skipped => "skipped",
            Self::NotAsked => "not asked",
        }
    }
}

impl Cause {
    /// Its key in `words.json`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::UnknownHost => "unknown-host",
            Self::Silent => "silent",
            Self::Refused => "refused",
            Self::RefusedHost => "refused-host",
            Self::RefusedOrigin => "refused-origin",
            Self::WrongPath => "wrong-path",
            Self::NotCoder => "not-coder",
            Self::ServerFailed => "server-failed",
            Self::NotSetUp => "not-set-up",
            Self::WrongAgent => "wrong-agent",
            Self::NoAgents => "no-agents",
            Self::NoUpgrade => "no-upgrade",
            Self::AgentFailed => "agent-failed",
            Self::Closed => "closed",
            Self::Swallowed => "swallowed",
            Self::NoIdentity => "no-identity",
            Self::OtherName => "other-name",
            Self::OtherAgent => "other-agent",
            Self::NoReply => "no-reply",
            Self::Garbled => "garbled",
            Self::NoMethod => "no-method",
            Self::Storage => "storage",
            Self::Model => "model",
        }
    }

    /// A finding with its evidence.
    pub(super) fn seen(self, seen: impl Into<String>) -> Finding {
        Finding {
            cause: self,
            seen: seen.into(),
        }
    }
}
