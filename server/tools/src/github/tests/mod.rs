//! The tools against a small GitHub that has a real git repository behind it and checks every request.

mod fake;
mod git;
mod import;
mod pull_requests;
mod reading;
mod schema;
mod status;

use std::{
    future::ready,
    ops::ControlFlow,
    pin::pin,
    task::{Context, Poll, Waker},
};

use common::message::SentRequest;
use github::{Api, Head, Hop, Wire};
use serde_json::Value;
use store::Fingerprint;

use self::{fake::Fake, git::Git};
use crate::{
    Attempt, Begun, Errands, Preview, Surroundings, ToolContext, ToolFailure, attempt, bench::Bench,
};

/// A conversation and a GitHub.
pub(super) struct World {
    pub(super) bench: Bench,
    pub(super) fake: Fake,
}

/// The end of a call.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) output: Value,
    pub(super) requests: Vec<SentRequest>,
}

impl Surroundings for World {
    fn with_context<T>(&self, work: impl FnOnce(&ToolContext<'_>) -> T) -> Option<T> {
        if self.fake.is_dead() {
            return None;
        }
        Some(work(&self.bench.context()))
    }

    fn pause(&self) -> impl Future<Output = ()> {
        ready(())
    }
}

impl Wire for World {
    fn send(
        &self,
        hop: &Hop,
        take: &mut dyn FnMut(&Head, &[u8]) -> ControlFlow<()>,
    ) -> impl Future<Output = Result<Head, String>> {
        ready(self.fake.send(hop, take))
    }
}

impl Errands for World {
    fn github(&self) -> Api {
        self.fake.api()
    }
}

impl World {
    /// A repository `a/b` with these files on `main`, and an empty conversation.
    pub(super) fn with(files: &[(&str, &str)]) -> Self {
        let git = Git::new();
        for (path, text) in files {
            git.put(path, text.as_bytes());
        }
        if !files.is_empty() {
            git.commit("First");
        }
        Self {
            bench: Bench::new(),
            fake: Fake::new(git),
        }
    }

    pub(super) fn git(&self) -> &Git {
        self.fake.git()
    }

    /// Runs a call to its end; the user allows it when asked.
    pub(super) fn call(&self, tool: &str, input: Value) -> Result<Ended, ToolFailure> {
        match self.attempt(tool, &input, None)? {
            Attempt::Done { done, details } => Ok(Ended {
                output: done.output,
                requests: details.requests,
            }),
            Attempt::NeedsApproval(preview) => self.allowed(tool, input, &preview.shown),
        }
    }

    /// Runs a call that the user has allowed.
    pub(super) fn allowed(
        &self,
        tool: &str,
        input: Value,
        shown: &Fingerprint,
    ) -> Result<Ended, ToolFailure> {
        match self.attempt(tool, &input, Some(shown))? {
            Attempt::Done { done, details } => Ok(Ended {
                output: done.output,
                requests: details.requests,
            }),
            Attempt::NeedsApproval(_) => panic!("{tool} asks again"),
        }
    }

    /// What the user is asked.
    pub(super) fn asked(&self, tool: &str, input: &Value) -> Preview {
        match self.attempt(tool, input, None).unwrap() {
            Attempt::NeedsApproval(preview) => preview,
            Attempt::Done { .. } => panic!("{tool} does not ask"),
        }
    }

    #[track_caller]
    pub(super) fn done(&self, tool: &str, input: Value) -> Value {
        self.call(tool, input).unwrap().output
    }

    /// The error of a call.
    #[track_caller]
    pub(super) fn refused(&self, tool: &str, input: Value) -> String {
        self.call(tool, input).unwrap_err().to_string()
    }

    fn attempt(
        &self,
        tool: &str,
        input: &Value,
        shown: Option<&Fingerprint>,
    ) -> Result<Attempt, ToolFailure> {
        match attempt(tool, input, shown, &self.bench.context())? {
            Begun::Over(attempt) => Ok(attempt),
            Begun::Errand(errand) => {
                let work = pin!(errand.run(self));
                match work.poll(&mut Context::from_waker(Waker::noop())) {
                    Poll::Ready(result) => result,
                    Poll::Pending => panic!("nothing waits here"),
                }
            }
            Begun::Visit(_) | Begun::Slices(_) => panic!("{tool} does not talk to GitHub"),
        }
    }
}
