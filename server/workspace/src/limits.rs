//! The limits of a workspace.

use common::workspace::{Limited, NearLimit, limits};

use super::{Workspace, WorkspaceError};

/// The limits of a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of a file.
    pub file_bytes: u64,
    /// The most bytes of all files.
    pub bytes: u64,
    /// The most files.
    pub files: u64,
    /// The most directories.
    pub directories: u64,
    /// The maximum size of all stored contents, including former versions, in bytes. Beyond it, the oldest versions
    /// are deleted.
    pub stored: u64,
    /// The most bytes of the database, which also has the messages.
    pub database: u64,
}

impl Limits {
    /// The limits of every workspace.
    pub const DEFAULT: Self = Self {
        file_bytes: limits::FILE_BYTES,
        bytes: limits::WORKSPACE_BYTES,
        files: limits::FILES,
        directories: limits::DIRECTORIES,
        // Twice the size of the files, so that at least as much history fits.
        stored: 1_000_000_000,
        database: limits::DATABASE_BYTES,
    };
}

impl Workspace<'_> {
    /// The limits that are nearly reached.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn near_limits(&self) -> Result<Vec<NearLimit>, WorkspaceError> {
        let (usage, limits) = (self.usage()?, self.limits());
        let near = [
            NearLimit::of(Limited::Files, usage.files, limits.files),
            NearLimit::of(Limited::Directories, usage.directories, limits.directories),
            NearLimit::of(Limited::Bytes, usage.bytes, limits.bytes),
            NearLimit::of(Limited::Versions, usage.stored, limits.stored),
            self.near_full(),
        ];
        Ok(near.into_iter().flatten().collect())
    }

    /// The limit of the database, if it is nearly reached.
    #[must_use]
    pub fn near_full(&self) -> Option<NearLimit> {
        let used = self.sql.sql.size()?;
        NearLimit::of(Limited::Storage, used, self.limits().database)
    }
}
