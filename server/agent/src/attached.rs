//! A connection, as it survives hibernation.

use accounts::Caller;
pub use accounts::{Access, ConnectionKey, Protocol};
use common::{frame::SHORT_TRANSCRIPTS, id::ConnectionId};
use serde::{Deserialize, Serialize};
use store::Breadth;

use super::hearing::Hearing;

/// A connection, as it is kept through hibernation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// Which one.
    pub key: ConnectionKey,
    /// What the client calls it (`_pk`); the same after a reconnect.
    pub id: ConnectionId,
    /// What it may do.
    #[serde(default)]
    pub policy: ConnectionPolicy,
    /// Whose it is. `None`: nobody's, as in what was attached before there was a sign-in; it is closed.
    #[serde(default)]
    pub caller: Option<Caller>,
    /// What it may hear of the chat.
    #[serde(default)]
    pub hearing: Hearing,
}

impl Attached {
    /// A connection that was just accepted.
    #[must_use]
    pub const fn new(
        key: ConnectionKey,
        id: ConnectionId,
        policy: ConnectionPolicy,
        caller: Option<Caller>,
    ) -> Self {
        Self {
            key,
            id,
            policy,
            caller,
            hearing: Hearing::Live,
        }
    }
}

/// What a connection may do. Decided anew at each connect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionPolicy {
    /// Whether it may change anything.
    pub access: Access,
    /// Whether it is sent its greeting and the synced state.
    pub protocol: Protocol,
    /// How much of the transcript it is sent when that has changed.
    #[serde(default)]
    pub breadth: Breadth,
}

impl ConnectionPolicy {
    /// As the URL of the connection asks for it: `readonly=true`, `protocol=false`, `transcripts=short`. A client can only
    /// take from itself; a deployment that wants to take it from others puts it there before the request is routed.
    pub fn from_query(pairs: impl Iterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> Self {
        let mut policy = Self::default();
        for (name, value) in pairs {
            match (name.as_ref(), value.as_ref()) {
                SHORT_TRANSCRIPTS => policy.breadth = Breadth::End,
                ("readonly", "true") => policy.access = Access::Readonly,
                ("protocol", "false") => policy.protocol = Protocol::Withheld,
                _ => {}
            }
        }
        policy
    }
}
