//! Who is connected, what each one receives, and what it was offered ([`offers`]).

mod offers;

use std::collections::BTreeMap;

use accounts::{Caller, CredentialId, PersonId, Protocol};
use common::{
    id::{ConnectionId, RequestId},
    time::Timestamp,
};
use limits::Sent;
use store::{Breadth, Turn};

use super::{
    attached::{Attached, ConnectionKey, ConnectionPolicy},
    context::Context,
    hearing::{Hearing, Offer},
    io::Effect,
};

pub(super) use offers::{recovering_frame, send_pending};

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

    /// Whether the client whose turn it is does not hear of its end.
    pub(super) fn misses(&self, turn: &Turn) -> bool {
        let requester = turn.requester.as_ref();
        requester.is_some_and(|requester| !self.is_present(requester))
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

    /// Those of these that are sent this much of the transcript.
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

    /// Those that may hear of a change of the transcript now. The silent ones are sent the transcript later.
    pub(super) fn notified(&mut self) -> Vec<ConnectionKey> {
        self.notified_where(|_, _| true)
    }

    /// As [`Self::notified`], except one.
    pub(super) fn notified_except(&mut self, key: ConnectionKey) -> Vec<ConnectionKey> {
        self.notified_where(|other, _| other != key)
    }

    /// As [`Self::notified`], except this client.
    pub(super) fn notified_except_client(
        &mut self,
        id: Option<&ConnectionId>,
    ) -> Vec<ConnectionKey> {
        self.notified_where(|_, connection| Some(&connection.id) != id)
    }

    fn notified_where(
        &mut self,
        wanted: impl Fn(ConnectionKey, &Connection) -> bool,
    ) -> Vec<ConnectionKey> {
        let mut notified = Vec::new();
        for (key, connection) in &mut self.all {
            if !wanted(*key, connection) {
                continue;
            }
            match &mut connection.hearing {
                Hearing::Offered(offer) if offer.is_silent => {
                    connection.is_changed |= !offer.is_stale;
                    offer.is_stale = true;
                }
                Hearing::Offered(_) | Hearing::Live | Hearing::Parked => notified.push(*key),
            }
        }
        notified
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
    fn offers(&self) -> impl Iterator<Item = (ConnectionKey, &Offer)> {
        self.all
            .iter()
            .filter_map(|(key, connection)| match &connection.hearing {
                Hearing::Offered(offer) => Some((*key, offer)),
                Hearing::Live | Hearing::Parked => None,
            })
    }

    /// Changes every offer that was not acknowledged; `change` says whether it did.
    fn change_offers(&mut self, mut change: impl FnMut(&mut Offer) -> bool) {
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

    /// Sends the transcript to these, as much of it as each one wants.
    pub(super) fn send_transcript(&self, cx: &mut Context<'_>, to: &[ConnectionKey]) {
        for breadth in [Breadth::Whole, Breadth::End] {
            let to = self.of_breadth(to, breadth);
            if !to.is_empty() {
                cx.push(Effect::SendTranscript {
                    to,
                    breadth,
                    growing: None,
                });
            }
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
