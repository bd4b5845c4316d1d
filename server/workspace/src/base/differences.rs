//! What differs from the commit that the workspace was opened from.

use std::collections::BTreeMap;

use common::{
    message::{ChangeKind, FileChange},
    time::Timestamp,
};
use sql::SqlValue;

use super::BlobId;
use crate::{
    FilePath, Hash, Ignored, LeftOut, Trial, Workspace, WorkspaceError,
    content::{Content, unsigned},
    diff::{self, Diff},
    entry::Entry,
    trial::Touched,
};

/// The bit of the permissions that git keeps.
const EXECUTABLE: u32 = 0o100;

/// The most bytes of a diff of one file.
const DIFF_BYTES: usize = 64_000;

/// What differs from the commit.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Differences {
    /// The files, by path.
    pub changes: Vec<BaseChange>,
    /// Files that git ignores: they are no changes.
    pub ignored: LeftOut,
}

/// A file that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseChange {
    /// The path; of a renamed file the new one.
    pub path: FilePath,
    /// The path before, of a file with the same content.
    pub renamed_from: Option<FilePath>,
    /// What the commit has.
    pub before: Option<BaseSide>,
    /// What the workspace has.
    pub after: Option<BaseSide>,
}

/// One side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseSide {
    /// The hash of the content.
    pub hash: Hash,
    /// The size in bytes.
    pub size: u64,
    /// Whether it can be executed.
    pub is_executable: bool,
}

impl BaseChange {
    /// The word for it that git uses.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match (&self.renamed_from, &self.before, &self.after) {
            (Some(_), _, _) => "renamed",
            (None, None, _) => "added",
            (None, Some(_), None) => "deleted",
            (None, Some(_), Some(_)) => "modified",
        }
    }

    /// The change of the permissions, such as `100644 → 100755`.
    #[must_use]
    pub fn mode_change(&self) -> Option<String> {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) if before.is_executable != after.is_executable => {
                Some(format!("{} → {}", git_mode(before), git_mode(after)))
            }
            (_, _) => None,
        }
    }
}

const fn git_mode(side: &BaseSide) -> &'static str {
    if side.is_executable {
        "100755"
    } else {
        "100644"
    }
}

/// A side with its stored content.
#[derive(Debug, Default)]
struct Place {
    before: Option<(Content, bool)>,
    after: Option<(Content, bool)>,
}

impl Workspace<'_> {
    /// What differs from the commit; nothing when the workspace was not opened from one.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn differences(&self) -> Result<Differences, WorkspaceError> {
        let (places, ignored) = self.places()?;
        let side = |place: &Option<(Content, bool)>| {
            place.as_ref().map(|(content, is_executable)| BaseSide {
                hash: content.hash.clone(),
                size: content.size,
                is_executable: *is_executable,
            })
        };
        let changes = places.iter().map(|(path, place)| BaseChange {
            path: path.clone(),
            renamed_from: None,
            before: side(&place.before),
            after: side(&place.after),
        });
        Ok(Differences {
            changes: with_renames(changes.collect()),
            ignored,
        })
    }

    /// How a file differs from the commit.
    ///
    /// # Errors
    /// When it is binary, or when an SQL statement fails.
    pub fn diff_of_base(&self, change: &BaseChange) -> Result<Diff, WorkspaceError> {
        let text = |side: &Option<BaseSide>| match side {
            None => Ok(String::new()),
            Some(side) => {
                let binary = || WorkspaceError::Binary {
                    path: change.path.clone(),
                    size: side.size,
                };
                let content = self.content_of(&side.hash)?.ok_or_else(binary)?;
                self.text_of(&self.examined(content)?)?.ok_or_else(binary)
            }
        };
        let (old, new) = (text(&change.before)?, text(&change.after)?);
        Ok(diff::of_texts(&old, &new, DIFF_BYTES))
    }

    /// The bytes of a side.
    ///
    /// # Errors
    /// When they are no longer stored, or when an SQL statement fails.
    pub fn bytes_of_side(&self, side: &BaseSide) -> Result<Vec<u8>, WorkspaceError> {
        match self.content_of(&side.hash)? {
            Some(content) => Ok(self.bytes_of(&content)?),
            None => Err(WorkspaceError::Overtaken),
        }
    }

    /// The id that the commit has for a content, if it has it.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn blob_of(&self, hash: &Hash) -> Result<Option<BlobId>, WorkspaceError> {
        let rows = self.sql.run(
            "SELECT o.blob FROM blobs o JOIN contents c ON c.id = o.content WHERE c.hash = ? LIMIT 1",
            &[hash.as_str().into()],
        )?;
        let blob = rows.into_iter().flatten().next();
        Ok(blob.map(|blob| BlobId::stated(blob.into_text())))
    }

    /// Whether the commit has a file at a path.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn base_has(&self, path: &FilePath) -> Result<bool, WorkspaceError> {
        let rows = self.sql.run(
            "SELECT 1 FROM base_files WHERE path = ?",
            &[path.as_str().into()],
        )?;
        Ok(!rows.is_empty())
    }

    /// The hash of the file at a path; `None`: there is none.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn hash_at(&self, path: &FilePath) -> Result<Option<Hash>, WorkspaceError> {
        let entry = self.entry(path)?;
        Ok(entry
            .and_then(|entry| entry.content)
            .map(|content| content.hash))
    }

    /// The number of files of the commit that are pointers of Git LFS.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn lfs_pointers(&self) -> Result<u64, WorkspaceError> {
        let rows = self.sql.run(
            "SELECT count(*) FROM base_files b JOIN blobs o ON o.blob = b.blob JOIN contents c ON c.id = o.content
             WHERE c.size < 1024
             AND substr(c.bytes, 1, 42) = CAST('version https://git-lfs.github.com/spec/v1' AS BLOB)",
            &[],
        )?;
        let count = rows.into_iter().flatten().next();
        Ok(count.map_or(0, |count| unsigned(&count)))
    }

    /// What differs, as the user is shown it before it is handed on, with a hash of all of it.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn trial_of_differences(&self) -> Result<Trial, WorkspaceError> {
        let (places, _) = self.places()?;
        let mut before = String::new();
        let mut touched = BTreeMap::new();
        let mut modes = BTreeMap::new();
        for (path, place) in &places {
            for side in [&place.before, &place.after] {
                let (hash, is_executable) = match side {
                    Some((content, is_executable)) => (content.hash.as_str(), *is_executable),
                    None => ("nothing", false),
                };
                before.push_str(&format!("{path}\0{hash}\0{is_executable}\0"));
            }
            if let (Some((_, before)), Some((_, after))) = (&place.before, &place.after)
                && before != after
            {
                modes.insert(path.as_str().to_owned(), (*before, *after));
            }
            let entry = |side: &Option<(Content, bool)>| {
                side.as_ref().map(|(content, _)| Entry {
                    path: path.clone(),
                    since: 0,
                    at: Timestamp::default(),
                    mode: None,
                    content: Some(content.clone()),
                })
            };
            let there = Touched {
                before: entry(&place.before),
                after: entry(&place.after),
            };
            touched.insert(path.as_str().to_owned(), there);
        }
        let (mut changes, more) = self.described(&touched)?;
        for change in &mut changes {
            if let Some((before, after)) = modes.get(&change.path) {
                tell_mode(change, *before, *after);
            }
        }
        Ok(Trial {
            changes,
            more,
            paths: places.into_keys().collect(),
            before: Hash::of(before.as_bytes()),
            change: self.usage()?.change,
        })
    }

    /// The places that differ.
    fn places(&self) -> Result<(BTreeMap<FilePath, Place>, LeftOut), WorkspaceError> {
        const NOW: &str = "n.id, n.hash, n.size, n.lines, n.encoding";
        let mut places = BTreeMap::new();
        if self.origin()?.is_none() {
            return Ok((places, LeftOut::default()));
        }
        let rows = self.sql.run(
            &format!(
                "SELECT b.path, b.mode, c.id, c.hash, c.size, c.lines, c.encoding, e.mode, {NOW}
                 FROM base_files b JOIN blobs o ON o.blob = b.blob JOIN contents c ON c.id = o.content
                 LEFT JOIN entries e ON e.path = b.path AND e.until IS NULL AND e.content IS NOT NULL
                 LEFT JOIN contents n ON n.id = e.content
                 WHERE e.content IS NOT o.content
                    OR (coalesce(e.mode, 420) & 64) <> (coalesce(b.mode, 420) & 64)"
            ),
            &[],
        )?;
        for row in rows {
            let mut values = row.into_iter();
            let path = next_path(&mut values);
            let before = self.side_of(&mut values)?;
            let after = self.side_of(&mut values)?;
            places.insert(path, Place { before, after });
        }
        let added = self.sql.run(
            &format!(
                "SELECT e.path, e.mode, {NOW} FROM entries e JOIN contents n ON n.id = e.content
                 WHERE e.until IS NULL AND NOT EXISTS (SELECT 1 FROM base_files b WHERE b.path = e.path)
                 ORDER BY e.path"
            ),
            &[],
        )?;
        let mut rules = self.ignore_rules(Ignored::LeftOut, &FilePath::root())?;
        for row in added {
            let mut values = row.into_iter();
            let path = next_path(&mut values);
            if rules.is_ignored(path.as_str(), false) {
                rules.count(path.as_str());
                continue;
            }
            let after = self.side_of(&mut values)?;
            let before = None;
            places.insert(path, Place { before, after });
        }
        Ok((places, rules.left_out))
    }

    fn side_of(
        &self,
        values: &mut impl Iterator<Item = SqlValue>,
    ) -> Result<Option<(Content, bool)>, WorkspaceError> {
        let mode = match values.next() {
            Some(SqlValue::Integer(mode)) => u32::try_from(mode).unwrap_or(0),
            Some(SqlValue::Null | SqlValue::Text(_) | SqlValue::Blob(_)) | None => 0,
        };
        let Some(content) = Content::from_columns(values) else {
            return Ok(None);
        };
        Ok(Some((self.examined(content)?, mode & EXECUTABLE != 0)))
    }
}

fn next_path(values: &mut std::vec::IntoIter<SqlValue>) -> FilePath {
    FilePath::stored(values.next().map_or_else(String::new, SqlValue::into_text))
}

fn tell_mode(change: &mut FileChange, before: bool, after: bool) {
    let mode = |is_executable| if is_executable { "100755" } else { "100644" };
    let reported = format!("old mode {}\nnew mode {}\n", mode(before), mode(after));
    if change.kind == ChangeKind::Changed {
        let diff = change.diff.take().unwrap_or_default();
        change.diff = Some(reported + &diff);
    }
}

/// Combines the deletion of a content and its creation elsewhere into a renaming.
fn with_renames(changes: Vec<BaseChange>) -> Vec<BaseChange> {
    let mut deleted: BTreeMap<String, Vec<(FilePath, BaseSide)>> = BTreeMap::new();
    for change in changes.iter().rev() {
        if let (Some(before), None) = (&change.before, &change.after) {
            let found = deleted.entry(before.hash.to_string()).or_default();
            found.push((change.path.clone(), before.clone()));
        }
    }
    let mut renamed = Vec::new();
    let mut out: Vec<BaseChange> = changes
        .into_iter()
        .map(|mut change| {
            if let (None, Some(after)) = (&change.before, &change.after)
                && after.size > 0
                && let Some((from, before)) =
                    deleted.get_mut(after.hash.as_str()).and_then(Vec::pop)
            {
                renamed.push(from.clone());
                change.renamed_from = Some(from);
                change.before = Some(before);
            }
            change
        })
        .collect();
    out.retain(|change| change.after.is_some() || !renamed.contains(&change.path));
    out
}
