//! Server rendering: the routes of the page, with access to the agents.

use std::sync::Arc;

use accounts::{Caller, LinkPurpose, Role};
use app::{
    App, Assets,
    api::{
        Backend, BackendError, ListRead, Listed, OwnModel, Reader, Transcript, TranscriptFuture,
    },
    documents, shell,
};
use axum::{Router, body::Body, http, routing::get};
use common::{
    frame::{Excerpt, Wanted},
    http::ErrorBody,
    naming,
};
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos_axum::{LeptosRoutes as _, generate_route_list};
use worker::{Env, Method, Request, Response, ResponseBuilder, send::SendFuture};

use super::{directory, headers, policy, random::now, router, settings};
use crate::headers::DOCUMENT_POLICY;

/// The files of the page.
const ASSETS: Assets = Assets {
    js: env!("ASSET_JS"),
    wasm: env!("ASSET_WASM"),
    css: env!("ASSET_CSS"),
    pieces: env!("ASSET_PIECES"),
    build: crate::version::PAGE,
};

/// The text of a page whose transcript cannot be read for an unknown reason.
const UNREADABLE: &str = "The transcript could not be read. Reload the page to try again. Nothing is lost: the stored \
                          messages appear once the page is connected.";

/// The router of the pages. The extensions of each request have a [`Visit`].
pub(super) fn router() -> Router<()> {
    let options = LeptosOptions::builder().output_name("app").build();
    let routes = generate_route_list(App);
    Router::new()
        .leptos_routes_with_context(&options, routes, provide_backend, || shell(ASSETS))
        // Not among the page's routes, since it costs less here (`pages/not_found.rs`).
        .route("/doctor", get(rendered))
        .route("/settings", get(rendered))
        .fallback(not_found)
        .with_state(options)
}

/// The page for an unknown path, with its status.
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
    let visit = use_context::<http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<Visit>().cloned());
    if let Some(visit) = visit {
        headers::protect_page(&visit.env);
        let backend: Arc<dyn Backend> = Arc::new(Agents { visit });
        provide_context(backend);
    }
}

/// The facts that a page is rendered from, in the extensions of each request.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) env: Env,
    pub(super) caller: Caller,
    pub(super) reader: Reader,
    pub(super) conversations: Listed,
}

/// The caller's list of conversations. A list that is slow or fails delays no page: it arrives with the connection.
pub(super) async fn listed(env: &Env, caller: &Caller) -> Listed {
    let list = match caller.role {
        Role::Viewer => ListRead::Absent,
        Role::Owner | Role::Member => match directory::listed(env, caller).await {
            Ok(state) => ListRead::State(state),
            Err(error) => {
                worker::console_error!("the list of conversations could not be read: {error}");
                ListRead::Failed
            }
        },
    };
    Listed {
        at: now().as_millis(),
        list,
    }
}

/// The agents of this Worker.
struct Agents {
    visit: Visit,
}

impl Backend for Agents {
    fn transcript(&self, instance: String, wanted: Wanted) -> TranscriptFuture {
        let visit = self.visit.clone();
        Box::pin(SendFuture::new(async move {
            read_transcript(&visit, &instance, &wanted)
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
        settings::setup_problem(&self.visit.env)
    }

    fn own_model(&self) -> OwnModel {
        settings::own_model(&self.visit.env)
    }

    fn reader(&self) -> Reader {
        self.visit.reader.clone()
    }

    fn conversations(&self) -> Listed {
        self.visit.conversations.clone()
    }

    fn image_hosts(&self) -> Vec<String> {
        let config = settings::config(&self.visit.env);
        let config = config.as_ref().as_ref();
        config.map_or_else(|_| Vec::new(), |config| config.image_hosts.clone())
    }
}

async fn read_transcript(
    visit: &Visit,
    instance: &str,
    wanted: &Wanted,
) -> worker::Result<Result<Transcript, BackendError>> {
    let Visit { env, caller, .. } = visit;
    let url = format!(
        "https://agent/agents/{}/{instance}/get-messages?include=growing&{}",
        naming::CODER_AGENT,
        wanted.query()
    );
    let request = Request::new(&url, Method::Get)?;
    let (agent, placement) = (naming::CODER_AGENT, policy::PLACEMENT);
    let mut response = router::ask_agent(request, env, caller, agent, instance, placement).await?;
    if response.status_code() != 200 {
        let said = ErrorBody::from_json(response.json().await.unwrap_or_default());
        let text = said.map_or_else(|| UNREADABLE.to_owned(), |said| said.error);
        return Ok(Err(BackendError { text }));
    }
    let etag = response.headers().get("ETag")?;
    let excerpt = Excerpt::from_json(serde_json::from_str(&response.text().await?)?);
    Ok(Ok(Transcript::new(excerpt, etag)))
}

/// A short page for callers who are not admitted.
pub(super) fn notice(status: u16, title: &str, words: Vec<String>) -> worker::Result<Response> {
    let notice = documents::Notice {
        title: title.to_owned(),
        words,
        way_on: None,
    };
    document(status, documents::notice(ASSETS.css, notice))
}

/// The page when a conversation does not exist, or belongs to another person.
pub(super) fn no_such_conversation() -> worker::Result<Response> {
    let notice = documents::Notice {
        title: "There is no such conversation".to_owned(),
        words: vec!["Or it belongs to someone else, who can share it with you.".to_owned()],
        way_on: Some(("/".to_owned(), "Start a conversation".to_owned())),
    };
    document(404, documents::notice(ASSETS.css, notice))
}

/// The page with the button of a one-time link.
pub(super) fn sign_in(purpose: &LinkPurpose, link: &str) -> worker::Result<Response> {
    let (title, words) = match purpose {
        LinkPurpose::SignIn => (
            "Sign in to Coder",
            "This link works once. You stay signed in on this device until you sign out, or do not use it for 30 days."
                .to_owned(),
        ),
        LinkPurpose::Member => (
            "You are invited to Coder",
            "You get conversations of your own here. This link works once.".to_owned(),
        ),
        LinkPurpose::Viewer { conversation } => (
            "A conversation is shared with you",
            format!("You can read {conversation} from then on. This link works once."),
        ),
    };
    let page = documents::SignIn {
        title: title.to_owned(),
        words,
        link: link.to_owned(),
    };
    document(200, documents::sign_in(ASSETS.css, page))
}

/// The page of the account.
pub(super) fn account(status: u16, account: documents::Account) -> worker::Result<Response> {
    document(status, documents::account(ASSETS.css, account))
}

/// The page that shows a new secret once.
pub(super) fn made(made: documents::Made) -> worker::Result<Response> {
    document(200, documents::made(ASSETS.css, made))
}

fn document(status: u16, html: String) -> worker::Result<Response> {
    Ok(ResponseBuilder::new()
        .with_status(status)
        .with_header("Content-Type", "text/html; charset=utf-8")?
        .with_header("Cache-Control", "no-store")?
        .with_header("Content-Security-Policy", DOCUMENT_POLICY)?
        .fixed(html.into_bytes()))
}
