//! Listing, moving, copying and deleting.

use common::workspace::limits::LISTED_AT_ONCE;
use sql::SqlValue;

use super::{
    CaseTwins, Expect, FilePath, Stat, Workspace, WorkspaceError,
    change::Change,
    content::{signed, unsigned},
    entry::{COLUMNS, Entry},
    path::{MAX_DEPTH, MAX_PATH_BYTES},
};

/// The content of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The path of the directory.
    pub path: FilePath,
    /// The entries, by name.
    pub entries: Vec<Stat>,
    /// The `after` of the next listing, when there is more.
    pub next: Option<FilePath>,
}

/// The result of a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The new path.
    pub to: FilePath,
    /// The number of files.
    pub files: u64,
    /// The number of the change.
    pub version: u64,
    /// Paths that now differ by case alone.
    pub twins: Vec<CaseTwins>,
}

/// The result of a copy.
pub type Copied = Moved;

/// The result of a deletion. Deleted files are kept as former versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// The number of files.
    pub files: u64,
    /// The number of directories.
    pub directories: u64,
    /// The number of the change.
    pub version: u64,
}

/// The size of an entry and everything in it.
#[derive(Clone, Copy, Debug)]
struct Extent {
    files: u64,
    directories: u64,
    bytes: u64,
    /// The length of the longest path in bytes.
    longest: u64,
    /// The number of names in the deepest path.
    deepest: u64,
}

/// The entry at `?1` and everything in it; `?2` and `?3` are the range of its paths.
const SUBTREE: &str = "until IS NULL AND (path = ?1 OR (path >= ?2 AND path < ?3))";

impl Workspace<'_> {
    /// The present entry at a path.
    ///
    /// # Errors
    /// When nothing exists there, or when an SQL statement fails.
    pub fn stat(&self, path: &FilePath) -> Result<Stat, WorkspaceError> {
        self.existing(path).map(Entry::into_stat)
    }

    /// Lists a directory after the path `after`; at most 1,000 entries.
    ///
    /// # Errors
    /// When the directory does not exist, or when an SQL statement fails.
    pub fn list(
        &self,
        path: &FilePath,
        after: Option<&FilePath>,
    ) -> Result<Listing, WorkspaceError> {
        if self.existing(path)?.content.is_some() {
            return Err(WorkspaceError::NotDirectory { path: path.clone() });
        }
        let rows = self.sql.run(
            &format!(
                "SELECT {COLUMNS} FROM entries e LEFT JOIN contents c ON c.id = e.content
                 WHERE e.until IS NULL AND e.parent = ? AND e.path > ? ORDER BY e.path LIMIT ?"
            ),
            &[
                path.as_str().into(),
                after.map_or("", FilePath::as_str).into(),
                signed(LISTED_AT_ONCE + 1),
            ],
        )?;
        let mut entries: Vec<Stat> = rows
            .into_iter()
            .map(|row| Entry::from_row(row).into_stat())
            .collect();
        let limit = usize::try_from(LISTED_AT_ONCE).unwrap_or(usize::MAX);
        let more = entries.len() > limit;
        entries.truncate(limit);
        Ok(Listing {
            path: path.clone(),
            next: entries
                .last()
                .filter(|_| more)
                .map(|stat| stat.path.clone()),
            entries,
        })
    }

    /// Moves a file, or a directory with its content, to a free path.
    ///
    /// # Errors
    /// When the source does not exist, when the target does, or when an SQL statement fails.
    pub fn move_(&self, from: &FilePath, to: &FilePath) -> Result<Moved, WorkspaceError> {
        self.transfer(from, to, |change, extent| {
            let [path, start, end] = subtree_of(from);
            let values = [path, start, end, signed(change.usage.change)];
            self.sql.execute(
                &format!("UPDATE entries SET until = ?4 WHERE {SUBTREE}"),
                &values,
            )?;
            change.make_parents(to)?;
            change.look_for_twin(to)?;
            let ended = signed(change.usage.change);
            self.put_again(from, to, change, ended, SqlValue::Null)?;
            Ok(extent.files)
        })
    }

    /// Copies a file, or a directory with its content, to a free path.
    ///
    /// # Errors
    /// When the source does not exist, when the target does, or when an SQL statement fails.
    pub fn copy(&self, from: &FilePath, to: &FilePath) -> Result<Copied, WorkspaceError> {
        self.transfer(from, to, |change, extent| {
            change.make_parents(to)?;
            change.look_for_twin(to)?;
            let now = signed(self.now.as_millis());
            self.put_again(from, to, change, SqlValue::Null, now)?;
            change.usage.files += extent.files;
            change.usage.directories += extent.directories;
            change.usage.bytes += extent.bytes;
            Ok(extent.files)
        })
    }

    /// Deletes a file, or a directory with its content.
    ///
    /// # Errors
    /// When the expectation does not hold, or when an SQL statement fails.
    pub fn delete(&self, path: &FilePath, expect: &Expect) -> Result<Deleted, WorkspaceError> {
        if path.is_root() {
            return Err(WorkspaceError::Root);
        }
        self.existing(path)?;
        self.expected(path, expect)?;
        let extent = self.extent(path)?;
        self.change(|change| {
            let [path, start, end] = subtree_of(path);
            self.sql.execute(
                &format!("UPDATE entries SET until = ?4 WHERE {SUBTREE}"),
                &[path, start, end, signed(change.usage.change)],
            )?;
            let usage = &mut change.usage;
            usage.files = usage.files.saturating_sub(extent.files);
            usage.directories = usage.directories.saturating_sub(extent.directories);
            usage.bytes = usage.bytes.saturating_sub(extent.bytes);
            Ok(Deleted {
                files: extent.files,
                directories: extent.directories,
                version: change.usage.change,
            })
        })
    }

    fn transfer(
        &self,
        from: &FilePath,
        to: &FilePath,
        work: impl FnOnce(&mut Change<'_, '_>, Extent) -> Result<u64, WorkspaceError>,
    ) -> Result<Moved, WorkspaceError> {
        if from.is_root() {
            return Err(WorkspaceError::Root);
        }
        self.existing(from)?;
        if self.entry(to)?.is_some() {
            return Err(WorkspaceError::Exists { path: to.clone() });
        }
        if to.is_within(from) {
            return Err(WorkspaceError::IntoItself {
                from: from.clone(),
                to: to.clone(),
            });
        }
        let extent = self.extent(from)?;
        fits(from, to, extent)?;
        self.change(|change| {
            let files = work(change, extent)?;
            Ok(Moved {
                to: to.clone(),
                files,
                version: change.usage.change,
                twins: std::mem::take(&mut change.twins),
            })
        })
    }

    /// Creates at `to` what was at `from` until the change `until`, dated `at`; null: until now, keeping its date.
    fn put_again(
        &self,
        from: &FilePath,
        to: &FilePath,
        change: &Change<'_, '_>,
        until: SqlValue,
        at: SqlValue,
    ) -> Result<(), WorkspaceError> {
        let [path, start, end] = subtree_of(from);
        let after = |text: &str| signed(text.chars().count() as u64 + 1);
        self.sql.execute(
            "INSERT INTO entries (path, parent, folded, content, mode, since, until, at)
             SELECT ?4 || substr(path, ?5), iif(path = ?1, ?6, ?4 || substr(parent, ?5)),
                 ?7 || substr(folded, ?8), content, mode, ?9, NULL, coalesce(?10, at)
             FROM entries WHERE until IS ?11 AND (path = ?1 OR (path >= ?2 AND path < ?3))",
            &[
                path,
                start,
                end,
                to.as_str().into(),
                after(from.as_str()),
                to.parent().unwrap_or_default().as_str().into(),
                to.folded().into(),
                after(&from.folded()),
                signed(change.usage.change),
                at,
                until,
            ],
        )?;
        Ok(())
    }

    fn extent(&self, path: &FilePath) -> Result<Extent, WorkspaceError> {
        let rows = self.sql.run(
            &format!(
                "SELECT count(e.content), count(*) - count(e.content), coalesce(sum(c.size), 0),
                     max(length(CAST(e.path AS BLOB))), max(length(e.path) - length(replace(e.path, '/', ''))) + 1
                 FROM (SELECT path, content FROM entries WHERE {SUBTREE}) e LEFT JOIN contents c ON c.id = e.content"
            ),
            &subtree_of(path),
        )?;
        let mut row = rows.into_iter().next().unwrap_or_default().into_iter();
        let mut next = || row.next().map_or(0, |value| unsigned(&value));
        Ok(Extent {
            files: next(),
            directories: next(),
            bytes: next(),
            longest: next(),
            deepest: next(),
        })
    }
}

/// The parameters of [`SUBTREE`].
fn subtree_of(path: &FilePath) -> [SqlValue; 3] {
    let (start, end) = path.range_within();
    [path.as_str().into(), start.into(), end.into()]
}

/// Whether the longest and deepest paths are valid at the new place.
fn fits(from: &FilePath, to: &FilePath, extent: Extent) -> Result<(), WorkspaceError> {
    let depth = |path: &FilePath| path.as_str().split('/').count();
    let longest = usize::try_from(extent.longest).unwrap_or(usize::MAX);
    let bytes = (longest + to.as_str().len()).saturating_sub(from.as_str().len());
    if bytes > MAX_PATH_BYTES {
        return Err(super::PathError::LongPath { bytes }.into());
    }
    let deepest = usize::try_from(extent.deepest).unwrap_or(usize::MAX);
    let depth = (deepest + depth(to)).saturating_sub(depth(from));
    if depth > MAX_DEPTH {
        return Err(super::PathError::Deep { depth }.into());
    }
    Ok(())
}
