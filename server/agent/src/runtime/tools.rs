//! Runs of tools: a run ends at once, continues in slices, or waits for a page or for GitHub.

use std::{cell::Cell, ops::ControlFlow};

use common::{id::IdSource, time::Timestamp};
use github::{Api, Head, Hop, Wire};
use tools::{
    AnyTool, ApprovalRule, Attempt, Begun, Errands, Surroundings, ToolContext, ToolDone,
    ToolFailure,
    fetch_url::{Hosts, Visit},
};
use workspace::{Author, Workspace};

use crate::{io::ToolRun, machine::Agent};

/// What a run needs from its platform.
pub trait ToolPlatform: Errands {
    /// Fetches a page.
    fn visit(&self, visit: Visit) -> impl Future<Output = Result<ToolDone, ToolFailure>>;
}

/// Runs a tool. `None`: the run is not wanted any more. Nothing is awaited between a change and the result, so that the platform
/// stores a change together with the output of the call.
pub async fn run_tool(
    run: &ToolRun,
    platform: &impl ToolPlatform,
) -> Option<Result<Attempt, ToolFailure>> {
    let rule = tools::find(&run.name).map_or(ApprovalRule::Never, AnyTool::approval);
    let platform = &OfTool {
        platform,
        rule,
        failure: Cell::new(None),
    };
    let result = match run_on(run, platform).await {
        Some(Ok(attempt)) => {
            platform.with_context(|context| tools::with_limits(attempt, rule, context))
        }
        result => result,
    };
    match platform.failure.take() {
        Some(failure) => Some(Err(failure)),
        None => result,
    }
}

async fn run_on(
    run: &ToolRun,
    platform: &OfTool<'_, impl ToolPlatform>,
) -> Option<Result<Attempt, ToolFailure>> {
    let mut begun = platform.with_context(|context| {
        tools::attempt(&run.name, &run.input, run.allowed.as_ref(), context)
    })?;
    loop {
        begun = match begun {
            Ok(Begun::Over(attempt)) => return Some(Ok(attempt)),
            Ok(Begun::Visit(visit)) => {
                return Some(platform.platform.visit(visit).await.map(Attempt::done));
            }
            Ok(Begun::Errand(errand)) => return Some(errand.run(platform).await),
            Ok(Begun::Slices(rest)) => {
                platform.pause().await;
                platform.with_context(|context| rest.next(context))?
            }
            Err(failure) => return Some(Err(failure)),
        };
    }
}

/// A platform with the files that one tool works on.
struct OfTool<'p, P> {
    platform: &'p P,
    rule: ApprovalRule,
    /// Why these files could not be had.
    failure: Cell<Option<ToolFailure>>,
}

impl<P: ToolPlatform> Surroundings for OfTool<'_, P> {
    fn with_context<T>(&self, work: impl FnOnce(&ToolContext<'_>) -> T) -> Option<T> {
        let done = self.platform.with_context(|context| {
            let context = context.for_tool(self.rule)?;
            Ok(work(&context))
        })?;
        match done {
            Ok(done) => Some(done),
            Err(failure) => {
                self.failure.set(Some(failure));
                None
            }
        }
    }

    fn pause(&self) -> impl Future<Output = ()> {
        self.platform.pause()
    }
}

impl<P: ToolPlatform> Wire for OfTool<'_, P> {
    fn send(
        &self,
        hop: &Hop,
        take: &mut dyn FnMut(&Head, &[u8]) -> ControlFlow<()>,
    ) -> impl Future<Output = Result<Head, String>> {
        self.platform.send(hop, take)
    }
}

impl<P: ToolPlatform> Errands for OfTool<'_, P> {
    fn github(&self) -> Api {
        self.platform.github()
    }
}

impl<I: IdSource> Agent<I> {
    /// All that a tool may touch.
    pub fn tool_context<'a>(
        &'a self,
        now: Timestamp,
        workspace: Workspace<'a>,
        hosts: Hosts,
    ) -> ToolContext<'a> {
        let answer = self.growing().map(|(_, message)| message);
        let author = answer.map_or(Author::User, |answer| Author::Agent {
            answer: answer.id.as_str(),
        });
        ToolContext {
            workspace: workspace.by(author),
            now,
            about: self.about(),
            answer,
            hosts,
        }
    }
}
