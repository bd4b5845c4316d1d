//! `GET /health`: 200 when a turn can be answered and stored. Otherwise 507 when the disk is the reason, and 500 for other
//! reasons, with the reason.

use serde_json::json;
use worker::{Env, Request, Response, ResponseBuilder};

use super::{
    probe::{self, Tries},
    settings, version,
};

/// The query of frequent callers such as `npm start`: it does not write to a disk that works.
const WATCHES: &str = "watch";

/// A fault of the store that is not the disk's.
const UNKNOWN: &str = "Nothing can be stored. The server's log has the cause.";

/// The response. It contains no secret.
pub(super) async fn respond(request: &Request, env: &Env) -> worker::Result<Response> {
    let url = request.url()?;
    let tries = match url.query() {
        Some(WATCHES) => Tries::WhileFailing,
        Some(_) | None => Tries::Always,
    };
    let fault = probe::fault(env, tries).await;
    let stored = fault.map(|fault| fault.words().unwrap_or(UNKNOWN).to_owned());
    let problem = settings::setup_problem(env).or(stored);
    let config = settings::config(env);
    let provider = config
        .as_ref()
        .as_ref()
        .ok()
        .map(|config| config.provider.name());
    let mut body = json!({
        "status": "ok",
        "provider": provider,
        "build": version::built().build,
        "schema": sql::SCHEMA,
        "storage": fault.map_or("ok", |fault| fault.code().as_str()),
    });
    let status = match (fault, &problem) {
        (Some(fault), _) => fault.status(),
        (None, Some(_)) => 500,
        (None, None) => 200,
    };
    if let (Some(problem), Some(fields)) = (problem, body.as_object_mut()) {
        fields.insert("status".to_owned(), json!("error"));
        fields.insert("error".to_owned(), json!(problem));
    }
    ResponseBuilder::new()
        .with_status(status)
        .with_header("Cache-Control", "no-store")?
        .from_json(&body)
}
