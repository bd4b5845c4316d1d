//! Runs of tools: a run ends at once, continues in slices, or waits for a page or for GitHub.

use common::id::IdSource;
use common::time::Timestamp;
use tools::{
    Attempt, Begun, Errands, ToolContext, ToolDone, ToolFailure,
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
    let mut begun = platform.with_context(|context| {
        tools::attempt(&run.name, &run.input, run.allowed.as_ref(), context)
    })?;
    loop {
        begun = match begun {
            Ok(Begun::Over(attempt)) => return Some(Ok(attempt)),
            Ok(Begun::Visit(visit)) => {
                return Some(platform.visit(visit).await.map(Attempt::done));
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
