//! The tools of a world run at once; its web is one in which every page says where it stands.

use tools::{
    Attempt, Begun, ToolContext, ToolDone, ToolFailure,
    fetch_url::{AnswerHead, Fetched, Hosts, Visit, VisitStep},
};

use workspace::Author;

use super::World;
use crate::{Input, ToolRun};

impl World {
    /// Lets the oldest tool end; whether there was one.
    pub(crate) fn step_tool(&mut self) -> bool {
        let Some(run) = self.outside.tools.pop_front() else {
            return false;
        };
        let result = self.run_tool(&run);
        if matches!(result, Ok(Attempt::Done { .. })) {
            *self.runs.entry(run.tool_call_id.to_string()).or_default() += 1;
        }
        self.input(Input::ToolSettled {
            call: run.call,
            result,
        });
        true
    }

    fn run_tool(&self, run: &ToolRun) -> Result<Attempt, ToolFailure> {
        let about = self.agent.as_ref().map(|agent| agent.about().clone());
        let growing = self.growing();
        let author = growing
            .as_ref()
            .map_or(Author::User, |answer| Author::Agent {
                answer: answer.id.as_str(),
            });
        let context = ToolContext {
            workspace: self.workspace().by(author),
            now: self.now,
            about: &about.unwrap_or_default(),
            answer: growing.as_ref(),
            hosts: Hosts::Public,
        };
        let mut begun = tools::attempt(&run.name, &run.input, run.allowed.as_ref(), &context)?;
        loop {
            begun = match begun {
                Begun::Over(attempt) => return Ok(attempt),
                Begun::Visit(visit) => return Self::visit(visit).map(Attempt::done),
                Begun::Slices(run) => run.next(&context)?,
            };
        }
    }

    /// A web in which every page says where it stands.
    fn visit(visit: Visit) -> Result<ToolDone, ToolFailure> {
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
}
