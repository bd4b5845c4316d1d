//! Issues.

use serde::Deserialize;
use serde_json::Value;

use super::{PAGE_ITEMS, User};
use crate::{Call, Page, RepositoryName, Request, api::path_of};

/// An issue; also a pull request, seen as one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Issue {
    /// The number.
    pub number: u64,
    /// The title.
    pub title: String,
    /// `open` or `closed`.
    pub state: String,
    /// Why it is closed.
    #[serde(default)]
    pub state_reason: Option<String>,
    /// Who opened it.
    pub user: Option<User>,
    /// Its labels.
    labels: Vec<Label>,
    /// Who is to work on it.
    #[serde(default)]
    pub assignees: Option<Vec<User>>,
    /// The number of comments.
    pub comments: u64,
    /// The text.
    #[serde(default)]
    pub body: Option<String>,
    /// When it was opened.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// The page.
    pub html_url: String,
    /// Present when it is a pull request.
    #[serde(default)]
    pull_request: Option<Value>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Label {
    Name(String),
    Label { name: Option<String> },
}

/// A comment on an issue or a pull request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct IssueComment {
    /// Who wrote it.
    pub user: Option<User>,
    /// The text.
    #[serde(default)]
    pub body: Option<String>,
    /// When.
    pub created_at: String,
}

/// Which issues or pull requests are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum State {
    /// Those that are open.
    #[default]
    Open,
    /// Those that are closed.
    Closed,
    /// Both.
    All,
}

/// Which issues are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssueFilter {
    /// By their state.
    pub state: State,
    /// By labels, separated by commas; all of them.
    pub labels: Option<String>,
    /// By the account that is to work on them; `none` for those of nobody.
    pub assignee: Option<String>,
}

impl State {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::All => "all",
        }
    }
}

impl Issue {
    /// Whether it is a pull request.
    #[must_use]
    pub const fn is_pull_request(&self) -> bool {
        self.pull_request.is_some()
    }

    /// The names of its labels.
    #[must_use]
    pub fn labels(&self) -> Vec<&str> {
        let name = |label| match label {
            &Label::Name(ref name)
            | &Label::Label {
                name: Some(ref name),
            } => Some(name.as_str()),
            &Label::Label { name: None } => None,
        };
        self.labels.iter().filter_map(name).collect()
    }
}

/// The issues of a repository; GitHub lists its pull requests among them.
#[must_use]
pub fn issues(name: &RepositoryName, filter: &IssueFilter, page: u64) -> Call<Page<Issue>> {
    let request = Request::get(path_of(name, "/issues"), format!("issues of {name}"))
        .with("state", filter.state.word())
        .with_optional("labels", filter.labels.as_deref())
        .with_optional("assignee", filter.assignee.as_deref());
    Call::page(request.page(page, PAGE_ITEMS))
}

/// An issue.
#[must_use]
pub fn issue(name: &RepositoryName, number: u64) -> Call<Issue> {
    let path = path_of(name, &format!("/issues/{number}"));
    Call::json(Request::get(path, format!("issue {number} in {name}")))
}

/// The comments on an issue or a pull request.
#[must_use]
pub fn comments(name: &RepositoryName, number: u64, page: u64) -> Call<Page<IssueComment>> {
    let path = path_of(name, &format!("/issues/{number}/comments"));
    let request = Request::get(path, format!("comments on {number} in {name}"));
    Call::page(request.page(page, PAGE_ITEMS))
}
