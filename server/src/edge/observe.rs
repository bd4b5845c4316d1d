//! Tells what happens: lines on the console, and the counters of this isolate.

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

/// Names the request: in the answer, in texts about errors, and in the log.
const REQUEST_ID: &str = "X-Request-Id";

thread_local! {
    /// The counters, from the first event on.
    static METRICS: OnceCell<Metrics> = const { OnceCell::new() };
}

/// Does something with the counters.
pub(super) fn metrics<T>(work: impl FnOnce(&Metrics) -> T) -> T {
    METRICS.with(|metrics| {
        work(metrics.get_or_init(|| Metrics::new(&version::built().build.unwrap_or_default())))
    })
}

/// Counts an event, and logs it if it matters enough.
pub(super) fn tell(level: Level, who: &Who, event: &Event<'_>) {
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

/// How much is logged; settings that cannot be read change nothing.
fn level(env: &Env) -> Level {
    settings::config(env)
        .as_ref()
        .as_ref()
        .map_or_else(|_| Level::default(), |config| config.log)
}

/// `GET /metrics`: for the server's owner, which on a machine of one's own without a sign-in is everybody there.
pub(super) async fn respond(env: &Env, caller: &Caller) -> Result<Response> {
    if caller.role != Role::Owner {
        return Response::error("Only the server's owner may read its counters.", 403);
    }
    // It sets the counter of the storage.
    probe::fault(env, Tries::Always).await;
    let text = metrics(Metrics::text);
    Ok(ResponseBuilder::new()
        .with_header("Cache-Control", "no-store")?
        .with_header("Content-Type", CONTENT_TYPE)?
        .fixed(text.into_bytes()))
}

/// A request that is being answered.
pub(super) struct Heard {
    id: String,
    route: Route,
    method: String,
    at: Timestamp,
    level: Level,
    /// Who did not let it in.
    refused: Option<Guard>,
    user: Option<Hashed>,
}

impl Heard {
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

    /// Somebody is known to ask.
    pub(super) fn by(&mut self, caller: &Caller) {
        self.user = Some(Hashed::user(caller.person.as_str()));
    }

    /// It was not let in.
    pub(super) const fn refused(&mut self, by: Guard) {
        self.refused = Some(by);
    }

    /// Tells how it was answered, and gives the answer its name. What the Worker could not do is said with it: the cause is
    /// in the log, and not for everybody.
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
        tell(self.level, &who, &event);
        // A connection that opens has nobody who reads the headers.
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
