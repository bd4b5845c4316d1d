//! Tells what happens: lines on the console, and the counters of this isolate.

use std::cell::OnceCell;

use worker::{Response, ResponseBuilder, Result};

use super::{random, version};
use crate::events::{CONTENT_TYPE, Event, Level, Metrics, Who};

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
    let line = event.line(random::now(), who);
    match event.level() {
        Level::Error => worker::console_error!("{line}"),
        Level::Warn => worker::console_warn!("{line}"),
        Level::Info | Level::Debug => worker::console_log!("{line}"),
    }
}

/// `GET /metrics`.
pub(super) fn respond() -> Result<Response> {
    let text = metrics(Metrics::text);
    Ok(ResponseBuilder::new()
        .with_header("Cache-Control", "no-store")?
        .with_header("Content-Type", CONTENT_TYPE)?
        .fixed(text.into_bytes()))
}
