//! Who is connected and what each one may hear.

use std::collections::BTreeMap;

use common::id::ConnectionId;
use serde::{Deserialize, Serialize};

/// Tells connections of one instance apart, also two that a client gave one id (`_pk`). It survives hibernation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionKey(pub u64);

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
}

/// What a connection may do (protocol §2.5). Decided anew at each connect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionPolicy {
    /// Whether it may change the synced state.
    pub access: Access,
    /// Whether it is sent the frames of §2.2 and the synced state.
    pub protocol: Protocol,
}

impl ConnectionPolicy {
    /// As the URL of the connection asks for it: `readonly=true`, `protocol=false`. A client can only take from itself;
    /// a deployment that wants to take it from others puts it there before the request is routed.
    pub fn from_query(pairs: impl Iterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> Self {
        let mut policy = Self::default();
        for (name, value) in pairs {
            match (name.as_ref(), value.as_ref()) {
                ("readonly", "true") => policy.access = Access::Readonly,
                ("protocol", "false") => policy.protocol = Protocol::Withheld,
                _ => {}
            }
        }
        policy
    }
}

/// Whether a connection may change the synced state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// It may.
    #[default]
    Full,
    /// It may not, neither directly nor through a callable.
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

/// What a connection may hear of the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hearing {
    /// Everything.
    Live,
    /// Everything; it was told that a turn is pending and is to be told when the stream begins.
    Parked,
    /// Nothing until it acknowledges the offered stream, the stream ends or the transcript is cleared.
    Offered,
}

/// The connections of an instance.
#[derive(Debug, Default)]
pub(super) struct Connections {
    all: BTreeMap<ConnectionKey, Connection>,
}

#[derive(Debug)]
struct Connection {
    id: ConnectionId,
    policy: ConnectionPolicy,
    hearing: Hearing,
}

impl Connections {
    pub(super) fn add(&mut self, attached: Attached) {
        let Attached { key, id, policy } = attached;
        let hearing = Hearing::Live;
        self.all.insert(
            key,
            Connection {
                id,
                policy,
                hearing,
            },
        );
    }

    pub(super) fn remove(&mut self, key: ConnectionKey) {
        self.all.remove(&key);
    }

    /// What a connection calls itself.
    pub(super) fn id(&self, key: ConnectionKey) -> Option<&ConnectionId> {
        self.all.get(&key).map(|connection| &connection.id)
    }

    /// What a connection may do; nothing is withheld from one that is gone.
    pub(super) fn policy(&self, key: ConnectionKey) -> ConnectionPolicy {
        self.all
            .get(&key)
            .map_or_else(ConnectionPolicy::default, |connection| connection.policy)
    }

    /// Whether a client of this id is connected.
    pub(super) fn is_present(&self, id: &ConnectionId) -> bool {
        self.all.values().any(|connection| connection.id == *id)
    }

    /// Whether a connection was offered a stream and has not answered.
    pub(super) fn is_offered(&self, key: ConnectionKey) -> bool {
        self.all
            .get(&key)
            .is_some_and(|connection| connection.hearing == Hearing::Offered)
    }

    /// All of them.
    pub(super) fn everyone(&self) -> Vec<ConnectionKey> {
        self.all.keys().copied().collect()
    }

    /// All but one.
    pub(super) fn others(&self, key: ConnectionKey) -> Vec<ConnectionKey> {
        self.all
            .keys()
            .copied()
            .filter(|other| *other != key)
            .collect()
    }

    /// Those that are sent the synced state.
    pub(super) fn of_protocol(&self) -> Vec<ConnectionKey> {
        self.all
            .iter()
            .filter(|(_, connection)| connection.policy.protocol == Protocol::Sent)
            .map(|(key, _)| *key)
            .collect()
    }

    /// Those that may hear of the chat now.
    pub(super) fn hearing(&self) -> Vec<ConnectionKey> {
        self.hearing_where(|_, _| true)
    }

    /// Those that may hear of the chat now, but for one.
    pub(super) fn hearing_but(&self, key: ConnectionKey) -> Vec<ConnectionKey> {
        self.hearing_where(|other, _| other != key)
    }

    /// Those that may hear of the chat now, but for this client.
    pub(super) fn hearing_but_client(&self, id: Option<&ConnectionId>) -> Vec<ConnectionKey> {
        self.hearing_where(|_, connection| Some(&connection.id) != id)
    }

    fn hearing_where(
        &self,
        wanted: impl Fn(ConnectionKey, &Connection) -> bool,
    ) -> Vec<ConnectionKey> {
        self.all
            .iter()
            .filter(|(key, connection)| {
                connection.hearing != Hearing::Offered && wanted(**key, connection)
            })
            .map(|(key, _)| *key)
            .collect()
    }

    pub(super) fn offer(&mut self, key: ConnectionKey) {
        self.set(key, Hearing::Offered);
    }

    pub(super) fn park(&mut self, key: ConnectionKey) {
        self.set(key, Hearing::Parked);
    }

    pub(super) fn listen(&mut self, key: ConnectionKey) {
        self.set(key, Hearing::Live);
    }

    fn set(&mut self, key: ConnectionKey, hearing: Hearing) {
        if let Some(connection) = self.all.get_mut(&key) {
            connection.hearing = hearing;
        }
    }

    /// Offers the stream to all that were parked, and names them.
    pub(super) fn offer_to_parked(&mut self) -> Vec<ConnectionKey> {
        self.change(Hearing::Parked, Hearing::Offered)
    }

    /// Lets all that were parked go, and names them.
    pub(super) fn release_parked(&mut self) -> Vec<ConnectionKey> {
        self.change(Hearing::Parked, Hearing::Live)
    }

    /// Lets those hear that were offered a stream and have not answered, and names them.
    pub(super) fn release_offered(&mut self) -> Vec<ConnectionKey> {
        self.change(Hearing::Offered, Hearing::Live)
    }

    fn change(&mut self, from: Hearing, to: Hearing) -> Vec<ConnectionKey> {
        let mut changed = Vec::new();
        for (key, connection) in &mut self.all {
            if connection.hearing == from {
                connection.hearing = to;
                changed.push(*key);
            }
        }
        changed
    }
}
