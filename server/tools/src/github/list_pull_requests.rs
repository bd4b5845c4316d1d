//! `list_pull_requests`: the pull requests of a repository.

use github::PullRequest;
use serde_json::{Value, json};

use super::{
    errand::{ErrandTool, Errands, Kind},
    session::Session,
    shown::{self, login, state, without_nulls},
};
use crate::{ToolContext, ToolDone, ToolFailure, schema::input};

/// The tool.
#[derive(Debug)]
pub(crate) struct ListPullRequests;

input! {
    struct Input {
        /// The repository, as owner/name or its address. The default is the one that is open in the workspace.
        repository: Option<String>,
        /// open, closed or all. The default is open.
        state: Option<String>,
        /// The page. The default is 1.
        page: Option<u64>,
    }
}

impl ErrandTool for ListPullRequests {
    type Input = Input;

    const NAME: &'static str = "list_pull_requests";

    const DESCRIPTION: &'static str =
        "Lists the pull requests of a repository on GitHub, the newest first.";

    fn begin(&self, input: Input, _context: &ToolContext<'_>) -> Result<Kind, ToolFailure> {
        state(input.state.as_deref())?;
        Ok(Kind::ListPullRequests(input))
    }
}

pub(super) async fn run<P: Errands>(
    input: Input,
    session: &Session<'_, P>,
) -> Result<ToolDone, ToolFailure> {
    let name = session.repository(input.repository.as_deref())?;
    let state = state(input.state.as_deref())?;
    let page = input.page.unwrap_or(1);
    let found = session
        .call(github::pull_requests(&name, state, page))
        .await?;
    let items = found.items.iter().map(item).collect();
    let output = json!({"repository": name.to_string()});
    Ok(shown::page(output, "pull_requests", items, found.next))
}

fn item(pull: &PullRequest) -> Value {
    without_nulls(json!({
        "number": pull.number,
        "title": pull.title,
        "state": pull.state,
        "draft": pull.draft.then_some(true),
        "merged": pull.merged_at,
        "by": login(pull.user.as_ref()),
        "branch": pull.head.branch,
        "into": pull.base.branch,
        "updated": pull.updated_at,
    }))
}
