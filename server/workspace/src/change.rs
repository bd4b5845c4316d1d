//! Changes: one operation writes one change, completely or not at all. A change ends entries and begins new ones;
//! nothing is overwritten, so that earlier versions can be found again.

use sql::{Ending, SqlError, SqlValue};

use super::{
    ChangeOrigin, FilePath, Line, Workspace, WorkspaceError,
    content::{Content, Hash, signed, unsigned},
    entry::Entry,
    mode::Mode,
};

/// How many former versions are read at once when some have to be deleted.
const FORGOTTEN_AT_ONCE: i64 = 100;

/// Two paths that differ only by case. Some file systems take them for the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseTwins {
    /// The new path.
    pub made: FilePath,
    /// The existing path.
    pub other: FilePath,
}

/// The content of a workspace, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Usage {
    /// The number of the last change.
    pub change: u64,
    /// The number of files.
    pub files: u64,
    /// The number of directories, without the root.
    pub directories: u64,
    /// The size of all files, in bytes.
    pub bytes: u64,
    /// The size of all stored contents in bytes, including those of former versions; each content counts once.
    pub stored: u64,
}

/// A change in progress.
pub(super) struct Change<'w, 's> {
    workspace: &'w Workspace<'s>,
    pub(super) usage: Usage,
    pub(super) twins: Vec<CaseTwins>,
    /// Where the change comes from.
    pub(super) origin: ChangeOrigin,
    /// Whether it brings the draft what became of the files, so that it is nothing to decide about.
    pub(super) follows: bool,
    /// The number of the last change of which something was forgotten, when that became more in this change.
    forgotten: u64,
}

impl Workspace<'_> {
    /// The present usage.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn usage(&self) -> Result<Usage, SqlError> {
        let rows = self.sql.run(
            "SELECT change, files, directories, bytes FROM workspace",
            &[],
        )?;
        // The contents of both lines are counted in one place.
        let stored = self.sql.shared().run("SELECT stored FROM workspace", &[])?;
        let row = rows.into_iter().next().unwrap_or_default();
        let mut row = row.into_iter().chain(stored.into_iter().flatten());
        let mut next = || row.next().map_or(0, |value| unsigned(&value));
        Ok(Usage {
            change: next(),
            files: next(),
            directories: next(),
            bytes: next(),
            stored: next(),
        })
    }

    /// Makes a change, or nothing when `work` fails or a limit would be exceeded.
    pub(super) fn change<T, E: From<WorkspaceError>>(
        &self,
        work: impl FnOnce(&mut Change<'_, '_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.together(|| self.make(work))
    }

    /// Does some work wholly or, when it fails, not at all.
    pub(super) fn together<T, E: From<WorkspaceError>>(
        &self,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let mut work = Some(work);
        let mut outcome = None;
        let ended = self.sql.transaction(&mut || {
            let done = work.take().map(|work| work());
            let ending = match done {
                Some(Ok(_)) => Ending::Keep,
                Some(Err(_)) | None => Ending::Undo,
            };
            outcome = done;
            ending
        });
        ended.map_err(WorkspaceError::from)?;
        outcome.unwrap_or_else(|| {
            Err(WorkspaceError::from(SqlError::new("a change did no work")).into())
        })
    }

    fn make<T, E: From<WorkspaceError>>(
        &self,
        work: impl FnOnce(&mut Change<'_, '_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut usage = self.usage().map_err(WorkspaceError::from)?;
        usage.change += 1;
        let mut change = Change {
            workspace: self,
            usage,
            twins: Vec::new(),
            origin: self.author.into(),
            follows: false,
            forgotten: 0,
        };
        let done = work(&mut change)?;
        change.end()?;
        Ok(done)
    }
}

impl<'s> Change<'_, 's> {
    pub(super) const fn workspace(&self) -> &Workspace<'s> {
        self.workspace
    }
}

impl Change<'_, '_> {
    /// Creates or replaces a file, with the directories it needs.
    pub(super) fn put_file(
        &mut self,
        path: &FilePath,
        bytes: &[u8],
        hash: &Hash,
    ) -> Result<Content, WorkspaceError> {
        let size = bytes.len() as u64;
        let limit = self.workspace.limits.file_bytes;
        if size > limit {
            return Err(WorkspaceError::TooLarge {
                path: path.clone(),
                size,
                limit,
            });
        }
        let mut mode = None;
        let before = match self.workspace.entry(path)? {
            None => {
                self.make_parents(path)?;
                self.look_for_twin(path)?;
                None
            }
            Some(entry) => match entry.content {
                None => return Err(WorkspaceError::IsDirectory { path: path.clone() }),
                Some(content) => {
                    mode = entry.mode;
                    self.end_at(path)?;
                    self.usage.files = self.usage.files.saturating_sub(1);
                    self.usage.bytes = self.usage.bytes.saturating_sub(content.size);
                    Some(content)
                }
            },
        };
        let (content, added) = self.workspace.put_content(bytes, hash)?;
        if let Some(before) = before {
            self.inherit(path, &before, &content)?;
        }
        self.usage.stored += added;
        self.usage.files += 1;
        self.usage.bytes += size;
        self.begin(path, Some(&content), mode)?;
        Ok(content)
    }

    /// Sets the permissions of an entry that this change has put.
    pub(super) fn set_mode(&self, path: &FilePath, mode: Mode) -> Result<(), WorkspaceError> {
        self.workspace.sql.execute(
            "UPDATE entries SET mode = ?3 WHERE until IS NULL AND path = ?1 AND since = ?2",
            &[
                path.as_str().into(),
                signed(self.usage.change),
                mode.stored()
                    .map_or(SqlValue::Null, |mode| i64::from(mode).into()),
            ],
        )?;
        Ok(())
    }

    /// Puts stored content at a path that is no directory, with these permissions. Creates missing parents.
    pub(super) fn put_stored(
        &mut self,
        path: &FilePath,
        content: &Content,
        mode: Option<u32>,
    ) -> Result<(), WorkspaceError> {
        match self.workspace.entry(path)? {
            Some(entry) if entry.content.is_none() => {
                return Err(WorkspaceError::IsDirectory { path: path.clone() });
            }
            Some(entry) => self.remove(&entry)?,
            None => {
                self.make_parents(path)?;
                self.look_for_twin(path)?;
            }
        }
        self.usage.files += 1;
        self.usage.bytes += content.size;
        self.begin(path, Some(content), mode)
    }

    /// Ends an entry. A directory must be empty.
    pub(super) fn remove(&mut self, entry: &Entry) -> Result<(), WorkspaceError> {
        self.end_at(&entry.path)?;
        let usage = &mut self.usage;
        match &entry.content {
            None => usage.directories = usage.directories.saturating_sub(1),
            Some(content) => {
                usage.files = usage.files.saturating_sub(1);
                usage.bytes = usage.bytes.saturating_sub(content.size);
            }
        }
        Ok(())
    }

    /// Creates a directory and its parents; existing ones stay.
    pub(super) fn put_directory(&mut self, path: &FilePath) -> Result<(), WorkspaceError> {
        match self.workspace.entry(path)? {
            Some(entry) if entry.content.is_some() => {
                Err(WorkspaceError::NotDirectory { path: path.clone() })
            }
            Some(_) => Ok(()),
            None => {
                self.make_parents(path)?;
                self.look_for_twin(path)?;
                self.usage.directories += 1;
                self.begin(path, None, None)
            }
        }
    }

    /// Creates the parents of a path. If a directory exists, so do its parents.
    pub(super) fn make_parents(&mut self, path: &FilePath) -> Result<(), WorkspaceError> {
        match path.parent() {
            None => Ok(()),
            Some(parent) => self.put_directory(&parent),
        }
    }

    /// Records an existing path that differs only by case.
    pub(super) fn look_for_twin(&mut self, path: &FilePath) -> Result<(), WorkspaceError> {
        if let Some(other) = self.workspace.case_twin(path)? {
            self.twins.push(CaseTwins {
                made: path.clone(),
                other,
            });
        }
        Ok(())
    }

    /// Creates an entry where none exists.
    fn begin(
        &self,
        path: &FilePath,
        content: Option<&Content>,
        mode: Option<u32>,
    ) -> Result<(), WorkspaceError> {
        let parent = path.parent().unwrap_or_default();
        self.workspace.sql.execute(
            "INSERT INTO entries (path, parent, folded, content, mode, since, until, at)
             VALUES (?, ?, ?, ?, ?, ?, NULL, ?)",
            &[
                path.as_str().into(),
                parent.as_str().into(),
                path.folded().into(),
                content.map_or(SqlValue::Null, |content| content.id.into()),
                mode.map_or(SqlValue::Null, |mode| i64::from(mode).into()),
                signed(self.usage.change),
                signed(self.workspace.now.as_millis()),
            ],
        )?;
        Ok(())
    }

    /// Ends the entry at a path.
    fn end_at(&self, path: &FilePath) -> Result<(), WorkspaceError> {
        self.workspace.sql.execute(
            "UPDATE entries SET until = ?2 WHERE until IS NULL AND path = ?1",
            &[path.as_str().into(), signed(self.usage.change)],
        )?;
        Ok(())
    }

    fn end(&mut self) -> Result<(), WorkspaceError> {
        let limits = self.workspace.limits;
        let usage = self.usage;
        if usage.files > limits.files
            || usage.directories > limits.directories
            || usage.bytes > limits.bytes
        {
            return Err(WorkspaceError::Full {
                files: usage.files,
                directories: usage.directories,
                bytes: usage.bytes,
                limits,
            });
        }
        while self.usage.stored > limits.stored && self.forget_some()? {}
        let usage = self.usage;
        self.workspace.sql.execute(
            "UPDATE workspace SET change = ?, files = ?, directories = ?, bytes = ?,
                 forgotten = max(forgotten, ?)",
            &[
                signed(usage.change),
                signed(usage.files),
                signed(usage.directories),
                signed(usage.bytes),
                signed(self.forgotten),
            ],
        )?;
        self.workspace
            .sql
            .shared()
            .execute("UPDATE workspace SET stored = ?", &[signed(usage.stored)])?;
        self.workspace.record(usage.change, &self.origin)?;
        match self.workspace.sql.line {
            Line::Draft if !self.follows => {
                self.workspace.note_drafted(usage.change, &self.origin)?;
            }
            Line::Files | Line::Draft => {}
        }
        if self.forgotten > 0 {
            self.workspace.sql.execute(
                "DELETE FROM changes WHERE number <= ?",
                &[signed(self.forgotten)],
            )?;
        }
        Ok(())
    }

    /// Deletes some of the oldest versions, with contents that nothing else uses. Returns whether there was any.
    fn forget_some(&mut self) -> Result<bool, SqlError> {
        let sql = self.workspace.sql;
        let rows = sql.run(
            "SELECT e.id, e.content, e.until FROM entries e WHERE e.until IS NOT NULL ORDER BY e.until, e.id LIMIT ?",
            &[FORGOTTEN_AT_ONCE.into()],
        )?;
        let any = !rows.is_empty();
        for row in rows {
            if self.usage.stored <= self.workspace.limits.stored {
                break;
            }
            let mut values = row.into_iter();
            let [entry, content, until] = [(); 3].map(|()| values.next().unwrap_or(SqlValue::Null));
            sql.execute("DELETE FROM entries WHERE id = ?", &[entry])?;
            self.forgotten = self.forgotten.max(unsigned(&until));
            if let SqlValue::Integer(content) = content {
                let freed = self.workspace.free(&[content])?;
                self.usage.stored = self.usage.stored.saturating_sub(freed);
            }
        }
        Ok(any)
    }
}
