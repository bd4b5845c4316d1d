//! Writing files, and creating directories.

use super::{CaseTwins, Changed, FilePath, Hash, Workspace, WorkspaceError, content::Content};

/// The condition on the present entry for writing or deleting a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// None.
    Anything,
    /// Nothing exists at the path.
    Nothing,
    /// A file exists, with any content.
    File,
    /// A file exists with one of these contents, of which one was read.
    Content(Vec<Hash>),
}

/// The result of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The path.
    pub path: FilePath,
    /// The hash of the content.
    pub hash: Hash,
    /// The size in bytes.
    pub size: u64,
    /// The number of the change.
    pub version: u64,
    /// The effect of the write.
    pub made: Made,
    /// Paths that now differ by case alone.
    pub twins: Vec<CaseTwins>,
}

/// The effect of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// The file is new.
    NewFile,
    /// The file existed and has a new version.
    NewVersion,
    /// The file already had this content. Nothing was written.
    NoChange,
}

impl Workspace<'_> {
    /// Writes a file, with the directories it needs.
    ///
    /// # Errors
    /// When the expectation does not hold, when the file is too large, or when an SQL statement fails.
    pub fn write(
        &self,
        path: &FilePath,
        bytes: &[u8],
        expect: &Expect,
    ) -> Result<Written, WorkspaceError> {
        let before = self.expected(path, expect)?;
        if path.is_root() {
            return Err(WorkspaceError::IsDirectory { path: path.clone() });
        }
        let hash = Hash::of(bytes);
        if let Some(content) = &before
            && content.hash == hash
        {
            return Ok(Written {
                path: path.clone(),
                hash,
                size: content.size,
                version: self.existing(path)?.since,
                made: Made::NoChange,
                twins: Vec::new(),
            });
        }
        self.change(|change| {
            let content = change.put_file(path, bytes, &hash)?;
            Ok(Written {
                path: path.clone(),
                hash: content.hash,
                size: content.size,
                version: change.usage.change,
                made: match before {
                    None => Made::NewFile,
                    Some(_) => Made::NewVersion,
                },
                twins: std::mem::take(&mut change.twins),
            })
        })
    }

    /// Creates a directory and its parents; an existing one stays. Returns paths that now differ by case alone.
    ///
    /// # Errors
    /// When a file is at the path or one of its parents, or when an SQL statement fails.
    pub fn make_directory(&self, path: &FilePath) -> Result<Vec<CaseTwins>, WorkspaceError> {
        if self
            .entry(path)?
            .is_some_and(|entry| entry.content.is_none())
        {
            return Ok(Vec::new());
        }
        self.change(|change| {
            change.put_directory(path)?;
            Ok(std::mem::take(&mut change.twins))
        })
    }

    /// The content of the file at a path, if it is the expected one.
    pub(super) fn expected(
        &self,
        path: &FilePath,
        expect: &Expect,
    ) -> Result<Option<Content>, WorkspaceError> {
        let entry = self.entry(path)?;
        let there = entry.is_some();
        let content = entry.and_then(|entry| entry.content);
        let content = content.map(|content| self.examined(content)).transpose()?;
        match expect {
            Expect::Anything => Ok(content),
            Expect::Nothing if there => Err(WorkspaceError::Exists { path: path.clone() }),
            Expect::Nothing => Ok(None),
            Expect::File if content.is_some() => Ok(content),
            Expect::Content(hashes) => match content {
                Some(content) if hashes.contains(&content.hash) => Ok(Some(content)),
                current => Err(self.changed(path, hashes, current)?),
            },
            Expect::File => self.file(path).map(Some),
        }
    }

    /// How the file at a path differs from the one that was read.
    fn changed(
        &self,
        path: &FilePath,
        read: &[Hash],
        current: Option<Content>,
    ) -> Result<WorkspaceError, WorkspaceError> {
        let diff = match (read, &current) {
            ([read], Some(current)) => self.diff_since(path, read, current)?,
            (_, Some(_) | None) => None,
        };
        Ok(WorkspaceError::Changed(Box::new(Changed {
            path: path.clone(),
            current: current.map(|content| content.hash),
            diff,
        })))
    }
}
