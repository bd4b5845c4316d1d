//! Server rendering: the page's routes, with the agents behind them.

use std::sync::Arc;

use app::{
    App, Assets,
    api::{Backend, BackendError, Transcript, TranscriptFuture},
    shell,
};
use axum::{Router, body::Body, http, routing::get};
use common::{
    frame::{Excerpt, Wanted},
    naming,
};
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos_axum::{LeptosRoutes as _, generate_route_list};
use worker::{Env, Method, Request, send::SendFuture};

use super::{policy, router, settings};

/// The files of the page, by content.
const ASSETS: Assets = Assets {
    js: env!("ASSET_JS"),
    wasm: env!("ASSET_WASM"),
    css: env!("ASSET_CSS"),
    pieces: env!("ASSET_PIECES"),
};

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
        let backend: Arc<dyn Backend> = Arc::new(Agents { env });
        provide_context(backend);
    }
}

/// The agents of this Worker.
struct Agents {
    env: Env,
}

impl Backend for Agents {
    fn transcript(&self, instance: String, wanted: Wanted) -> TranscriptFuture {
        let env = self.env.clone();
        Box::pin(SendFuture::new(async move {
            read_transcript(&env, &instance, &wanted)
                .await
                .map_err(|error| {
                    worker::console_error!(
                        "the transcript of {instance} could not be read: {error}"
                    );
                    BackendError {
                        text: "The transcript could not be read. Reload the page to try again."
                            .to_owned(),
                    }
                })
        }))
    }

    fn setup_problem(&self) -> Option<String> {
        settings::setup_problem(&self.env)
    }

    fn is_demo(&self) -> bool {
        settings::is_demo(&self.env)
    }
}

async fn read_transcript(env: &Env, instance: &str, wanted: &Wanted) -> worker::Result<Transcript> {
    let stub = router::get_agent_by_name(env, naming::CODER_AGENT, instance, policy::PLACEMENT)?;
    let url = format!(
        "https://agent/agents/{}/{instance}/get-messages?include=growing&{}",
        naming::CODER_AGENT,
        wanted.query()
    );
    let mut response = stub
        .fetch_with_request(Request::new(&url, Method::Get)?)
        .await?;
    if response.status_code() != 200 {
        return Err(response.text().await?.into());
    }
    let etag = response.headers().get("ETag")?;
    let excerpt = Excerpt::from_json(serde_json::from_str(&response.text().await?)?);
    Ok(Transcript::new(excerpt, etag))
}
