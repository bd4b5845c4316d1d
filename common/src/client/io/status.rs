//! The states that a view shows. Each is independent of the others.

use super::error::ChatError;
use crate::{client::close::Close, time::Timestamp};

/// The state of the connection, independent of the turn's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    /// The connection is being opened.
    Connecting,
    /// The connection is open and the agent has answered.
    Connected,
    /// The connection was lost and will be opened again.
    Reconnecting {
        /// When the next attempt starts.
        at: Timestamp,
    },
    /// The browser reports that there is no network.
    Offline,
    /// The server refused the connection permanently; only the user can try again.
    Refused(Close),
}

/// The state of the turn, as far as this client knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing runs.
    Ready,
    /// A submission was sent, and its answer has not begun.
    Submitted,
    /// An answer is growing.
    Streaming,
    /// The last turn failed.
    Error,
}

/// The agent's activity, as far as this client knows; more detailed than [`Status`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// Nothing runs.
    Idle,
    /// This many messages of this client wait behind a turn of another client.
    Queued(usize),
    /// The agent has a message and has not answered yet, or it reasons.
    Thinking,
    /// The answer grows.
    Writing,
    /// The agent calls this tool.
    CallingTool(String),
    /// A call of the answer waits for the user.
    WaitingForUser,
    /// The agent recovers an interrupted turn.
    Recovering,
    /// The last turn failed.
    Failed(ChatError),
}

/// The agent instance that the client is connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The agent's class, in kebab case.
    pub agent: String,
    /// The instance's name.
    pub name: String,
}
