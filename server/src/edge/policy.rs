//! How this Worker routes requests to its agents. Edit this file for another policy: who may connect, the addresses of
//! agents, and their location.

use common::naming;
use worker::{Env, Request, Result};

use super::{
    router::{HookAnswer, Hooks},
    settings,
};
use crate::{
    door::Origin,
    routing::{Cors, Placement, Retry, RouteOptions, Target},
};

/// The path before the agent, for every agent; it may have several segments, as in `api/agents`. The page uses the same
/// constant: change it where it is defined.
pub(super) const PREFIX: &str = naming::AGENTS_PREFIX;

/// The location of the objects, for the router and the page. Local servers have no jurisdictions: `workerd` refuses them.
pub(super) const PLACEMENT: Placement = Placement {
    jurisdiction: None,
    location_hint: None,
};

/// The policy for a request of a page of `origin`.
pub(super) fn route_options(env: &Env, origin: Option<&str>) -> RouteOptions<Policy> {
    RouteOptions {
        prefix: PREFIX,
        cors: cors(env, origin),
        retry: Retry::DEFAULT,
        placement: PLACEMENT,
        hooks: Policy,
    }
}

/// Whether pages of an origin may read the responses: those of the setting `ALLOWED_ORIGINS`, which the door admits.
fn cors(env: &Env, origin: Option<&str>) -> Cors {
    let origin = origin.and_then(Origin::parse);
    let origin =
        origin.filter(|origin| settings::with_door(env, |door, _| door.is_allowed_origin(origin)));
    origin.map_or(Cors::Off, |origin| Cors::Origin(origin.to_string()))
}

/// This Worker's hooks. Both admit every request.
///
/// They guard the addresses of agents. A page contains the transcript of its conversation too, and does not pass the hooks
/// (`page.rs` reads the transcript): a private conversation also needs a guard before the pages, in `entry.rs`.
///
/// To require a sign-in, respond to callers who have none; their requests then wake no object:
///
/// ```ignore
/// if !signed_in(request, env).await? {
///     return Ok(HookAnswer::Answer(Response::error("Sign in first", 401)?));
/// }
/// ```
///
/// To pass a fact to the object, replace the request with one that has a header of your own:
///
/// ```ignore
/// let mut changed = request.clone_mut()?;
/// changed.headers_mut()?.set("x-user", &user)?;
/// return Ok(HookAnswer::Replace(changed));
/// ```
///
/// Do not use `request` after `clone_mut`; to read the body, read that of `request.clone()`. Set your header on every request:
/// if you set it only on some, clients can send it on the others.
#[derive(Debug)]
pub(super) struct Policy;

impl Hooks for Policy {
    /// Before a WebSocket is opened.
    async fn before_connect(
        &self,
        _request: &Request,
        _target: Target<'_>,
        _env: &Env,
    ) -> Result<HookAnswer> {
        Ok(HookAnswer::Continue)
    }

    /// Before any other request, such as one for the transcript.
    async fn before_request(
        &self,
        _request: &Request,
        _target: Target<'_>,
        _env: &Env,
    ) -> Result<HookAnswer> {
        Ok(HookAnswer::Continue)
    }
}
