//! What becomes of an archive that came in.

use std::collections::HashSet;

use miniz_oxide::inflate::decompress_to_vec_with_limit;
use thiserror::Error;

use super::{
    ArchiveError, ArchiveLimits,
    format::{
        END_BYTES, End, LOCAL_BYTES, Listed, ListedKind, MAX_COMMENT_BYTES, Method, read_list,
        read_local,
    },
    upload::{Spool, Upload},
};
use crate::workspace::{
    CaseTwins, FilePath, Hash, PathError, Workspace, WorkspaceError, change::Change,
};

/// An archive was unpacked.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Imported {
    /// Files that were written.
    pub files: u64,
    /// Files that had the same content before; they were left alone.
    pub unchanged: u64,
    /// Bytes of all these files.
    pub bytes: u64,
    /// What was left out.
    pub skipped: Vec<Skipped>,
    /// What differs by case alone.
    pub twins: Vec<CaseTwins>,
    /// The number of the change.
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
struct Accepted {
    path: FilePath,
    listed: Listed,
}

impl Workspace<'_> {
    /// Unpacks an archive that is whole, all of it in one change. What is there under other paths stays.
    ///
    /// # Errors
    /// When the archive cannot be read, when the workspace would be too full, or when a statement fails.
    pub fn finish_upload(&self, mut upload: Upload) -> Result<Imported, WorkspaceError> {
        let outcome = self
            .open_upload(&mut upload)
            .and_then(|mut zip| self.import_under(&mut zip, ""));
        self.drop_upload(upload.id)?;
        outcome
    }

    /// Opens an archive that is whole.
    ///
    /// # Errors
    /// When it is none, or when a statement fails.
    pub(crate) fn open_upload(&self, upload: &mut Upload) -> Result<ZipReader<'_>, WorkspaceError> {
        upload.flush(self)?;
        let mut spool = Spool::new(*self, upload.id, upload.size);
        let list = list_of(&mut spool, upload)?;
        Ok(ZipReader {
            spool,
            list,
            size: upload.size,
            limits: upload.limits(),
        })
    }

    /// Writes the files of an archive whose names begin with `prefix`, without it, all in one change.
    ///
    /// # Errors
    /// As [`Workspace::finish_upload`].
    pub(crate) fn import_under(
        &self,
        zip: &mut ZipReader<'_>,
        prefix: &str,
    ) -> Result<Imported, WorkspaceError> {
        let mut imported = Imported::default();
        let mut accepted = Vec::new();
        let mut paths = HashSet::new();
        for mut listed in zip.list.iter().cloned() {
            match listed.name.strip_prefix(prefix.as_bytes()) {
                // The directory of this name is the root.
                None | Some([]) if !prefix.is_empty() => continue,
                Some(name) => listed.name = name.to_vec(),
                None => continue,
            }
            match accept(&listed, self.limits.file_bytes, &mut paths) {
                Ok(path) => accepted.push(Accepted { path, listed }),
                Err(reason) => imported.skipped.push(Skipped {
                    name: String::from_utf8_lossy(&listed.name)
                        .chars()
                        .take(200)
                        .collect(),
                    reason,
                }),
            }
        }
        accepted.sort_by_key(|entry| entry.listed.at);
        let unpacked = check_sizes(&accepted, prefix, zip)?;
        if unpacked > self.limits.bytes {
            return Err(WorkspaceError::Full {
                files: accepted.len() as u64,
                directories: 0,
                bytes: unpacked,
                limits: self.limits,
            });
        }
        self.change(|change| {
            for entry in &accepted {
                self.import_entry(&mut zip.spool, change, entry, &mut imported)?;
            }
            imported.twins = std::mem::take(&mut change.twins);
            imported.version = change.usage.change;
            Ok(imported)
        })
    }

    fn import_entry(
        &self,
        spool: &mut Spool<'_>,
        change: &mut Change<'_, '_>,
        entry: &Accepted,
        imported: &mut Imported,
    ) -> Result<(), WorkspaceError> {
        let path = &entry.path;
        let done = match entry.listed.kind {
            ListedKind::Directory => change.put_directory(path),
            ListedKind::File | ListedKind::Symlink | ListedKind::Special => {
                let bytes = unpacked(spool, &entry.listed)?;
                let before = self.entry(path)?.and_then(|entry| entry.content);
                if before.is_some_and(|content| content.hash == Hash::of(&bytes)) {
                    imported.unchanged += 1;
                    imported.bytes += bytes.len() as u64;
                    return Ok(());
                }
                change.put_file_of_archive(path, &bytes).map(|content| {
                    imported.files += 1;
                    imported.bytes += content.size;
                })
            }
        };
        match done {
            Err(
                WorkspaceError::IsDirectory { path: other }
                | WorkspaceError::NotDirectory { path: other },
            ) => {
                imported.skipped.push(Skipped {
                    name: path.to_string(),
                    reason: SkipReason::InTheWay { path: other },
                });
                Ok(())
            }
            other => other,
        }
    }
}

/// An archive that is whole.
#[derive(Debug)]
pub(crate) struct ZipReader<'w> {
    spool: Spool<'w>,
    list: Vec<Listed>,
    size: u64,
    limits: ArchiveLimits,
}

impl ZipReader<'_> {
    /// The bytes of the entry of this name; `None`: there is none.
    ///
    /// # Errors
    /// When it has more than `most` bytes, when it is damaged, or when a statement fails.
    pub(crate) fn read(
        &mut self,
        name: &str,
        most: u64,
    ) -> Result<Option<Vec<u8>>, WorkspaceError> {
        let mut list = self.list.iter();
        let Some(listed) = list.find(|listed| listed.name == name.as_bytes()) else {
            return Ok(None);
        };
        if listed.size > most || listed.packed > most {
            let (size, unpacked) = (self.size, listed.size);
            return Err(ArchiveError::Bomb { size, unpacked }.into());
        }
        unpacked(&mut self.spool, listed).map(Some)
    }
}

/// The entries of an archive.
fn list_of(spool: &mut Spool<'_>, upload: &Upload) -> Result<Vec<Listed>, WorkspaceError> {
    let limits = upload.limits();
    let tail = upload.size.min((END_BYTES + MAX_COMMENT_BYTES) as u64);
    let tail = spool
        .read(upload.size - tail..upload.size)?
        .unwrap_or_default();
    let end = End::find(&tail)?;
    if end.entries > limits.entries || end.list_bytes > limits.list_bytes {
        return Err(ArchiveError::TooManyEntries {
            entries: end.entries,
            limit: limits.entries,
        }
        .into());
    }
    let list = spool.read(end.list_at..end.list_at + end.list_bytes)?;
    let list = list.ok_or(ArchiveError::NotZip)?;
    Ok(read_list(&list, end.entries)?)
}

/// Where an entry goes, or why it does not.
fn accept(
    listed: &Listed,
    file_bytes: u64,
    paths: &mut HashSet<FilePath>,
) -> Result<FilePath, SkipReason> {
    let name = std::str::from_utf8(&listed.name).map_err(|_| SkipReason::Name)?;
    match listed.kind {
        ListedKind::Symlink => return Err(SkipReason::Symlink),
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
fn check_sizes(
    accepted: &[Accepted],
    prefix: &str,
    zip: &ZipReader<'_>,
) -> Result<u64, ArchiveError> {
    let (limits, size) = (zip.limits, zip.size);
    let unpacked: u64 = accepted.iter().map(|entry| entry.listed.size).sum();
    let too_much = unpacked > limits.ratio_from && unpacked > size.saturating_mul(limits.ratio);
    let shared = accepted.windows(2).any(|pair| match pair {
        [one, two] => {
            let name = prefix.len() + one.listed.name.len();
            let header = (LOCAL_BYTES + name) as u64;
            one.listed.at + header + one.listed.packed > two.listed.at
        }
        _ => false,
    });
    if too_much || shared {
        return Err(ArchiveError::Bomb { size, unpacked });
    }
    Ok(unpacked)
}

/// The bytes of an entry. No more are unpacked than it says there are.
fn unpacked(spool: &mut Spool<'_>, listed: &Listed) -> Result<Vec<u8>, WorkspaceError> {
    let damaged = |what| ArchiveError::Damaged {
        name: String::from_utf8_lossy(&listed.name).into_owned(),
        what,
    };
    let outside = || damaged("its bytes are not in the archive");
    let at = listed.at + LOCAL_BYTES as u64;
    let header = spool.read(listed.at..at)?.ok_or_else(outside)?;
    let at = at + read_local(&header).ok_or_else(|| damaged("it has no header"))?;
    let packed = spool.read(at..at + listed.packed)?.ok_or_else(outside)?;
    let bytes = match listed.method {
        Method::Deflated => {
            let limit = usize::try_from(listed.size).unwrap_or(usize::MAX);
            decompress_to_vec_with_limit(&packed, limit)
                .map_err(|_| damaged("its bytes cannot be unpacked to the size it names"))?
        }
        Method::Stored | Method::Other => packed,
    };
    if bytes.len() as u64 != listed.size {
        return Err(damaged("it has another size than it names").into());
    }
    if crc32fast::hash(&bytes) != listed.crc {
        return Err(damaged("its checksum is another one").into());
    }
    Ok(bytes)
}
