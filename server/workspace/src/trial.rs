//! Trials: find out what an operation would change, by making it and rolling it back.

use std::collections::{BTreeMap, VecDeque};

use common::message::{ChangeKind, FileChange};
use sql::{Ending, SqlError, SqlValue};

use super::{
    FilePath, Hash, Limits, Workspace, WorkspaceError,
    content::{Content, signed, unsigned},
    diff,
    entry::{COLUMNS, Entry},
};

/// The maximum number of changes listed: nobody reads more.
const TOLD_CHANGES: usize = 50;

/// The maximum size of the diff of one file, in bytes.
const DIFF_BYTES: usize = 16_000;

/// The maximum size of all diffs in bytes: they are stored with the message and sent to every client.
const ALL_DIFFS_BYTES: usize = 48_000;

/// The effect of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The first changes, by path. A directory is listed only when nothing in it is.
    pub changes: Vec<FileChange>,
    /// The number of further changes.
    pub more: u64,
    /// All paths that something is taken from or put to, except parents created for their content.
    pub paths: Vec<FilePath>,
    /// The hash of those paths and their previous content.
    pub before: Hash,
    /// The number of the last change before the trial.
    pub change: u64,
}

/// An entry before and after the trial.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) before: Option<Entry>,
    pub(super) after: Option<Entry>,
}

impl Workspace<'_> {
    /// Runs `work`, describes its changes, and rolls them back.
    ///
    /// # Errors
    /// When `work` fails, or when an SQL statement fails.
    pub fn trial<T, E: From<WorkspaceError>>(
        &self,
        work: impl FnOnce(&Workspace<'_>) -> Result<T, E>,
    ) -> Result<Trial, E> {
        self.rolled_back(|| self.tried(work))
    }

    /// Runs `work` and rolls back its changes.
    pub(super) fn rolled_back<T, E: From<WorkspaceError>>(
        &self,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let mut work = Some(work);
        let mut outcome = None;
        let ended = self.sql.transaction(&mut || {
            outcome = work.take().map(|work| work());
            Ending::Undo
        });
        ended.map_err(WorkspaceError::from)?;
        outcome.unwrap_or_else(|| {
            Err(WorkspaceError::from(SqlError::new("a trial did no work")).into())
        })
    }

    /// The same without a limit of former versions, of which a trial must delete none.
    pub(super) const fn roomy(&self) -> Self {
        self.with_limits(Limits {
            stored: u64::MAX,
            ..self.limits
        })
    }

    fn tried<T, E: From<WorkspaceError>>(
        &self,
        work: impl FnOnce(&Workspace<'_>) -> Result<T, E>,
    ) -> Result<Trial, E> {
        let change = self.usage().map_err(WorkspaceError::from)?.change;
        let last = self.last_entry().map_err(WorkspaceError::from)?;
        // Previous versions must not be deleted before they were compared.
        work(&self.roomy())?;
        let touched = self.touched(change, last).map_err(WorkspaceError::from)?;
        Ok(self.reported(change, touched)?)
    }

    fn last_entry(&self) -> Result<SqlValue, SqlError> {
        let rows = self.sql.run("SELECT max(id) FROM entries", &[])?;
        let last = rows.into_iter().flatten().next();
        Ok(signed(last.map_or(0, |last| unsigned(&last))))
    }

    /// The entries changed since a change, by path. Entries after `last` are new.
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

    fn reported(
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

    /// The text of a content, empty when there is none; `None` when it is binary.
    fn text_or_none(&self, content: Option<&Content>) -> Result<Option<String>, WorkspaceError> {
        content.map_or_else(|| Ok(Some(String::new())), |content| self.text_of(content))
    }

    /// The paths changed since the change with this number, as far as that is still known.
    ///
    /// # Errors
    /// When an SQL statement fails.
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

/// Whether a changed entry is a file, or a directory in which nothing changed.
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

/// Combines a deletion and a creation of the same content into a move.
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
