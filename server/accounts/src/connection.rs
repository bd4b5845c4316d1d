//! The properties of connections that agents and directories share.

use serde::{Deserialize, Serialize};

/// Identifies a connection of an instance, even when a client uses one id (`_pk`) twice. It survives hibernation.
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
    /// May read and resume; other frames and calls are refused.
    Readonly,
}

/// Whether a connection gets identity, state and MCP frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Gets protocol frames.
    #[default]
    Sent,
    /// Never gets protocol frames; chat and calls work nevertheless.
    Withheld,
}
