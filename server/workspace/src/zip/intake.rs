//! Stores the files of an archive in the workspace in slices, with other work in between.
//!
//! Every possible problem is found before anything is written: the sizes, whether the files fit, and the checksum of
//! each file. Then the files are written in groups, each group in one change.

use std::collections::HashSet;

use limits::Work;

use super::{
    ArchiveError, ArchiveLimits,
    format::{Listed, ListedKind},
    growth::{Growth, LOOK_UNITS},
    import::{Accepted, Imported, SkipReason, Skipped, accept, check_sizes},
    name::CodePage,
    unpack::Unpacking,
    upload::Spool,
};
use crate::{
    FilePath, Hash, Workspace, WorkspaceError,
    change::Change,
    entry::Entry,
    mode::{self, Mode},
};

/// Units of work per entry of the list, and per entry written.
const LISTED_UNITS: u64 = 3_000;
const WRITE_UNITS: u64 = 150_000;

/// Units of work per byte hashed, and per byte written.
const HASH_UNITS: u64 = 8;
const BYTE_UNITS: u64 = 2;

/// The files of an archive being stored.
#[derive(Debug)]
pub struct Intake {
    spool: Spool,
    limits: ArchiveLimits,
    /// Only entries under this prefix are stored; it ends with `/` or is empty.
    prefix: &'static str,
    stage: Stage,
    accepted: Vec<Accepted>,
    /// The hash of each file of the archive, `None` for directories, in the order of `accepted`.
    wanted: Vec<Option<Hash>>,
    imported: Imported,
}

#[derive(Debug)]
enum Stage {
    /// Entries are being checked.
    Accept {
        list: std::vec::IntoIter<Listed>,
        paths: HashSet<FilePath>,
    },
    /// The resulting usage is being computed.
    Count { at: usize, usage: Growth },
    /// Files are being unpacked to check them.
    Check {
        at: usize,
        unpacking: Option<Unpacking>,
    },
    /// Files are being unpacked and written.
    Write {
        at: usize,
        unpacking: Option<Unpacking>,
    },
    /// Finished.
    Done,
}

impl Intake {
    /// Begins with the entries under `prefix`. `version` is the number of the workspace's last change.
    pub(super) fn new(
        spool: Spool,
        list: Vec<Listed>,
        limits: ArchiveLimits,
        prefix: &'static str,
        version: u64,
    ) -> Self {
        Self {
            spool,
            limits,
            prefix,
            stage: Stage::Accept {
                list: list.into_iter(),
                paths: HashSet::new(),
            },
            accepted: Vec::new(),
            wanted: Vec::new(),
            imported: Imported {
                version,
                ..Imported::default()
            },
        }
    }

    /// Sets the code page of names that do not state their encoding.
    pub(super) fn with_names_in(mut self, page: Option<CodePage>) -> Self {
        self.imported.names_in = page.map(CodePage::name);
        self
    }

    /// Continues until the work of the slice is used up. Returns the result at the end.
    ///
    /// # Errors
    /// When the archive is invalid or does not fit: then nothing was written. [`ArchiveError::Partly`] when writing
    /// had begun and another change left too little space, or an SQL statement failed.
    pub fn slice(
        &mut self,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<Option<Imported>, WorkspaceError> {
        while !work.is_spent() {
            self.stage = match std::mem::replace(&mut self.stage, Stage::Done) {
                Stage::Accept { list, paths } => self.accept(workspace, list, paths, work)?,
                Stage::Count { at, usage } => self.count(workspace, at, usage, work)?,
                Stage::Check { at, unpacking } => self.check(workspace, at, unpacking, work)?,
                Stage::Write { at, unpacking } => self
                    .write(workspace, at, unpacking, work)
                    .map_err(|error| self.partly(error))?,
                Stage::Done => return Ok(Some(std::mem::take(&mut self.imported))),
            };
        }
        Ok(None)
    }

    fn accept(
        &mut self,
        workspace: &Workspace<'_>,
        mut list: std::vec::IntoIter<Listed>,
        mut paths: HashSet<FilePath>,
        work: &mut Work,
    ) -> Result<Stage, WorkspaceError> {
        while !work.is_spent() {
            let Some(mut listed) = list.next() else {
                self.accepted.sort_by_key(|entry| entry.listed.at);
                let unpacked = check_sizes(&self.accepted, self.spool.size(), self.limits)?;
                // This exceeds the limit whatever the workspace contains, so that no lookup is needed.
                if unpacked > workspace.limits.bytes {
                    return Err(WorkspaceError::Full {
                        files: self.accepted.len() as u64,
                        directories: 0,
                        bytes: unpacked,
                        limits: workspace.limits,
                    });
                }
                let usage = Growth::default();
                return Ok(Stage::Count { at: 0, usage });
            };
            work.spend(LISTED_UNITS);
            match listed.name.strip_prefix(self.prefix.as_bytes()) {
                // The directory with this name is the root.
                None | Some([]) if !self.prefix.is_empty() => continue,
                None => continue,
                Some(name) => listed.name = name.to_vec(),
            }
            if listed.is_root() {
                continue;
            }
            let is_upload = self.prefix.is_empty();
            match accept(&listed, is_upload, workspace.limits.file_bytes, &mut paths) {
                Ok(path) => self.accepted.push(Accepted { path, listed }),
                Err(reason) => {
                    let name = String::from_utf8_lossy(&listed.name);
                    let name = name.chars().take(200).collect();
                    self.imported.skipped.push(Skipped { name, reason });
                }
            }
        }
        Ok(Stage::Accept { list, paths })
    }

    /// Computes the resulting usage before anything is written.
    fn count(
        &mut self,
        workspace: &Workspace<'_>,
        mut at: usize,
        mut growth: Growth,
        work: &mut Work,
    ) -> Result<Stage, WorkspaceError> {
        while !work.is_spent() {
            let Some(entry) = self.accepted.get(at) else {
                growth.check(workspace)?;
                // Files that become smaller go first, so that the usage never exceeds its final value.
                let shrinking = growth.shrinking;
                self.accepted
                    .sort_by_key(|entry| !shrinking.contains(&entry.path));
                return Ok(Stage::Check {
                    at: 0,
                    unpacking: None,
                });
            };
            growth.add(workspace, entry, work)?;
            at += 1;
        }
        Ok(Stage::Count { at, usage: growth })
    }

    fn check(
        &mut self,
        workspace: &Workspace<'_>,
        at: usize,
        unpacking: Option<Unpacking>,
        work: &mut Work,
    ) -> Result<Stage, WorkspaceError> {
        let Some(entry) = self.accepted.get(at) else {
            return Ok(Stage::Write {
                at: 0,
                unpacking: None,
            });
        };
        work.spend(LISTED_UNITS);
        if entry.listed.kind == ListedKind::Directory {
            self.wanted.push(None);
            let unpacking = None;
            return Ok(Stage::Check {
                at: at + 1,
                unpacking,
            });
        }
        match unpacked(workspace, &mut self.spool, entry, unpacking, work)? {
            Unpacked::Unfinished(unpacking) => {
                let unpacking = Some(unpacking);
                Ok(Stage::Check { at, unpacking })
            }
            Unpacked::Whole(bytes) => {
                work.spend(bytes.len() as u64 * HASH_UNITS);
                self.wanted.push(Some(Hash::of(&bytes)));
                let unpacking = None;
                Ok(Stage::Check {
                    at: at + 1,
                    unpacking,
                })
            }
        }
    }

    /// Writes some entries in one change.
    fn write(
        &mut self,
        workspace: &Workspace<'_>,
        mut at: usize,
        mut unpacking: Option<Unpacking>,
        work: &mut Work,
    ) -> Result<Stage, WorkspaceError> {
        let mut ready = Vec::new();
        let mut is_over = false;
        while !work.is_spent() {
            let Some(entry) = self.accepted.get(at) else {
                is_over = true;
                break;
            };
            work.spend(LOOK_UNITS);
            let Some(Some(hash)) = self.wanted.get(at) else {
                work.spend(WRITE_UNITS);
                ready.push((at, Vec::new()));
                at += 1;
                continue;
            };
            let there = workspace.entry(&entry.path)?;
            if there.is_some_and(|there| is_same(&there, entry, hash)) {
                self.imported.unchanged += 1;
                self.imported.bytes += entry.listed.size;
                at += 1;
                continue;
            }
            match unpacked(workspace, &mut self.spool, entry, unpacking.take(), work)? {
                Unpacked::Unfinished(rest) => unpacking = Some(rest),
                Unpacked::Whole(bytes) => {
                    work.spend(WRITE_UNITS + bytes.len() as u64 * BYTE_UNITS);
                    ready.push((at, bytes));
                    at += 1;
                }
            }
        }
        self.write_ready(workspace, ready)?;
        Ok(if is_over {
            Stage::Done
        } else {
            Stage::Write { at, unpacking }
        })
    }

    fn write_ready(
        &mut self,
        workspace: &Workspace<'_>,
        ready: Vec<(usize, Vec<u8>)>,
    ) -> Result<(), WorkspaceError> {
        if ready.is_empty() {
            return Ok(());
        }
        let written = workspace.change(|change| {
            let mut written = Imported::default();
            for (at, bytes) in &ready {
                if let Some(entry) = self.accepted.get(*at) {
                    let hash = self.wanted.get(*at).and_then(Option::as_ref);
                    written.write(change, entry, bytes, hash)?;
                }
            }
            written.twins = std::mem::take(&mut change.twins);
            written.version = change.usage.change;
            Ok::<_, WorkspaceError>(written)
        })?;
        self.imported.files += written.files;
        self.imported.bytes += written.bytes;
        self.imported.directories += written.directories;
        self.imported.skipped.extend(written.skipped);
        self.imported.twins.extend(written.twins);
        self.imported.version = written.version;
        Ok(())
    }

    /// The error after something was written.
    fn partly(&self, error: WorkspaceError) -> WorkspaceError {
        if self.imported.files == 0 {
            return error;
        }
        ArchiveError::Partly {
            files: self.imported.files,
            of: self.accepted.len() as u64,
            reason: error.to_string(),
        }
        .into()
    }
}

impl Imported {
    fn write(
        &mut self,
        change: &mut Change<'_, '_>,
        entry: &Accepted,
        bytes: &[u8],
        hash: Option<&Hash>,
    ) -> Result<(), WorkspaceError> {
        let done = match hash {
            None => change
                .put_directory(&entry.path)
                .map(|()| self.directories += 1),
            Some(hash) => change
                .put_file_of_archive(&entry.path, bytes, hash)
                .map(|content| {
                    self.files += 1;
                    self.bytes += content.size;
                }),
        };
        if let Some(mode) = entry.listed.mode.filter(|_| done.is_ok()) {
            let mode = match hash {
                None => Mode::Directory(mode),
                Some(_) => Mode::File(mode),
            };
            change.set_mode(&entry.path, mode)?;
        }
        match done {
            Err(WorkspaceError::IsDirectory { path } | WorkspaceError::NotDirectory { path }) => {
                self.skipped.push(Skipped {
                    name: entry.path.to_string(),
                    reason: SkipReason::InTheWay { path },
                });
                Ok(())
            }
            other => other,
        }
    }
}

/// Whether the same file already exists, with the same permissions if the archive has some.
fn is_same(there: &Entry, entry: &Accepted, hash: &Hash) -> bool {
    let content = there.content.as_ref();
    let has_mode = |reported: u32| mode::reported(there.mode, false) == reported;
    content.is_some_and(|content| content.hash == *hash) && entry.listed.mode.is_none_or(has_mode)
}

enum Unpacked {
    Whole(Vec<u8>),
    Unfinished(Unpacking),
}

fn unpacked(
    workspace: &Workspace<'_>,
    spool: &mut Spool,
    entry: &Accepted,
    unpacking: Option<Unpacking>,
    work: &mut Work,
) -> Result<Unpacked, WorkspaceError> {
    let mut unpacking = match unpacking {
        Some(unpacking) => unpacking,
        None => Unpacking::begin(workspace, spool, &entry.listed, work)?,
    };
    if !unpacking.slice(&entry.listed, work)? {
        return Ok(Unpacked::Unfinished(unpacking));
    }
    Ok(Unpacked::Whole(unpacking.end(&entry.listed)?))
}
