//! Removes forwarded headers that only a proxy may send: see [`crate::forwarded`].

use worker::{Env, Request, Result};

use super::settings;
use crate::forwarded::{Front, PROOF};

/// The request with only those forwarded headers that can be trusted.
pub(super) fn clean(request: Request, env: &Env) -> Result<Request> {
    let front = if settings::is_on_own_machine(env) {
        let config = settings::config(env);
        let config = config.as_ref().as_ref().ok();
        Front::OwnMachine {
            proof: config.and_then(|config| config.proxy_secret.clone()),
        }
    } else {
        Front::Cloudflare
    };
    let shown = request.headers().get(PROOF)?;
    let mut sent = front.sender(shown.as_deref()).worthless();
    sent.retain(|name| request.headers().has(name).unwrap_or_default());
    if sent.is_empty() {
        return Ok(request);
    }
    let mut request = request.clone_mut()?;
    for name in sent {
        request.headers_mut()?.delete(name)?;
    }
    Ok(request)
}
