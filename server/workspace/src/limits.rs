//! How much there may be.

use common::workspace::limits;

/// How much a workspace may hold.
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
    /// The most bytes of contents, those of former versions too. Beyond it the oldest versions are forgotten.
    pub stored: u64,
}

impl Limits {
    /// Of every workspace.
    pub const DEFAULT: Self = Self {
        file_bytes: limits::FILE_BYTES,
        bytes: limits::WORKSPACE_BYTES,
        files: limits::FILES,
        directories: limits::DIRECTORIES,
        // Twice the files, so that at least as much of the past is kept.
        stored: 1_000_000_000,
    };
}
