//! A run of the machine: writes its effects, and prints each outcome once it is known.

use std::{
    io::{Write, stdout},
    time::{Duration, Instant},
};

use common::{
    client::Close,
    doctor::{Check, CheckOutcome, Doctor, Effect, HttpAnswer, Input, Page, Words, line},
    naming::AGENTS_PREFIX,
    time::Timestamp,
};
use serde_json::{Value, json};

use crate::wire::{Line, Own, line_of};

pub(crate) struct Visit {
    doctor: Doctor,
    words: Words,
    /// The agent's path on the server.
    place: String,
    began: Instant,
    /// The last fetched page.
    page: Page,
    wake_at: Timestamp,
    /// The number of outcomes printed, in the order of the checks.
    printed: usize,
    own_failed: bool,
}

impl Visit {
    pub(crate) fn new(agent: String, instance: String) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "this program runs on the host only"
        )]
        let began = Instant::now();
        Self {
            place: format!("/{AGENTS_PREFIX}/{agent}/{instance}"),
            doctor: Doctor::new(agent, instance),
            words: Words::read(),
            began,
            page: Page::Any,
            wake_at: Timestamp::from_millis(0),
            printed: 0,
            own_failed: false,
        }
    }

    pub(crate) fn give(&mut self, input: Input) {
        for effect in self.doctor.handle(self.now(), input) {
            if let Some(line) = line_of(&effect, &self.place) {
                write(&line);
            }
            match effect {
                Effect::WakeAt(moment) => self.wake_at = moment,
                Effect::Show => self.print_known(),
                Effect::Fetch(page) => self.page = page,
                Effect::Open | Effect::Transmit(_) | Effect::Close => {}
            }
        }
    }

    pub(crate) fn take(&mut self, line: Line) {
        match line {
            Line::Answered { status, body } => {
                self.give(Input::Answered(self.page, HttpAnswer { status, body }));
            }
            Line::Opened {} => self.give(Input::Opened),
            Line::Closed { code, reason } => self.give(Input::Closed(Close { code, reason })),
            Line::Received(text) => self.give(Input::Received(text)),
            Line::Own(own) => self.print_own(&own),
        }
    }

    /// Prints the outcome of a check that the script ran.
    fn print_own(&mut self, own: &Own) {
        let millis = own.millis;
        self.own_failed |= own.finding.is_some();
        let (outcome, details) = match &own.finding {
            None => ("passed", None),
            Some(found) => ("failed", Some([&*found.seen, &found.cause, &found.fix])),
        };
        print(&line(&own.title, outcome, Some(millis), details));
    }

    /// How long the machine waits for the next input.
    pub(crate) fn patience(&self) -> Duration {
        self.wake_at.since(self.now())
    }

    pub(crate) const fn is_over(&self) -> bool {
        self.printed == Check::ALL.len()
    }

    pub(crate) fn has_failed(&self) -> bool {
        let failed = |outcome: &CheckOutcome| matches!(outcome, CheckOutcome::Failed { .. });
        self.own_failed || self.doctor.outcomes().iter().any(failed)
    }

    fn print_known(&mut self) {
        let outcomes = Check::ALL.into_iter().zip(self.doctor.outcomes());
        for (check, outcome) in outcomes.skip(self.printed) {
            if matches!(outcome, CheckOutcome::Waiting | CheckOutcome::Running) {
                return;
            }
            print(&self.words.line(check, outcome));
            self.printed += 1;
        }
    }

    fn now(&self) -> Timestamp {
        let millis = self.began.elapsed().as_millis();
        Timestamp::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }
}

fn print(text: &str) {
    write(&json!({"print": text}));
}

/// If the script has ended, the end of the input shows it.
fn write(line: &Value) {
    let mut out = stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
