//! The Durable Object: hands its events to the instance.

use std::rc::Rc;

use common::{
    frame::Wanted,
    id::{ConnectionId, IdSource as _},
    naming,
};
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage,
    WebSocketPair, WebSocketRequestResponsePair, durable_object,
};

use super::{files, instance::Instance, policy, random::RandomIds, router};
use crate::{
    agent::{ConnectionPolicy, Input},
    routing,
    workspace::http,
};

/// Close codes that stand for the absence of a close frame; they must not be sent (RFC 6455 §7.4.1).
const UNSENDABLE_CODES: &[usize] = &[1005, 1006, 1015];

/// The longest tag of a socket that the platform takes; a connection's id is its tag.
const MAX_TAG_BYTES: usize = 256;

/// One conversation.
#[durable_object]
#[derive(Debug)]
pub struct CoderAgent {
    instance: Rc<Instance>,
}

impl DurableObject for CoderAgent {
    fn new(state: State, env: Env) -> Self {
        // The platform answers heartbeats itself: they wake nobody.
        if let Ok(pair) = WebSocketRequestResponsePair::new(
            common::frame::HEARTBEAT,
            common::frame::HEARTBEAT_ANSWER,
        ) {
            state.set_websocket_auto_response(&pair);
        }
        Self {
            instance: Rc::new(Instance::new(state, &env)),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let upgrade = router::is_upgrade(&request);
        if let Err(problem) = self.instance.start() {
            worker::console_error!("{problem}");
            return if upgrade {
                refuse(&problem)
            } else {
                Response::error(problem, 500)
            };
        }
        if upgrade {
            return self.accept(&request);
        }
        let url = request.url()?;
        let rest = routing::after_instance(url.path(), policy::PREFIX);
        if let Some(rest) = rest.filter(|rest| http::is_workspace(rest)) {
            return files::respond(&self.instance, request, rest).await;
        }
        if url.path().trim_end_matches('/').ends_with("/get-messages") {
            let wanted = match Wanted::from_query(url.query_pairs()) {
                Ok(wanted) => wanted,
                Err(error) => return Response::error(error.to_string(), 400),
            };
            let with_growing = url
                .query_pairs()
                .any(|(key, value)| key == "include" && value == "growing");
            let known = request.headers().get("If-None-Match")?;
            return self
                .instance
                .transcript(wanted.as_ref(), with_growing, known.as_deref());
        }
        Response::error("Not implemented", 404)
    }

    async fn alarm(&self) -> Result<Response> {
        self.instance.input(Input::DeadlinePassed);
        Response::empty()
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        if let Some(key) = Instance::key_of(&socket) {
            self.instance.input(match message {
                WebSocketIncomingMessage::String(text) => Input::Received { key, text },
                WebSocketIncomingMessage::Binary(bytes) => Input::ReceivedBytes { key, bytes },
            });
        }
        Ok(())
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        code: usize,
        reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        self.instance.disconnected(&socket);
        // The client waits for the answer to its close frame.
        if !UNSENDABLE_CODES.contains(&code)
            && let Ok(code) = u16::try_from(code)
        {
            // It fails when the connection is gone already, and then nobody waits.
            let _ = socket.close(Some(code), Some(reason));
        }
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        self.instance.disconnected(&socket);
        Ok(())
    }
}

impl CoderAgent {
    fn accept(&self, request: &Request) -> Result<Response> {
        let url = request.url()?;
        let id = url
            .query_pairs()
            .find(|(key, id)| key == "_pk" && !id.is_empty())
            .map_or_else(|| RandomIds.fresh(), |(_, id)| id.into_owned());
        if id.len() > MAX_TAG_BYTES {
            return refuse(&format!(
                "The connection's id (`_pk`) is longer than {MAX_TAG_BYTES} bytes."
            ));
        }
        let policy = ConnectionPolicy::from_query(url.query_pairs());
        let pair = WebSocketPair::new()?;
        self.instance
            .accept(pair.server, ConnectionId::new(id), policy)?;
        Response::from_websocket(pair.client)
    }
}

/// A WebSocket's way of a 500: it opens, says why, and closes (protocol §1.4).
fn refuse(problem: &str) -> Result<Response> {
    let pair = WebSocketPair::new()?;
    pair.server.accept()?;
    pair.server
        .send_with_str(serde_json::json!({ "error": problem }).to_string())?;
    pair.server
        .close(Some(1011), Some("Uncaught exception during session setup"))?;
    Response::from_websocket(pair.client)
}

/// What an object without a name says.
pub(super) fn missing_name() -> String {
    naming::missing_name(naming::CODER_AGENT_CLASS)
}
