//! What an archive that came in has in it: which of its entries the workspace can have, and what was unpacked.

use std::collections::HashSet;

use thiserror::Error;

use super::{
    ArchiveError, ArchiveLimits,
    format::{LOCAL_BYTES, Listed, ListedKind, Method},
};
use crate::{CaseTwins, FilePath, PathError};

/// An archive was unpacked.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Imported {
    /// Files that were written.
    pub files: u64,
    /// Files that had the same content before; they were left alone.
    pub unchanged: u64,
    /// Bytes of all these files.
    pub bytes: u64,
    /// Directories that the archive names.
    pub directories: u64,
    /// What was left out.
    pub skipped: Vec<Skipped>,
    /// What the names of the archive were in, where it does not say it.
    pub names_in: Option<&'static str>,
    /// What differs by case alone.
    pub twins: Vec<CaseTwins>,
    /// The number of the last change.
    pub version: u64,
}

/// An entry that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its name in the archive.
    pub name: String,
    /// Why.
    pub reason: SkipReason,
}

/// Why an entry was left out.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SkipReason {
    /// The workspace has no symlinks.
    #[error("it is a symlink, and the workspace has none")]
    Symlink,
    /// It is another name of a file that the archive does not have.
    #[error("it is a link to a file that is not in the archive")]
    HardLink,
    /// It is what a Mac keeps for itself.
    #[error("a Mac keeps it for itself, and no program needs it")]
    OfMac,
    /// It is a device, a pipe or the like.
    #[error("it is neither a file nor a directory")]
    Special,
    /// Its path begins at the root of a computer.
    #[error("its path is absolute")]
    Absolute,
    /// Its path is none of the workspace.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Its name is in another encoding.
    #[error("its name is not UTF-8")]
    Name,
    /// Its name is the name of another entry, or of the root.
    #[error("another entry of the archive has the same path")]
    Twice,
    /// It needs a password.
    #[error("it is encrypted")]
    Encrypted,
    /// It is packed in another way.
    #[error("it is packed in a way that is not read here")]
    Packing,
    /// It is too large for a file.
    #[error("it has {size} bytes and a file may have {limit}")]
    TooLarge {
        /// Its size.
        size: u64,
        /// The most.
        limit: u64,
    },
    /// A directory is where the file should be, or a file where a directory should be.
    #[error("{path} is in its way")]
    InTheWay {
        /// What is there.
        path: FilePath,
    },
}

/// An entry the workspace can have.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) path: FilePath,
    pub(super) listed: Listed,
}

/// Whether a Mac made it for itself: forks of files, and how folders are shown.
fn is_of_mac(path: &FilePath) -> bool {
    let mut names = path.as_str().split('/');
    path.name() == ".DS_Store"
        || path.name().starts_with("._")
        || names.any(|name| name == "__MACOSX")
}

/// Where an entry goes, or why it does not. `is_upload`: people packed it, and not this server.
pub(super) fn accept(
    listed: &Listed,
    is_upload: bool,
    file_bytes: u64,
    paths: &mut HashSet<FilePath>,
) -> Result<FilePath, SkipReason> {
    let name = std::str::from_utf8(&listed.name).map_err(|_| SkipReason::Name)?;
    match listed.kind {
        ListedKind::Symlink => return Err(SkipReason::Symlink),
        ListedKind::HardLink => return Err(SkipReason::HardLink),
        ListedKind::Special => return Err(SkipReason::Special),
        ListedKind::File | ListedKind::Directory => {}
    }
    let mut letters = name.chars();
    let drive = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && letters.next() == Some(':');
    if drive || name.starts_with(['/', '\\']) {
        return Err(SkipReason::Absolute);
    }
    let path = FilePath::parse(name)?;
    if is_upload && is_of_mac(&path) {
        return Err(SkipReason::OfMac);
    }
    if listed.is_encrypted {
        return Err(SkipReason::Encrypted);
    }
    if listed.method == Method::Other {
        return Err(SkipReason::Packing);
    }
    let size = listed
        .size
        .max(listed.packed.saturating_sub(file_bytes / 100 + 1000));
    if size > file_bytes {
        return Err(SkipReason::TooLarge {
            size,
            limit: file_bytes,
        });
    }
    if path.is_root() || !paths.insert(path.clone()) {
        return Err(SkipReason::Twice);
    }
    Ok(path)
}

/// Whether what is in an archive is in a sane relation to it. Entries that share their bytes are how a small archive is
/// made to hold very much. The outcome: how much is in it.
pub(super) fn check_sizes(
    accepted: &[Accepted],
    size: u64,
    limits: ArchiveLimits,
) -> Result<u64, ArchiveError> {
    let unpacked: u64 = accepted.iter().map(|entry| entry.listed.size).sum();
    let too_much = unpacked > limits.ratio_from && unpacked > size.saturating_mul(limits.ratio);
    let shared = accepted.windows(2).any(|pair| match pair {
        [one, two] if one.listed.has_header => {
            let header = LOCAL_BYTES as u64 + one.listed.name_bytes;
            let end = one.listed.at.saturating_add(header + one.listed.packed);
            end > two.listed.at
        }
        _ => false,
    });
    if too_much || shared {
        return Err(ArchiveError::Bomb { size, unpacked });
    }
    Ok(unpacked)
}
