//! The states that a view shows. None of them is derived from another.

use super::error::ChatError;
use crate::{client::close::Close, time::Timestamp};

/// The state of the connection, apart from that of the turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    /// It is being opened.
    Connecting,
    /// It is open and the agent has answered.
    Connected,
    /// It was lost; the next attempt is at this moment.
    Reconnecting {
        /// When.
        at: Timestamp,
    },
    /// The browser says there is no network.
    Offline,
    /// The server refused it for good; only the user can try again.
    Refused(Close),
}

/// The state of the turn, as far as this client knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing runs.
    Ready,
    /// A message was sent and nothing came back yet.
    Submitted,
    /// An answer is growing.
    Streaming,
    /// The last turn failed.
    Error,
}

/// What the agent is doing, as far as this client knows: more than [`Status`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// Nothing.
    Idle,
    /// So many messages of this client wait for a turn that is not theirs.
    Queued(usize),
    /// It has a message and has said nothing yet, or it reasons.
    Thinking,
    /// Its answer grows.
    Writing,
    /// It calls this tool.
    CallingTool(String),
    /// A call of its answer waits for the user.
    WaitingForUser,
    /// It takes an interrupted turn up again.
    Recovering,
    /// The last turn failed.
    Failed(ChatError),
}

/// Who the client is connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The agent's class, in kebab case.
    pub agent: String,
    /// The instance's name.
    pub name: String,
}
