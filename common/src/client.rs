//! The client machine: the browser half of a conversation, without a browser.
//!
//! [`Client::handle`] takes an [`Input`] and returns the [`Effect`]s to be run in order. No clock, no randomness and
//! no I/O: the driver tells the time, gives the ids and runs the effects.

mod chat;
mod context;
mod deadlines;
mod io;
mod link;
mod outbox;
mod rows;
mod session;
mod turn;

#[cfg(test)]
mod tests;

pub use io::{
    ChatError, Close, Connection, Delivery, Effect, Fetched, Input, Row, Snapshot, Status,
    ViewChange,
};

use crate::{
    frame::{DecodeError, ServerFrame},
    id::{ConnectionId, IdSource},
    time::Timestamp,
};
use chat::Chat;
use context::Context;
use deadlines::{Deadlines, Timer};
use link::{Change, Link};
use outbox::Verdict;

/// What a client needs to know from the start.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// The id of this client's connections (`_pk`): the same for all of them.
    pub connection_id: ConnectionId,
    /// The transcript the page was rendered with.
    pub snapshot: Snapshot,
}

/// The client machine.
///
/// A view that has heard nothing shows the snapshot, [`Connection::Connecting`], [`Status::Ready`] and no error;
/// from there on it is told every change.
#[derive(Debug)]
pub struct Client<I> {
    connection_id: ConnectionId,
    ids: I,
    deadlines: Deadlines,
    link: Link,
    chat: Chat,
    shown: Shown,
}

/// What the view was told last.
#[derive(Debug)]
struct Shown {
    connection: Connection,
    status: Status,
    error: Option<ChatError>,
}

impl<I: IdSource> Client<I> {
    /// A machine that has done nothing yet.
    pub fn new(options: ClientOptions, ids: I) -> Self {
        Self {
            connection_id: options.connection_id,
            ids,
            deadlines: Deadlines::default(),
            link: Link::new(),
            chat: Chat::new(options.snapshot),
            shown: Shown {
                connection: Connection::Connecting,
                status: Status::Ready,
                error: None,
            },
        }
    }

    /// Takes an input; the effects are to be run in order.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut cx = Context {
            now,
            ids: &mut self.ids,
            deadlines: &mut self.deadlines,
            effects: &mut effects,
        };
        let (link, chat) = (&mut self.link, &mut self.chat);
        match input {
            Input::Start => link.start(&mut cx),
            Input::Opened => {
                let change = link.opened(&mut cx);
                chat.follow(&mut cx, change);
            }
            Input::Closed(close) => {
                let change = link.closed(&mut cx, close);
                chat.follow(&mut cx, change);
            }
            Input::Received(text) => {
                if link.received(&mut cx, &text) {
                    receive(chat, &mut cx, &text);
                }
            }
            Input::TranscriptFetched(fetched) => chat.fetched(&mut cx, fetched),
            Input::NetworkOnline => {
                let change = link.online(&mut cx);
                chat.follow(&mut cx, change);
            }
            Input::NetworkOffline => {
                let change = link.offline(&mut cx);
                chat.follow(&mut cx, change);
            }
            Input::Shown => {
                let change = link.shown(&mut cx);
                chat.follow(&mut cx, change);
            }
            Input::DeadlinePassed => {
                for timer in cx.deadlines.take_due(now) {
                    due(link, chat, &mut cx, timer);
                }
            }
            Input::Send(text) => chat.send(&mut cx, &text),
            Input::Stop => chat.stop(),
            Input::Clear => chat.clear(&mut cx),
            Input::Retry => {
                if !link.retry(&mut cx) {
                    chat.retry(&mut cx);
                }
            }
            Input::Approve(call) => chat.answer(&mut cx, call, Verdict::Allow),
            Input::Deny(call) => chat.answer(&mut cx, call, Verdict::Refuse),
        }
        chat.flush(&mut cx, link.peer());
        self.show(&mut effects);
        effects
    }

    /// The id of this client's connections, for their URL.
    #[must_use]
    pub const fn connection_id(&self) -> &ConnectionId {
        &self.connection_id
    }

    /// The transcript at hand.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        self.chat.rows()
    }

    /// The state of the connection.
    #[must_use]
    pub fn connection(&self) -> Connection {
        self.link.connection()
    }

    /// The state of the turn.
    #[must_use]
    pub fn status(&self) -> Status {
        self.chat.status()
    }

    /// Why the last turn failed, if it did.
    #[must_use]
    pub const fn error(&self) -> Option<&ChatError> {
        self.chat.error()
    }

    fn show(&mut self, effects: &mut Vec<Effect>) {
        let connection = self.link.connection();
        if self.shown.connection != connection {
            self.shown.connection = connection.clone();
            effects.push(Effect::ShowConnection(connection));
        }
        if self.shown.error.as_ref() != self.chat.error() {
            self.shown.error = self.chat.error().cloned();
            effects.push(Effect::ShowError(self.shown.error.clone()));
        }
        let status = self.chat.status();
        if self.shown.status != status {
            self.shown.status = status;
            effects.push(Effect::ShowStatus(status));
        }
        if let Some(at) = self.deadlines.wake() {
            effects.push(Effect::WakeAt(at));
        }
    }
}

impl Chat {
    /// Follows the connection.
    fn follow(&mut self, cx: &mut Context<'_>, change: Change) {
        match change {
            Change::None => {}
            Change::Up => self.up(cx),
            Change::Down => self.down(cx),
            Change::Doubt => self.probe(cx),
        }
    }
}

fn receive(chat: &mut Chat, cx: &mut Context<'_>, text: &str) {
    match ServerFrame::decode(text) {
        Ok(frame) => chat.received(cx, frame),
        // The application's own messages, and frames of a newer server.
        Err(DecodeError::NotAnObject | DecodeError::NoType | DecodeError::UnknownType(_)) => {}
        Err(error @ DecodeError::Malformed { .. }) => cx.warn(error.to_string()),
    }
}

fn due(link: &mut Link, chat: &mut Chat, cx: &mut Context<'_>, timer: Timer) {
    match timer {
        Timer::Link => link.attempt_due(cx),
        Timer::Liveness => {
            let change = link.liveness_due(cx);
            chat.follow(cx, change);
        }
        Timer::Probe => {
            if let Some(since) = chat.probe_due(cx) {
                if link.heard_since(since) {
                    cx.warn("The agent does not say whether a stream can be resumed.");
                } else {
                    let change = link.dead(cx);
                    chat.follow(cx, change);
                }
            }
        }
        Timer::Fetch => chat.fetch_due(cx),
        Timer::Replay => chat.replay_due(cx),
        Timer::Watch => chat.watch_due(cx),
    }
}
