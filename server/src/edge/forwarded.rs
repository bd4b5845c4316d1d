//! Takes away what clients say of themselves in the words of a proxy: see [`crate::forwarded`].

use worker::{Env, Request, Result};

use super::settings;
use crate::forwarded::{Front, PROOF};

/// Set by the start scripts on every machine of one's own, and absent on Cloudflare.
const LISTENS_ON: &str = "LISTENS_ON";

/// The request with those forwarded headers that may be believed.
pub(super) fn clean(request: Request, env: &Env) -> Result<Request> {
    let front = if env.var(LISTENS_ON).is_ok() {
        let config = settings::config(env).ok();
        Front::OwnMachine {
            proof: config.and_then(|config| config.proxy_secret),
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
