//! The Worker's fetch event. Requests for static files never reach it: Workers Assets serves them first.

use std::cell::RefCell;

use accounts::{
    Role, conversation_name,
    http::{ACCOUNT_PATH, SIGN_IN_PATH, chat_segment, without_ticket},
};
use app::api::Reader;
use axum::{Router, http::Uri};
use common::agent_path;
use tower_service::Service as _;
use worker::{Context, Env, HttpRequest, Request, Response, Result, event};

use super::{
    account_pages, door, forwarded, headers, health, limits,
    observe::{self, Observed},
    page::{self, Visit},
    picture, policy, router, settings,
    sign_in::{self, Admitted, Facts, Gate},
    version,
};
use crate::{config::SignIn, events::Guard};

thread_local! {
    /// Built once per isolate.
    static PAGES: RefCell<Option<Router<()>>> = const { RefCell::new(None) };
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    settings::log_setup_problem_once(&env);
    let mut observed = Observed::of(&request, &env);
    let answer = admit(request, env, context, &mut observed).await;
    observed.answered(answer)
}

/// Admits a request or refuses it.
async fn admit(
    request: Request,
    env: Env,
    context: Context,
    observed: &mut Observed,
) -> Result<Response> {
    let request = forwarded::clean(request, &env)?;
    let response = if let Some(refusal) = door::refused(&request, &env)? {
        observed.refused(Guard::Door);
        refusal
    } else if let Some(refusal) = limits::refused(&request, &env)? {
        refusal
    } else {
        answer(request, env, context, observed).await?
    };
    headers::complete(response)
}

/// The response to a request that the door and the limits admit. The response of an object is passed on untouched: as an
/// axum body it would be copied into the wasm and out again, piece by piece.
async fn answer(
    request: Request,
    env: Env,
    context: Context,
    observed: &mut Observed,
) -> Result<Response> {
    let path = request.path();
    #[cfg(debug_assertions)]
    panic_when_asked(&path);
    match path.as_str() {
        "/health" => return health::respond(&request, &env).await,
        "/version" => return version::respond(),
        _ => {}
    }
    let facts = Facts::of(&request, &env)?;
    if facts.path() == SIGN_IN_PATH
        && let SignIn::On(modes) = settings::sign_in(&env)
        && modes.owner.is_some()
    {
        let by = sign_in::authenticate(&facts, &modes, &env, &context).await?;
        let by = by.ok().map(|admitted| admitted.caller);
        return account_pages::sign_in(request, &facts, &env, by).await;
    }
    match sign_in::check(&facts, &env, &context).await? {
        Gate::Open(admitted) => {
            observed.by(&admitted.caller);
            if let Some(refusal) = limits::refused_person(&request, &env, &admitted.caller)? {
                return Ok(refusal);
            }
            serve(request, &facts, env, admitted).await
        }
        Gate::Shut(answer) => {
            observed.refused(Guard::SignIn);
            Ok(answer)
        }
    }
}

/// Responds to an admitted caller.
async fn serve(request: Request, facts: &Facts, env: Env, admitted: Admitted) -> Result<Response> {
    if facts.path() == crate::picture::PATH {
        return picture::respond(&request);
    }
    if facts.path() == "/metrics" {
        return observe::respond(&env, &admitted.caller).await;
    }
    if agent_path::is_under(facts.path(), policy::PREFIX) {
        // Removes the ticket from the address, which may be logged.
        let request = match without_ticket(facts.query()) {
            None => request,
            Some(query) => with_query(request, &query)?,
        };
        let origin = request.headers().get("Origin")?;
        let options = policy::route_options(&env, origin.as_deref());
        let caller = &admitted.caller;
        return match router::route_agent_request(request, &env, caller, &options).await? {
            Some(response) => Ok(response),
            None => Response::error("Not found", 404),
        };
    }
    let request = match account_pages::respond(request, facts, &env, &admitted).await? {
        Ok(answer) => return with_cookie(answer, admitted.set_cookie),
        Err(request) => request,
    };
    // A caller who only reads begins no conversation; the directory lists the conversations shared with the caller.
    if facts.path() == "/" && admitted.caller.role == Role::Viewer {
        return account_pages::see_other(ACCOUNT_PATH);
    }
    let mut read_only = None;
    if let Some(segment) = chat_segment(facts.path()) {
        let name = conversation_name(segment);
        match account_pages::conversation_access(&env, &admitted.caller, &name).await? {
            None => return page::no_such_conversation(),
            Some(access) if access.may_change => {}
            Some(_) => read_only = Some(decoded(segment)),
        }
    }
    let Admitted { caller, set_cookie } = admitted;
    let reader = Reader {
        is_signed_in: matches!(settings::sign_in(&env), SignIn::On(_)),
        read_only,
    };
    let conversations = page::listed(&env, &caller).await;
    let mut request = HttpRequest::try_from(request)?;
    request.extensions_mut().insert(Visit {
        env,
        caller,
        reader,
        conversations,
    });
    let mut pages = PAGES.with_borrow_mut(|pages| pages.get_or_insert_with(page::router).clone());
    match pages.call(request).await {
        Ok(response) => with_cookie(response.try_into()?, set_cookie),
        Err(never) => match never {},
    }
}

/// A path segment, decoded as the page's router decodes it.
fn decoded(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment)
        .decode_utf8_lossy()
        .into_owned()
}

fn with_cookie(response: Response, cookie: Option<String>) -> Result<Response> {
    if let Some(cookie) = cookie {
        response.headers().append("Set-Cookie", &cookie)?;
    }
    Ok(response)
}

/// The same request with another query.
fn with_query(request: Request, query: &str) -> Result<Request> {
    let mut request = HttpRequest::try_from(request)?;
    let uri = request.uri();
    let mut parts = uri.clone().into_parts();
    let path = if query.is_empty() {
        uri.path().to_owned()
    } else {
        format!("{}?{query}", uri.path())
    };
    let unusable = |error: &dyn std::fmt::Display| worker::Error::RustError(error.to_string());
    parts.path_and_query = Some(path.parse().map_err(|error| unusable(&error))?);
    *request.uri_mut() = Uri::from_parts(parts).map_err(|error| unusable(&error))?;
    Request::try_from(request)
}

/// `/debug/panic`, only in the quick build: a panic in one request must not end the work of other conversations.
#[cfg(debug_assertions)]
#[expect(clippy::panic, reason = "this is what it is for")]
fn panic_when_asked(path: &str) {
    if path == "/debug/panic" {
        panic!("asked to panic");
    }
}
