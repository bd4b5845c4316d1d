//! The Durable Object of a directory: hands its events to the machine.
//!
//! - [`desk`]: the machine with its connections, and its effects. [`conversations`]: what it requests of conversations.
//! - [`requests`]: what the Worker and conversations request of a directory.

mod conversations;
mod desk;
mod requests;

use std::rc::Rc;

use ::accounts::{Caller, CredentialId, Intent};
use ::directory::{Attached, Input, PushAnswer};
use common::{agent_path, directory::push::Push};
use worker::{
    DurableObject, Env, Method, Request, Response, ResponseBuilder, Result, State, WebSocket,
    WebSocketIncomingMessage, durable_object,
};

use self::desk::Desk;
pub(super) use self::requests::{listed, push};
use super::{
    accounts::REVOKED_PATH,
    failures, policy, reads, router, sign_in,
    sockets::{self, caller},
};
use crate::routing::RequestKind;

/// Where conversations push; the body is a [`Push`]. No path of an agent is like it, so no client reaches it.
const PUSHED_PATH: &str = "/pushed";

/// Where conversations ask for the person's settings. No path of an agent is like it, either.
pub(super) const SETTINGS_PATH: &str = "/settings";

/// The list of one person's conversations.
#[durable_object]
#[derive(Debug)]
pub struct Directory {
    desk: Rc<Desk>,
}

impl DurableObject for Directory {
    fn new(state: State, env: Env) -> Self {
        sockets::answer_heartbeats(&state);
        Self {
            desk: Rc::new(Desk::new(state, env)),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let kind = router::kind(&request);
        if let Err(problem) = self.desk.start() {
            worker::console_error!("{}", problem.words);
            return failures::answer(kind, problem.fault, &problem.words);
        }
        match request.path().as_str() {
            REVOKED_PATH => {
                let credential = CredentialId::stored(request.text().await?);
                self.desk.input(Input::Revoked(credential));
                return Response::empty();
            }
            SETTINGS_PATH => return self.settings(),
            PUSHED_PATH => {
                let push: Push = serde_json::from_str(&request.text().await?)?;
                return self.pushed(push);
            }
            _ => {}
        }
        let caller = caller(&request)?;
        if let Err(denial) = self.desk.admit(caller.as_ref(), Intent::Reads) {
            return sign_in::deny(denial, kind == RequestKind::Connect);
        }
        if kind == RequestKind::Connect {
            return self.accept(&request, caller);
        }
        let url = request.url()?;
        match agent_path::after_instance(url.path(), policy::PREFIX) {
            Some("") if request.method() == Method::Get => self.list(),
            Some(_) | None => reads::not_implemented(),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        self.desk.input(Input::DeadlinePassed);
        Response::empty()
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        sockets::message(&self.desk, &socket, message);
        Ok(())
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        code: usize,
        reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        sockets::closed(&self.desk, &socket, code, reason);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        sockets::failed(&self.desk, &socket);
        Ok(())
    }
}

impl Directory {
    fn pushed(&self, push: Push) -> Result<Response> {
        match self.desk.input(Input::Pushed(push)) {
            Some(PushAnswer::Taken) => Ok(Response::empty()?.with_status(204)),
            Some(PushAnswer::Failed(error)) => {
                failures::answer(RequestKind::Plain, error.fault, &error.words())
            }
            None => Response::error("The directory is not awake. Try again.", 503),
        }
    }

    /// The person's settings, for their conversations.
    fn settings(&self) -> Result<Response> {
        match self.desk.settings() {
            Some(Ok(settings)) => Response::from_json(&settings.to_json()),
            Some(Err(error)) => failures::answer(RequestKind::Plain, error.fault, &error.words()),
            None => Response::error("The directory is not awake. Try again.", 503),
        }
    }

    /// The list as JSON, for requests without a connection.
    fn list(&self) -> Result<Response> {
        match self.desk.list() {
            Some(Ok(state)) => ResponseBuilder::new()
                .with_header("Cache-Control", "no-store")?
                .from_json(&state),
            Some(Err(error)) => failures::answer(RequestKind::Plain, error.fault, &error.words()),
            None => Response::error("The directory is not awake. Try again.", 503),
        }
    }

    fn accept(&self, request: &Request, caller: Option<Caller>) -> Result<Response> {
        sockets::connect(&self.desk, request, caller, |new| {
            let attached = Attached {
                key: new.key,
                access: new.policy.access,
                protocol: new.policy.protocol,
                caller: new.caller.clone(),
            };
            self.desk.accept(new, attached)
        })
    }
}
