//! From a URL to an agent (protocol §1.3). Names are forgiving: see [`common::naming`].

use common::naming::{self, AgentPath};
use worker::{Env, Method, Request, Response, Result, Stub, js_sys, wasm_bindgen::JsCast as _};

/// Headers that only a router may set; a client that sends them is not heard.
const ROUTER_HEADERS: &[&str] = &[
    "x-agents-lifecycle-props",
    "x-partykit-namespace",
    "x-partykit-room",
    "x-partykit-jurisdiction",
    "x-partykit-props",
];

/// Hands a request under `/agents/{agent}/{name}` to its object; `None` when the path is another one.
///
/// # Errors
/// When the object throws.
pub(super) async fn route_agent_request(request: Request, env: &Env) -> Result<Option<Response>> {
    let path = request.path();
    let Some(target) = AgentPath::parse(&path) else {
        return Ok(None);
    };
    let namespaces = namespaces(env);
    let Some(binding) = find_binding(&namespaces, target.agent) else {
        let known: Vec<&str> = namespaces.iter().map(String::as_str).collect();
        let url = request
            .url()
            .map_or_else(|_| path.clone(), |url| url.path().to_owned());
        worker::console_warn!("{}", naming::unknown_agent(&url, target.agent, &known));
        return Response::error("Invalid request", 400).map(Some);
    };
    let stub = env.durable_object(binding)?.get_by_name(target.name)?;
    let request = without_router_headers(request)?;
    stub.fetch_with_request(request).await.map(Some)
}

/// The object of an agent's instance. `agent` may be spelled in any way; `name` is as it stands in URLs.
///
/// # Errors
/// When there is no such agent.
pub(super) fn get_agent_by_name(env: &Env, agent: &str, name: &str) -> Result<Stub> {
    let namespaces = namespaces(env);
    let Some(binding) = find_binding(&namespaces, agent) else {
        let known: Vec<&str> = namespaces.iter().map(String::as_str).collect();
        return Err(naming::unknown_agent(name, agent, &known).into());
    };
    env.durable_object(binding)?.get_by_name(name)
}

fn find_binding<'a>(namespaces: &'a [String], agent: &str) -> Option<&'a str> {
    let wanted = naming::fold_agent(agent);
    namespaces
        .iter()
        .map(String::as_str)
        .find(|binding| naming::fold_agent(binding) == wanted)
}

/// The names of the bindings that are Durable Object namespaces. Whether they have an `idFromName` does not tell:
/// service bindings answer to every name.
fn namespaces(env: &Env) -> Vec<String> {
    let names = js_sys::Object::keys(env.unchecked_ref::<js_sys::Object>());
    names
        .iter()
        .filter_map(|name| name.as_string())
        .filter(|name| env.durable_object(name).is_ok())
        .collect()
}

fn without_router_headers(request: Request) -> Result<Request> {
    let headers = request.headers();
    let forged: Vec<&str> = ROUTER_HEADERS
        .iter()
        .copied()
        .filter(|name| headers.has(name).unwrap_or(false))
        .collect();
    if forged.is_empty() {
        return Ok(request);
    }
    let mut request = request.clone_mut()?;
    for name in forged {
        request.headers_mut()?.delete(name)?;
    }
    Ok(request)
}

/// Whether a request asks for a WebSocket.
pub(super) fn is_upgrade(request: &Request) -> bool {
    request.method() == Method::Get
        && request
            .headers()
            .get("Upgrade")
            .ok()
            .flatten()
            .is_some_and(|protocol| protocol.eq_ignore_ascii_case("websocket"))
}
