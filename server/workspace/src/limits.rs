//! The limits of a workspace.

use common::workspace::limits;

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
    };
}
