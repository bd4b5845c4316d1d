//! `list_issues`: the issues of a repository.

use github::{Issue, IssueFilter};
use serde_json::{Value, json};

use super::{
    errand::{ErrandTool, Errands, Kind},
    session::Session,
    shown::{self, login, state},
};
use crate::{ToolContext, ToolDone, ToolFailure, schema::input};

/// The tool.
#[derive(Debug)]
pub(crate) struct ListIssues;

input! {
    struct Input {
        /// The repository, as owner/name or its address. The default is the one that is open in the workspace.
        repository: Option<String>,
        /// open, closed or all. The default is open.
        state: Option<String>,
        /// Only issues with all of these labels, separated by commas.
        labels: Option<String>,
        /// Only issues that this account is assigned to; none for those of nobody.
        assignee: Option<String>,
        /// The page. The default is 1.
        page: Option<u64>,
    }
}

impl ErrandTool for ListIssues {
    type Input = Input;

    const NAME: &'static str = "list_issues";

    const DESCRIPTION: &'static str =
        "Lists the issues of a repository on GitHub, the newest first, without pull requests.";

    fn begin(&self, input: Input, _context: &ToolContext<'_>) -> Result<Kind, ToolFailure> {
        state(input.state.as_deref())?;
        Ok(Kind::ListIssues(input))
    }
}

pub(super) async fn run<P: Errands>(
    input: Input,
    session: &Session<'_, P>,
) -> Result<ToolDone, ToolFailure> {
    let name = session.repository(input.repository.as_deref())?;
    let filter = IssueFilter {
        state: state(input.state.as_deref())?,
        labels: input.labels,
        assignee: input.assignee,
    };
    let page = input.page.unwrap_or(1);
    let issues = session.call(github::issues(&name, &filter, page)).await?;
    let items = issues.items.iter().filter(|issue| !issue.is_pull_request());
    let items = items.map(item).collect();
    let output = json!({"repository": name.to_string()});
    Ok(shown::page(output, "issues", items, issues.next))
}

fn item(issue: &Issue) -> Value {
    json!({
        "number": issue.number,
        "title": issue.title,
        "state": issue.state,
        "by": login(issue.user.as_ref()),
        "labels": issue.labels(),
        "comments": issue.comments,
        "updated": issue.updated_at,
    })
}
