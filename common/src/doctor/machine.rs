//! The checks, run one after the other. Each has a deadline.

use std::time::Duration;

use serde_json::Value;

use super::{
    Asks, Cause, Check, CheckOutcome, Effect, Finding, Input, Page,
    diagnosis::{self, Call, Health},
};
use crate::{
    client::Close,
    frame::{ClientFrame, RpcResponse, ServerFrame},
    id::RpcId,
    time::Timestamp,
};

/// The argument of the test call. Not only ASCII, since some proxies damage other text.
const ECHO: &str = "Wie geht’s? 你好 \"\\ 🩺";

/// The doctor for one agent instance.
#[derive(Debug)]
pub struct Doctor {
    agent: String,
    /// The instance name, as in URLs.
    instance: String,
    outcomes: [CheckOutcome; Check::ALL.len()],
    step: Step,
    /// When the present step began.
    since: Timestamp,
    asks: Asks,
    /// The number of the run; answers to calls of earlier runs are ignored.
    run: u32,
}

/// What the machine waits for.
#[derive(Debug)]
enum Step {
    /// Nothing.
    Resting,
    /// An HTTP answer.
    Fetching(Page),
    /// The opening of the connection.
    Opening,
    /// The identity, with the frames seen so far.
    Identifying(Heard),
    /// The answer to a call.
    Calling(Call),
}

/// The frames seen before the identity.
#[derive(Debug)]
enum Heard {
    Nothing,
    Frames,
    /// A frame in which the agent reported a failure.
    Error(String),
}

impl Step {
    /// The check that the step belongs to.
    const fn check(&self) -> Option<Check> {
        match self {
            Self::Resting => None,
            Self::Fetching(Page::Any) => Some(Check::Address),
            Self::Fetching(Page::Health) => Some(Check::Http),
            Self::Fetching(Page::Agent) | Self::Opening => Some(Check::Upgrade),
            Self::Identifying(_) => Some(Check::Identity),
            Self::Calling(call) => Some(call.check()),
        }
    }

    /// A server allows its model 20 s, so that the server's own error arrives before this limit.
    const fn patience(&self) -> Duration {
        Duration::from_secs(match self {
            Self::Calling(Call::Model) => 25,
            Self::Resting
            | Self::Fetching(_)
            | Self::Opening
            | Self::Identifying(_)
            | Self::Calling(Call::Echo | Call::Storage) => 6,
        })
    }
}

impl Doctor {
    /// A doctor for the instance named `instance`, percent-encoded, of `agent`.
    #[must_use]
    pub const fn new(agent: String, instance: String) -> Self {
        Self {
            agent,
            instance,
            outcomes: [const { CheckOutcome::Waiting }; Check::ALL.len()],
            step: Step::Resting,
            since: Timestamp::from_millis(0),
            asks: Asks::NoModel,
            run: 0,
        }
    }

    /// The outcomes, in the order of [`Check::ALL`].
    #[must_use]
    pub const fn outcomes(&self) -> &[CheckOutcome] {
        &self.outcomes
    }

    /// Handles an input and returns the effects to run, in order.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let mut out = Vec::new();
        match (input, &mut self.step) {
            (Input::Start(asks), _) => self.start(now, asks, &mut out),
            (Input::Answered(page, answer), Step::Fetching(asked)) if page == *asked => {
                match page {
                    Page::Any if answer.status.is_none() => {
                        self.failed(now, diagnosis::no_answer(answer.body), &mut out);
                    }
                    Page::Any => {
                        self.passed(now);
                        self.fetch(now, Page::Health, &mut out);
                    }
                    Page::Health => self.health(now, diagnosis::health(&answer), &mut out),
                    Page::Agent => self.failed(now, diagnosis::upgrade(&answer), &mut out),
                }
            }
            (Input::Opened, Step::Opening) => {
                self.passed(now);
                self.next(now, Step::Identifying(Heard::Nothing), &mut out);
            }
            (Input::Closed(_), Step::Opening) => {
                // The check continues, and so does its time.
                out.push(Effect::Fetch(Page::Agent));
                self.step = Step::Fetching(Page::Agent);
            }
            (Input::Closed(close), Step::Identifying(_) | Step::Calling(_)) => {
                self.closed(now, &close, &mut out);
            }
            (Input::Received(text), Step::Identifying(_) | Step::Calling(_)) => {
                self.received(now, &text, &mut out);
            }
            (Input::DeadlinePassed, step) if now >= self.since + step.patience() => {
                self.timed_out(now, &mut out);
            }
            (Input::DeadlinePassed, Step::Resting) => {}
            (Input::DeadlinePassed, step) => {
                out.push(Effect::WakeAt(self.since + step.patience()));
            }
            // An input for an earlier step.
            (Input::Answered(..) | Input::Opened | Input::Closed(_) | Input::Received(_), _) => {}
        }
        out
    }

    fn start(&mut self, now: Timestamp, asks: Asks, out: &mut Vec<Effect>) {
        self.asks = asks;
        self.run = self.run.wrapping_add(1);
        self.outcomes.fill(CheckOutcome::Waiting);
        match asks {
            Asks::Model => {}
            Asks::NoModel => self.put(Check::Model, CheckOutcome::NotAsked),
        }
        out.push(Effect::Close);
        self.fetch(now, Page::Any, out);
    }

    fn fetch(&mut self, now: Timestamp, page: Page, out: &mut Vec<Effect>) {
        out.push(Effect::Fetch(page));
        self.next(now, Step::Fetching(page), out);
    }

    fn health(&mut self, now: Timestamp, health: Health, out: &mut Vec<Effect>) {
        let setup = match health {
            Health::Strange(finding) => return self.failed(now, finding, out),
            Health::Ready => CheckOutcome::Passed { millis: 0 },
            Health::NotSetUp(finding) => {
                if self.asks == Asks::Model {
                    self.put(Check::Model, CheckOutcome::Skipped);
                }
                CheckOutcome::Failed { millis: 0, finding }
            }
        };
        self.passed(now);
        self.put(Check::Setup, setup);
        out.push(Effect::Open);
        self.next(now, Step::Opening, out);
    }

    fn received(&mut self, now: Timestamp, text: &str, out: &mut Vec<Effect>) {
        match (ServerFrame::decode(text), &mut self.step) {
            (Ok(ServerFrame::Identity { name, agent, .. }), Step::Identifying(_)) => {
                match diagnosis::identity((&self.agent, &self.instance), &agent, &name) {
                    Ok(()) => {
                        self.passed(now);
                        self.call(now, Call::Echo, out);
                    }
                    Err(finding) => self.failed(now, finding, out),
                }
            }
            (_, Step::Identifying(heard)) => {
                *heard = diagnosis::error_frame(text).map_or(Heard::Frames, Heard::Error);
            }
            (Ok(ServerFrame::Rpc(response)), Step::Calling(call)) => {
                let call = *call;
                self.answered(now, call, response, out);
            }
            _ => {}
        }
    }

    fn call_id(&self, call: Call) -> RpcId {
        RpcId::new(format!("doctor-{}-{}", self.run, call.method()))
    }

    fn call(&mut self, now: Timestamp, call: Call, out: &mut Vec<Effect>) {
        let args = match call {
            Call::Echo => vec![Value::from(ECHO)],
            Call::Storage | Call::Model => Vec::new(),
        };
        let frame = ClientFrame::Rpc {
            id: self.call_id(call),
            method: call.method().to_owned(),
            args,
        };
        out.push(Effect::Transmit(frame.encode()));
        self.next(now, Step::Calling(call), out);
    }

    fn answered(
        &mut self,
        now: Timestamp,
        call: Call,
        response: RpcResponse,
        out: &mut Vec<Effect>,
    ) {
        let wanted = self.call_id(call);
        match response {
            RpcResponse::Failure { id, error } if id == wanted => {
                self.failed(now, diagnosis::refusal(call, &error), out);
            }
            RpcResponse::Success { id, result } if id == wanted => {
                if call == Call::Echo && result != Some(Value::from(ECHO)) {
                    return self.failed(now, Cause::Garbled.seen(""), out);
                }
                self.passed(now);
                let asks_model = self.outcome(Check::Model) == Some(&CheckOutcome::Waiting);
                match call {
                    Call::Echo => self.call(now, Call::Storage, out),
                    Call::Storage if asks_model => self.call(now, Call::Model, out),
                    Call::Storage | Call::Model => self.rest(out),
                }
            }
            RpcResponse::Success { .. }
            | RpcResponse::Partial { .. }
            | RpcResponse::Failure { .. } => {}
        }
    }

    fn closed(&mut self, now: Timestamp, close: &Close, out: &mut Vec<Effect>) {
        let error = match &self.step {
            Step::Identifying(Heard::Error(error)) => Some(error.as_str()),
            Step::Identifying(Heard::Nothing | Heard::Frames)
            | Step::Resting
            | Step::Fetching(_)
            | Step::Opening
            | Step::Calling(_) => None,
        };
        let finding = diagnosis::close(close, error);
        self.failed(now, finding, out);
    }

    fn timed_out(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let cause = match &self.step {
            Step::Resting => return,
            Step::Fetching(Page::Any | Page::Health) => Cause::Silent,
            Step::Fetching(Page::Agent) | Step::Opening => Cause::NoUpgrade,
            Step::Identifying(Heard::Nothing) => Cause::Swallowed,
            Step::Identifying(Heard::Frames | Heard::Error(_)) => Cause::NoIdentity,
            Step::Calling(Call::Model) => Cause::Model,
            Step::Calling(Call::Echo | Call::Storage) => Cause::NoReply,
        };
        let seconds = self.step.patience().as_secs();
        self.failed(now, cause.seen(format!("nothing within {seconds} s")), out);
    }

    fn passed(&mut self, now: Timestamp) {
        let millis = self.millis(now);
        if let Some(check) = self.step.check() {
            self.put(check, CheckOutcome::Passed { millis });
        }
    }

    /// Later checks make no sense without this one.
    fn failed(&mut self, now: Timestamp, finding: Finding, out: &mut Vec<Effect>) {
        let millis = self.millis(now);
        if let Some(check) = self.step.check() {
            self.put(check, CheckOutcome::Failed { millis, finding });
        }
        for outcome in &mut self.outcomes {
            if *outcome == CheckOutcome::Waiting {
                *outcome = CheckOutcome::Skipped;
            }
        }
        self.rest(out);
    }

    fn next(&mut self, now: Timestamp, step: Step, out: &mut Vec<Effect>) {
        if let Some(check) = step.check() {
            self.put(check, CheckOutcome::Running);
        }
        out.extend([Effect::WakeAt(now + step.patience()), Effect::Show]);
        self.step = step;
        self.since = now;
    }

    fn rest(&mut self, out: &mut Vec<Effect>) {
        self.step = Step::Resting;
        out.extend([Effect::Close, Effect::Show]);
    }

    fn millis(&self, now: Timestamp) -> u64 {
        u64::try_from(now.since(self.since).as_millis()).unwrap_or(u64::MAX)
    }

    fn outcome(&self, check: Check) -> Option<&CheckOutcome> {
        self.outcomes.get(check as usize)
    }

    fn put(&mut self, check: Check, outcome: CheckOutcome) {
        if let Some(slot) = self.outcomes.get_mut(check as usize) {
            *slot = outcome;
        }
    }
}
