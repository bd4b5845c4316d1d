//! The repository that the workspace was opened from: which commit, and its files. What differs from them is what a pull
//! request brings.
//!
//! - [`blob`]: ids of contents as git computes them. [`incoming`]: gathers the files of a commit, with other work in between.
//! - [`merging`]: puts them into the workspace, in one change. [`differences`]: what differs from the commit.
//!
//! A commit is gathered beside the workspace: its list of files first, then their contents, each checked by its id. Only when
//! nothing is missing does the workspace change.

mod archive;
mod blob;
mod differences;
mod incoming;
mod merging;

use serde_json::Value;

use super::{FilePath, Workspace, WorkspaceError};

pub use archive::ArchiveReading;
pub use blob::BlobId;
pub use differences::{BaseChange, BaseSide, Differences};
pub use incoming::Incoming;
pub use merging::Merged;

/// A file of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseFile {
    /// The path.
    pub path: FilePath,
    /// The id of its content.
    pub blob: BlobId,
    /// Whether it can be executed.
    pub is_executable: bool,
    /// The size in bytes.
    pub size: u64,
}

impl Workspace<'_> {
    /// What the workspace was opened from, in the form in which it was stored; `None`: it was not opened from anything.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn origin(&self) -> Result<Option<Value>, WorkspaceError> {
        let rows = self.sql.run("SELECT json FROM repository", &[])?;
        let stored = rows.into_iter().flatten().next();
        Ok(stored.and_then(|json| serde_json::from_str(&json.into_text()).ok()))
    }

    /// Whether the workspace has none of the files that it was opened with, such as after that was undone.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn is_base_gone(&self) -> Result<bool, WorkspaceError> {
        let rows = self.sql.run(
            "SELECT 1 FROM base_files b JOIN entries e ON e.path = b.path AND e.until IS NULL LIMIT 1",
            &[],
        )?;
        Ok(rows.is_empty())
    }

    /// Forgets what the workspace was opened from. Its files stay.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn forget_base(&self) -> Result<(), WorkspaceError> {
        self.together(|| {
            self.sql.execute("DELETE FROM repository", &[])?;
            self.sql.execute("DELETE FROM base_files", &[])?;
            self.drop_incoming()
        })
    }

    /// Stores what the workspace was opened from.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn set_origin(&self, origin: &Value) -> Result<(), WorkspaceError> {
        self.together(|| {
            self.sql.execute("DELETE FROM repository", &[])?;
            self.sql.execute(
                "INSERT INTO repository (json) VALUES (?)",
                &[origin.to_string().into()],
            )?;
            Ok(())
        })
    }
}
