//! The draft: the files that the agent works on while the user has not decided about them.
//!
//! A draft is a line of files of its own, with the same tables as the files (`line`). It follows the files: what the user
//! changes comes into the draft where the draft has nothing of its own. Of each path that it changed it knows what was there
//! when it began to, so that keeping is a merge of three.
//!
//! - [`decide`]: keep and drop; [`choice`]: of what. [`both`]: undo and redo in the files and in the draft. [`hunks`]: parts of the change of a text. [`listing`]: what waits.

mod both;
mod choice;
mod decide;
mod hunks;
mod listing;

use std::collections::BTreeMap;

use common::state::Drafted;
use sql::{SqlError, SqlValue};

pub use self::{
    choice::{Choice, Portion},
    decide::{Decided, DraftError},
};
use super::{
    ChangeOrigin, FilePath, Limits, Line, LineSql, Workspace, WorkspaceError,
    content::{Content, signed, unsigned},
    merge::There,
};

/// A path that the draft changes.
#[derive(Clone, Debug)]
struct Waiting {
    /// What was there when the draft began to change it.
    base: There,
    /// What the draft has there.
    draft: There,
    /// The answer that changed it last.
    answer: Option<String>,
}

/// Whether two rows have the same at a place; directories have no permissions of their own. `b` is a row of `draft_base`, `e` of entries.
const IS_BASE: &str = "b.is_there = (e.path IS NOT NULL) AND b.content IS e.content AND (b.content IS NULL OR b.mode IS e.mode)";

/// Whether the files and the draft have the same at a place. `f` and `e` are rows of entries.
const IS_SAME: &str = "(f.path IS NULL) = (e.path IS NULL) AND f.content IS e.content AND (f.content IS NULL OR f.mode IS e.mode)";

impl<'s> Workspace<'s> {
    /// The draft, as it follows the files; `None`: there is none.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn draft(&self) -> Result<Option<Workspace<'s>>, WorkspaceError> {
        if !self.has_draft()? {
            return Ok(None);
        }
        let files = self.in_line(Line::Files);
        files.together(|| {
            files.follow()?;
            files.settle()?;
            files.close_when_decided()
        })?;
        Ok(self.has_draft()?.then(|| self.in_line(Line::Draft)))
    }

    /// The draft, which is begun when there is none.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn open_draft(&self) -> Result<Workspace<'s>, WorkspaceError> {
        let files = self.in_line(Line::Files);
        files.together(|| {
            if files.has_draft()? {
                return files.follow();
            }
            for statement in [
                "INSERT INTO draft_workspace (change, files, directories, bytes, forgotten, followed)
                 SELECT change, files, directories, bytes, change, change FROM workspace",
                "INSERT INTO draft_entries (path, parent, folded, content, mode, since, until, at)
                 SELECT path, parent, folded, content, mode, since, NULL, at FROM entries WHERE until IS NULL",
                "INSERT INTO draft_repository (json) SELECT json FROM repository",
                "INSERT INTO draft_base_files (path, blob, mode) SELECT path, blob, mode FROM base_files",
            ] {
                self.sql.shared().execute(statement, &[])?;
            }
            Ok::<_, WorkspaceError>(())
        })?;
        Ok(self.in_line(Line::Draft))
    }

    /// What waits in the draft for a decision. Directories count in which nothing else waits.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn drafted(&self) -> Result<Drafted, SqlError> {
        let rows = self.sql.shared().run(
            &format!(
                "SELECT count(*), max((SELECT change FROM workspace) + (SELECT change FROM draft_workspace))
                 FROM draft_base b LEFT JOIN draft_entries e ON e.path = b.path AND e.until IS NULL
                 LEFT JOIN entries f ON f.path = b.path AND f.until IS NULL
                 WHERE NOT ({IS_BASE}) AND NOT ({IS_SAME})
                 AND NOT EXISTS (SELECT 1 FROM draft_base i WHERE i.path > b.path || '/' AND i.path < b.path || '0')"
            ),
            &[],
        )?;
        let mut values = rows.into_iter().flatten();
        let mut next = || values.next().map_or(0, |value| unsigned(&value));
        Ok(Drafted {
            files: next(),
            at: next(),
        })
    }

    pub(super) fn has_draft(&self) -> Result<bool, SqlError> {
        let rows = self
            .sql
            .shared()
            .run("SELECT 1 FROM draft_workspace", &[])?;
        Ok(!rows.is_empty())
    }

    pub(super) fn in_line(&self, line: Line) -> Self {
        Self {
            sql: LineSql { line, ..self.sql },
            ..*self
        }
    }

    /// Notes what a change of the draft changed, with what was there before.
    pub(super) fn note_drafted(&self, change: u64, origin: &ChangeOrigin) -> Result<(), SqlError> {
        let answer = match origin {
            ChangeOrigin::Answer(answer) => SqlValue::from(answer.as_str()),
            ChangeOrigin::User
            | ChangeOrigin::Undo(_)
            | ChangeOrigin::Left(_)
            | ChangeOrigin::Redo(_)
            | ChangeOrigin::Restore => SqlValue::Null,
        };
        for touched in [
            "SELECT path, 1, content, mode, ?2 FROM draft_entries WHERE until = ?1 AND since < ?1",
            "SELECT path, 0, NULL, NULL, ?2 FROM draft_entries WHERE since = ?1 AND until IS NULL",
        ] {
            self.sql.shared().execute(
                &format!(
                    "INSERT INTO draft_base (path, is_there, content, mode, answer) {touched}
                     ON CONFLICT (path) DO UPDATE SET answer = coalesce(excluded.answer, answer)"
                ),
                &[signed(change), answer.clone()],
            )?;
        }
        Ok(())
    }

    /// Brings the draft what the files have become, except where it has something of its own.
    fn follow(&self) -> Result<(), WorkspaceError> {
        let followed = self.followed()?;
        let now = self.usage()?.change;
        if now == followed {
            return Ok(());
        }
        let changed = if self.forgotten()? > followed {
            self.all_that_differs()?
        } else {
            self.changed_since(followed)?
        };
        let own = self.drafted_paths()?;
        let paths = changed.into_iter().filter(|path| !own.contains_key(path));
        self.align(paths.collect())?;
        self.sql
            .shared()
            .execute("UPDATE draft_workspace SET followed = ?", &[signed(now)])?;
        Ok(())
    }

    fn followed(&self) -> Result<u64, SqlError> {
        let rows = self
            .sql
            .shared()
            .run("SELECT followed FROM draft_workspace", &[])?;
        let followed = rows.into_iter().flatten().next();
        Ok(followed.map_or(0, |followed| unsigned(&followed)))
    }

    /// The paths at which the draft and the files differ.
    fn all_that_differs(&self) -> Result<Vec<FilePath>, SqlError> {
        let rows = self.sql.shared().run(
            &format!(
                "SELECT f.path FROM entries f LEFT JOIN draft_entries e ON e.path = f.path AND e.until IS NULL
                 WHERE f.until IS NULL AND NOT ({IS_SAME})
                 UNION SELECT e.path FROM draft_entries e LEFT JOIN entries f ON f.path = e.path AND f.until IS NULL
                 WHERE e.until IS NULL AND f.path IS NULL ORDER BY 1"
            ),
            &[],
        )?;
        let paths = rows.into_iter().flatten();
        Ok(paths
            .map(|path| FilePath::stored(path.into_text()))
            .collect())
    }

    /// Gives the draft at these paths what the files have, as far as what the draft has of its own allows that.
    fn align(&self, paths: Vec<FilePath>) -> Result<(), WorkspaceError> {
        let draft = self.in_line(Line::Draft);
        let mut targets = Vec::new();
        for path in paths {
            let entry = draft.entry(&path)?;
            let target = There::of(self.entry(&path)?);
            if There::of(entry.clone()) != target {
                targets.push((path, entry, target));
            }
        }
        if targets.is_empty() {
            return Ok(());
        }
        // It may exceed the limits when both are full; then the draft can still be dropped.
        let unlimited = draft.with_limits(Limits {
            files: u64::MAX,
            directories: u64::MAX,
            bytes: u64::MAX,
            stored: u64::MAX,
            ..self.limits
        });
        unlimited.change(|change| {
            change.follows = true;
            change.origin = ChangeOrigin::User;
            change.put_all(targets, &mut Vec::new())
        })
    }

    /// The paths that the draft changed, with the answers that did so last.
    fn drafted_paths(&self) -> Result<BTreeMap<FilePath, Option<String>>, SqlError> {
        let rows = self
            .sql
            .shared()
            .run("SELECT path, answer FROM draft_base", &[])?;
        let read = |row: Vec<SqlValue>| {
            let mut values = row.into_iter();
            let path = FilePath::stored(values.next()?.into_text());
            Some((path, text_or_none(values.next())))
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// What waits in the draft, by path.
    fn waiting(&self) -> Result<BTreeMap<FilePath, Waiting>, WorkspaceError> {
        let draft = self.in_line(Line::Draft);
        let mut waiting = BTreeMap::new();
        for (path, answer) in self.drafted_paths()? {
            let drafted = Waiting {
                base: self.base_of(&path)?,
                draft: There::of(draft.entry(&path)?),
                answer,
            };
            waiting.insert(path, drafted);
        }
        Ok(waiting)
    }

    fn base_of(&self, path: &FilePath) -> Result<There, SqlError> {
        let rows = self.sql.shared().run(
            "SELECT b.is_there, b.mode, c.id, c.hash, c.size, c.lines, c.encoding
             FROM draft_base b LEFT JOIN contents c ON c.id = b.content WHERE b.path = ?",
            &[path.as_str().into()],
        )?;
        let mut values = rows.into_iter().next().unwrap_or_default().into_iter();
        let is_there = values.next().is_some_and(|value| value.as_integer() == 1);
        let mode = match values.next() {
            Some(SqlValue::Integer(mode)) => u32::try_from(mode).ok(),
            Some(SqlValue::Null | SqlValue::Text(_) | SqlValue::Blob(_)) | None => None,
        };
        Ok(match Content::from_columns(&mut values) {
            Some(content) => There::File { content, mode },
            None if is_there => There::Directory,
            None => There::Nothing,
        })
    }

    /// From now on this is what was there when the draft began to change a path.
    fn set_base(&self, path: &FilePath, base: &There) -> Result<(), SqlError> {
        let (is_there, content, mode) = match base {
            There::Nothing => (0, None, None),
            There::Directory => (1, None, None),
            There::File { content, mode } => (1, Some(content.id), *mode),
        };
        self.sql.shared().execute(
            "UPDATE draft_base SET is_there = ?2, content = ?3, mode = ?4 WHERE path = ?1",
            &[
                path.as_str().into(),
                is_there.into(),
                content.map_or(SqlValue::Null, SqlValue::from),
                mode.map_or(SqlValue::Null, |mode| i64::from(mode).into()),
            ],
        )
    }

    /// Where the draft has nothing of its own any more it follows the files, and its earlier versions are dropped: what an
    /// undo finds in the draft is undecided.
    pub(super) fn settle(&self) -> Result<(), WorkspaceError> {
        let rows = self.sql.shared().run(
            &format!(
                "SELECT b.path FROM draft_base b LEFT JOIN draft_entries e ON e.path = b.path AND e.until IS NULL
                 LEFT JOIN entries f ON f.path = b.path AND f.until IS NULL
                 WHERE ({IS_BASE}) OR ({IS_SAME}) ORDER BY b.path"
            ),
            &[],
        )?;
        let settled: Vec<FilePath> = rows
            .into_iter()
            .flatten()
            .map(|path| FilePath::stored(path.into_text()))
            .collect();
        self.forget_drafted(&settled)
    }

    /// Drops what the draft has of its own at these paths.
    fn forget_drafted(&self, paths: &[FilePath]) -> Result<(), WorkspaceError> {
        let sql = self.sql.shared();
        let mut contents = Vec::new();
        for path in paths {
            sql.execute(
                "DELETE FROM draft_base WHERE path = ?",
                &[path.as_str().into()],
            )?;
        }
        self.align(paths.to_vec())?;
        for path in paths {
            let rows = sql.run(
                "DELETE FROM draft_entries WHERE path = ? AND until IS NOT NULL RETURNING content",
                &[path.as_str().into()],
            )?;
            contents.extend(
                rows.into_iter()
                    .flatten()
                    .filter_map(|content| match content {
                        SqlValue::Integer(content) => Some(content),
                        SqlValue::Null | SqlValue::Text(_) | SqlValue::Blob(_) => None,
                    }),
            );
        }
        self.free_counted(&contents)
    }

    fn free_counted(&self, contents: &[i64]) -> Result<(), WorkspaceError> {
        let freed = self.free(contents)?;
        self.sql.shared().execute(
            "UPDATE workspace SET stored = max(0, stored - ?)",
            &[signed(freed)],
        )?;
        Ok(())
    }

    /// Ends the draft when nothing waits in it.
    pub(super) fn close_when_decided(&self) -> Result<(), WorkspaceError> {
        let sql = self.sql.shared();
        if !sql.run("SELECT 1 FROM draft_base LIMIT 1", &[])?.is_empty() {
            return Ok(());
        }
        let rows = sql.run(
            "SELECT DISTINCT content FROM draft_entries d WHERE content IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.content = d.content)",
            &[],
        )?;
        let contents: Vec<i64> = rows.iter().flatten().map(SqlValue::as_integer).collect();
        for table in [
            "draft_entries",
            "draft_changes",
            "draft_base_files",
            "draft_repository",
            "draft_workspace",
        ] {
            sql.execute(&format!("DELETE FROM {table}"), &[])?;
        }
        self.free_counted(&contents)?;
        let freed = self.forget_blobs()?;
        sql.execute(
            "UPDATE workspace SET stored = max(0, stored - ?)",
            &[signed(freed)],
        )?;
        Ok(())
    }
}

fn text_or_none(value: Option<SqlValue>) -> Option<String> {
    match value {
        Some(SqlValue::Text(text)) => Some(text),
        Some(SqlValue::Null | SqlValue::Integer(_) | SqlValue::Blob(_)) | None => None,
    }
}

/// The directories above a path, the nearest first.
fn above(path: &FilePath) -> impl Iterator<Item = FilePath> + use<> {
    std::iter::successors(path.parent(), FilePath::parent).filter(|path| !path.is_root())
}
