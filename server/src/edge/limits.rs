//! How often somebody may ask, and begin a conversation: counted in the memory of the isolate.

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

/// The answer to a request too many; `None`: it may be answered.
pub(super) fn refused(request: &Request, env: &Env) -> Result<Option<Response>> {
    // A supervisor that asks from the same address must not take the server for dead.
    if request.path() == "/health" {
        return Ok(None);
    }
    count(request, env, &address(request)?)
}

/// The answer to a request too many of somebody who is signed in, from all addresses; `None`: it may be answered.
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

/// The answer to a request that would begin one conversation too many.
pub(super) fn too_many_conversations(too_many: &TooManyConversations) -> Result<Response> {
    let body = ErrorBody::new(too_many.to_string()).with_code(ErrorCode::TooManyConversations);
    let answer = refusal(TooManyConversations::STATUS, too_many.headers())?;
    answer.from_json(&body.to_json())
}

/// Whether a caller may begin a conversation. Without a sign-in there is no such limit.
pub(super) fn may_begin(config: &Config, caller: &SignedIn) -> StdResult<(), TooManyConversations> {
    match config.new_conversations {
        Some(rate) if !caller.is_local() => {
            NEW.with_borrow(|new| new.has_room(rate, &caller.person, now()))
        }
        Some(_) | None => Ok(()),
    }
}

/// Counts a conversation that a person has begun.
pub(super) fn begun(config: &Config, person: &PersonId) {
    if let Some(rate) = config.new_conversations {
        NEW.with_borrow_mut(|new| new.count(rate, person, now()));
    }
}

/// Who asks, by the address: as whoever stands before the server says it, else as plain workerd does, in the properties of a
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
