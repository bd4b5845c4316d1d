//! What the directory's machine is given and what it asks to be done.

use accounts::{Access, Caller, ConnectionKey, CredentialId, Protocol};
use common::{directory::push::Push, time::Timestamp};
use serde::{Deserialize, Serialize};
use sql::SqlError;

/// A connection, as it is kept through hibernation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// Which one.
    pub key: ConnectionKey,
    /// Whether it may change anything.
    pub access: Access,
    /// Whether it is sent identity and the synced state.
    pub protocol: Protocol,
    /// Who it is of. `None`: nobody; it is closed.
    pub caller: Option<Caller>,
}

/// Every reason the machine does anything.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A connection was accepted.
    Connected(Attached),
    /// A text frame came.
    Received {
        /// From whom.
        key: ConnectionKey,
        /// The text.
        text: String,
    },
    /// A binary frame came. No frame of the protocol is binary.
    ReceivedBytes {
        /// From whom.
        key: ConnectionKey,
        /// What it holds.
        bytes: Vec<u8>,
    },
    /// A connection ended.
    Disconnected(ConnectionKey),
    /// A credential was revoked.
    Revoked(CredentialId),
    /// A conversation tells of itself. Answered with [`Effect::Answer`].
    Pushed(Push),
    /// What [`Effect::Rename`] led to. The error is for the user.
    Renamed {
        /// Which job. Jobs of a former life are unknown and ignored.
        job: JobId,
        /// Whether the conversation has stored its title.
        result: Result<(), String>,
    },
    /// What [`Effect::Delete`] led to.
    Deleted {
        /// Which conversation.
        name: String,
        /// How it went.
        outcome: Outcome,
    },
    /// The moment asked for by [`Effect::WakeAt`] has come. Early and late calls are harmless.
    DeadlinePassed,
}

/// A call that waits for a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// How the deletion of a conversation went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is no conversation of this name any more.
    Gone,
    /// It is still there. The error is for the log.
    Failed(String),
}

/// What a conversation is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// What it said is stored, or was known.
    Taken,
    /// It could not be stored: the conversation is to say it again.
    Failed(SqlError),
}

/// What the machine asks to be done, in this order. All of it is stored already.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send a text frame to these connections.
    Send {
        /// To whom.
        to: Vec<ConnectionKey>,
        /// The frame.
        text: String,
    },
    /// Close a connection; it is not to be reported as ended.
    Close {
        /// Which.
        key: ConnectionKey,
        /// The close code.
        code: u16,
        /// The close frame's reason, at most 123 bytes.
        reason: String,
    },
    /// Answer the conversation that pushed its summary.
    Answer(Answer),
    /// Have a conversation take this title and report with [`Input::Renamed`], within a deadline.
    Rename {
        /// Which job.
        job: JobId,
        /// Which conversation.
        name: String,
        /// The title.
        title: String,
    },
    /// Delete a conversation and report with [`Input::Deleted`], within a deadline.
    Delete(String),
    /// Call again at this moment, also when the object was evicted; replaces the moment asked for before.
    WakeAt(Timestamp),
    /// Write a line to the log.
    Log(String),
}
