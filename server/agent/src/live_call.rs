//! A model call from its first request to its end. Pure code: the platform moves the bytes and waits.
//!
//! - [`prepare`]: what the model is asked.
//! - [`LiveCall`]: the call, of a `server` or of the demo model. It says what the agent is given, adds up the cost, and
//!   records what it learns about the model.

mod prepare;
mod server;
#[cfg(test)]
mod tests;

use std::{time::Duration, vec};

use common::{models::ModelInfo, state::ContextSize, time::Timestamp};
use providers::{
    ModelRequest, ProviderEvent,
    demo::{self, DemoStep},
    openai_compatible::{HttpRequest, KnownModels, ProviderSettings, ResponseHead},
};

pub use self::prepare::{CallFacts, ListRefresh, Prepared, prepare};
use self::server::ServerCall;
use super::io::{ModelFailure, ModelProgress};

/// Comments, empty deltas and the head of a response show that the provider is alive. One sign in this time is enough.
const SIGN_INTERVAL: Duration = Duration::from_secs(1);

/// A model call.
#[derive(Debug)]
pub struct LiveCall {
    source: Source,
    /// Reported first.
    opening: Option<ModelProgress>,
    /// Reported once the model answers.
    notice: Option<&'static str>,
    last_sign: Option<Timestamp>,
    first_token: Option<Timestamp>,
    cost_usd: f64,
}

/// The model that answers.
#[derive(Debug)]
enum Source {
    Server(Box<ServerCall>),
    Demo(DemoCall),
    /// None: the conversation is crowded.
    Nobody,
}

/// What happens to a call.
#[derive(Clone, Debug)]
pub enum CallInput<'b> {
    /// The call starts, or its wait is over.
    Due,
    /// The head of the response arrived.
    Head(ResponseHead),
    /// Bytes of the body arrived.
    Bytes(&'b [u8]),
    /// The body ended.
    BodyEnded,
    /// No response arrived, because of this network error.
    NoResponse(&'b str),
}

/// The result of an input.
#[derive(Clone, Debug, PartialEq)]
pub struct CallStep {
    /// What the agent is given, in order.
    pub reports: Vec<ModelProgress>,
    /// What the platform does next.
    pub next: CallNext,
    /// Lines for the log.
    pub log: Vec<String>,
}

/// What the platform does next.
#[derive(Clone, Debug, PartialEq)]
pub enum CallNext {
    /// Sends this request, and drops the previous response.
    Send(HttpRequest),
    /// Reads more of the body.
    Read,
    /// Waits.
    Wait(Duration),
    /// Counts the cost, and reports the end of the call.
    End(Result<(), ModelFailure>),
}

/// The step of a source.
#[derive(Debug)]
struct SourceStep {
    events: Vec<ProviderEvent>,
    /// Notices about the request that is sent next.
    notices: Vec<String>,
    next: CallNext,
    log: Vec<String>,
}

impl LiveCall {
    /// A call of the server of `settings`. `info`: the listed facts about the model.
    #[must_use]
    pub fn of_server(
        request: ModelRequest,
        settings: &ProviderSettings,
        info: Option<&ModelInfo>,
        known: &KnownModels,
    ) -> Self {
        let call = ServerCall::new(request, settings, info, known);
        Self::new(Source::Server(Box::new(call)))
    }

    /// A call of the demo model.
    #[must_use]
    pub fn of_demo(request: &ModelRequest) -> Self {
        Self::new(Source::Demo(DemoCall::new(request)))
    }

    /// A call that is not made, since the conversation is crowded.
    pub(crate) fn crowded(size: ContextSize) -> Self {
        Self {
            opening: Some(ModelProgress::Crowded(size)),
            ..Self::new(Source::Nobody)
        }
    }

    const fn new(source: Source) -> Self {
        Self {
            source,
            opening: None,
            notice: None,
            last_sign: None,
            first_token: None,
            cost_usd: 0.0,
        }
    }

    /// Handles an input.
    #[must_use]
    pub fn handle(
        &mut self,
        now: Timestamp,
        input: CallInput<'_>,
        known: &mut KnownModels,
    ) -> CallStep {
        let SourceStep {
            events,
            notices,
            next,
            log,
        } = match &mut self.source {
            Source::Server(call) => call.handle(input, known),
            Source::Demo(call) => call.step(),
            Source::Nobody => SourceStep {
                events: Vec::new(),
                notices: Vec::new(),
                next: CallNext::End(Ok(())),
                log: Vec::new(),
            },
        };
        let mut reports: Vec<ModelProgress> = self.opening.take().into_iter().collect();
        if !events.is_empty() {
            self.first_token.get_or_insert(now);
            self.cost_usd += events.iter().filter_map(cost).sum::<f64>();
            reports.extend(self.notice.take().map(notice));
            reports.push(ModelProgress::Events(events));
        } else if next == CallNext::Read && self.is_sign_due(now) {
            reports.push(ModelProgress::Events(Vec::new()));
        }
        reports.extend(notices.into_iter().map(ModelProgress::Notice));
        CallStep { reports, next, log }
    }

    /// When the model began to answer.
    #[must_use]
    pub const fn first_token(&self) -> Option<Timestamp> {
        self.first_token
    }

    /// The cost so far, as far as it is known and was not taken before.
    pub fn take_cost(&mut self) -> f64 {
        std::mem::take(&mut self.cost_usd)
    }

    fn is_sign_due(&mut self, now: Timestamp) -> bool {
        let last = self.last_sign;
        let is_due = last.is_none_or(|last| now.since(last) >= SIGN_INTERVAL);
        if is_due {
            self.last_sign = Some(now);
        }
        is_due
    }
}

fn notice(sentence: &str) -> ModelProgress {
    ModelProgress::Notice(sentence.to_owned())
}

fn cost(event: &ProviderEvent) -> Option<f64> {
    if let ProviderEvent::Usage(usage) = event {
        usage.cost_usd
    } else {
        None
    }
}

/// A call of the demo model.
#[derive(Debug)]
struct DemoCall {
    /// The event that is reported after the wait.
    due: Option<ProviderEvent>,
    rest: vec::IntoIter<DemoStep>,
}

impl DemoCall {
    fn new(request: &ModelRequest) -> Self {
        Self {
            due: None,
            rest: demo::reply(request).into_iter(),
        }
    }

    fn step(&mut self) -> SourceStep {
        let events = self.due.take().into_iter().collect();
        let next = match self.rest.next() {
            Some(step) => {
                self.due = Some(step.event);
                CallNext::Wait(step.after)
            }
            None => CallNext::End(Ok(())),
        };
        SourceStep {
            events,
            notices: Vec::new(),
            next,
            log: Vec::new(),
        }
    }
}
