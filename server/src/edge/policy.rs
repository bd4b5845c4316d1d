//! How this Worker routes requests to its agents. It is the one file to edit for another policy: who may connect, which
//! address agents have, where they live.

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

/// What comes before the agent in every agent path; it may have several segments, as in `api/agents`. The page of this
/// Worker asks for the same constant: change it where it is defined.
pub(super) const PREFIX: &str = naming::AGENTS_PREFIX;

/// Where the objects live. It holds for the router and for the page. Local servers know no jurisdictions: `workerd`
/// refuses them.
pub(super) const PLACEMENT: Placement = Placement {
    jurisdiction: None,
    location_hint: None,
};

/// The policy for a request that a page of `origin` sends.
pub(super) fn route_options(env: &Env, origin: Option<&str>) -> RouteOptions<Policy> {
    RouteOptions {
        prefix: PREFIX,
        cors: cors(env, origin),
        retry: Retry::DEFAULT,
        placement: PLACEMENT,
        hooks: Policy,
    }
}

/// Pages that the door lets in may read what they asked for: those of the setting `ALLOWED_ORIGINS`.
fn cors(env: &Env, origin: Option<&str>) -> Cors {
    let origin = origin.and_then(Origin::parse);
    let origin =
        origin.filter(|origin| settings::with_door(env, |door, _| door.is_allowed_origin(origin)));
    origin.map_or(Cors::Off, |origin| Cors::Origin(origin.to_string()))
}

/// This Worker's hooks. Both let every request through.
///
/// They guard the addresses of agents. A page holds the transcript of its conversation too and does not come by here
/// (`page.rs` reads it): what must stay private needs a guard before the pages as well, in `entry.rs`.
///
/// To ask for a sign-in, answer those who have none; the object then is not woken:
///
/// ```ignore
/// if !signed_in(request, env).await? {
///     return Ok(HookAnswer::Answer(Response::error("Sign in first", 401)?));
/// }
/// ```
///
/// To tell the object something, send it another request in place of the first, with a header of your own:
///
/// ```ignore
/// let mut changed = request.clone_mut()?;
/// changed.headers_mut()?.set("x-user", &user)?;
/// return Ok(HookAnswer::Replace(changed));
/// ```
///
/// `request` is no longer of use after `clone_mut`; a hook that reads the body reads that of `request.clone()`. Set your
/// header on every request: one that is only set sometimes can be sent by clients the rest of the time.
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
