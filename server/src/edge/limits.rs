//! How often somebody may ask: counts requests in the memory of the isolate.

use std::cell::RefCell;

use worker::{Env, Request, Response, ResponseBuilder, Result, js_sys::Reflect};

use super::{random::now, router, settings};
use crate::limits::{Ask, Caller, Requests, TooMany};

thread_local! {
    static REQUESTS: RefCell<Requests> = RefCell::default();
}

/// The answer to a request too many; `None`: it may be answered.
pub(super) fn refused(request: &Request, env: &Env) -> Result<Option<Response>> {
    let Some(rates) = settings::config(env)
        .ok()
        .and_then(|config| config.requests)
    else {
        return Ok(None);
    };
    let ask = if router::is_upgrade(request) {
        Ask::Upgrade
    } else {
        Ask::Request
    };
    let caller = caller(request, env)?;
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

/// Who asks, by the address: Cloudflare tells it in a header, which anybody may send to a server of one's own; there plain
/// workerd tells it in the properties of a request. Behind a proxy it is the proxy's.
fn caller(request: &Request, env: &Env) -> Result<Caller> {
    let is_own_server = env.var("LISTENS_ON").is_ok();
    if !is_own_server {
        let address = request.headers().get("CF-Connecting-IP")?;
        return Ok(address.map_or(Caller::Unknown, |address| Caller::at(&address)));
    }
    let properties = Reflect::get(request.inner(), &"cf".into())?;
    if !properties.is_object() {
        return Ok(Caller::Unknown);
    }
    let address = Reflect::get(&properties, &"clientIp".into())?;
    Ok(address
        .as_string()
        .map_or(Caller::Unknown, |address| Caller::at(&address)))
}
