//! The Durable Object: hands its events to the instance.

use std::rc::Rc;

use ::accounts::{Caller, CredentialId, Intent};
use agent::{ConnectionPolicy, Input};
use common::naming;
use serde::{Deserialize, Serialize};
use sql::Fault;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage,
    WebSocketPair, WebSocketRequestResponsePair, durable_object,
};

use super::{
    accounts, disk, failures, files,
    instance::Instance,
    limits, portable,
    reads::{self, Asked},
    router, sign_in,
    sockets::{answer_close, caller, connection_id},
};
use crate::routing::RequestKind;

/// What the clients of a conversation hear when it is deleted.
const DELETED: &str = "This conversation was deleted.";
/// Where the Worker asks what a caller may do. The path is none of an agent's, so no client reaches it.
pub(super) const ACCESS_PATH: &str = "/access";

/// Where the directory of the owner renames the conversation; the body is the title. The path is none of an agent's
/// either.
pub(super) const TITLE_PATH: &str = "/title";

/// What a caller may do with a conversation.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ConversationAccess {
    /// Whether the caller may change it.
    pub(super) may_change: bool,
    /// Tells its store from a later one of the same name.
    pub(super) epoch: String,
}

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

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let kind = router::kind(&request);
        if let Err(problem) = self.instance.start() {
            worker::console_error!("{}", problem.words);
            return failures::answer(kind, problem.fault, &problem.words);
        }
        let url = request.url()?;
        let caller = caller(&request)?;
        match url.path() {
            accounts::REVOKED_PATH => return self.revoke(request).await,
            ACCESS_PATH => return self.access(caller.as_ref()),
            TITLE_PATH => return self.take_title(request, caller.as_ref()).await,
            _ => {}
        }
        let asked = Asked::of(&request.method(), &url);
        let intents = asked.intents(&request.inner().method());
        for intent in intents {
            if let Err(denial) = self.instance.admit(caller.as_ref(), *intent) {
                return sign_in::deny(denial, kind == RequestKind::Connect);
            }
        }
        if kind == RequestKind::Connect {
            return self.accept(&request, caller);
        }
        if intents.contains(&Intent::ChangesFiles) {
            if let Some(fault) = disk::refuses() {
                return failures::answer(kind, fault, fault.words().unwrap_or_default());
            }
            if let Err(too_many) = self.instance.may_begin(caller.as_ref()) {
                return limits::too_many_conversations(&too_many);
            }
            if let (Some(caller), false) = (caller, asked == Asked::Delete) {
                self.instance.input(Input::Claimed(caller.person));
            }
        }
        if !matches!(asked, Asked::Workspace(_) | Asked::Import) {
            files::discard_body(&mut request).await?;
        }
        match asked {
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
        if self.instance.start().is_ok() && self.instance.is_new() {
            self.instance.push_deletion_again().await;
        }
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
        answer_close(&socket, code, reason);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        self.instance.disconnected(&socket);
        Ok(())
    }
}

impl CoderAgent {
    /// A sign-in was revoked; its id is the body.
    async fn revoke(&self, mut request: Request) -> Result<Response> {
        let credential = CredentialId::stored(request.text().await?);
        self.instance.input(Input::Revoked(credential));
        Response::empty()
    }

    /// What a caller may do here, for the Worker: it renders the page and shares conversations.
    fn access(&self, caller: Option<&Caller>) -> Result<Response> {
        if let Err(denial) = self.instance.admit(caller, Intent::Reads) {
            return sign_in::deny(denial, false);
        }
        let access = ConversationAccess {
            may_change: self.instance.admit(caller, Intent::Changes).is_ok(),
            epoch: self.instance.epoch().unwrap_or_default(),
        };
        Response::from_json(&access)
    }

    /// Takes the title that the user gave in the list of conversations.
    async fn take_title(&self, mut request: Request, caller: Option<&Caller>) -> Result<Response> {
        if let Err(denial) = self.instance.admit(caller, Intent::Changes) {
            return sign_in::deny(denial, false);
        }
        if self.instance.is_new() {
            return reads::no_conversation();
        }
        if let Some(fault) = disk::refuses() {
            return failures::answer(RequestKind::Plain, fault, fault.words().unwrap_or_default());
        }
        self.instance.input(Input::Titled(request.text().await?));
        Ok(Response::empty()?.with_status(204))
    }

    fn accept(&self, request: &Request, caller: Option<Caller>) -> Result<Response> {
        let url = request.url()?;
        let id = match connection_id(&url) {
            Ok(id) => id,
            Err(words) => return failures::closed(Fault::Other, &words),
        };
        if let Err(problem) = self.instance.has_room_for_connection() {
            return failures::full(&problem);
        }
        let policy = ConnectionPolicy::from_query(url.query_pairs());
        let pair = WebSocketPair::new()?;
        self.instance.accept(pair.server, id, policy, caller)?;
        Response::from_websocket(pair.client)
    }
}

/// What an object without a name says.
pub(super) fn missing_name() -> String {
    naming::missing_name(naming::CODER_AGENT_CLASS)
}
