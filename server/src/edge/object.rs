//! The Durable Object: hands its events to the instance.

use std::rc::Rc;

use common::{
    id::{ConnectionId, IdSource as _},
    naming,
};
use worker::{
    DurableObject, Env, Method, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, WebSocketPair, WebSocketRequestResponsePair, durable_object,
};

use super::{
    disk, failures, files,
    instance::Instance,
    portable,
    random::RandomIds,
    reads::{self, Asked},
    router,
};
use crate::{
    agent::{ConnectionPolicy, Input},
    routing::RequestKind,
    store::Fault,
};

/// Close codes that stand for the absence of a close frame; they must not be sent (RFC 6455 §7.4.1).
const UNSENDABLE_CODES: &[usize] = &[1005, 1006, 1015];

/// The longest tag of a socket that the platform takes; a connection's id is its tag.
const MAX_TAG_BYTES: usize = 256;

/// What the clients of a conversation hear when it is deleted.
const DELETED: &str = "This conversation was deleted.";

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
            instance: Rc::new(Instance::new(state, env)),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let kind = router::kind(&request);
        if let Err(problem) = self.instance.start() {
            worker::console_error!("{}", problem.words);
            return failures::answer(kind, problem.fault, &problem.words);
        }
        if kind == RequestKind::Connect {
            return self.accept(&request);
        }
        if let (Some(fault), true) = (disk::refuses(), changes(&request)) {
            return failures::answer(kind, fault, fault.words().unwrap_or_default());
        }
        let url = request.url()?;
        match Asked::of(&request.method(), &url) {
            Asked::Workspace(rest) => {
                let response = files::respond(&self.instance, request, rest).await;
                self.instance.look_for_instructions();
                response
            }
            Asked::Transcript(audience) => self.instance.transcript(&request, audience),
            Asked::Export(_) | Asked::Delete if self.instance.is_new() => reads::no_conversation(),
            Asked::Export(with) => portable::export(&self.instance, with),
            Asked::Import => portable::import(&self.instance, request).await,
            Asked::Delete => {
                self.instance.delete(DELETED).await?;
                Ok(Response::empty()?.with_status(204))
            }
            Asked::Other => reads::not_implemented(),
        }
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
            let words =
                format!("The connection's id (`_pk`) is longer than {MAX_TAG_BYTES} bytes.");
            return failures::closed(Fault::Other, &words);
        }
        let policy = ConnectionPolicy::from_query(url.query_pairs());
        let pair = WebSocketPair::new()?;
        self.instance
            .accept(pair.server, ConnectionId::new(id), policy)?;
        Response::from_websocket(pair.client)
    }
}

/// Whether a request may change something.
fn changes(request: &Request) -> bool {
    !matches!(
        request.method(),
        Method::Get | Method::Head | Method::Options
    )
}

/// What an object without a name says.
pub(super) fn missing_name() -> String {
    naming::missing_name(naming::CODER_AGENT_CLASS)
}
