//! Requests and the types of their answers, by subject.

mod contents;
mod git;
mod issues;
mod pulls;
mod repositories;

use serde::Deserialize;

pub use contents::{
    CodeMatch, CodeSearch, Content, ContentEntry, FileContent, code, content, raw_blob,
};
pub use git::{
    Commit, GitRef, NewCommit, ObjectId, RefOf, Tree, TreeChange, TreeEntry, commit, commit_id,
    create_blob, create_branch, create_commit, create_tree, git_ref, move_branch, tarball, tree,
};
pub use issues::{Issue, IssueComment, IssueFilter, State, comments, issue, issues};
pub use pulls::{
    CheckRun, CheckRuns, NewPullRequest, PullFile, PullRequest, Review, ReviewComment, check_runs,
    create_pull_request, open_pull_requests_of, pull_files, pull_request, pull_requests,
    review_comments, reviews,
};
pub use repositories::{Branch, License, Parent, Permissions, Repository, branches, repository};

/// The most items that a page of a list has.
const PAGE_ITEMS: u64 = 30;

/// A person or a program; GitHub gives none for deleted accounts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The name of the account.
    pub login: String,
}
