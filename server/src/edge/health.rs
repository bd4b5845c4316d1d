//! `GET /health`: 200 when a turn can be answered, 500 with the reason when it cannot.

use serde_json::json;
use worker::{Env, Response, ResponseBuilder};

use super::settings;

/// The answer. It holds no secret.
pub(super) fn respond(env: &Env) -> worker::Result<Response> {
    let problem = settings::setup_problem(env);
    let provider = settings::config(env)
        .ok()
        .map(|config| config.provider.name());
    let (status, body) = match problem {
        None => (200, json!({"status": "ok", "provider": provider})),
        Some(problem) => (
            500,
            json!({"status": "error", "provider": provider, "error": problem}),
        ),
    };
    ResponseBuilder::new()
        .with_status(status)
        .with_header("Cache-Control", "no-store")?
        .from_json(&body)
}
