//! `get_repository`: the facts about a repository of GitHub.

use serde_json::json;

use super::{
    errand::{ErrandTool, Errands, Kind},
    session::Session,
    shown::without_nulls,
};
use crate::{ToolContext, ToolDone, ToolFailure, schema::input};

/// The tool.
#[derive(Debug)]
pub(crate) struct GetRepository;

input! {
    struct Input {
        /// The repository, as owner/name or its address. The default is the one that is open in the workspace.
        repository: Option<String>,
    }
}

impl ErrandTool for GetRepository {
    type Input = Input;

    const NAME: &'static str = "get_repository";

    const DESCRIPTION: &'static str = "Reads the facts about a repository on GitHub: description, default branch, branches, \
        license, whether it is a fork, archived or private.";

    fn begin(&self, input: Input, _context: &ToolContext<'_>) -> Result<Kind, ToolFailure> {
        Ok(Kind::GetRepository(input))
    }
}

pub(super) async fn run<P: Errands>(
    input: Input,
    session: &Session<'_, P>,
) -> Result<ToolDone, ToolFailure> {
    let name = session.repository(input.repository.as_deref())?;
    let repository = session.call(github::repository(&name)).await?;
    let branches = session.call(github::branches(&name, 1)).await?;
    let names: Vec<&str> = branches
        .items
        .iter()
        .map(|branch| branch.name.as_str())
        .collect();
    Ok(ToolDone::with(without_nulls(json!({
        "repository": repository.full_name,
        "description": repository.description,
        "url": repository.html_url,
        "default_branch": repository.default_branch,
        "branches": names,
        "more_branches": branches.next.map(|_| true),
        "language": repository.language,
        "license": repository.license.and_then(|license| license.spdx_id),
        "topics": Some(repository.topics).filter(|topics| !topics.is_empty()),
        "private": repository.private,
        "archived": repository.archived,
        "fork_of": repository.parent.map(|parent| parent.full_name),
        "may_push": repository.permissions.map(|permissions| permissions.push),
        "stars": repository.stargazers_count,
        "forks": repository.forks_count,
        "open_issues_and_pull_requests": repository.open_issues_count,
        "size_kb": repository.size,
        "pushed_at": repository.pushed_at,
    }))))
}
