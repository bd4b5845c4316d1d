//! The permissions of Unix, which say of a file that it is a program. Nobody here is kept from anything by them.

/// The mode of a file, and of a directory, for which an archive names none.
const FILE: u32 = 0o644;
const DIRECTORY: u32 = 0o755;

/// Permissions that an archive tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Of a file.
    File(u32),
    /// Of a directory.
    Directory(u32),
}

impl Mode {
    /// As they are stored; `None` when they are the usual ones.
    pub(super) fn stored(self) -> Option<u32> {
        match self {
            Self::File(mode) => Some(mode).filter(|mode| *mode != FILE),
            Self::Directory(mode) => Some(mode).filter(|mode| *mode != DIRECTORY),
        }
    }
}

/// The permissions of what stands at a path, by what is stored of them.
pub(super) fn told(stored: Option<u32>, is_directory: bool) -> u32 {
    stored.unwrap_or(if is_directory { DIRECTORY } else { FILE })
}
