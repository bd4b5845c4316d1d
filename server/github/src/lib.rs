//! GitHub's REST API, as far as it is used: typed requests, typed answers, and one error with a sentence per cause.
//!
//! - [`name`]: names of repositories and what people write for them. [`api`]: the server and its addresses.
//! - [`request`]: a request before it has an address. [`hop`]: one HTTP request of it; redirects make further ones.
//! - [`client`]: sends requests through a [`Wire`] and records them. [`head`]: the head of an answer. [`error`]: what went wrong.
//! - [`calls`]: the requests and the types of their answers, by subject.
//!
//! The token is not known here: whoever sends a hop adds it where [`Hop::is_authorized`] says so.

mod api;
mod calls;
mod client;
mod error;
mod head;
mod hop;
mod name;
mod request;

pub use api::{Api, ApiError, Author};
pub use calls::{
    Branch, CheckRun, CheckRuns, CodeMatch, CodeSearch, Commit, Content, ContentEntry, FileContent,
    GitRef, Issue, IssueComment, IssueFilter, License, NewCommit, NewPullRequest, ObjectId, Parent,
    Permissions, PullFile, PullRequest, RefOf, Repository, Review, ReviewComment, State, Tree,
    TreeChange, TreeEntry, User, branches, check_runs, code, comments, commit, commit_id, content,
    create_blob, create_branch, create_commit, create_pull_request, create_tree, git_ref, issue,
    issues, move_branch, open_pull_requests_of, pull_files, pull_request, pull_requests, raw_blob,
    repository, review_comments, reviews, tarball, tree,
};
pub use client::{Client, Sent, Wire};
pub use error::GithubError;
pub use head::{Head, Page};
pub use hop::Hop;
pub use name::{NameError, RepositoryName, Wanted, check_branch};
pub use request::{Call, Method, Request};
