//! The tools for GitHub. Each runs as an [`Errand`]: requests one after the other, with the workspace in between.
//!
//! - [`errand`]: the interface of such a tool. [`session`]: what one run uses. [`origin`]: what the workspace was opened from.
//! - [`import_repository`], [`repository_status`], [`create_pull_request`]: a repository in the workspace, and back.
//!   [`gathering`]: fetches its files. [`push`]: pushes the changes.
//! - [`get_repository`], [`get_file_contents`], [`search_code`], [`list_issues`], [`get_issue`], [`list_pull_requests`],
//!   [`get_pull_request`]: read any repository. [`shown`]: what they have in common.

pub(super) mod create_pull_request;
pub(super) mod errand;
mod gathering;
pub(super) mod get_file_contents;
pub(super) mod get_issue;
pub(super) mod get_pull_request;
pub(super) mod get_repository;
pub(super) mod import_repository;
pub(super) mod list_issues;
pub(super) mod list_pull_requests;
mod origin;
mod push;
pub(super) mod repository_status;
pub(super) mod search_code;
mod session;
mod shown;

#[cfg(test)]
mod tests;

pub use errand::{Errand, Errands, Surroundings};
pub use origin::prompt_line;
