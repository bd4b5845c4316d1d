//! What agents and directories know of a connection.

use serde::{Deserialize, Serialize};

/// Tells connections of one instance apart, also two that a client gave one id (`_pk`). It survives hibernation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionKey(pub u64);

/// Whether a connection may change anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// May send every frame that its caller may send.
    #[default]
    Full,
    /// May read and resume; every other frame and call is refused.
    Readonly,
}

/// Whether a connection is sent identity, state and MCP servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// It is.
    #[default]
    Sent,
    /// Never; chat and calls work all the same.
    Withheld,
}
