//! Computes the usage after an import, so that it is known before anything is written whether the archive fits.

use std::collections::{HashMap, HashSet};

use limits::Work;

use super::{format::ListedKind, import::Accepted};
use crate::{FilePath, Workspace, WorkspaceError};

/// Units of work for looking up the present entry at a path.
pub(super) const LOOK_UNITS: u64 = 20_000;

/// The growth of the workspace.
#[derive(Debug, Default)]
pub(super) struct Growth {
    files: u64,
    bytes: u64,
    /// The size of replaced files, in bytes.
    freed: u64,
    directories: u64,
    planned: HashMap<FilePath, There>,
    /// The files that become smaller.
    pub(super) shrinking: HashSet<FilePath>,
}

/// The entry at a path during the import.
#[derive(Clone, Copy, Debug)]
enum There {
    Nothing,
    Directory,
    /// A file of this size in bytes.
    File(u64),
}

impl Growth {
    /// Counts an entry as it will be written; an entry that is blocked is skipped.
    pub(super) fn add(
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

    /// Counts a new directory and its parents. Returns whether it can be created.
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

    /// The entry at a path before the next entry is written.
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

    /// Checks that the import fits beside the present files.
    pub(super) fn check(&self, workspace: &Workspace<'_>) -> Result<(), WorkspaceError> {
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
