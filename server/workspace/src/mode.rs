//! Unix permissions, such as the executable bit. They restrict nobody here.

/// The default mode of a file, and of a directory.
const FILE: u32 = 0o644;
const DIRECTORY: u32 = 0o755;

/// Permissions from an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Of a file.
    File(u32),
    /// Of a directory.
    Directory(u32),
}

impl Mode {
    /// The stored form; `None` for the default permissions.
    pub(super) fn stored(self) -> Option<u32> {
        match self {
            Self::File(mode) => Some(mode).filter(|mode| *mode != FILE),
            Self::Directory(mode) => Some(mode).filter(|mode| *mode != DIRECTORY),
        }
    }
}

/// The permissions of an entry, from their stored form.
pub(super) fn reported(stored: Option<u32>, is_directory: bool) -> u32 {
    stored.unwrap_or(if is_directory { DIRECTORY } else { FILE })
}
