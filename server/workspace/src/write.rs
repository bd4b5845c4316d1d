//! Writing whole files, and directories.

use super::{CaseTwins, Changed, FilePath, Hash, Workspace, WorkspaceError, content::Content};

/// What has to be at a path before it is written to or deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// It does not matter.
    Anything,
    /// Nothing.
    Nothing,
    /// A file, whatever is in it.
    File,
    /// A file with one of these contents: the one that was read.
    Content(Vec<Hash>),
}

/// A file was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where.
    pub path: FilePath,
    /// Of its content.
    pub hash: Hash,
    /// In bytes.
    pub size: u64,
    /// The number of the change that put it there.
    pub version: u64,
    /// What it did.
    pub made: Made,
    /// What differs from what was made by case alone.
    pub twins: Vec<CaseTwins>,
}

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// There was no file.
    NewFile,
    /// There was one, which is now a former version.
    NewVersion,
    /// The file had this content already. Nothing was written.
    NoChange,
}

impl Workspace<'_> {
    /// Writes a file, with the directories it needs.
    ///
    /// # Errors
    /// When something else is there than is expected, when it is too large, or when a statement fails.
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

    /// Makes a directory, with those it is in; one that is there stays. The outcome: what differs by case alone.
    ///
    /// # Errors
    /// When a file is there or on the way, or when a statement fails.
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

    /// The content of the file at a path, when it is the one that is expected.
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

    /// How the file at a path differs from what was read.
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
