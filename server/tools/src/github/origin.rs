//! What the workspace was opened from.

use github::{ObjectId, RepositoryName};
use serde::{Deserialize, Serialize};
use workspace::{Workspace, WorkspaceError};

use crate::ToolFailure;

/// The most files that are named because they were left out.
pub(super) const LEFT_OUT: usize = 200;

/// What the workspace was opened from, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Origin {
    /// The host of the server's pages.
    pub(super) host: String,
    /// Owner and name.
    pub(super) repository: String,
    /// The branch, tag or commit that was asked for.
    pub(super) reference: String,
    /// The branch, if it was one.
    #[serde(default)]
    pub(super) branch: Option<String>,
    /// The commit.
    pub(super) commit: String,
    /// Its files.
    pub(super) tree: String,
    /// What is not in the workspace: the path and the reason.
    #[serde(default)]
    pub(super) left_out: Vec<(String, String)>,
    /// How many more of those there are.
    #[serde(default)]
    pub(super) left_out_more: u64,
    /// Files that both sides changed, with the content that the workspace kept.
    #[serde(default)]
    pub(super) conflicts: Vec<(String, String)>,
    /// The branch that was pushed last.
    #[serde(default)]
    pub(super) pushed: Option<Pushed>,
}

/// A branch that was pushed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pushed {
    /// Its name.
    pub(super) branch: String,
    /// Where it is. This is stored before the branch is moved there, so that an interrupted push can be distinguished from the commits
    /// of others.
    pub(super) at: Tip,
    /// Where it was before.
    #[serde(default)]
    pub(super) before: Option<Tip>,
    /// The pull request; `None`: it was not made yet.
    #[serde(default)]
    pub(super) number: Option<u64>,
}

/// The end of a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tip {
    /// The commit.
    pub(super) commit: String,
    /// The commit of the repository that it builds on.
    pub(super) base: String,
}

impl Origin {
    /// What a workspace was opened from.
    pub(super) fn of(workspace: &Workspace<'_>) -> Result<Option<Self>, ToolFailure> {
        let stored = workspace.origin()?;
        Ok(stored.and_then(|stored| serde_json::from_value(stored).ok()))
    }

    /// Stores it.
    pub(super) fn store(&self, workspace: &Workspace<'_>) -> Result<(), ToolFailure> {
        Ok(workspace.set_origin(&self.to_json())?)
    }

    pub(super) fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The repository.
    pub(super) fn name(&self) -> Result<RepositoryName, ToolFailure> {
        RepositoryName::parse(&self.repository)
            .map_err(|error| ToolFailure::Explained(format!("{error}.")))
    }

    /// The beginning of the id of its commit.
    pub(super) fn short(&self) -> &str {
        self.commit.get(..7).unwrap_or(&self.commit)
    }

    pub(super) fn commit_id(&self) -> Result<ObjectId, ToolFailure> {
        object_id(&self.commit)
    }

    pub(super) fn tree_id(&self) -> Result<ObjectId, ToolFailure> {
        object_id(&self.tree)
    }
}

/// An id from the store.
pub(super) fn object_id(text: &str) -> Result<ObjectId, ToolFailure> {
    ObjectId::parse(text).ok_or_else(|| {
        let reported = "What is stored about the repository cannot be read: open it again.";
        ToolFailure::Explained(reported.to_owned())
    })
}

/// The line about the repository in the workspace that every model call has; `None`: there is none. It changes only when a
/// repository is opened or pushed, since vendors keep what they have read.
///
/// # Errors
/// When an SQL statement fails.
pub fn prompt_line(workspace: &Workspace<'_>) -> Result<Option<String>, WorkspaceError> {
    let Some(stored) = workspace.origin()? else {
        return Ok(None);
    };
    if workspace.is_base_gone()? {
        return Ok(None);
    }
    let Ok(origin) = serde_json::from_value::<Origin>(stored) else {
        return Ok(None);
    };
    let Origin {
        host, repository, ..
    } = &origin;
    let place = match &origin.branch {
        Some(branch) => format!("branch `{branch}`, commit {}", origin.short()),
        None => format!("`{}`, commit {}", origin.reference, origin.short()),
    };
    let pushed = match &origin.pushed {
        Some(Pushed {
            branch,
            number: Some(number),
            ..
        }) => format!(" Its changes are in pull request {number}, branch `{branch}`."),
        Some(_) | None => String::new(),
    };
    Ok(Some(format!(
        "The workspace holds the repository {repository} of {host} ({place}). `repository_status` tells what differs from that \
         commit.{pushed}"
    )))
}
