//! Server rendering: the page's routes, with the agents behind them.

use std::sync::Arc;

use app::{
    App, Assets,
    api::{Backend, BackendError, Transcript, TranscriptFuture},
    shell,
};
use axum::{Router, body::Body, http, routing::get};
use common::{message::Message, naming};
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos_axum::{LeptosRoutes as _, generate_route_list};
use serde_json::Value;
use worker::{Env, Method, Request, send::SendFuture};

use super::{headers, policy, router, settings};

/// The files of the page, by content.
const ASSETS: Assets = Assets {
    js: env!("ASSET_JS"),
    wasm: env!("ASSET_WASM"),
    css: env!("ASSET_CSS"),
    pieces: env!("ASSET_PIECES"),
};

/// What a page says when its transcript cannot be read and nobody knows why.
const UNREADABLE: &str = "The transcript could not be read. Reload the page to try again. Nothing is lost: what is stored \
                          appears once the connection stands.";

/// The page's router; the Worker's environment is in each request's extensions.
pub(super) fn router() -> Router<()> {
    let options = LeptosOptions::builder().output_name("app").build();
    let routes = generate_route_list(App);
    Router::new()
        .leptos_routes_with_context(&options, routes, provide_backend, || shell(ASSETS))
        // Not one of the page's routes, so that it costs less there (`pages/not_found.rs`).
        .route("/doctor", get(rendered))
        .fallback(not_found)
        .with_state(options)
}

/// The page says that there is nothing here, and so does the status.
async fn not_found(request: http::Request<Body>) -> http::Response<Body> {
    let mut response = rendered(request).await;
    *response.status_mut() = http::StatusCode::NOT_FOUND;
    response
}

async fn rendered(request: http::Request<Body>) -> http::Response<Body> {
    let render = leptos_axum::render_app_to_stream_with_context(provide_backend, || shell(ASSETS));
    render(request).await
}

fn provide_backend() {
    let env = use_context::<http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<Env>().cloned());
    if let Some(env) = env {
        headers::protect_page(&env);
        let backend: Arc<dyn Backend> = Arc::new(Agents { env });
        provide_context(backend);
    }
}

/// The agents of this Worker.
struct Agents {
    env: Env,
}

impl Backend for Agents {
    fn transcript(&self, instance: String) -> TranscriptFuture {
        let env = self.env.clone();
        Box::pin(SendFuture::new(async move {
            read_transcript(&env, &instance)
                .await
                .unwrap_or_else(|error| {
                    worker::console_error!("a transcript could not be read: {error}");
                    Err(BackendError {
                        text: UNREADABLE.to_owned(),
                    })
                })
        }))
    }

    fn setup_problem(&self) -> Option<String> {
        settings::setup_problem(&self.env)
    }

    fn is_demo(&self) -> bool {
        settings::is_demo(&self.env)
    }

    fn image_hosts(&self) -> Vec<String> {
        settings::config(&self.env)
            .map(|config| config.image_hosts)
            .unwrap_or_default()
    }
}

async fn read_transcript(
    env: &Env,
    instance: &str,
) -> worker::Result<Result<Transcript, BackendError>> {
    let url = format!(
        "https://agent/agents/{}/{instance}/get-messages?include=growing",
        naming::CODER_AGENT
    );
    let request = Request::new(&url, Method::Get)?;
    let (agent, placement) = (naming::CODER_AGENT, policy::PLACEMENT);
    let mut response = router::read_from_agent(request, env, agent, instance, placement).await?;
    if response.status_code() != 200 {
        let said: Value = response.json().await.unwrap_or_default();
        let words = said.get("error").and_then(Value::as_str);
        let text = words.unwrap_or(UNREADABLE).to_owned();
        return Ok(Err(BackendError { text }));
    }
    let etag = response.headers().get("ETag")?;
    let messages = serde_json::from_str(&response.text().await?)?;
    Ok(Ok(Transcript {
        messages: Message::list_from_json(messages),
        etag,
    }))
}
