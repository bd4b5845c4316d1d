//! The client machine: the browser half of a conversation, without a browser.

mod io;

pub use io::{
    ChatError, Close, Connection, Delivery, Effect, Fetched, Input, Row, Snapshot, Status,
    ViewChange,
};

use crate::{
    id::{ConnectionId, IdSource},
    time::Timestamp,
};

/// What a client needs to know from the start.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// The id of this client's connections (`_pk`): the same for all of them.
    pub connection_id: ConnectionId,
    /// The transcript the page was rendered with.
    pub snapshot: Snapshot,
}

/// The client machine.
#[derive(Debug)]
pub struct Client<I> {
    options: ClientOptions,
    ids: I,
}

impl<I: IdSource> Client<I> {
    /// A machine that has done nothing yet.
    pub const fn new(options: ClientOptions, ids: I) -> Self {
        Self { options, ids }
    }

    /// Takes an input; the effects are to be run in order.
    pub fn handle(&mut self, _now: Timestamp, _input: Input) -> Vec<Effect> {
        let _ = (&self.options, self.ids.fresh());
        Vec::new()
    }

    /// The transcript at hand.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        Vec::new()
    }
}
