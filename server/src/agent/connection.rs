//! Who is connected and what each one may hear.

use std::collections::BTreeMap;

use common::id::RequestId;
use serde::{Deserialize, Serialize};

/// Tells connections of one instance apart, also two that a client gave one id (`_pk`). It survives hibernation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionKey(pub u64);

/// What a connection may hear of the chat.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    hearing: Hearing,
    /// The submissions that came over it and are not settled.
    requests: Vec<RequestId>,
}

impl Connections {
    pub(super) fn add(&mut self, key: ConnectionKey) {
        self.all.insert(
            key,
            Connection {
                hearing: Hearing::Live,
                requests: Vec::new(),
            },
        );
    }

    pub(super) fn remove(&mut self, key: ConnectionKey) {
        self.all.remove(&key);
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

    /// Those that may hear of the chat now.
    pub(super) fn hearing(&self) -> Vec<ConnectionKey> {
        self.hearing_where(|_| true)
    }

    /// Those that may hear of the chat now, but for one.
    pub(super) fn hearing_but(&self, key: ConnectionKey) -> Vec<ConnectionKey> {
        self.all
            .iter()
            .filter(|(other, connection)| **other != key && connection.hearing != Hearing::Offered)
            .map(|(key, _)| *key)
            .collect()
    }

    /// Those that may hear of the chat now, but for the one that sent this submission.
    pub(super) fn hearing_but_requester(&self, request: &RequestId) -> Vec<ConnectionKey> {
        self.hearing_where(|connection| !connection.requests.contains(request))
    }

    fn hearing_where(&self, wanted: impl Fn(&Connection) -> bool) -> Vec<ConnectionKey> {
        self.all
            .iter()
            .filter(|(_, connection)| connection.hearing != Hearing::Offered && wanted(connection))
            .map(|(key, _)| *key)
            .collect()
    }

    /// Remembers that a submission came over this connection.
    pub(super) fn note_request(&mut self, key: ConnectionKey, request: &RequestId) {
        if let Some(connection) = self.all.get_mut(&key) {
            connection.requests.push(request.clone());
        }
    }

    /// Forgets a settled submission.
    pub(super) fn forget_request(&mut self, request: &RequestId) {
        for connection in self.all.values_mut() {
            connection.requests.retain(|other| other != request);
        }
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

    /// Lets those hear that were offered a stream and have not answered.
    pub(super) fn release_offered(&mut self) {
        self.change(Hearing::Offered, Hearing::Live);
    }

    fn change(&mut self, from: Hearing, to: Hearing) -> Vec<ConnectionKey> {
        let mut changed = Vec::new();
        for (key, connection) in &mut self.all {
            if connection.hearing == from {
                connection.hearing = to.clone();
                changed.push(*key);
            }
        }
        changed
    }
}
