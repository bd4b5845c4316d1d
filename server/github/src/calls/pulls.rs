//! Pull requests, with their files, reviews and check runs.

use serde::Deserialize;
use serde_json::json;

use super::{ObjectId, PAGE_ITEMS, State, User, repositories::Parent};
use crate::{Call, Page, RepositoryName, Request, api::path_of, request::Method};

/// A pull request. A list has no counts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PullRequest {
    /// The number.
    pub number: u64,
    /// The title.
    pub title: String,
    /// `open` or `closed`.
    pub state: String,
    /// Whether it is a draft.
    #[serde(default)]
    pub draft: bool,
    /// When it was merged.
    #[serde(default)]
    pub merged_at: Option<String>,
    /// Who opened it.
    pub user: Option<User>,
    /// The text.
    #[serde(default)]
    pub body: Option<String>,
    /// What it brings.
    pub head: Side,
    /// Where it goes.
    pub base: Side,
    /// Whether it can be merged; unknown while GitHub computes it.
    #[serde(default)]
    pub mergeable: Option<bool>,
    /// The number of its commits.
    #[serde(default)]
    pub commits: Option<u64>,
    /// The number of added lines.
    #[serde(default)]
    pub additions: Option<u64>,
    /// The number of removed lines.
    #[serde(default)]
    pub deletions: Option<u64>,
    /// The number of changed files.
    #[serde(default)]
    pub changed_files: Option<u64>,
    /// When it was opened.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// The page.
    pub html_url: String,
}

/// A side of a pull request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Side {
    /// The branch.
    #[serde(rename = "ref")]
    pub branch: String,
    /// The commit.
    pub sha: ObjectId,
    /// The repository; `None`: it was deleted.
    pub repo: Option<Parent>,
}

/// A file that a pull request changes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PullFile {
    /// The path.
    pub filename: String,
    /// `added`, `removed`, `modified`, `renamed`, …
    pub status: String,
    /// The number of added lines.
    pub additions: u64,
    /// The number of removed lines.
    pub deletions: u64,
    /// The hunks; absent for binary and large files.
    #[serde(default)]
    pub patch: Option<String>,
    /// The path before.
    #[serde(default)]
    pub previous_filename: Option<String>,
}

/// A review of a pull request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Review {
    /// Who reviewed.
    pub user: Option<User>,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, …
    pub state: String,
    /// The text.
    #[serde(default)]
    pub body: Option<String>,
    /// When.
    #[serde(default)]
    pub submitted_at: Option<String>,
}

/// A comment on a line.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ReviewComment {
    /// Who wrote it.
    pub user: Option<User>,
    /// The file.
    pub path: String,
    /// The line in the present version; `None`: it is outdated.
    #[serde(default)]
    pub line: Option<u64>,
    /// The text.
    pub body: String,
    /// When.
    pub created_at: String,
}

/// The check runs of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CheckRuns {
    /// Their number.
    pub total_count: u64,
    /// One page of them.
    pub check_runs: Vec<CheckRun>,
}

/// A check run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CheckRun {
    /// The name.
    pub name: String,
    /// `queued`, `in_progress`, `completed`, …
    pub status: String,
    /// `success`, `failure`, …; `None` before the end.
    pub conclusion: Option<String>,
    /// Its page.
    #[serde(default)]
    pub html_url: Option<String>,
    /// What it reports.
    #[serde(default)]
    pub output: Option<CheckOutput>,
}

/// What a check run reports.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CheckOutput {
    /// The title.
    #[serde(default)]
    pub title: Option<String>,
    /// The summary.
    #[serde(default)]
    pub summary: Option<String>,
}

/// A pull request to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewPullRequest<'a> {
    /// The title.
    pub title: &'a str,
    /// The text.
    pub body: &'a str,
    /// The branch with the commits.
    pub head: &'a str,
    /// The branch it goes to.
    pub base: &'a str,
}

/// The pull requests of a repository.
#[must_use]
pub fn pull_requests(name: &RepositoryName, state: State, page: u64) -> Call<Page<PullRequest>> {
    let request = Request::get(path_of(name, "/pulls"), format!("pull requests of {name}"));
    Call::page(request.with("state", state.word()).page(page, PAGE_ITEMS))
}

/// The open pull requests of a branch.
#[must_use]
pub fn open_pull_requests_of(name: &RepositoryName, branch: &str) -> Call<Page<PullRequest>> {
    let request = Request::get(path_of(name, "/pulls"), format!("pull requests of {name}"))
        .with("state", "open")
        .with("head", format!("{}:{branch}", name.owner()));
    Call::page(request.page(1, PAGE_ITEMS))
}

/// A pull request.
#[must_use]
pub fn pull_request(name: &RepositoryName, number: u64) -> Call<PullRequest> {
    let path = path_of(name, &format!("/pulls/{number}"));
    Call::json(Request::get(
        path,
        format!("pull request {number} in {name}"),
    ))
}

/// The files that a pull request changes.
#[must_use]
pub fn pull_files(name: &RepositoryName, number: u64, page: u64) -> Call<Page<PullFile>> {
    let path = path_of(name, &format!("/pulls/{number}/files"));
    let request = Request::get(path, format!("files of pull request {number} in {name}"));
    Call::page(request.page(page, PAGE_ITEMS))
}

/// The reviews of a pull request.
#[must_use]
pub fn reviews(name: &RepositoryName, number: u64, page: u64) -> Call<Page<Review>> {
    let path = path_of(name, &format!("/pulls/{number}/reviews"));
    let request = Request::get(path, format!("reviews of pull request {number} in {name}"));
    Call::page(request.page(page, PAGE_ITEMS))
}

/// The comments on lines of a pull request.
#[must_use]
pub fn review_comments(name: &RepositoryName, number: u64, page: u64) -> Call<Page<ReviewComment>> {
    let path = path_of(name, &format!("/pulls/{number}/comments"));
    let request = Request::get(path, format!("comments on pull request {number} in {name}"));
    Call::page(request.page(page, PAGE_ITEMS))
}

/// The check runs of a commit.
#[must_use]
pub fn check_runs(name: &RepositoryName, commit: &ObjectId, page: u64) -> Call<CheckRuns> {
    let path = path_of(name, &format!("/commits/{commit}/check-runs"));
    let request = Request::get(path, format!("check runs of {commit} in {name}"));
    Call::json(request.page(page, PAGE_ITEMS))
}

impl CheckRuns {
    /// Whether there are more pages after this one.
    #[must_use]
    pub const fn has_more(&self, page: u64) -> bool {
        page.saturating_mul(PAGE_ITEMS) < self.total_count
    }
}

/// Makes a pull request.
#[must_use]
pub fn create_pull_request(name: &RepositoryName, new: NewPullRequest<'_>) -> Call<PullRequest> {
    let body = json!({"title": new.title, "body": new.body, "head": new.head, "base": new.base});
    let subject = format!("pull request for {name}");
    Call::json(Request::send(
        Method::Post,
        path_of(name, "/pulls"),
        subject,
        body,
    ))
}
