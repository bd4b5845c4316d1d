//! How often somebody may ask: counts requests in the memory of the isolate.

use std::cell::RefCell;

use limits::{Ask, Caller, Requests, TooMany};
use worker::{Env, Request, Response, ResponseBuilder, Result, js_sys::Reflect};

use super::{random::now, router, settings};
use crate::forwarded;

thread_local! {
    static REQUESTS: RefCell<Requests> = RefCell::default();
}

/// The answer to a request too many; `None`: it may be answered.
pub(super) fn refused(request: &Request, env: &Env) -> Result<Option<Response>> {
    // A supervisor that asks from the same address must not take the server for dead.
    if request.path() == "/health" {
        return Ok(None);
    }
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
    let caller = caller(request)?;
    let counted = REQUESTS.with_borrow_mut(|requests| requests.count(rates, &caller, ask, now()));
    counted.err().map(|too_many| answer(&too_many)).transpose()
}

fn answer(too_many: &TooMany) -> Result<Response> {
    let mut builder = ResponseBuilder::new().with_status(TooMany::STATUS);
    for header in too_many.headers() {
        builder = builder.with_header(&header.name, &header.value)?;
    }
    Ok(builder.fixed(format!("{too_many}\n").into_bytes()))
}

/// Who asks, by the address: as whoever stands before the server says it, else as plain workerd does, in the properties of a
/// request.
fn caller(request: &Request) -> Result<Caller> {
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
