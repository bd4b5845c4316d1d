//! Puts the files of a commit into the workspace: three-way, in one change, all of it or nothing.
//!
//! What only the commit changed is taken, in a few statements for all files. What only the workspace changed stays. A file
//! that both changed is merged; where that cannot be done, the workspace keeps its own and the path is reported.

use std::collections::BTreeSet;

use serde_json::Value;
use sql::{SqlError, SqlRow, SqlValue};

use super::Incoming;
use crate::{
    CaseTwins, FilePath, Workspace, WorkspaceError,
    change::Change,
    content::{Content, signed, unsigned},
    merge::{Conflict, There},
};

/// The most paths that differ by case and are reported.
const TWINS: i64 = 10;

/// What a merge did.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Merged {
    /// The number of files that were created or replaced.
    pub put: u64,
    /// The number of files that were deleted.
    pub deleted: u64,
    /// Files with changes of both sides, which were combined.
    pub combined: Vec<FilePath>,
    /// Files that both sides changed in ways that cannot be combined: the workspace kept its own.
    pub conflicts: Vec<FilePath>,
    /// Paths that differ by case alone.
    pub twins: Vec<CaseTwins>,
    /// The number of the change.
    pub version: u64,
}

/// The current entry `e` is what the commit `b`, with the content `o`, has.
const IS_AS_BEFORE: &str =
    "e.content = o.content AND (coalesce(e.mode, 420) & 64) = (coalesce(b.mode, 420) & 64)";

impl Incoming {
    /// Puts the files into the workspace and stores `origin`: what they are.
    ///
    /// # Errors
    /// When contents are missing, when the result would be too large, or when an SQL statement fails. Nothing was changed.
    pub fn finish(
        self,
        workspace: &Workspace<'_>,
        origin: &Value,
    ) -> Result<Merged, WorkspaceError> {
        if !self.missing(workspace)?.is_empty() {
            return Err(WorkspaceError::Overtaken);
        }
        workspace.change(|change| {
            let mut merged = Merged::default();
            change.take_away(&mut merged)?;
            change.classify()?;
            let slow = change.to_be_merged()?;
            change.put_unchanged(&mut merged)?;
            for path in slow {
                change.merge_one(&path, &mut merged)?;
            }
            change.count_anew()?;
            change.replace_base()?;
            workspace.set_origin(origin)?;
            merged.version = change.usage.change;
            merged.conflicts.sort_unstable();
            merged.twins.extend(std::mem::take(&mut change.twins));
            Ok(merged)
        })
    }
}

impl Change<'_, '_> {
    fn statement(&self, statement: &str, values: &[SqlValue]) -> Result<Vec<SqlRow>, SqlError> {
        self.workspace().sql.run(statement, values)
    }

    /// Deletes what the commit no longer has and the workspace did not change.
    fn take_away(&mut self, merged: &mut Merged) -> Result<(), WorkspaceError> {
        let gone = self.statement(
            &format!(
                "UPDATE entries AS e SET until = ?1 WHERE e.until IS NULL AND e.content IS NOT NULL
                 AND EXISTS (SELECT 1 FROM base_files b JOIN blobs o ON o.blob = b.blob
                             WHERE b.path = e.path AND {IS_AS_BEFORE})
                 AND NOT EXISTS (SELECT 1 FROM incoming i WHERE i.path = e.path AND i.blob IS NOT NULL)
                 RETURNING path"
            ),
            &[signed(self.usage.change)],
        )?;
        merged.deleted = gone.len() as u64;
        let mut directories = BTreeSet::new();
        for path in paths(gone) {
            let mut above = path.parent();
            while let Some(directory) = above.filter(|directory| !directory.is_root()) {
                above = directory.parent();
                directories.insert(directory);
            }
        }
        // The deepest first: one that became empty may have been the last in another.
        for directory in directories.iter().rev() {
            let rows = self.statement(
                "SELECT 1 FROM entries WHERE until IS NULL AND parent = ? LIMIT 1",
                &[directory.as_str().into()],
            )?;
            if rows.is_empty()
                && let Some(entry) = self.workspace().entry(directory)?
            {
                self.remove(&entry)?;
            }
        }
        let changed = self.statement(
            "SELECT b.path FROM base_files b JOIN entries e ON e.path = b.path AND e.until IS NULL
             WHERE e.content IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM incoming i WHERE i.path = b.path AND i.blob IS NOT NULL)",
            &[],
        )?;
        merged.conflicts.extend(paths(changed));
        Ok(())
    }

    /// Finds what the commit did not change (`same`), and what the workspace did not change (`put`). A file in place of one of
    /// the commit's directories keeps what is in it out (`blocked`).
    fn classify(&self) -> Result<(), WorkspaceError> {
        self.statement(
            "UPDATE incoming AS i SET action = 'same' WHERE i.blob IS NOT NULL AND EXISTS
                 (SELECT 1 FROM base_files b WHERE b.path = i.path AND b.blob = i.blob AND b.mode IS i.mode)",
            &[],
        )?;
        self.statement(
            &format!(
                "UPDATE incoming AS i SET action = 'put' WHERE i.action IS NULL AND i.blob IS NOT NULL AND (
                     (NOT EXISTS (SELECT 1 FROM entries e WHERE e.path = i.path AND e.until IS NULL)
                      AND NOT EXISTS (SELECT 1 FROM base_files b WHERE b.path = i.path))
                     OR EXISTS (SELECT 1 FROM entries e JOIN base_files b ON b.path = e.path
                                JOIN blobs o ON o.blob = b.blob
                                WHERE e.path = i.path AND e.until IS NULL AND {IS_AS_BEFORE}))"
            ),
            &[],
        )?;
        let in_the_way = self.statement(
            "SELECT d.path FROM incoming d JOIN entries e ON e.path = d.path AND e.until IS NULL
             WHERE d.blob IS NULL AND e.content IS NOT NULL",
            &[],
        )?;
        for path in paths(in_the_way) {
            self.statement(
                "UPDATE incoming SET action = 'blocked' WHERE (action = 'put' OR blob IS NULL)
                 AND path > ?1 || '/' AND path < ?1 || '0'",
                &[path.as_str().into()],
            )?;
        }
        Ok(())
    }

    /// The files that both sides may have changed.
    fn to_be_merged(&self) -> Result<Vec<FilePath>, WorkspaceError> {
        let rows = self.statement(
            "SELECT path FROM incoming WHERE blob IS NOT NULL AND (action IS NULL OR action = 'blocked') ORDER BY path",
            &[],
        )?;
        Ok(paths(rows).collect())
    }

    /// Puts the files that the workspace did not change.
    fn put_unchanged(&self, merged: &mut Merged) -> Result<(), WorkspaceError> {
        let number = signed(self.usage.change);
        let at = signed(self.workspace().now.as_millis());
        self.confirm_no_instructions()?;
        self.statement(
            "UPDATE entries SET until = ? WHERE until IS NULL AND path IN
                 (SELECT path FROM incoming WHERE action = 'put')",
            std::slice::from_ref(&number),
        )?;
        // '0' follows '/', so that this range has the paths within.
        self.statement(
            "INSERT INTO entries (path, parent, folded, content, mode, since, until, at)
             SELECT d.path, d.parent, d.folded, NULL, NULL, ?1, NULL, ?2 FROM incoming d
             WHERE d.blob IS NULL AND d.action IS NULL
             AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.path = d.path AND e.until IS NULL)
             AND EXISTS (SELECT 1 FROM incoming f
                         WHERE f.path > d.path || '/' AND f.path < d.path || '0' AND f.action = 'put')",
            &[number.clone(), at.clone()],
        )?;
        let put = self.statement(
            "INSERT INTO entries (path, parent, folded, content, mode, since, until, at)
             SELECT i.path, i.parent, i.folded, o.content, i.mode, ?1, NULL, ?2
             FROM incoming i JOIN blobs o ON o.blob = i.blob WHERE i.action = 'put' RETURNING 1",
            &[number, at],
        )?;
        merged.put = put.len() as u64;
        let twins = self.statement(
            "SELECT i.path, e.path FROM incoming i JOIN entries e ON e.folded = i.folded AND e.until IS NULL
             WHERE i.action = 'put' AND e.path > i.path LIMIT ?",
            &[TWINS.into()],
        )?;
        for row in twins {
            let mut values = row.into_iter().map(SqlValue::into_text);
            if let (Some(made), Some(other)) = (values.next(), values.next()) {
                merged.twins.push(CaseTwins {
                    made: FilePath::stored(made),
                    other: FilePath::stored(other),
                });
            }
        }
        Ok(())
    }

    /// Instructions that come with a commit are used only after the user has confirmed them, unless they are in use already.
    fn confirm_no_instructions(&self) -> Result<(), WorkspaceError> {
        let rows = self.statement(
            "SELECT c.id, c.hash, c.size, c.lines, c.encoding FROM incoming i JOIN blobs o ON o.blob = i.blob
             JOIN contents c ON c.id = o.content WHERE i.instructions = 1 AND i.action IS NOT 'same'",
            &[],
        )?;
        for row in rows {
            if let Some(content) = Content::from_columns(&mut row.into_iter())
                && !self.workspace().is_followed(&content)?
            {
                self.mark_unconfirmed(&content)?;
            }
        }
        Ok(())
    }

    fn merge_one(&mut self, path: &FilePath, merged: &mut Merged) -> Result<(), WorkspaceError> {
        let base = self.there_in("base_files", path)?;
        let theirs = self.there_in("incoming", path)?;
        let entry = self.workspace().entry(path)?;
        let ours = There::of(entry);
        match self.merged(&base, &ours, &theirs)? {
            Ok(result) if result == ours => {}
            Ok(There::File { content, mode }) => {
                let is_combined = ours != base;
                match self.put_stored(path, &content, mode) {
                    Ok(()) if is_combined => merged.combined.push(path.clone()),
                    Ok(()) => merged.put += 1,
                    Err(
                        WorkspaceError::NotDirectory { .. } | WorkspaceError::IsDirectory { .. },
                    ) => merged.conflicts.push(path.clone()),
                    Err(error) => return Err(error),
                }
                if path.is_instructions() {
                    self.mark_unconfirmed(&content)?;
                }
            }
            Ok(There::Nothing | There::Directory) | Err(Conflict) => {
                merged.conflicts.push(path.clone());
            }
        }
        Ok(())
    }

    /// What a commit has at a path.
    fn there_in(&self, table: &str, path: &FilePath) -> Result<There, WorkspaceError> {
        let rows = self.statement(
            &format!(
                "SELECT f.mode, c.id, c.hash, c.size, c.lines, c.encoding FROM {table} f
                 JOIN blobs o ON o.blob = f.blob JOIN contents c ON c.id = o.content WHERE f.path = ?"
            ),
            &[path.as_str().into()],
        )?;
        let Some(row) = rows.into_iter().next() else {
            return Ok(There::Nothing);
        };
        let mut values = row.into_iter();
        let mode = match values.next() {
            Some(SqlValue::Integer(mode)) => u32::try_from(mode).ok(),
            Some(SqlValue::Null | SqlValue::Text(_) | SqlValue::Blob(_)) | None => None,
        };
        Ok(match Content::from_columns(&mut values) {
            Some(content) => There::File { content, mode },
            None => There::Nothing,
        })
    }

    /// Counts files, directories and bytes: the statements for many files counted nothing.
    fn count_anew(&mut self) -> Result<(), WorkspaceError> {
        let rows = self.statement(
            "SELECT count(e.content), count(*) - count(e.content), coalesce(sum(c.size), 0)
             FROM entries e LEFT JOIN contents c ON c.id = e.content WHERE e.until IS NULL",
            &[],
        )?;
        let mut values = rows.into_iter().flatten();
        let mut next = || values.next().map_or(0, |value| unsigned(&value));
        self.usage.files = next();
        self.usage.directories = next();
        self.usage.bytes = next();
        Ok(())
    }

    /// The commit becomes the one that changes are compared with.
    fn replace_base(&mut self) -> Result<(), WorkspaceError> {
        for statement in [
            "DELETE FROM base_files",
            "INSERT INTO base_files (path, blob, mode) SELECT path, blob, mode FROM incoming WHERE blob IS NOT NULL",
            "DELETE FROM incoming",
        ] {
            self.statement(statement, &[])?;
        }
        let freed = self.workspace().forget_blobs()?;
        self.usage.stored = self.usage.stored.saturating_sub(freed);
        Ok(())
    }
}

fn paths(rows: Vec<SqlRow>) -> impl Iterator<Item = FilePath> {
    let texts = rows.into_iter().flatten().map(SqlValue::into_text);
    texts.map(FilePath::stored)
}
