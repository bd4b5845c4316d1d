//! Limits requests and new conversations, counted in the memory of the isolate.

use std::{cell::RefCell, result::Result as StdResult};

use accounts::{Caller as SignedIn, PersonId};
use common::http::{ErrorBody, ErrorCode, Header};
use limits::{Ask, Caller, NewConversations, Requests, TooMany, TooManyConversations};
use worker::{Env, Request, Response, ResponseBuilder, Result, js_sys::Reflect};

use super::{random::now, router, settings};
use crate::{
    config::{Config, SignIn},
    forwarded,
};

thread_local! {
    static REQUESTS: RefCell<Requests> = RefCell::default();
    static NEW: RefCell<NewConversations> = RefCell::default();
}

/// The response to a request above the limit of its address; `None` when it is below.
pub(super) fn refused(request: &Request, env: &Env) -> Result<Option<Response>> {
    // A supervisor on the same address must not conclude that the server is down.
    if request.path() == "/health" {
        return Ok(None);
    }
    count(request, env, &address(request)?)
}

/// The response to a request above the limit of a signed-in caller, counted over all addresses; `None` when it is below.
pub(super) fn refused_person(
    request: &Request,
    env: &Env,
    caller: &SignedIn,
) -> Result<Option<Response>> {
    match settings::sign_in(env) {
        SignIn::On(_) => count(request, env, &Caller::Person(caller.person.clone())),
        // Everybody has the owner's rights there.
        SignIn::Off | SignIn::NotSetUp(_) => Ok(None),
    }
}

fn count(request: &Request, env: &Env, caller: &Caller) -> Result<Option<Response>> {
    let config = settings::config(env);
    let rates = config.as_ref().as_ref().ok();
    let Some(rates) = rates.and_then(|config| config.requests) else {
        return Ok(None);
    };
    let ask = if router::is_upgrade(request) {
        Ask::Upgrade
    } else {
        Ask::Request
    };
    let counted = REQUESTS.with_borrow_mut(|requests| requests.count(rates, caller, ask, now()));
    let Err(too_many) = counted else {
        return Ok(None);
    };
    let answer = refusal(TooMany::STATUS, too_many.headers())?;
    Ok(Some(answer.fixed(format!("{too_many}\n").into_bytes())))
}

fn refusal(status: u16, headers: Vec<Header>) -> Result<ResponseBuilder> {
    let answer = ResponseBuilder::new().with_status(status);
    headers.iter().try_fold(answer, |answer, header| {
        answer.with_header(&header.name, &header.value)
    })
}

/// The response to a request that would begin too many conversations.
pub(super) fn too_many_conversations(too_many: &TooManyConversations) -> Result<Response> {
    let body = ErrorBody::new(too_many.to_string()).with_code(ErrorCode::TooManyConversations);
    let answer = refusal(TooManyConversations::STATUS, too_many.headers())?;
    answer.from_json(&body.to_json())
}

/// Checks that a caller may begin a conversation. Without a sign-in there is no such limit.
pub(super) fn may_begin(config: &Config, caller: &SignedIn) -> StdResult<(), TooManyConversations> {
    match config.new_conversations {
        Some(rate) if !caller.is_local() => {
            NEW.with_borrow(|new| new.has_room(rate, &caller.person, now()))
        }
        Some(_) | None => Ok(()),
    }
}

/// Counts a new conversation of a person.
pub(super) fn begun(config: &Config, person: &PersonId) {
    if let Some(rate) = config.new_conversations {
        NEW.with_borrow_mut(|new| new.count(rate, person, now()));
    }
}

/// The address of the caller: from the proxy in front of the server, else from plain workerd, in the properties of the
/// request.
fn address(request: &Request) -> Result<Caller> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    if let Some(address) = forwarded::client_address(header) {
        return Ok(Caller::of(address));
    }
    let properties = Reflect::get(request.inner(), &"cf".into())?;
    if !properties.is_object() {
        return Ok(Caller::Unknown);
    }
    let address = Reflect::get(&properties, &"clientIp".into())?;
    let address = address.as_string();
    Ok(address.map_or(Caller::Unknown, |address| Caller::at(&address)))
}
