//! Repositories.

use serde::Deserialize;

use super::PAGE_ITEMS;
use crate::{Call, Page, RepositoryName, Request, api::path_of};

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Repository {
    /// Owner and name, as they are now.
    pub full_name: String,
    /// Whether only some people may see it.
    pub private: bool,
    /// Whether it is a fork.
    pub fork: bool,
    /// Whether it can only be read.
    pub archived: bool,
    /// Whether GitHub has disabled it.
    #[serde(default)]
    pub disabled: bool,
    /// The branch that is opened when none is named.
    pub default_branch: String,
    /// The description.
    pub description: Option<String>,
    /// The size in kB, with its history.
    pub size: u64,
    /// The page.
    pub html_url: String,
    /// The main language.
    pub language: Option<String>,
    /// The number of stars.
    #[serde(default)]
    pub stargazers_count: u64,
    /// The number of forks.
    #[serde(default)]
    pub forks_count: u64,
    /// The number of open issues and pull requests.
    #[serde(default)]
    pub open_issues_count: u64,
    /// The topics.
    #[serde(default)]
    pub topics: Vec<String>,
    /// The license.
    pub license: Option<License>,
    /// When something was last pushed.
    pub pushed_at: Option<String>,
    /// What the token may do; absent without a token.
    pub permissions: Option<Permissions>,
    /// What it is a fork of.
    pub parent: Option<Parent>,
}

/// A license.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct License {
    /// Its identifier, such as `MIT`.
    pub spdx_id: Option<String>,
}

/// What a token may do with a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Permissions {
    /// Push commits.
    pub push: bool,
}

/// The repository that a fork was made of.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Parent {
    /// Owner and name.
    pub full_name: String,
}

/// A branch.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Branch {
    /// The name.
    pub name: String,
    /// Whether not everybody who may push may push there.
    #[serde(default)]
    pub protected: bool,
}

/// A repository.
#[must_use]
pub fn repository(name: &RepositoryName) -> Call<Repository> {
    Call::json(Request::get(
        path_of(name, ""),
        format!("repository {name}"),
    ))
}

/// The branches of a repository.
#[must_use]
pub fn branches(name: &RepositoryName, page: u64) -> Call<Page<Branch>> {
    let subject = format!("branches of {name}");
    Call::page(Request::get(path_of(name, "/branches"), subject).page(page, PAGE_ITEMS))
}
