//! Who is connected and what each one may hear.

use std::collections::BTreeMap;

pub use accounts::{Access, ConnectionKey, Protocol};
use accounts::{Caller, CredentialId, PersonId};
use common::{
    frame::SHORT_TRANSCRIPTS,
    id::{ConnectionId, RequestId},
    time::Timestamp,
};
use limits::Sent;
use serde::{Deserialize, Serialize};

use super::{
    Breadth,
    hearing::{Hearing, Offer},
};

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
    /// Who it is of. `None`: nobody, as in what was attached before there was a sign-in; it is closed.
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

/// What a connection may do (protocol §2.5). Decided anew at each connect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionPolicy {
    /// Whether it may change anything.
    pub access: Access,
    /// Whether it is sent the frames of §2.2 and the synced state.
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

/// The connections of an instance.
#[derive(Debug, Default)]
pub(super) struct Connections {
    all: BTreeMap<ConnectionKey, Connection>,
    /// No sign-in of a connection ends before this.
    first_end: Option<Timestamp>,
}

#[derive(Debug)]
struct Connection {
    id: ConnectionId,
    policy: ConnectionPolicy,
    caller: Option<Caller>,
    hearing: Hearing,
    /// How much it has sent, while the agent is awake.
    sent: Sent,
    /// Whether what it may hear has changed since it was attached last.
    is_changed: bool,
}

impl Connections {
    pub(super) fn add(&mut self, attached: Attached) {
        let Attached {
            key,
            id,
            policy,
            caller,
            hearing,
        } = attached;
        let end = caller.as_ref().and_then(|caller| caller.until);
        self.first_end = self.first_end.into_iter().chain(end).min();
        let connection = Connection {
            id,
            policy,
            caller,
            hearing,
            sent: Sent::default(),
            is_changed: false,
        };
        self.all.insert(key, connection);
    }

    /// Forgets a connection; what it was offered and has not acknowledged.
    pub(super) fn remove(&mut self, key: ConnectionKey) -> Option<(ConnectionId, Offer)> {
        let connection = self.all.remove(&key)?;
        match connection.hearing {
            Hearing::Offered(offer) => Some((connection.id, offer)),
            Hearing::Live | Hearing::Parked => None,
        }
    }

    /// What a connection calls itself.
    pub(super) fn id(&self, key: ConnectionKey) -> Option<&ConnectionId> {
        self.all.get(&key).map(|connection| &connection.id)
    }

    /// How much a connection has sent.
    pub(super) fn sent(&mut self, key: ConnectionKey) -> Option<&mut Sent> {
        self.all
            .get_mut(&key)
            .map(|connection| &mut connection.sent)
    }

    /// What a connection may do; nothing is withheld from one that is gone.
    pub(super) fn policy(&self, key: ConnectionKey) -> ConnectionPolicy {
        self.all
            .get(&key)
            .map_or_else(ConnectionPolicy::default, |connection| connection.policy)
    }

    /// Who a connection is of.
    pub(super) fn caller(&self, key: ConnectionKey) -> Option<&Caller> {
        self.all.get(&key)?.caller.as_ref()
    }

    /// The connections of everybody but this person.
    pub(super) fn of_others(&self, person: &PersonId) -> Vec<ConnectionKey> {
        self.keys_where(|caller| caller.is_none_or(|caller| caller.person != *person))
    }

    /// The connections that were opened with a credential.
    pub(super) fn of_credential(&self, credential: &CredentialId) -> Vec<ConnectionKey> {
        self.keys_where(|caller| caller.is_some_and(|caller| caller.credential == *credential))
    }

    /// The connections whose sign-in has ended. Costs nothing while there are none.
    pub(super) fn expired(&mut self, now: Timestamp) -> Vec<ConnectionKey> {
        if self.first_end.is_none_or(|end| now < end) {
            return Vec::new();
        }
        let ends = self
            .all
            .values()
            .filter_map(|connection| connection.caller.as_ref()?.until);
        self.first_end = ends.filter(|end| now < *end).min();
        self.keys_where(|caller| {
            let end = caller.and_then(|caller| caller.until);
            end.is_some_and(|end| end <= now)
        })
    }

    fn keys_where(&self, is_wanted: impl Fn(Option<&Caller>) -> bool) -> Vec<ConnectionKey> {
        let wanted = self
            .all
            .iter()
            .filter(|(_, connection)| is_wanted(connection.caller.as_ref()));
        wanted.map(|(key, _)| *key).collect()
    }

    /// Whether a client of this id is connected.
    pub(super) fn is_present(&self, id: &ConnectionId) -> bool {
        self.all.values().any(|connection| connection.id == *id)
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

    /// Those of these that are sent so much of the transcript.
    pub(super) fn of_breadth(
        &self,
        keys: &[ConnectionKey],
        breadth: Breadth,
    ) -> Vec<ConnectionKey> {
        let keys = keys.iter().copied();
        keys.filter(|key| self.policy(*key).breadth == breadth)
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
        self.all
            .iter()
            .filter(|(_, connection)| connection.hearing.silent_offer().is_none())
            .map(|(key, _)| *key)
            .collect()
    }

    /// Those that were offered a stream and hear nothing until they answer.
    pub(super) fn silent(&self) -> Vec<ConnectionKey> {
        let offers = self.offers();
        let silent = offers.filter(|(_, offer)| offer.is_silent);
        silent.map(|(key, _)| key).collect()
    }

    /// Those that may hear of a change of the transcript now. The silent ones are told of it later.
    pub(super) fn told(&mut self) -> Vec<ConnectionKey> {
        self.told_where(|_, _| true)
    }

    /// The same, but for one.
    pub(super) fn told_but(&mut self, key: ConnectionKey) -> Vec<ConnectionKey> {
        self.told_where(|other, _| other != key)
    }

    /// The same, but for this client.
    pub(super) fn told_but_client(&mut self, id: Option<&ConnectionId>) -> Vec<ConnectionKey> {
        self.told_where(|_, connection| Some(&connection.id) != id)
    }

    fn told_where(
        &mut self,
        wanted: impl Fn(ConnectionKey, &Connection) -> bool,
    ) -> Vec<ConnectionKey> {
        let mut told = Vec::new();
        for (key, connection) in &mut self.all {
            if !wanted(*key, connection) {
                continue;
            }
            match &mut connection.hearing {
                Hearing::Offered(offer) if offer.is_silent => {
                    connection.is_changed |= !offer.is_stale;
                    offer.is_stale = true;
                }
                Hearing::Offered(_) | Hearing::Live | Hearing::Parked => told.push(*key),
            }
        }
        told
    }

    /// What a connection was offered and has not acknowledged.
    pub(super) fn offer_of(&self, key: ConnectionKey) -> Option<&Offer> {
        match &self.all.get(&key)?.hearing {
            Hearing::Offered(offer) => Some(offer),
            Hearing::Live | Hearing::Parked => None,
        }
    }

    /// Whether the stream of a turn has to be kept for a client.
    pub(super) fn need(&self, id: &RequestId) -> bool {
        self.offers().any(|(_, offer)| offer.needs(id))
    }

    /// Every offer that was not acknowledged.
    pub(super) fn offers(&self) -> impl Iterator<Item = (ConnectionKey, &Offer)> {
        self.all
            .iter()
            .filter_map(|(key, connection)| match &connection.hearing {
                Hearing::Offered(offer) => Some((*key, offer)),
                Hearing::Live | Hearing::Parked => None,
            })
    }

    /// Changes every offer that was not acknowledged; `change` says whether it did.
    pub(super) fn change_offers(&mut self, mut change: impl FnMut(&mut Offer) -> bool) {
        for connection in self.all.values_mut() {
            if let Hearing::Offered(offer) = &mut connection.hearing {
                connection.is_changed |= change(offer);
            }
        }
    }

    /// Takes the offers of a stream back: its message is gone.
    pub(super) fn withdraw(&mut self, id: &RequestId) {
        for connection in self.all.values_mut() {
            if matches!(&connection.hearing, Hearing::Offered(offer) if offer.id == *id) {
                connection.is_changed = true;
                connection.hearing = Hearing::Live;
            }
        }
    }

    pub(super) fn hear(&mut self, key: ConnectionKey, hearing: Hearing) {
        if let Some(connection) = self.all.get_mut(&key) {
            connection.is_changed |= connection.hearing != hearing;
            connection.hearing = hearing;
        }
    }

    pub(super) fn parked(&self) -> Vec<ConnectionKey> {
        self.all
            .iter()
            .filter(|(_, connection)| connection.hearing == Hearing::Parked)
            .map(|(key, _)| *key)
            .collect()
    }

    /// The connections of which something else is to be attached now. Offers of which the moment is not known were made
    /// at this one.
    pub(super) fn take_changed(&mut self, now: Timestamp) -> Vec<Attached> {
        self.change_offers(|offer| match offer.since {
            Some(_) => false,
            None => {
                offer.since = Some(now);
                true
            }
        });
        let mut changed = Vec::new();
        for (key, connection) in &mut self.all {
            if std::mem::take(&mut connection.is_changed) {
                changed.push(Attached {
                    key: *key,
                    id: connection.id.clone(),
                    policy: connection.policy,
                    caller: connection.caller.clone(),
                    hearing: connection.hearing.clone(),
                });
            }
        }
        changed
    }
}
