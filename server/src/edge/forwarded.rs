//! Takes away what clients say of themselves in the words of a proxy: see [`crate::forwarded`].

use worker::{Env, HttpRequest};

use super::settings;
use crate::forwarded::{Front, PROOF};

/// Set by the start scripts on every machine of one's own, and absent on Cloudflare.
pub(super) const LISTENS_ON: &str = "LISTENS_ON";

/// What is left of the forwarded headers may be believed.
pub(super) fn clean(request: &mut HttpRequest, env: &Env) {
    let front = if env.var(LISTENS_ON).is_ok() {
        let config = settings::config(env).ok();
        Front::OwnMachine {
            proof: config.and_then(|config| config.proxy_secret),
        }
    } else {
        Front::Cloudflare
    };
    let headers = request.headers_mut();
    let shown = headers.get(PROOF).and_then(|value| value.to_str().ok());
    for name in front.sender(shown).worthless() {
        headers.remove(name);
    }
}
