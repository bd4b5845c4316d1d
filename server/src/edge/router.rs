//! From a URL to an agent: carries out the decisions of [`crate::routing`]. [`super::policy`] has the choices of this
//! Worker.

use std::{cell::OnceCell, rc::Rc};

use ::accounts::{CALLER_HEADER, Caller, Denial};
use common::{http::Header, id::PersonId, naming};
use worker::{
    Delay, Env, Error, ObjectNamespace, Request, Response, Result, Stub,
    js_sys::{Function, Math, Object, Reflect},
    wasm_bindgen::JsCast as _,
};

use super::{accounts, failures, sign_in, unstored};
use crate::routing::{
    self, AfterFailure, AnsweredBy, Decision, Hook, Jurisdiction, ObjectError, Placement,
    RequestKind, Retry, Route, RouteOptions, Target,
};

/// The decision of a hook.
pub(super) type HookAnswer = routing::HookAnswer<Request, Response>;

/// A deployment's own code, called before an object wakes up. The request has no header of the router any more. An error
/// ends the request as a failure of the Worker.
pub(super) trait Hooks {
    /// Decides on requests that open a WebSocket. The response of a refusal gets no CORS headers.
    async fn before_connect(
        &self,
        request: &Request,
        target: Target<'_>,
        env: &Env,
    ) -> Result<HookAnswer>;

    /// Decides on all other requests, except preflights that the router answers. The response of a refusal gets the CORS
    /// headers.
    async fn before_request(
        &self,
        request: &Request,
        target: Target<'_>,
        env: &Env,
    ) -> Result<HookAnswer>;
}

/// Sends a caller's request to the agent that its path names; `None` when the path is not an agent's. The object gets the
/// method, body, path and query unchanged.
///
/// # Errors
/// When a hook fails, or when the object throws and another attempt would fail as well.
pub(super) async fn route_agent_request<H: Hooks>(
    request: Request,
    env: &Env,
    caller: &Caller,
    options: &RouteOptions<H>,
) -> Result<Option<Response>> {
    let path = request.path();
    let bindings = bindings(env);
    match routing::decide(&path, kind(&request), &bindings, options) {
        Decision::Declined => Ok(None),
        Decision::UnknownAgent { agent } => {
            worker::console_warn!("{}", naming::unknown_agent(&path, agent, &bindings));
            Response::error("Invalid request", 400).map(Some)
        }
        Decision::Preflight(headers) => with_headers(Response::empty()?, headers).map(Some),
        Decision::Forward(route) => forward(request, env, caller, route, options)
            .await
            .map(Some),
    }
}

/// Sends a request that changes nothing to an agent's instance. Any spelling of `agent` works; `name` is as in URLs. The
/// placement must be the router's, since another placement is another object.
///
/// # Errors
/// When there is no such agent, or when the object throws.
pub(super) async fn ask_agent(
    request: Request,
    env: &Env,
    caller: &Caller,
    agent: &str,
    name: &str,
    placement: Placement,
) -> Result<Response> {
    let bindings = bindings(env);
    let target = Target {
        binding: binding_of(&bindings, agent, name)?,
        instance: name,
    };
    let namespace = namespace(env, target.binding, placement)?;
    match unstored::answer(&request, env, &namespace, target, caller).await? {
        Some(response) => Ok(response),
        None => {
            let request = with_caller(request, caller)?;
            ask(request, env, &namespace, target, placement, Retry::OFF).await
        }
    }
}

/// The object of an agent's instance, for requests that are not a client's.
///
/// # Errors
/// When there is no such agent.
pub(super) fn get_agent_by_name(
    env: &Env,
    agent: &str,
    name: &str,
    placement: Placement,
) -> Result<Stub> {
    let bindings = bindings(env);
    let target = Target {
        binding: binding_of(&bindings, agent, name)?,
        instance: name,
    };
    stub(env, target, placement)
}

fn binding_of<'b>(bindings: &'b [String], agent: &str, name: &str) -> Result<&'b str> {
    routing::find_binding(bindings, agent)
        .ok_or_else(|| naming::unknown_agent(name, agent, bindings).into())
}

/// Whether the directory of a person may have stored data.
pub(super) async fn has_list(env: &Env, person: &PersonId, placement: Placement) -> Result<bool> {
    let bindings = bindings(env);
    let binding = binding_of(&bindings, naming::DIRECTORY, naming::OWN_DIRECTORY)?;
    let namespace = namespace(env, binding, placement)?;
    let has_list = unstored::has_list(env, &namespace, person.as_str()).await?;
    Ok(has_list.unwrap_or(true))
}

/// Whether a request opens a WebSocket.
pub(super) fn is_upgrade(request: &Request) -> bool {
    kind(request) == RequestKind::Connect
}

pub(super) fn kind(request: &Request) -> RequestKind {
    let upgrade = request.headers().get("Upgrade").ok().flatten();
    RequestKind::of(request.method().as_ref(), upgrade.as_deref())
}

thread_local! {
    /// Determined once per isolate: settings are bindings as well, and there are many.
    static BINDINGS: OnceCell<Rc<[String]>> = const { OnceCell::new() };
}

/// The names of the bindings that are Durable Object namespaces of agents. `idFromName` does not identify them, since
/// service bindings have every method.
fn bindings(env: &Env) -> Rc<[String]> {
    let find = || {
        let names = Object::keys(env.unchecked_ref::<Object>());
        let names = names.iter().filter_map(|name| name.as_string());
        names
            .filter(|name| name != accounts::BINDING && env.durable_object(name).is_ok())
            .collect()
    };
    BINDINGS.with(|bindings| Rc::clone(bindings.get_or_init(find)))
}

async fn forward<H: Hooks>(
    request: Request,
    env: &Env,
    caller: &Caller,
    Route { target, hook }: Route<'_>,
    options: &RouteOptions<H>,
) -> Result<Response> {
    let Some(target) = routing::object_for(target, &caller.person) else {
        return sign_in::deny(Denial::NotYours, is_upgrade(&request));
    };
    let request = without_reserved_headers(request)?;
    let hooks = &options.hooks;
    let answer = match hook {
        Hook::BeforeConnect => hooks.before_connect(&request, target, env).await?,
        Hook::BeforeRequest => hooks.before_request(&request, target, env).await?,
    };
    let request = match answer {
        HookAnswer::Continue => request,
        HookAnswer::Replace(replacement) => replacement,
        HookAnswer::Answer(response) => {
            return with_headers(response, options.cors.headers_on(AnsweredBy::Hook(hook)));
        }
    };
    let namespace = namespace(env, target.binding, options.placement)?;
    let response = match unstored::answer(&request, env, &namespace, target, caller).await? {
        Some(response) => response,
        None => {
            ask(
                with_caller(request, caller)?,
                env,
                &namespace,
                target,
                options.placement,
                options.retry,
            )
            .await?
        }
    };
    let answered_by = AnsweredBy::object(response.status_code());
    with_headers(response, options.cors.headers_on(answered_by))
}

/// The object's response, or one with the reason when its store fails.
async fn ask(
    request: Request,
    env: &Env,
    namespace: &ObjectNamespace,
    target: Target<'_>,
    placement: Placement,
    retry: Retry,
) -> Result<Response> {
    let kind = kind(&request);
    match fetch(request, env, target, placement, retry).await {
        Ok(response) => Ok(response),
        Err(error) => {
            let is_stored = match naming::fold_agent(target.binding) == naming::CODER_AGENT {
                true => unstored::has_file(env, namespace, target.instance).await?,
                false => None,
            };
            failures::of_object(kind, error, is_stored)
        }
    }
}

async fn fetch(
    request: Request,
    env: &Env,
    target: Target<'_>,
    placement: Placement,
    retry: Retry,
) -> Result<Response> {
    let retry = if request.inner().body().is_some() {
        let length = request.headers().get("Content-Length")?;
        retry.with_body(length.and_then(|length| length.parse().ok()))
    } else {
        retry
    };
    if retry == Retry::OFF {
        return stub(env, target, placement)?
            .fetch_with_request(request)
            .await;
    }
    let mut attempt = 1;
    loop {
        // A stub that has thrown may stay broken, and a body can be read only once: each attempt has its own.
        let stub = stub(env, target, placement)?;
        let error = match stub.fetch_with_request(request.clone()?).await {
            Ok(response) => return Ok(response),
            Err(error) => error,
        };
        match retry.after(attempt, object_error(&error), Math::random()) {
            AfterFailure::RetryAfter(wait) => Delay::from(wait).await,
            AfterFailure::Throw => return Err(error),
        }
        attempt += 1;
    }
}

fn namespace(env: &Env, binding: &str, placement: Placement) -> Result<ObjectNamespace> {
    let namespace = env.durable_object(binding)?;
    match placement.jurisdiction {
        None => Ok(namespace),
        Some(jurisdiction) => restricted(&namespace, jurisdiction),
    }
}

fn stub(env: &Env, target: Target<'_>, placement: Placement) -> Result<Stub> {
    let namespace = namespace(env, target.binding, placement)?;
    match placement.location_hint {
        None => namespace.get_by_name(target.instance),
        Some(hint) => namespace.get_by_name_with_location_hint(target.instance, hint.code()),
    }
}

/// The part of a namespace in a jurisdiction, which `worker` does not expose.
fn restricted(namespace: &ObjectNamespace, jurisdiction: Jurisdiction) -> Result<ObjectNamespace> {
    let restrict: Function =
        Reflect::get(namespace.as_ref(), &"jurisdiction".into())?.dyn_into()?;
    let part = restrict.call1(namespace.as_ref(), &jurisdiction.code().into())?;
    Ok(part.unchecked_into())
}

/// Two properties of an error of the platform; each is missing when it does not apply.
fn object_error(error: &Error) -> ObjectError {
    let thrown = error.to_js_value();
    let is_set = |name: &str| {
        Reflect::get(&thrown, &name.into()).is_ok_and(|value| value.as_bool() == Some(true))
    };
    ObjectError {
        retryable: is_set("retryable"),
        overloaded: is_set("overloaded"),
    }
}

fn without_reserved_headers(request: Request) -> Result<Request> {
    let reserved: Vec<String> = request
        .headers()
        .keys()
        .filter(|name| routing::is_reserved(name))
        .collect();
    if reserved.is_empty() {
        return Ok(request);
    }
    let mut request = request.clone_mut()?;
    for name in reserved {
        request.headers_mut()?.delete(&name)?;
    }
    Ok(request)
}

/// Passes the caller to the object. A hook's own request cannot claim to be another caller's.
pub(super) fn with_caller(request: Request, caller: &Caller) -> Result<Request> {
    let mut request = request.clone_mut()?;
    request
        .headers_mut()?
        .set(CALLER_HEADER, &caller.to_header())?;
    Ok(request)
}

/// Sets headers on a response, even on a fetched one, which is read-only.
pub(super) fn with_headers(response: Response, added: Vec<Header>) -> Result<Response> {
    if added.is_empty() {
        return Ok(response);
    }
    let headers = response.headers().clone();
    for Header { name, value } in added {
        headers.set(&name, &value)?;
    }
    Ok(response.with_headers(headers))
}
