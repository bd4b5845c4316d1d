//! An archive is taken apart in slices, between which others have their turn.
//!
//! Everything that can be wrong with it is found before anything is written: its list, its sizes, whether it fits, and each of
//! its files by its checksum. Only then it is written, so many files at a time, each time in one change.

use std::collections::{HashMap, HashSet};

use super::{
    ArchiveError,
    format::{END_BYTES, End, Listed, ListedKind, MAX_COMMENT_BYTES, read_list},
    import::{Accepted, Imported, SkipReason, Skipped, accept, check_sizes},
    unpack::Unpacking,
    upload::{Spool, Upload},
};
use crate::{
    limits::Work,
    workspace::{FilePath, Hash, Workspace, WorkspaceError, change::Change},
};

/// Units of work for an entry of the list, for a look at what is in its place, and for its writing.
const LISTED_UNITS: u64 = 3_000;
const LOOK_UNITS: u64 = 20_000;
const WRITE_UNITS: u64 = 150_000;

/// Units of work for each byte that is hashed, and that is written.
const HASH_UNITS: u64 = 8;
const BYTE_UNITS: u64 = 2;

/// So many pieces of an upload are forgotten in one go.
const FORGOTTEN_PIECES: i64 = 8;

/// An archive that is taken apart.
#[derive(Debug)]
pub struct Importing {
    upload: Upload,
    spool: Spool,
    stage: Stage,
    accepted: Vec<Accepted>,
    /// The hash of each file of the archive that is not there already, in the order of `accepted`.
    wanted: Vec<Option<Hash>>,
    imported: Imported,
}

#[derive(Debug)]
enum Stage {
    /// Its entries are looked at.
    Accept {
        list: std::vec::IntoIter<Listed>,
        paths: HashSet<FilePath>,
    },
    /// It is counted what will be there.
    Count { at: usize, usage: Growth },
    /// Its files are unpacked to see whether they are whole.
    Check {
        at: usize,
        unpacking: Option<Unpacking>,
    },
    /// Its files are unpacked and written.
    Write {
        at: usize,
        unpacking: Option<Unpacking>,
    },
    /// Its bytes are forgotten.
    Forget { outcome: Result<(), WorkspaceError> },
}

/// What will be there beyond what is.
#[derive(Debug, Default)]
struct Growth {
    files: u64,
    bytes: u64,
    /// Bytes of files that are replaced.
    freed: u64,
    directories: u64,
    planned: HashMap<FilePath, There>,
    /// Files that become smaller.
    shrinking: HashSet<FilePath>,
}

/// What is at a path.
#[derive(Clone, Copy, Debug)]
enum There {
    Nothing,
    Directory,
    /// Of so many bytes.
    File(u64),
}

/// What a slice came to.
#[derive(Debug)]
pub enum ImportStep {
    /// There is more to do, once others had their turn.
    More(Box<Importing>),
    /// It is over.
    Done(Imported),
}

impl Workspace<'_> {
    /// Unpacks an archive that is whole, in one go. See [`Workspace::begin_import`] for slices.
    ///
    /// # Errors
    /// As [`Importing::slice`].
    pub fn finish_upload(&self, upload: Upload) -> Result<Imported, WorkspaceError> {
        let mut importing = self.begin_import(upload)?;
        loop {
            match importing.slice(self, &mut Work::slice())? {
                ImportStep::More(more) => importing = *more,
                ImportStep::Done(imported) => return Ok(imported),
            }
        }
    }

    /// Begins to unpack an archive that is whole. What is there under other paths stays.
    ///
    /// # Errors
    /// When the archive has no list that can be read, or when a statement fails.
    pub fn begin_import(&self, mut upload: Upload) -> Result<Importing, WorkspaceError> {
        let flushed = upload.flush(self);
        let mut spool = Spool::new(upload.id, upload.size);
        let list = flushed.and_then(|()| list_of(self, &upload, &mut spool));
        let stage = match list {
            Ok(list) => Stage::Accept {
                list: list.into_iter(),
                paths: HashSet::new(),
            },
            Err(error) => Stage::Forget {
                outcome: Err(error),
            },
        };
        Ok(Importing {
            upload,
            spool,
            stage,
            accepted: Vec::new(),
            wanted: Vec::new(),
            imported: Imported {
                version: self.usage()?.change,
                ..Imported::default()
            },
        })
    }
}

impl Importing {
    /// Goes on as far as the work goes.
    ///
    /// # Errors
    /// When the archive cannot be read or does not fit: nothing was written then. [`ArchiveError::Partly`] when the
    /// workspace was changed by somebody else so that it no longer fits, or when a statement fails, in the middle of the
    /// writing.
    pub fn slice(
        mut self,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<ImportStep, WorkspaceError> {
        while !work.is_spent() {
            let stage = std::mem::replace(&mut self.stage, Stage::Forget { outcome: Ok(()) });
            let next = match stage {
                Stage::Accept { list, paths } => self.accept(workspace, list, paths, work),
                Stage::Count { at, usage } => self.count(workspace, at, usage, work),
                Stage::Check { at, unpacking } => self.check(workspace, at, unpacking, work),
                Stage::Write { at, unpacking } => self
                    .write(workspace, at, unpacking, work)
                    .map_err(|error| self.partly(error)),
                Stage::Forget { outcome } => {
                    if self.upload.forget_some(workspace, FORGOTTEN_PIECES)? {
                        work.spend(Work::SLICE / 2);
                        Ok(Stage::Forget { outcome })
                    } else {
                        return outcome.map(|()| ImportStep::Done(self.imported));
                    }
                }
            };
            self.stage = next.unwrap_or_else(|error| Stage::Forget {
                outcome: Err(error),
            });
        }
        Ok(ImportStep::More(Box::new(self)))
    }

    fn accept(
        &mut self,
        workspace: &Workspace<'_>,
        mut list: std::vec::IntoIter<Listed>,
        mut paths: HashSet<FilePath>,
        work: &mut Work,
    ) -> Result<Stage, WorkspaceError> {
        while !work.is_spent() {
            let Some(listed) = list.next() else {
                self.accepted.sort_by_key(|entry| entry.listed.at);
                let unpacked = check_sizes(&self.accepted, self.upload.size, self.upload.limits())?;
                // Whatever is there already, this is too much: it is said before anything is looked up.
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
            match accept(&listed, workspace.limits.file_bytes, &mut paths) {
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

    /// Counts what will be there, before anything is.
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
                // What becomes smaller goes first: in between there is never more than in the end.
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
            let there = workspace
                .entry(&entry.path)?
                .and_then(|entry| entry.content);
            if there.is_some_and(|content| content.hash == *hash) {
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
            Stage::Forget { outcome: Ok(()) }
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
            Ok(written)
        })?;
        self.imported.files += written.files;
        self.imported.bytes += written.bytes;
        self.imported.skipped.extend(written.skipped);
        self.imported.twins.extend(written.twins);
        self.imported.version = written.version;
        Ok(())
    }

    /// What is said of a failure when something was written already.
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
            None => change.put_directory(&entry.path),
            Some(hash) => change.put_file(&entry.path, bytes, hash).map(|content| {
                self.files += 1;
                self.bytes += content.size;
            }),
        };
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

impl Growth {
    /// Counts an entry, as it will be written: what is in its way keeps it out.
    fn add(
        &mut self,
        workspace: &Workspace<'_>,
        entry: &Accepted,
        work: &mut Work,
    ) -> Result<(), WorkspaceError> {
        let path = &entry.path;
        if entry.listed.kind == ListedKind::Directory {
            return self.add_directory(workspace, path, work).map(drop);
        }
        match self.look(workspace, path, work)? {
            There::Directory => {}
            There::File(before) => {
                self.bytes += entry.listed.size;
                self.freed += before;
                self.planned.insert(path.clone(), There::File(before));
                if entry.listed.size < before {
                    self.shrinking.insert(path.clone());
                }
            }
            There::Nothing => {
                let parent = path.parent().unwrap_or_default();
                if self.add_directory(workspace, &parent, work)? {
                    self.files += 1;
                    self.bytes += entry.listed.size;
                    self.planned.insert(path.clone(), There::File(0));
                }
            }
        }
        Ok(())
    }

    /// Counts a directory that is not there, with those it is in. Whether it can be there.
    fn add_directory(
        &mut self,
        workspace: &Workspace<'_>,
        path: &FilePath,
        work: &mut Work,
    ) -> Result<bool, WorkspaceError> {
        let mut missing = Vec::new();
        let mut next = Some(path.clone()).filter(|path| !path.is_root());
        while let Some(path) = next {
            match self.look(workspace, &path, work)? {
                There::File(_) => return Ok(false),
                There::Directory => break,
                There::Nothing => {}
            }
            next = path.parent().filter(|parent| !parent.is_root());
            missing.push(path);
        }
        self.directories += missing.len() as u64;
        let planned = missing.into_iter().map(|path| (path, There::Directory));
        self.planned.extend(planned);
        Ok(true)
    }

    /// What will be at a path before the next entry is written.
    fn look(
        &self,
        workspace: &Workspace<'_>,
        path: &FilePath,
        work: &mut Work,
    ) -> Result<There, WorkspaceError> {
        if let Some(planned) = self.planned.get(path) {
            return Ok(*planned);
        }
        work.spend(LOOK_UNITS);
        Ok(match workspace.entry(path)? {
            None => There::Nothing,
            Some(entry) => entry
                .content
                .map_or(There::Directory, |content| There::File(content.size)),
        })
    }

    /// Whether it fits beside what is there.
    fn check(&self, workspace: &Workspace<'_>) -> Result<(), WorkspaceError> {
        let (usage, limits) = (workspace.usage()?, workspace.limits);
        let files = usage.files + self.files;
        let directories = usage.directories + self.directories;
        let bytes = (usage.bytes + self.bytes).saturating_sub(self.freed);
        if files > limits.files || directories > limits.directories || bytes > limits.bytes {
            return Err(WorkspaceError::Full {
                files,
                directories,
                bytes,
                limits,
            });
        }
        Ok(())
    }
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

/// The entries of an archive.
fn list_of(
    workspace: &Workspace<'_>,
    upload: &Upload,
    spool: &mut Spool,
) -> Result<Vec<Listed>, WorkspaceError> {
    let limits = upload.limits();
    let tail = upload.size.min((END_BYTES + MAX_COMMENT_BYTES) as u64);
    let tail = spool
        .read(workspace, upload.size - tail..upload.size)?
        .unwrap_or_default();
    let end = End::find(&tail)?;
    if end.entries > limits.entries || end.list_bytes > limits.list_bytes {
        return Err(ArchiveError::TooManyEntries {
            entries: end.entries,
            limit: limits.entries,
        }
        .into());
    }
    let list = spool.read(workspace, end.list_at..end.list_at + end.list_bytes)?;
    let list = list.ok_or(ArchiveError::NotZip)?;
    Ok(read_list(&list, end.entries)?)
}
