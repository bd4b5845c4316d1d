//! The Worker's fetch event. Static files never come here: Workers Assets serves them first.

use std::cell::RefCell;

use axum::Router;
use tower_service::Service as _;
use worker::{Context, Env, HttpRequest, Request, Response, Result, event};

use super::{door, headers, health, page, picture, policy, router, settings};
use crate::routing;

thread_local! {
    /// Built once in the life of an isolate.
    static PAGES: RefCell<Option<Router<()>>> = const { RefCell::new(None) };
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    settings::log_setup_problem_once(&env);
    let response = match door::refused(&request, &env)? {
        Some(refusal) => refusal,
        None => answer(request, env).await?,
    };
    headers::complete(response)
}

/// The answer to a request that was let in.
///
/// An object's answer is handed on as it is: a body that became axum's would be read into the wasm and written out
/// again, piece by piece.
async fn answer(request: Request, env: Env) -> Result<Response> {
    let path = request.path();
    #[cfg(debug_assertions)]
    panic_when_asked(&path);
    if path == "/health" {
        return health::respond(&env);
    }
    if path == crate::picture::PATH {
        return picture::respond(&request);
    }
    if routing::is_under(&path, policy::PREFIX) {
        let origin = request.headers().get("Origin")?;
        let options = policy::route_options(&env, origin.as_deref());
        return match router::route_agent_request(request, &env, &options).await? {
            Some(response) => Ok(response),
            None => Response::error("Not found", 404),
        };
    }
    let mut request = HttpRequest::try_from(request)?;
    request.extensions_mut().insert(env);
    let mut pages = PAGES.with_borrow_mut(|pages| pages.get_or_insert_with(page::router).clone());
    match pages.call(request).await {
        Ok(response) => response.try_into(),
        Err(never) => match never {},
    }
}

/// `/debug/panic`, in the quick build alone: a panic in one request must not end what other conversations are doing.
#[cfg(debug_assertions)]
#[expect(clippy::panic, reason = "this is what it is for")]
fn panic_when_asked(path: &str) {
    if path == "/debug/panic" {
        panic!("asked to panic");
    }
}
