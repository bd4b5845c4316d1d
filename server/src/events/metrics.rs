//! Counters in the format of Prometheus: those of one isolate, in memory. A self-hosted server is one isolate, so that its
//! counters cover the whole server and start again with it; Cloudflare runs many isolates, and each request reads the
//! counters of one.

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::{Registry, Unit},
};

use super::{Event, Outcome};

/// The content type: OpenMetrics, which Prometheus reads.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds in seconds, from a fast local server to a model that reasons.
const FIRST_TOKEN: [f64; 11] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];
/// The bounds for tools, from a short read to the deadline.
const TOOL: [f64; 10] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByRoute {
    route: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByCause {
    cause: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByGuard {
    by: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByTool {
    tool: String,
    outcome: &'static str,
}

/// The counters.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<ByRoute, Counter>,
    refused: Family<ByGuard, Counter>,
    turns: Family<ByOutcome, Counter>,
    turn_errors: Family<ByCause, Counter>,
    model_calls: Family<ByOutcome, Counter>,
    model_errors: Family<ByCause, Counter>,
    first_token: Histogram,
    tools: Family<ByTool, Histogram>,
    sockets: Gauge,
    storage: Gauge,
}

impl Metrics {
    /// Counters at zero, of this build.
    #[must_use]
    pub fn new(build: &str) -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("coder"),
            requests: Family::default(),
            refused: Family::default(),
            turns: Family::default(),
            turn_errors: Family::default(),
            model_calls: Family::default(),
            model_errors: Family::default(),
            first_token: Histogram::new(FIRST_TOKEN),
            tools: Family::new_with_constructor(|| Histogram::new(TOOL)),
            sockets: Gauge::default(),
            storage: Gauge::default(),
        };
        metrics.storage.set(1);
        metrics.registered(build)
    }

    fn registered(mut self, build: &str) -> Self {
        let info = Info::new([
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
            ("build", build.to_owned()),
        ]);
        let all = &mut self.registry;
        all.register("build", "The build that answers", info);
        all.register("requests", "Answered requests", self.requests.clone());
        all.register(
            "refused_connections",
            "Connections that were closed at once, by who refused them",
            self.refused.clone(),
        );
        all.register("turns", "Turns that are over", self.turns.clone());
        all.register(
            "turn_errors",
            "Failed turns by cause",
            self.turn_errors.clone(),
        );
        all.register(
            "model_calls",
            "Model calls that are over",
            self.model_calls.clone(),
        );
        all.register(
            "model_errors",
            "Failed model calls by cause",
            self.model_errors.clone(),
        );
        all.register_with_unit(
            "model_first_token",
            "Time until a model said something",
            Unit::Seconds,
            self.first_token.clone(),
        );
        all.register_with_unit(
            "tool",
            "Time that tools ran",
            Unit::Seconds,
            self.tools.clone(),
        );
        all.register("sockets", "Open connections", self.sockets.clone());
        all.register(
            "storage_writable",
            "Whether the last write was stored (1) or not (0)",
            self.storage.clone(),
        );
        self
    }

    /// Counts an event.
    pub fn count(&self, event: &Event<'_>) {
        match event {
            Event::Request { route, status, .. } => {
                let labels = ByRoute {
                    route: route.name(),
                    status: *status,
                };
                self.requests.get_or_create(&labels).inc();
            }
            Event::Refused { by } => {
                self.refused.get_or_create(&ByGuard { by: by.name() }).inc();
            }
            Event::Turn { outcome, .. } => ended(&self.turns, &self.turn_errors, *outcome),
            Event::ModelCall {
                outcome,
                first_token,
                ..
            } => {
                ended(&self.model_calls, &self.model_errors, *outcome);
                if let Some(time) = first_token {
                    self.first_token.observe(time.as_secs_f64());
                }
            }
            Event::ToolCall {
                tool,
                outcome,
                took,
            } => {
                let labels = ByTool {
                    tool: (*tool).to_owned(),
                    outcome: outcome.name(),
                };
                self.tools
                    .get_or_create(&labels)
                    .observe(took.as_secs_f64());
            }
        }
    }

    /// A connection opened.
    pub fn connected(&self) {
        self.sockets.inc();
    }

    /// A connection ended. The isolate has not counted it if it was opened before a restart.
    pub fn disconnected(&self) {
        if self.sockets.get() > 0 {
            self.sockets.dec();
        }
    }

    /// Whether a write was stored.
    pub fn stored(&self, is_stored: bool) {
        self.storage.set(i64::from(is_stored));
    }

    /// All counters as text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

fn ended(
    all: &Family<ByOutcome, Counter>,
    errors: &Family<ByCause, Counter>,
    outcome: Outcome<'_>,
) {
    let labels = ByOutcome {
        outcome: outcome.name(),
    };
    all.get_or_create(&labels).inc();
    if let Some(cause) = outcome.cause() {
        let labels = ByCause {
            cause: cause.to_owned(),
        };
        errors.get_or_create(&labels).inc();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::events::{Guard, Hashed, Route};

    #[test]
    fn events_are_counted_by_cause_and_time() {
        let metrics = Metrics::new("0123456789ab");
        let took = Duration::from_millis(20);
        let turn = |outcome| Event::Turn {
            turn: Hashed::turn("t"),
            outcome,
            took,
        };
        for event in [
            Event::Request {
                route: Route::Health,
                method: "GET",
                status: 200,
                took,
            },
            Event::Refused { by: Guard::Door },
            turn(Outcome::Completed),
            turn(Outcome::Completed),
            turn(Outcome::Failed("quota-used-up")),
            Event::ModelCall {
                model: "m",
                outcome: Outcome::Completed,
                first_token: Some(Duration::from_millis(300)),
                took,
            },
            Event::ToolCall {
                tool: "read",
                outcome: Outcome::Completed,
                took,
            },
        ] {
            metrics.count(&event);
        }
        metrics.disconnected();
        metrics.connected();
        metrics.connected();
        metrics.disconnected();
        metrics.stored(false);
        let text = metrics.text();
        for line in [
            "coder_build_info{version=\"0.1.0\",build=\"0123456789ab\"} 1",
            "coder_requests_total{route=\"health\",status=\"200\"} 1",
            "coder_refused_connections_total{by=\"door\"} 1",
            "coder_turns_total{outcome=\"completed\"} 2",
            "coder_turns_total{outcome=\"failed\"} 1",
            "coder_turn_errors_total{cause=\"quota-used-up\"} 1",
            "coder_model_calls_total{outcome=\"completed\"} 1",
            "coder_model_first_token_seconds_bucket{le=\"0.25\"} 0",
            "coder_model_first_token_seconds_bucket{le=\"0.5\"} 1",
            "coder_tool_seconds_count{tool=\"read\",outcome=\"completed\"} 1",
            "coder_sockets 1",
            "coder_storage_writable 0",
        ] {
            assert!(
                text.lines().any(|found| found == line),
                "{line} in:\n{text}"
            );
        }
        assert!(text.ends_with("# EOF\n"), "{text}");
    }
}
