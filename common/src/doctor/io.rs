//! What the doctor's machine is given and what it asks to be done.

use crate::{client::Close, time::Timestamp};

/// What is checked, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Anybody answers at the address.
    Address,
    /// A Coder answers over HTTP.
    Http,
    /// It says that it is set up.
    Setup,
    /// It opens a WebSocket.
    Upgrade,
    /// The agent says that it is the one that was asked for.
    Identity,
    /// It answers a call.
    Echo,
    /// It writes to its storage and reads it back.
    Storage,
    /// The model answers, when somebody asks for that.
    Model,
}

/// How a check went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its turn has not come.
    Waiting,
    /// It runs.
    Running,
    /// All is well.
    Passed {
        /// How long it took.
        millis: u64,
    },
    /// It is not.
    Failed {
        /// How long it took to know.
        millis: u64,
        /// What was found.
        finding: Finding,
    },
    /// An earlier one failed.
    Skipped,
    /// Nobody asked for it.
    NotAsked,
}

/// What a failed check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it means.
    pub cause: Cause,
    /// What there was to be seen, such as a status or the server's words.
    pub seen: String,
}

/// Why a check fails. The words for each stand in `words.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No answer of any kind.
    Unreachable,
    /// The name of the server cannot be resolved, which only a terminal can tell from no answer.
    UnknownHost,
    /// None within the time.
    Silent,
    /// A sign-in, a redirection, or a close code that says no.
    Refused,
    /// The server does not answer to the host of this address.
    RefusedHost,
    /// The server lets no page of this origin in.
    RefusedOrigin,
    /// 404 where a Coder says how it is.
    WrongPath,
    /// An answer that is not a Coder's.
    NotCoder,
    /// A server error that is not a Coder's own.
    ServerFailed,
    /// The server says that a setting is wrong.
    NotSetUp,
    /// 400 `Invalid request`.
    WrongAgent,
    /// 404 under the agents' prefix.
    NoAgents,
    /// Any other answer to an upgrade than the upgrade.
    NoUpgrade,
    /// A server error in answer to an upgrade, or the close code 1011.
    AgentFailed,
    /// Any other end of the connection.
    Closed,
    /// No frame at all.
    Swallowed,
    /// Frames, but no identity.
    NoIdentity,
    /// The identity of another instance.
    OtherName,
    /// The identity of another agent.
    OtherAgent,
    /// No answer to a call within the time.
    NoReply,
    /// Another value than the one sent.
    Garbled,
    /// The call was refused.
    NoMethod,
    /// The storage failed.
    Storage,
    /// The model failed.
    Model,
}

/// Whether the model is asked too; that costs money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// It is not.
    NoModel,
    /// It is.
    Model,
}

/// What is asked for over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Anything at the address.
    Any,
    /// What the server says of itself.
    Health,
    /// The agent's `get-messages`, to see how it refuses: browsers do not tell how an upgrade failed.
    Agent,
}

/// An answer over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 0 when a browser hides a redirection; `None`: there was no answer.
    pub status: Option<u16>,
    /// The body; without an answer, the error's code or text.
    pub body: String,
}

/// Every reason the machine does anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Check everything, from the beginning.
    Start(Asks),
    /// What [`Effect::Fetch`] led to.
    Answered(Page, Answer),
    /// The connection is open.
    Opened,
    /// It could not be opened, or it ended.
    Closed(Close),
    /// A text frame came.
    Received(String),
    /// The moment asked for has come. Early and late calls are harmless.
    DeadlinePassed,
}

/// What the machine asks to be done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask over HTTP, past every cache and without following redirections.
    Fetch(Page),
    /// Open a connection to the agent; an earlier one is gone or was closed.
    Open,
    /// Send a text frame.
    Transmit(String),
    /// Close the connection and report nothing more of it.
    Close,
    /// Call again at this moment; replaces the moment asked for before.
    WakeAt(Timestamp),
    /// Show the outcomes.
    Show,
}

impl Page {
    /// Its path on the server; `None` for what is below the agent's own path.
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
    /// All of them, in order.
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

impl Outcome {
    /// One word for it.
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

    /// With what there was to be seen.
    pub(super) fn seen(self, seen: impl Into<String>) -> Finding {
        Finding {
            cause: self,
            seen: seen.into(),
        }
    }
}
