//! The inputs and effects of the directory machine.

use accounts::{Access, Caller, ConnectionKey, CredentialId, Protocol};
use common::{directory::push::Push, time::Timestamp};
use serde::{Deserialize, Serialize};
use sql::SqlError;

/// A connection, as stored for hibernation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// The key of the connection.
    pub key: ConnectionKey,
    /// Whether it may change anything.
    pub access: Access,
    /// Whether it gets identity and the synced state.
    pub protocol: Protocol,
    /// Its caller. `None`: unknown; the connection is closed.
    pub caller: Option<Caller>,
}

/// Every event that the machine reacts to.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A connection was accepted.
    Connected(Attached),
    /// A text frame arrived.
    Received {
        /// The sender.
        key: ConnectionKey,
        /// The text.
        text: String,
    },
    /// A binary frame arrived. The protocol has none.
    ReceivedBytes {
        /// The sender.
        key: ConnectionKey,
        /// The content.
        bytes: Vec<u8>,
    },
    /// A connection ended.
    Disconnected(ConnectionKey),
    /// A credential was revoked.
    Revoked(CredentialId),
    /// A conversation reports its state. Answered with [`Effect::Answer`].
    Pushed(Push),
    /// The result of [`Effect::Rename`]. The error is for the user.
    Renamed {
        /// The job. Jobs of an earlier object are unknown and ignored.
        job: JobId,
        /// Whether the conversation has stored its title.
        result: Result<(), String>,
    },
    /// The result of [`Effect::Delete`].
    Deleted {
        /// The conversation's name.
        name: String,
        /// The result.
        outcome: DeletionOutcome,
    },
    /// The moment of [`Effect::WakeAt`] has come. Early and late calls are harmless.
    DeadlinePassed,
}

/// The id of a call that waits for a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// The result of a deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeletionOutcome {
    /// The conversation no longer exists.
    Gone,
    /// The conversation still exists. The error is for the log.
    Failed(String),
}

/// The answer to a conversation's report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushAnswer {
    /// The report is stored, or was already known.
    Taken,
    /// The report could not be stored: the conversation must repeat it.
    Failed(SqlError),
}

/// Work that the machine requests. Effects run in order; everything is already stored.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send a text frame to these connections.
    Send {
        /// The recipients.
        to: Vec<ConnectionKey>,
        /// The frame.
        text: String,
    },
    /// Close a connection, without reporting that it ended.
    Close {
        /// The key of the connection.
        key: ConnectionKey,
        /// The close code.
        code: u16,
        /// The close frame's reason, at most 123 bytes.
        reason: String,
    },
    /// Answer the conversation that sent a report.
    Answer(PushAnswer),
    /// Set the title of a conversation and report with [`Input::Renamed`], within a deadline.
    Rename {
        /// The id of the job.
        job: JobId,
        /// The conversation's name.
        name: String,
        /// The title.
        title: String,
    },
    /// Delete a conversation and report with [`Input::Deleted`], within a deadline.
    Delete(String),
    /// Give [`Input::DeadlinePassed`] at this moment, even after an eviction; replaces the previous wake-up.
    WakeAt(Timestamp),
    /// Write a line to the log.
    Log(String),
}
