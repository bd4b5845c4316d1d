//! From a URL to an agent: does what [`crate::routing`] decides. What this Worker wants of it stands in
//! [`super::policy`].

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

/// What a hook decides about a request.
pub(super) type HookAnswer = routing::HookAnswer<Request, Response>;

/// A deployer's own code, asked before an object is woken. The request has no header of the router's own anymore. An
/// error ends the request as a failure of the Worker.
pub(super) trait Hooks {
    /// Asked about requests that open a WebSocket. Its answer gets no CORS headers.
    async fn before_connect(
        &self,
        request: &Request,
        target: Target<'_>,
        env: &Env,
    ) -> Result<HookAnswer>;

    /// Asked about all other requests but preflights that the router answers. Its answer gets the CORS headers.
    async fn before_request(
        &self,
        request: &Request,
        target: Target<'_>,
        env: &Env,
    ) -> Result<HookAnswer>;
}

/// Hands a request of a caller to the agent its path names; `None` when the path is not an agent's. The object sees the method,
/// body, path and query as they came.
///
/// # Errors
/// When a hook fails, or when the object throws and another attempt is of no use.
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

/// Asks an agent's instance something that changes nothing. `agent` may be spelled in any way; `name` is as it stands in
/// URLs. The placement must be the router's, or it may be another object.
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

/// The object of an agent's instance, for what is none of a client's requests.
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

/// Whether the directory of a person may have something stored.
pub(super) async fn has_list(env: &Env, person: &PersonId, placement: Placement) -> Result<bool> {
    let bindings = bindings(env);
    let binding = binding_of(&bindings, naming::DIRECTORY, naming::OWN_DIRECTORY)?;
    let namespace = namespace(env, binding, placement)?;
    let has_list = unstored::has_list(env, &namespace, person.as_str()).await?;
    Ok(has_list.unwrap_or(true))
}

/// Whether a request asks for a WebSocket.
pub(super) fn is_upgrade(request: &Request) -> bool {
    kind(request) == RequestKind::Connect
}

pub(super) fn kind(request: &Request) -> RequestKind {
    let upgrade = request.headers().get("Upgrade").ok().flatten();
    RequestKind::of(request.method().as_ref(), upgrade.as_deref())
}

thread_local! {
    /// Looked for once in the life of an isolate: settings are bindings, too, and there are many.
    static BINDINGS: OnceCell<Rc<[String]>> = const { OnceCell::new() };
}

/// The names of the bindings that are Durable Object namespaces of agents. Whether they have an `idFromName` does not tell:
/// service bindings answer to every name.
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

/// The object's answer, or what is said when its store fails.
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
        // A stub that has thrown may stay broken, and a body is read but once: each attempt has its own of both.
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

/// The part of a namespace that stays in a jurisdiction; `worker` has no word for it.
fn restricted(namespace: &ObjectNamespace, jurisdiction: Jurisdiction) -> Result<ObjectNamespace> {
    let restrict: Function =
        Reflect::get(namespace.as_ref(), &"jurisdiction".into())?.dyn_into()?;
    let part = restrict.call1(namespace.as_ref(), &jurisdiction.code().into())?;
    Ok(part.unchecked_into())
}

/// What the platform says about an error it has thrown: two properties, each missing when it is not so.
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

/// Tells the object who calls. A hook's own request cannot claim to come from somebody else.
pub(super) fn with_caller(request: Request, caller: &Caller) -> Result<Request> {
    let mut request = request.clone_mut()?;
    request
        .headers_mut()?
        .set(CALLER_HEADER, &caller.to_header())?;
    Ok(request)
}

/// Sets headers on an answer, also on one that was fetched and is read-only.
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
