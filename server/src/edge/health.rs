//! `GET /health`: 200 when a turn can be answered, 500 with the reason when it cannot.

use serde_json::json;
use worker::{Env, Response, ResponseBuilder};

use super::{settings, version};
use crate::store;

/// The answer. It holds no secret.
pub(super) fn respond(env: &Env) -> worker::Result<Response> {
    let problem = settings::setup_problem(env);
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
        "schema": store::SCHEMA,
    });
    let status = if problem.is_some() { 500 } else { 200 };
    if let (Some(problem), Some(fields)) = (problem, body.as_object_mut()) {
        fields.insert("status".to_owned(), json!("error"));
        fields.insert("error".to_owned(), json!(problem));
    }
    ResponseBuilder::new()
        .with_status(status)
        .with_header("Cache-Control", "no-store")?
        .from_json(&body)
}
