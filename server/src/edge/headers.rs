//! The last step of every response: adds the headers that [`crate::headers`] requires.

use common::http::Header;
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;
use worker::{Env, Response, Result};

use crate::headers;

/// A local developer's tool adds a script to each page and sets its hash here. It is no setting: only the start script sets
/// it.
const PAGE_SCRIPTS: &str = "PAGE_SCRIPTS";

/// Adds the headers that the response does not have.
pub(super) fn complete(response: Response) -> Result<Response> {
    let has = |name: &str| response.headers().has(name).unwrap_or_default();
    let missing = headers::missing(response.status_code(), has);
    if missing.is_empty() {
        return Ok(response);
    }
    let all = response.headers().clone();
    for Header { name, value } in missing {
        all.set(&name, &value)?;
    }
    Ok(response.with_headers(all))
}

/// Gives the page that is being rendered its policy; leptos has created the nonce just before.
pub(super) fn protect_page(env: &Env) {
    let (Some(nonce), Some(options)) = (use_nonce(), use_context::<ResponseOptions>()) else {
        return;
    };
    let scripts = env.var(PAGE_SCRIPTS).map(|hashes| hashes.to_string());
    let scripts: Vec<String> = scripts
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let policy = headers::page_policy(&nonce, &scripts);
    if let Ok(policy) = policy.parse() {
        options.insert_header(axum::http::header::CONTENT_SECURITY_POLICY, policy);
    }
}
