//! The tools of a world end at once. Its web is one in which every page contains its own address.

use std::{
    future::ready,
    ops::ControlFlow,
    pin::pin,
    task::{Context, Poll, Waker},
};

use github::{Api, Head, Hop, Wire};
use tools::{
    Attempt, Errands, Surroundings, ToolContext, ToolDone, ToolFailure,
    fetch_url::{AnswerHead, Fetched, Hosts, Visit, VisitStep},
};

use super::World;
use crate::{Input, ToolPlatform, ToolRun, run_tool};

impl World {
    /// Lets the oldest tool end; whether there was one.
    pub(crate) fn step_tool(&mut self) -> bool {
        let Some(run) = self.outside.tools.pop_front() else {
            return false;
        };
        let result = self.run_at_once(&run);
        if matches!(result, Ok(Attempt::Done { .. })) {
            *self.runs.entry(run.tool_call_id.to_string()).or_default() += 1;
        }
        self.input(Input::ToolSettled {
            call: run.call,
            result,
        });
        true
    }

    fn run_at_once(&self, run: &ToolRun) -> Result<Attempt, ToolFailure> {
        let work = pin!(run_tool(run, self));
        match work.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Some(result)) => result,
            Poll::Ready(None) | Poll::Pending => panic!("no tool of a world waits"),
        }
    }
}

impl Surroundings for World {
    fn with_context<T>(&self, work: impl FnOnce(&ToolContext<'_>) -> T) -> Option<T> {
        let agent = self.agent.as_ref()?;
        let context = agent.tool_context(self.now, self.workspace(), Hosts::Public);
        Some(work(&context))
    }

    fn pause(&self) -> impl Future<Output = ()> {
        ready(())
    }
}

impl Errands for World {
    fn github(&self) -> Api {
        Api::default()
    }
}

/// The world has no GitHub.
impl Wire for World {
    fn send(
        &self,
        _hop: &Hop,
        _take: &mut dyn FnMut(&Head, &[u8]) -> ControlFlow<()>,
    ) -> impl Future<Output = Result<Head, String>> {
        ready(Err("there is no GitHub here".to_owned()))
    }
}

impl ToolPlatform for World {
    fn visit(&self, visit: Visit) -> impl Future<Output = Result<ToolDone, ToolFailure>> {
        ready(answered(visit))
    }
}

fn answered(visit: Visit) -> Result<ToolDone, ToolFailure> {
    let head = AnswerHead {
        status: 200,
        content_type: Some("text/plain".to_owned()),
        ..AnswerHead::default()
    };
    let bytes = format!("This is {}", visit.url()).into_bytes();
    match visit.answered(&head)? {
        VisitStep::Read(visit) => Ok(visit.read(&Fetched { bytes, more: false })),
        VisitStep::Done(done) => Ok(done),
        VisitStep::Ask(visit) => Err(visit.failed("it leads on")),
    }
}
