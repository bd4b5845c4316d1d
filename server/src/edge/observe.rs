//! Events: lines on the console, and the counters of this isolate.

use std::cell::OnceCell;

use accounts::{Caller, Role};
use common::{agent_path, id::IdSource as _, time::Timestamp};
use worker::{Env, Request, Response, ResponseBuilder, Result};

use super::{
    policy,
    probe::{self, Tries},
    random::{RandomIds, now},
    settings, version,
};
use crate::events::{CONTENT_TYPE, Event, Guard, Hashed, Level, Metrics, Route, Who};

/// The id of the request, in the response, in error texts and in the log.
const REQUEST_ID: &str = "X-Request-Id";

thread_local! {
    /// The counters, created by the first event.
    static METRICS: OnceCell<Metrics> = const { OnceCell::new() };
}

/// Calls `work` with the counters.
pub(super) fn metrics<T>(work: impl FnOnce(&Metrics) -> T) -> T {
    METRICS.with(|metrics| {
        work(metrics.get_or_init(|| Metrics::new(&version::built().build.unwrap_or_default())))
    })
}

/// Counts an event, and logs it if it matters enough.
pub(super) fn record(level: Level, who: &Who, event: &Event<'_>) {
    metrics(|metrics| metrics.count(event));
    if event.level() > level {
        return;
    }
    let line = event.line(now(), who);
    match event.level() {
        Level::Error => worker::console_error!("{line}"),
        Level::Warn => worker::console_warn!("{line}"),
        Level::Info | Level::Debug => worker::console_log!("{line}"),
    }
}

/// The configured log level; the default when the settings are invalid.
fn level(env: &Env) -> Level {
    settings::config(env)
        .as_ref()
        .as_ref()
        .map_or_else(|_| Level::default(), |config| config.log)
}

/// `GET /metrics`: for the server's owner, which is everybody on a local server without a sign-in.
pub(super) async fn respond(env: &Env, caller: &Caller) -> Result<Response> {
    if caller.role != Role::Owner {
        return Response::error("Only the server's owner may read its counters.", 403);
    }
    // The probe sets the counter of the storage.
    probe::fault(env, Tries::Always).await;
    let text = metrics(Metrics::text);
    Ok(ResponseBuilder::new()
        .with_header("Cache-Control", "no-store")?
        .with_header("Content-Type", CONTENT_TYPE)?
        .fixed(text.into_bytes()))
}

/// A request whose response is not sent yet.
pub(super) struct Observed {
    id: String,
    route: Route,
    method: String,
    at: Timestamp,
    level: Level,
    /// The guard that refused it.
    refused: Option<Guard>,
    user: Option<Hashed>,
}

impl Observed {
    pub(super) fn of(request: &Request, env: &Env) -> Self {
        Self {
            id: RandomIds.fresh(),
            route: route_of(&request.path()),
            method: request.method().to_string(),
            refused: None,
            user: None,
            at: now(),
            level: level(env),
        }
    }

    /// Sets the caller.
    pub(super) fn by(&mut self, caller: &Caller) {
        self.user = Some(Hashed::user(caller.person.as_str()));
    }

    /// Records a refusal.
    pub(super) const fn refused(&mut self, by: Guard) {
        self.refused = Some(by);
    }

    /// Records the response and adds the request's id to it. After an internal error, the text contains the id: the cause
    /// is only in the log.
    pub(super) fn answered(self, answer: Result<Response>) -> Result<Response> {
        let response = match answer {
            Ok(response) => response,
            Err(error) => {
                worker::console_error!("request {}: {error}", self.id);
                let words = format!(
                    "The server could not answer. Try again; whoever runs it finds the cause in its log, at the request {}.",
                    self.id
                );
                Response::error(words, 500)?
            }
        };
        let status = response.status_code();
        let event = match self.refused {
            Some(by) if status == 101 => Event::Refused { by },
            Some(_) | None => Event::Request {
                route: self.route,
                method: &self.method,
                status,
                took: now().since(self.at),
            },
        };
        let who = Who {
            request: Some(self.id.clone()),
            user: self.user,
            ..Who::default()
        };
        record(self.level, &who, &event);
        // Browsers cannot read the headers of a connection.
        if status == 101 {
            return Ok(response);
        }
        let headers = response.headers().clone();
        headers.set(REQUEST_ID, &self.id)?;
        Ok(response.with_headers(headers))
    }
}

fn route_of(path: &str) -> Route {
    match path {
        "/health" => Route::Health,
        "/version" => Route::Version,
        "/metrics" => Route::Metrics,
        path if agent_path::is_under(path, policy::PREFIX) => Route::Agent,
        _ => Route::Page,
    }
}
