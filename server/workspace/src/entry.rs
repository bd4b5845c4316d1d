//! Entries: files and directories at their paths.

use common::time::Timestamp;
use sql::{SqlError, SqlRow, SqlValue};

use super::{
    FilePath, Hash, Kind, Workspace, WorkspaceError,
    content::{Content, unsigned},
};

/// The columns that [`Entry::from_row`] reads, of `entries e LEFT JOIN contents c`.
pub(super) const COLUMNS: &str =
    "e.path, e.since, e.at, e.mode, c.id, c.hash, c.size, c.lines, c.encoding";

/// A file or directory at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// The path.
    pub path: FilePath,
    /// Its kind.
    pub what: What,
    /// The number of the change that created it; zero for the root.
    pub version: u64,
    /// When the content was written, or the directory created.
    pub modified: Timestamp,
    /// The Unix permissions; `None` for the default ones.
    pub mode: Option<u32>,
}

/// A file or a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A directory.
    Directory,
    /// A file.
    File(FileStat),
}

/// The facts about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileStat {
    /// The hash of its content.
    pub hash: Hash,
    /// Its size in bytes.
    pub size: u64,
    /// Its kind: text with a number of lines, or binary.
    pub kind: Kind,
}

/// An entry with its stored content.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) path: FilePath,
    pub(super) since: u64,
    pub(super) at: Timestamp,
    /// See [`Stat::mode`].
    pub(super) mode: Option<u32>,
    /// `None` for a directory.
    pub(super) content: Option<Content>,
}

impl Entry {
    pub(super) fn from_row(row: SqlRow) -> Self {
        let mut values = row.into_iter();
        let [path, since, at, mode] = [(); 4].map(|()| values.next().unwrap_or(SqlValue::Null));
        Self {
            path: FilePath::stored(path.into_text()),
            since: unsigned(&since),
            at: Timestamp::from_millis(unsigned(&at)),
            mode: match mode {
                SqlValue::Integer(mode) => u32::try_from(mode).ok(),
                SqlValue::Null | SqlValue::Text(_) | SqlValue::Blob(_) => None,
            },
            content: Content::from_columns(&mut values),
        }
    }

    pub(super) fn into_stat(self) -> Stat {
        Stat {
            path: self.path,
            what: match self.content {
                None => What::Directory,
                Some(content) => What::File(FileStat {
                    hash: content.hash,
                    size: content.size,
                    kind: content.kind,
                }),
            },
            version: self.since,
            modified: self.at,
            mode: self.mode,
        }
    }
}

impl Workspace<'_> {
    /// The present entry at a path; the root is a directory.
    pub(super) fn entry(&self, path: &FilePath) -> Result<Option<Entry>, SqlError> {
        if path.is_root() {
            return Ok(Some(Entry {
                path: FilePath::root(),
                since: 0,
                at: Timestamp::default(),
                mode: None,
                content: None,
            }));
        }
        let rows = self.sql.run(
            &format!(
                "SELECT {COLUMNS} FROM entries e LEFT JOIN contents c ON c.id = e.content
                 WHERE e.until IS NULL AND e.path = ?"
            ),
            &[path.as_str().into()],
        )?;
        Ok(rows.into_iter().next().map(Entry::from_row))
    }

    /// The present entry at a path.
    pub(super) fn existing(&self, path: &FilePath) -> Result<Entry, WorkspaceError> {
        match self.entry(path)? {
            Some(entry) => Ok(entry),
            None => Err(WorkspaceError::NotFound {
                path: path.clone(),
                near_miss: self.case_twin(path)?,
            }),
        }
    }

    /// The content of the file at a path.
    pub(super) fn file(&self, path: &FilePath) -> Result<Content, WorkspaceError> {
        let entry = self.existing(path)?;
        let content = entry
            .content
            .ok_or_else(|| WorkspaceError::IsDirectory { path: path.clone() })?;
        Ok(self.examined(content)?)
    }

    /// An existing path that differs only by case.
    pub(super) fn case_twin(&self, path: &FilePath) -> Result<Option<FilePath>, SqlError> {
        let rows = self.sql.run(
            "SELECT path FROM entries WHERE until IS NULL AND folded = ? AND path <> ? ORDER BY path LIMIT 1",
            &[path.folded().into(), path.as_str().into()],
        )?;
        let found = rows.into_iter().flatten().next();
        Ok(found.map(|path| FilePath::stored(path.into_text())))
    }
}
