//! Changes: everything that one operation writes, wholly or not at all. A change ends entries and begins others; none is
//! overwritten, so that what stood at a path before can be found again.

use sql::{Ending, SqlError, SqlValue};

use super::{
    ChangeOrigin, FilePath, Workspace, WorkspaceError,
    content::{Content, Hash, signed, unsigned},
    entry::Entry,
    mode::Mode,
};

/// How many former versions are looked at in one go when some have to be forgotten.
const FORGOTTEN_AT_ONCE: i64 = 100;

/// Two paths that differ only by case: some computers take them for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseTwins {
    /// What was made.
    pub made: FilePath,
    /// What was there.
    pub other: FilePath,
}

/// What a workspace holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Usage {
    /// The number of the last change.
    pub change: u64,
    /// Files.
    pub files: u64,
    /// Directories but for the root.
    pub directories: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Bytes of all contents, each counted once, those of former versions too.
    pub stored: u64,
}

/// A change in the making.
pub(super) struct Change<'w, 's> {
    workspace: &'w Workspace<'s>,
    pub(super) usage: Usage,
    pub(super) twins: Vec<CaseTwins>,
    /// Where the change comes from.
    pub(super) origin: ChangeOrigin,
    /// The number of the last change of which something was forgotten, when that became more in this change.
    forgotten: u64,
}

impl Workspace<'_> {
    /// What there is.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn usage(&self) -> Result<Usage, SqlError> {
        let rows = self.sql.run(
            "SELECT change, files, directories, bytes, stored FROM workspace",
            &[],
        )?;
        let mut row = rows.into_iter().next().unwrap_or_default().into_iter();
        let mut next = || row.next().map_or(0, |value| unsigned(&value));
        Ok(Usage {
            change: next(),
            files: next(),
            directories: next(),
            bytes: next(),
            stored: next(),
        })
    }

    /// Makes a change: wholly, or not at all when `work` or the limits refuse it.
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
            Err(WorkspaceError::from(SqlError::new("the work of a change was not done")).into())
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
    /// Puts a file where none is, or in the place of another one. Makes the directories it needs.
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

    /// Gives the permissions that were told to what was put at a path in this change.
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

    /// Puts a stored content where no directory is, with these permissions. Makes the directories it needs.
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

    /// Ends what stands at a path. A directory must be empty.
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

    /// Makes a directory and those it is in; one that is there stays.
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

    /// Makes the directories a path needs. Where one is, those it is in are too.
    pub(super) fn make_parents(&mut self, path: &FilePath) -> Result<(), WorkspaceError> {
        match path.parent() {
            None => Ok(()),
            Some(parent) => self.put_directory(&parent),
        }
    }

    /// Tells when something is there under a name that differs only by case.
    pub(super) fn look_for_twin(&mut self, path: &FilePath) -> Result<(), WorkspaceError> {
        if let Some(other) = self.workspace.case_twin(path)? {
            self.twins.push(CaseTwins {
                made: path.clone(),
                other,
            });
        }
        Ok(())
    }

    /// Puts an entry where none is.
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

    /// Ends the one entry at a path.
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
            "UPDATE workspace SET change = ?, files = ?, directories = ?, bytes = ?, stored = ?,
                 forgotten = max(forgotten, ?)",
            &[
                signed(usage.change),
                signed(usage.files),
                signed(usage.directories),
                signed(usage.bytes),
                signed(usage.stored),
                signed(self.forgotten),
            ],
        )?;
        self.workspace.record(usage.change, &self.origin)?;
        if self.forgotten > 0 {
            self.workspace.sql.execute(
                "DELETE FROM changes WHERE number <= ?",
                &[signed(self.forgotten)],
            )?;
        }
        Ok(())
    }

    /// Forgets some of the oldest versions, with contents that nothing else has. Whether there was one.
    fn forget_some(&mut self) -> Result<bool, SqlError> {
        let sql = self.workspace.sql;
        let rows = sql.run(
            "SELECT e.id, c.id, c.size, e.until FROM entries e LEFT JOIN contents c ON c.id = e.content
             WHERE e.until IS NOT NULL ORDER BY e.until, e.id LIMIT ?",
            &[FORGOTTEN_AT_ONCE.into()],
        )?;
        let any = !rows.is_empty();
        for row in rows {
            if self.usage.stored <= self.workspace.limits.stored {
                break;
            }
            let mut values = row.into_iter();
            let [entry, content, size, until] =
                [(); 4].map(|()| values.next().unwrap_or(SqlValue::Null));
            sql.execute("DELETE FROM entries WHERE id = ?", &[entry])?;
            self.forgotten = self.forgotten.max(unsigned(&until));
            let still = sql.run(
                "SELECT 1 FROM entries WHERE content = ? LIMIT 1",
                std::slice::from_ref(&content),
            )?;
            if matches!(content, SqlValue::Integer(_)) && still.is_empty() {
                sql.execute(
                    "DELETE FROM contents WHERE id = ?",
                    std::slice::from_ref(&content),
                )?;
                sql.execute("DELETE FROM content_pieces WHERE content = ?", &[content])?;
                self.usage.stored = self.usage.stored.saturating_sub(unsigned(&size));
            }
        }
        Ok(any)
    }
}
