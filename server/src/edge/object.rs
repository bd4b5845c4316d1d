//! The Durable Object of a conversation: passes its events to the instance.

use std::rc::Rc;

use ::accounts::{Caller, CredentialId, Intent};
use agent::Input;
use common::naming;
use serde::{Deserialize, Serialize};
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage,
    durable_object,
};

use super::{
    accounts, disk, failures, files,
    instance::Instance,
    limits, portable,
    reads::{self, Asked},
    router, sign_in,
    sockets::{self, caller},
};
use crate::routing::RequestKind;

/// The reason that the clients of a deleted conversation get.
const DELETED: &str = "This conversation was deleted.";
/// The path of the Worker's requests for a caller's access. It is no path of an agent, so that no client reaches it.
pub(super) const ACCESS_PATH: &str = "/access";

/// The path of the owner's directory for a new title, which is the body. It is no path of an agent either.
pub(super) const TITLE_PATH: &str = "/title";

/// A caller's access to a conversation.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ConversationAccess {
    /// Whether the caller may change it.
    pub(super) may_change: bool,
    /// Distinguishes its store from a later one of the same name.
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
        sockets::answer_heartbeats(&state);
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
            let accept = |new| self.instance.accept(new);
            return sockets::connect(&self.instance, &request, caller, accept);
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
                self.instance.look_at_files();
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
        sockets::message(&self.instance, &socket, message);
        Ok(())
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        code: usize,
        reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        sockets::closed(&self.instance, &socket, code, reason);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        sockets::failed(&self.instance, &socket);
        Ok(())
    }
}

impl CoderAgent {
    /// Handles a revoked sign-in; its id is the body.
    async fn revoke(&self, mut request: Request) -> Result<Response> {
        let credential = CredentialId::stored(request.text().await?);
        self.instance.input(Input::Revoked(credential));
        Response::empty()
    }

    /// The caller's access. The Worker needs it to render the page and to share conversations.
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

    /// Sets the title that the user chose in the list of conversations.
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
}

/// The error of an object without a name.
pub(super) fn missing_name() -> String {
    naming::missing_name(naming::CODER_AGENT_CLASS)
}
