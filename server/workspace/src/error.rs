//! Why an operation was refused. Each text says the cause and what to do next, to a person or a model.

use sql::SqlError;
use thiserror::Error;

use super::{ArchiveError, EditError, FilePath, Hash, Limits, PathError};

/// Why an operation was refused. Nothing was changed then.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WorkspaceError {
    /// The path is none.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Nothing is there.
    #[error("there is no {path}{}: list its directory or find the file by name", near(near_miss.as_ref()))]
    NotFound {
        /// Where.
        path: FilePath,
        /// What is there under a name that differs only by case.
        near_miss: Option<FilePath>,
    },
    /// A file was wanted.
    #[error("{path} is a directory: name a file in it")]
    IsDirectory {
        /// Where.
        path: FilePath,
    },
    /// A directory was wanted, or is a file on the way to the path.
    #[error("{path} is a file and no directory: choose another path, or move the file first")]
    NotDirectory {
        /// The file.
        path: FilePath,
    },
    /// Something is there already.
    #[error("{path} exists: choose another path, or delete it first")]
    Exists {
        /// Where.
        path: FilePath,
    },
    /// The file is no longer the one that was read.
    #[error(transparent)]
    Changed(Box<Changed>),
    /// An edit does not fit the text.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// It is no text.
    #[error(
        "{path} is binary ({size} bytes): it can be copied, moved, replaced or downloaded, but not read as text"
    )]
    Binary {
        /// Which file.
        path: FilePath,
        /// Its size.
        size: u64,
    },
    /// A text has a character that the encoding of its file lacks.
    #[error(
        "{path} is {encoding}, which does not have {char:?} (U+{:04X}): leave it out, or write the whole file as UTF-8 with `encoding`",
        u32::from(*char)
    )]
    NotInEncoding {
        /// Which file.
        path: FilePath,
        /// What it is in.
        encoding: String,
        /// The character.
        char: char,
    },
    /// The file is too large.
    #[error("{path} would have {size} bytes and a file may have {limit}: split it")]
    TooLarge {
        /// Which file.
        path: FilePath,
        /// How large it would be, or how much had come when it was refused.
        size: u64,
        /// The most.
        limit: u64,
    },
    /// The workspace is full.
    #[error(
        "the workspace would have {files} files, {directories} directories and {bytes} bytes, and may have {}, {} and {}: delete what is not needed",
        limits.files, limits.directories, limits.bytes
    )]
    Full {
        /// How many files there would be.
        files: u64,
        /// How many directories.
        directories: u64,
        /// How many bytes.
        bytes: u64,
        /// How much there may be.
        limits: Limits,
    },
    /// The root was to be moved, copied or deleted.
    #[error("the root of the workspace stays where it is: name what is in it")]
    Root,
    /// A directory was to be moved or copied into itself.
    #[error("{to} is inside {from}: choose a place outside of it")]
    IntoItself {
        /// What was to be moved.
        from: FilePath,
        /// Where to.
        to: FilePath,
    },
    /// A glob or a regular expression cannot be read.
    #[error("the pattern {pattern:?} cannot be read: {reason}")]
    Pattern {
        /// As written.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An archive cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// No version with this hash is stored at the path.
    #[error(
        "no version of {path} with the hash {hash} is stored: it was never there, or is too old"
    )]
    NoVersion {
        /// Which file.
        path: FilePath,
        /// Of which content.
        hash: Hash,
    },
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

/// How a file is another one than was expected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{path} is not the file that was read{}{}", now(self.current.as_ref()), difference(self.diff.as_deref()))]
pub struct Changed {
    /// Which file.
    pub path: FilePath,
    /// Of what content it is now; `None`: it is gone.
    pub current: Option<Hash>,
    /// What changed, as a unified diff; `None` when the content that was read is no longer stored, or is no text.
    pub diff: Option<String>,
}

/// A pattern that cannot be read, for this reason.
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
        None => ": it is gone. List its directory, or write it anew".to_owned(),
        Some(hash) => format!(": its hash is {hash} now. Read it again before you change it"),
    }
}

fn difference(diff: Option<&str>) -> String {
    diff.map_or_else(String::new, |diff| format!(". What changed since:\n{diff}"))
}
