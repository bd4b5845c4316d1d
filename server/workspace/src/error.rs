//! The errors of workspace operations. Each text gives the cause and the next step, for a person or a model.

use sql::SqlError;
use thiserror::Error;

use super::{ArchiveError, EditError, FilePath, Hash, Limits, PathError};

/// Why an operation failed. It changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WorkspaceError {
    /// The path is invalid.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Nothing exists at the path.
    #[error("there is no {path}{}: list its directory or find the file by name", near(near_miss.as_ref()))]
    NotFound {
        /// The path.
        path: FilePath,
        /// An existing path that differs only by case.
        near_miss: Option<FilePath>,
    },
    /// A directory is at a path that must be a file.
    #[error("{path} is a directory: name a file in it")]
    IsDirectory {
        /// The path.
        path: FilePath,
    },
    /// A file is at a path that must be a directory, or at one of its parents.
    #[error("{path} is a file, not a directory: choose another path, or move the file first")]
    NotDirectory {
        /// The path of the file.
        path: FilePath,
    },
    /// Something exists at the path.
    #[error("{path} exists: choose another path, or delete it first")]
    Exists {
        /// The path.
        path: FilePath,
    },
    /// The file has changed since it was read.
    #[error(transparent)]
    Changed(Box<Changed>),
    /// An edit does not fit the text.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The file is binary.
    #[error(
        "{path} is binary ({size} bytes): it can be copied, moved, replaced or downloaded, but not read as text"
    )]
    Binary {
        /// The path.
        path: FilePath,
        /// Its size in bytes.
        size: u64,
    },
    /// A text contains a character that the encoding of its file lacks.
    #[error(
        "{path} is {encoding}, which does not have {char:?} (U+{:04X}): leave it out, or write the whole file as UTF-8 with `encoding`",
        u32::from(*char)
    )]
    NotInEncoding {
        /// The path.
        path: FilePath,
        /// The name of the encoding.
        encoding: String,
        /// The character.
        char: char,
    },
    /// A file would be too large.
    #[error("{path} would have {size} bytes, and the limit for a file is {limit}: split it")]
    TooLarge {
        /// The path.
        path: FilePath,
        /// Its size in bytes, or the bytes received before the upload was refused.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The workspace would be too large.
    #[error(
        "the workspace would have {files} files, {directories} directories and {bytes} bytes; the limits are {}, {} and {}: delete files that are not needed",
        limits.files, limits.directories, limits.bytes
    )]
    Full {
        /// The resulting number of files.
        files: u64,
        /// The resulting number of directories.
        directories: u64,
        /// The resulting size in bytes.
        bytes: u64,
        /// The limits of the workspace.
        limits: Limits,
    },
    /// The root cannot be moved, copied or deleted.
    #[error(
        "the root of the workspace cannot be moved, copied or deleted: name a file or directory in it"
    )]
    Root,
    /// A directory cannot be moved or copied into itself.
    #[error("{to} is inside {from}: choose a path outside of it")]
    IntoItself {
        /// The source path.
        from: FilePath,
        /// The target path.
        to: FilePath,
    },
    /// A glob or regular expression is invalid.
    #[error("the pattern {pattern:?} cannot be read: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An archive is invalid.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// No version with this hash is stored for the path.
    #[error("no version of {path} with the hash {hash} is stored: it never existed, or is too old")]
    NoVersion {
        /// The path.
        path: FilePath,
        /// The hash.
        hash: Hash,
    },
    /// Something that was gathered for a repository was dropped for another one.
    #[error("another repository is being opened in this conversation: try again once that is done")]
    Overtaken,
    /// No file stood at the path then.
    #[error("no version of {path} from then is stored: it was not there, or is too old")]
    NotThen {
        /// Which file.
        path: FilePath,
    },
    /// SQLite failed.
    #[error(transparent)]
    Store(#[from] SqlError),
}

/// How a file differs from the expected one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{path} is not the file that was read{}{}", now(self.current.as_ref()), difference(self.diff.as_deref()))]
pub struct Changed {
    /// The path.
    pub path: FilePath,
    /// The hash of the present content; `None` when the file was deleted.
    pub current: Option<Hash>,
    /// The changes as a unified diff; `None` when the expected content is no longer stored or is not text.
    pub diff: Option<String>,
}

/// The error for an invalid pattern.
pub(super) fn refused_pattern(pattern: &str, reason: String) -> WorkspaceError {
    WorkspaceError::Pattern {
        pattern: pattern.chars().take(200).collect(),
        reason,
    }
}

fn near(path: Option<&FilePath>) -> String {
    path.map_or_else(String::new, |path| {
        format!(" (but there is {path}, which differs by case)")
    })
}

fn now(current: Option<&Hash>) -> String {
    match current {
        None => ": it was deleted. List its directory, or write it again".to_owned(),
        Some(hash) => format!(": its hash is now {hash}. Read it again before you change it"),
    }
}

fn difference(diff: Option<&str>) -> String {
    diff.map_or_else(String::new, |diff| format!(". What changed since:\n{diff}"))
}
