//! What the objects that clients connect to share: how connections are opened, used, kept and closed.

use std::collections::HashMap;

use accounts::{CALLER_HEADER, Caller, ConnectionKey};
use agent::ConnectionPolicy;
use common::{
    frame,
    id::{ConnectionId, IdSource as _},
    time::Timestamp,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sql::Fault;
use wasm_bindgen_futures::spawn_local;
use worker::{
    Request, Response, Result, State, Url, WebSocket, WebSocketIncomingMessage, WebSocketPair,
    WebSocketRequestResponsePair,
};

use super::{
    failures,
    random::{RandomIds, now, random_key},
};

/// Close codes that stand for the absence of a close frame; they must not be sent (RFC 6455 §7.4.1).
const UNSENDABLE_CODES: &[usize] = &[1005, 1006, 1015];

/// The longest tag of a socket that the platform takes; a connection's id is its tag.
const MAX_TAG_BYTES: usize = 256;

/// An object that clients connect to.
pub(super) trait Connectable {
    /// Whether another connection is possible.
    fn has_room_for_connection(&self) -> std::result::Result<(), String>;

    /// A text frame arrived.
    fn received(&self, key: ConnectionKey, text: String);

    /// A binary frame arrived.
    fn received_bytes(&self, key: ConnectionKey, bytes: Vec<u8>);

    /// A connection ended.
    fn disconnected(&self, key: ConnectionKey);
}

/// A connection that a client opens.
pub(super) struct NewConnection {
    pub(super) key: ConnectionKey,
    pub(super) id: ConnectionId,
    pub(super) policy: ConnectionPolicy,
    pub(super) caller: Option<Caller>,
    /// Our end.
    socket: WebSocket,
}

/// The connections of an object that is awake.
#[derive(Debug, Default)]
pub(super) struct Connections(HashMap<ConnectionKey, WebSocket>);

impl Connections {
    /// The connections that survived hibernation, and what is attached to them. Sockets that another program accepted are
    /// left out.
    pub(super) fn restore<A: DeserializeOwned>(state: &State) -> (Self, Vec<A>) {
        let (mut connections, mut attached) = (Self::default(), Vec::new());
        for socket in state.get_websockets() {
            let known = socket.deserialize_attachment().ok().flatten();
            if let Some((key, known)) = key_of(&socket).zip(known) {
                connections.0.insert(key, socket);
                attached.push(known);
            }
        }
        (connections, attached)
    }

    pub(super) fn insert(&mut self, key: ConnectionKey, socket: WebSocket) {
        self.0.insert(key, socket);
    }

    pub(super) fn remove(&mut self, key: ConnectionKey) {
        self.0.remove(&key);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sends a frame to each of these connections.
    pub(super) fn send(&self, to: &[ConnectionKey], text: &str) {
        for socket in to.iter().filter_map(|key| self.0.get(key)) {
            // It fails when the connection has just ended; the platform reports that end next.
            let _ = socket.send_with_str(text);
        }
    }

    /// Attaches a value, which survives hibernation.
    pub(super) fn attach<A: Serialize>(&self, key: ConnectionKey, attached: &A) -> Result<()> {
        let socket = self.0.get(&key);
        socket.map_or(Ok(()), |socket| socket.serialize_attachment(attached))
    }

    /// Closes a connection. Its end is not reported.
    pub(super) fn close(&mut self, key: ConnectionKey, code: u16, reason: &str) {
        if let Some(socket) = self.0.remove(&key) {
            // It fails when the connection has just ended.
            let _ = socket.close(Some(code), Some(reason));
        }
    }

    /// Closes all connections.
    pub(super) fn close_all(self, code: u16, reason: &str) {
        for socket in self.0.into_values() {
            let _ = socket.close(Some(code), Some(reason));
        }
    }
}

/// Has the platform answer heartbeats itself, so that they wake no object.
pub(super) fn answer_heartbeats(state: &State) {
    if let Ok(pair) = WebSocketRequestResponsePair::new(frame::HEARTBEAT, frame::HEARTBEAT_ANSWER) {
        state.set_websocket_auto_response(&pair);
    }
}

/// Sets the alarm of an object.
pub(super) fn wake_at(state: &State, at: Timestamp) {
    let storage = state.storage();
    spawn_local(async move {
        if let Err(error) = storage.set_alarm(at.since(now())).await {
            worker::console_error!("the alarm could not be set: {error}");
        }
    });
}

/// The caller, as the Worker has identified it.
pub(super) fn caller(request: &Request) -> Result<Option<Caller>> {
    let header = request.headers().get(CALLER_HEADER)?;
    Ok(header.as_deref().and_then(Caller::from_header))
}

/// Opens a connection that `take` adds to the object.
pub(super) fn connect(
    object: &impl Connectable,
    request: &Request,
    caller: Option<Caller>,
    take: impl FnOnce(NewConnection) -> Result<()>,
) -> Result<Response> {
    let url = request.url()?;
    let id = match connection_id(&url) {
        Ok(id) => id,
        Err(words) => return failures::closed(Fault::Other, &words),
    };
    if let Err(problem) = object.has_room_for_connection() {
        return failures::full(&problem);
    }
    let pair = WebSocketPair::new()?;
    take(NewConnection {
        key: ConnectionKey(random_key()),
        id,
        policy: ConnectionPolicy::from_query(url.query_pairs()),
        caller,
        socket: pair.server,
    })?;
    Response::from_websocket(pair.client)
}

impl NewConnection {
    /// Accepts the connection; it survives hibernation together with `attached`.
    pub(super) fn accept<A: Serialize>(self, state: &State, attached: &A) -> Result<WebSocket> {
        state.accept_websocket_with_tags(&self.socket, &[self.id.as_str()]);
        self.socket.serialize_attachment(attached)?;
        Ok(self.socket)
    }
}

/// Hands over a frame.
pub(super) fn message(
    object: &impl Connectable,
    socket: &WebSocket,
    message: WebSocketIncomingMessage,
) {
    match (key_of(socket), message) {
        (Some(key), WebSocketIncomingMessage::String(text)) => object.received(key, text),
        (Some(key), WebSocketIncomingMessage::Binary(bytes)) => object.received_bytes(key, bytes),
        (None, _) => {}
    }
}

/// Reports the end of a connection, and answers the close frame: its sender waits for that.
pub(super) fn closed(object: &impl Connectable, socket: &WebSocket, code: usize, reason: String) {
    failed(object, socket);
    if !UNSENDABLE_CODES.contains(&code)
        && let Ok(code) = u16::try_from(code)
    {
        // It fails when the connection is gone already, and then nobody waits.
        let _ = socket.close(Some(code), Some(reason));
    }
}

/// Reports the end of a connection that failed.
pub(super) fn failed(object: &impl Connectable, socket: &WebSocket) {
    if let Some(key) = key_of(socket) {
        object.disconnected(key);
    }
}

/// The key of a connection, as every attachment has it; `None` for a socket that another program accepted.
fn key_of(socket: &WebSocket) -> Option<ConnectionKey> {
    #[derive(Deserialize)]
    struct Keyed {
        key: ConnectionKey,
    }
    let attached: Option<Keyed> = socket.deserialize_attachment().ok().flatten();
    attached.map(|attached| attached.key)
}

/// The id that a client gives its connection. The error is for the client.
fn connection_id(url: &Url) -> std::result::Result<ConnectionId, String> {
    let id = url
        .query_pairs()
        .find(|(key, id)| key == "_pk" && !id.is_empty())
        .map_or_else(|| RandomIds.fresh(), |(_, id)| id.into_owned());
    if id.len() > MAX_TAG_BYTES {
        return Err(format!(
            "The connection's id (`_pk`) is longer than {MAX_TAG_BYTES} bytes."
        ));
    }
    Ok(ConnectionId::new(id))
}
