//! Trials: what an operation would change, found out by making it and undoing it.

use std::collections::{BTreeMap, VecDeque};

use common::message::{ChangeKind, FileChange};
use sql::{Ending, SqlError, SqlValue};

use super::{
    FilePath, Hash, Limits, Workspace, WorkspaceError,
    content::{Content, signed, unsigned},
    diff,
    entry::{COLUMNS, Entry},
};

/// The most changes that are listed one by one: more than that nobody looks through.
const TOLD_CHANGES: usize = 50;

/// The most bytes of the diff of one file.
const DIFF_BYTES: usize = 16_000;

/// The most bytes of all diffs: they are stored with the message and sent to every client.
const ALL_DIFFS_BYTES: usize = 48_000;

/// What an operation would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The changes, by path, the first ones. A directory is listed when nothing in it is.
    pub changes: Vec<FileChange>,
    /// How many changes there are beyond those.
    pub more: u64,
    /// Every path that something is taken from or put to, but for directories that are made for what is in them.
    pub paths: Vec<FilePath>,
    /// Of those paths and what stands at them before.
    pub before: Hash,
    /// The number of the last change before.
    pub change: u64,
}

/// What stands at a path before and after.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) before: Option<Entry>,
    pub(super) after: Option<Entry>,
}

impl Workspace<'_> {
    /// Does the work, tells what it changes, and undoes it.
    ///
    /// # Errors
    /// When the work fails, or when a statement fails.
    pub fn trial<T, E: From<WorkspaceError>>(
        &self,
        work: impl FnOnce(&Workspace<'_>) -> Result<T, E>,
    ) -> Result<Trial, E> {
        let mut work = Some(work);
        let mut outcome = None;
        let ended = self.sql.transaction(&mut || {
            outcome = work.take().map(|work| self.tried(work));
            Ending::Undo
        });
        ended.map_err(WorkspaceError::from)?;
        outcome.unwrap_or_else(|| {
            Err(WorkspaceError::from(SqlError::new("the work of a trial was not done")).into())
        })
    }

    fn tried<T, E: From<WorkspaceError>>(
        &self,
        work: impl FnOnce(&Workspace<'_>) -> Result<T, E>,
    ) -> Result<Trial, E> {
        let change = self.usage().map_err(WorkspaceError::from)?.change;
        let last = self.last_entry().map_err(WorkspaceError::from)?;
        // What stood there before must not be forgotten before it was looked at.
        let roomy = Workspace::new(self.sql, self.now).with_limits(Limits {
            stored: u64::MAX,
            ..self.limits
        });
        work(&roomy)?;
        let touched = self.touched(change, last).map_err(WorkspaceError::from)?;
        Ok(self.told(change, touched)?)
    }

    fn last_entry(&self) -> Result<SqlValue, SqlError> {
        let rows = self.sql.run("SELECT max(id) FROM entries", &[])?;
        let last = rows.into_iter().flatten().next();
        Ok(signed(last.map_or(0, |last| unsigned(&last))))
    }

    /// What has changed since a change, at paths by their text. Entries behind `last` are new.
    fn touched(&self, change: u64, last: SqlValue) -> Result<BTreeMap<String, Touched>, SqlError> {
        let entries = |which: &str, values: &[SqlValue]| {
            let rows = self.sql.run(
                &format!(
                    "SELECT {COLUMNS} FROM entries e LEFT JOIN contents c ON c.id = e.content WHERE {which}"
                ),
                values,
            )?;
            Ok::<_, SqlError>(rows.into_iter().map(Entry::from_row))
        };
        let mut touched: BTreeMap<String, Touched> = BTreeMap::new();
        for entry in entries("e.until > ?1 AND e.since <= ?1", &[signed(change)])? {
            let path = entry.path.to_string();
            touched.entry(path).or_default().before = Some(entry);
        }
        for entry in entries("e.id > ? AND e.until IS NULL", &[last])? {
            let path = entry.path.to_string();
            touched.entry(path).or_default().after = Some(entry);
        }
        Ok(touched)
    }

    fn told(
        &self,
        change: u64,
        touched: BTreeMap<String, Touched>,
    ) -> Result<Trial, WorkspaceError> {
        let mut paths = Vec::new();
        let mut before = String::new();
        for (path, there) in &touched {
            if there.before.is_none() && !is_empty_or_file(path, &touched) {
                continue;
            }
            paths.push(FilePath::stored(path.clone()));
            before.push_str(path);
            before.push('\0');
            before.push_str(content_name(there.before.as_ref()));
            before.push('\0');
        }
        let (changes, more) = self.described(&touched)?;
        Ok(Trial {
            changes,
            more,
            paths,
            before: Hash::of(before.as_bytes()),
            change,
        })
    }

    /// The first of the changes, one by one and with diffs, and how many there are beyond those. A directory is a change of
    /// its own when nothing in it is one.
    pub(super) fn described(
        &self,
        touched: &BTreeMap<String, Touched>,
    ) -> Result<(Vec<FileChange>, u64), WorkspaceError> {
        let shown = touched
            .iter()
            .filter(|(path, _)| is_empty_or_file(path, touched))
            .map(|(path, there)| (path.as_str(), there));
        let shown = with_moves(shown.collect());
        let more = shown.len().saturating_sub(TOLD_CHANGES) as u64;
        let mut changes = Vec::with_capacity(shown.len().min(TOLD_CHANGES));
        let mut room = ALL_DIFFS_BYTES;
        for (path, there, to) in shown.into_iter().take(TOLD_CHANGES) {
            changes.push(self.file_change(path, there, to, &mut room)?);
        }
        Ok((changes, more))
    }

    fn file_change(
        &self,
        path: &str,
        there: &Touched,
        to: Option<&str>,
        room: &mut usize,
    ) -> Result<FileChange, WorkspaceError> {
        let mut change = FileChange {
            kind: match (&there.before, &there.after) {
                _ if to.is_some() => ChangeKind::Moved,
                (None, _) => ChangeKind::Made,
                (Some(_), None) => ChangeKind::Deleted,
                (Some(_), Some(_)) => ChangeKind::Changed,
            },
            path: path.to_owned(),
            to: to.map(str::to_owned),
            added: 0,
            removed: 0,
            diff: None,
        };
        let content =
            |entry: &Option<Entry>| entry.as_ref().and_then(|entry| entry.content.clone());
        let (before, after) = (content(&there.before), content(&there.after));
        if to.is_none()
            && (before.is_some() || after.is_some())
            && let Some(old) = self.text_or_none(before.as_ref())?
            && let Some(new) = self.text_or_none(after.as_ref())?
        {
            let diff = diff::of_texts(&old, &new, DIFF_BYTES.min(*room));
            *room = room.saturating_sub(diff.text.len());
            (change.added, change.removed) = (diff.added, diff.removed);
            change.diff = Some(diff.text).filter(|text| !text.is_empty());
        }
        Ok(change)
    }

    /// The text of a content, empty where there is none; `None` when it is binary.
    fn text_or_none(&self, content: Option<&Content>) -> Result<Option<String>, WorkspaceError> {
        content.map_or_else(|| Ok(Some(String::new())), |content| self.text_of(content))
    }

    /// Where something was changed since the change of this number, as far as that is still known.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn changed_since(&self, change: u64) -> Result<Vec<FilePath>, WorkspaceError> {
        let rows = self.sql.run(
            "SELECT DISTINCT path FROM entries WHERE since > ?1 OR until > ?1 ORDER BY path",
            &[signed(change)],
        )?;
        let paths = rows.into_iter().flatten();
        Ok(paths
            .map(|path| FilePath::stored(path.into_text()))
            .collect())
    }
}

/// Whether what is touched is a file, or a directory with nothing in it that is touched.
fn is_empty_or_file(path: &str, touched: &BTreeMap<String, Touched>) -> bool {
    let within = format!("{path}/");
    let mut behind = touched.range(within.clone()..);
    behind
        .next()
        .is_none_or(|(next, _)| !next.starts_with(&within))
}

fn content_name(entry: Option<&Entry>) -> &str {
    match entry {
        None => "nothing",
        Some(Entry { content: None, .. }) => "directory",
        Some(Entry {
            content: Some(content),
            ..
        }) => content.hash.as_str(),
    }
}

/// Makes one change of two when what is taken from one path is put to another.
fn with_moves<'t>(
    shown: Vec<(&'t str, &'t Touched)>,
) -> Vec<(&'t str, &'t Touched, Option<&'t str>)> {
    let mut made: BTreeMap<&str, VecDeque<&str>> = BTreeMap::new();
    for (path, there) in &shown {
        if there.before.is_none() {
            let content = content_name(there.after.as_ref());
            made.entry(content).or_default().push_back(path);
        }
    }
    let mut moved_to = BTreeMap::new();
    for (path, there) in &shown {
        if there.after.is_none()
            && let Some(to) = made
                .get_mut(content_name(there.before.as_ref()))
                .and_then(VecDeque::pop_front)
        {
            moved_to.insert(to, *path);
        }
    }
    let from: BTreeMap<&str, &str> = moved_to.iter().map(|(to, from)| (*from, *to)).collect();
    let mut out = Vec::with_capacity(shown.len());
    for (path, there) in shown {
        if !moved_to.contains_key(path) {
            out.push((path, there, from.get(path).copied()));
        }
    }
    out
}
