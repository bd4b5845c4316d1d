//! Checks which entries of an archive the workspace can store, and the result of an import.

use std::collections::HashSet;

use thiserror::Error;

use super::{
    ArchiveError, ArchiveLimits,
    format::{LOCAL_BYTES, Listed, ListedKind, Method},
};
use crate::{CaseTwins, FilePath, PathError};

/// The result of an import.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Imported {
    /// The number of files written.
    pub files: u64,
    /// The number of files left alone, since they had the same content.
    pub unchanged: u64,
    /// The size of all these files, in bytes.
    pub bytes: u64,
    /// The number of directories in the archive.
    pub directories: u64,
    /// The skipped entries.
    pub skipped: Vec<Skipped>,
    /// The encoding assumed for names that do not state theirs.
    pub names_in: Option<&'static str>,
    /// Paths that differ by case alone.
    pub twins: Vec<CaseTwins>,
    /// The number of the last change.
    pub version: u64,
}

/// A skipped entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The name in the archive.
    pub name: String,
    /// The reason.
    pub reason: SkipReason,
}

/// Why an entry was skipped.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SkipReason {
    /// It is a symlink, which the workspace does not support.
    #[error("it is a symlink, which the workspace does not support")]
    Symlink,
    /// It is a hard link to a file that is not in the archive.
    #[error("it is a link to a file that is not in the archive")]
    HardLink,
    /// It is metadata of macOS.
    #[error("it is metadata of macOS, which no program needs")]
    OfMac,
    /// It is a device, a pipe or similar.
    #[error("it is neither a file nor a directory")]
    Special,
    /// Its path is absolute.
    #[error("its path is absolute")]
    Absolute,
    /// Its path is invalid.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Its name has an unknown encoding.
    #[error("its name is not UTF-8")]
    Name,
    /// Its path is that of another entry, or the root.
    #[error("another entry of the archive has the same path")]
    Twice,
    /// It is encrypted.
    #[error("it is encrypted")]
    Encrypted,
    /// Its compression is not supported.
    #[error("its compression is not supported")]
    Packing,
    /// It exceeds the size limit of a file.
    #[error("it has {size} bytes, and the limit for a file is {limit}")]
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A directory is in place of the file, or a file in place of a directory.
    #[error("{path} is in its way")]
    InTheWay {
        /// The path of the entry in the way.
        path: FilePath,
    },
}

/// An entry that the workspace can store.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) path: FilePath,
    pub(super) listed: Listed,
}

/// Whether the path is metadata of macOS: resource forks and folder settings.
fn is_of_mac(path: &FilePath) -> bool {
    let mut names = path.as_str().split('/');
    path.name() == ".DS_Store"
        || path.name().starts_with("._")
        || names.any(|name| name == "__MACOSX")
}

/// The path of an entry, or why it is skipped. `is_upload`: the archive was not exported by this server.
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

/// Checks that the unpacked size is plausible for the size of the archive. Zip bombs use entries that share their
/// bytes. Returns the unpacked size.
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
