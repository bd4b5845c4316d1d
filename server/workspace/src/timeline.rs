//! The past of a workspace: its changes, the versions of a file, and what differs between two points.

use std::collections::BTreeMap;

use common::{message::FileChange, time::Timestamp};
use sql::SqlValue;

use super::{
    ChangeOrigin, FilePath, Hash, Workspace, WorkspaceError,
    author::RecordedChange,
    content::{signed, unsigned},
    entry::{COLUMNS, Entry},
    merge::There,
    trial::Touched,
};

/// The most changes of a timeline in one go.
pub const TIMELINE_CHANGES: usize = 200;

/// A recorded change, and how many places it touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineChange {
    /// The change.
    pub change: RecordedChange,
    /// Of the paths that it touched, some of the first: enough to say what it was about.
    pub paths: Vec<FilePath>,
    /// How many paths it touched in all.
    pub touched: u64,
}

/// One version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileVersion {
    /// The change that put it there.
    pub since: u64,
    /// The change that ended it; `None`: it stands there now.
    pub until: Option<u64>,
    /// Of its content.
    pub hash: Hash,
    /// In bytes.
    pub size: u64,
    /// When it was written.
    pub at: Timestamp,
}

/// What differs between two points.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Comparison {
    /// The first changes, by path.
    pub changes: Vec<FileChange>,
    /// How many there are beyond those.
    pub more: u64,
}

impl Workspace<'_> {
    /// The recorded changes before a change, the latest first; without one, from the last on.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn timeline(&self, before: Option<u64>) -> Result<Vec<TimelineChange>, WorkspaceError> {
        let columns = RecordedChange::COLUMNS;
        let rows = self.sql.run(
            &format!("SELECT {columns} FROM changes WHERE number < ? ORDER BY number DESC LIMIT ?"),
            &[
                before.map_or_else(|| i64::MAX.into(), signed),
                signed(TIMELINE_CHANGES as u64),
            ],
        )?;
        let mut timeline = Vec::with_capacity(rows.len());
        for change in rows.into_iter().map(RecordedChange::from_row) {
            let (paths, touched) = self.touched_by(change.number)?;
            timeline.push(TimelineChange {
                change,
                paths,
                touched,
            });
        }
        Ok(timeline)
    }

    /// Some of the files that a change touched, and their number; directories where it touched no file.
    fn touched_by(&self, change: u64) -> Result<(Vec<FilePath>, u64), WorkspaceError> {
        const NAMED: i64 = 3;
        for kind in ["content IS NOT NULL", "content IS NULL"] {
            let touched = format!(
                "FROM entries WHERE (since = ?1 OR until = ?1) AND since IS NOT until AND {kind}"
            );
            let number = signed(change);
            let paths = self.sql.run(
                &format!("SELECT DISTINCT path {touched} ORDER BY path LIMIT ?2"),
                &[number.clone(), NAMED.into()],
            )?;
            if paths.is_empty() {
                continue;
            }
            let count = self
                .sql
                .run(&format!("SELECT count(DISTINCT path) {touched}"), &[number])?;
            let count = count.into_iter().flatten().next();
            let paths = paths.into_iter().flatten();
            return Ok((
                paths
                    .map(|path| FilePath::stored(path.into_text()))
                    .collect(),
                count.map_or(0, |count| unsigned(&count)),
            ));
        }
        Ok((Vec::new(), 0))
    }

    /// The versions of a file that are still stored, the latest first.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn versions(&self, path: &FilePath) -> Result<Vec<FileVersion>, WorkspaceError> {
        let rows = self.sql.run(
            "SELECT e.since, e.until, c.hash, c.size, e.at FROM entries e JOIN contents c ON c.id = e.content
             WHERE e.path = ? AND e.since IS NOT e.until ORDER BY e.since DESC LIMIT ?",
            &[path.as_str().into(), signed(TIMELINE_CHANGES as u64)],
        )?;
        let version = |row: Vec<SqlValue>| {
            let mut values = row.into_iter();
            let [since, until, hash, size, at] =
                [(); 5].map(|()| values.next().unwrap_or(SqlValue::Null));
            FileVersion {
                since: unsigned(&since),
                until: (until != SqlValue::Null).then(|| unsigned(&until)),
                hash: Hash::stated(hash.into_text()),
                size: unsigned(&size),
                at: Timestamp::from_millis(unsigned(&at)),
            }
        };
        Ok(rows.into_iter().map(version).collect())
    }

    /// What differs between the workspace as it was behind one change, and as it was behind another; without one, as it is
    /// now. `None`: what was there then is no longer known.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn compare(
        &self,
        from: u64,
        to: Option<u64>,
    ) -> Result<Option<Comparison>, WorkspaceError> {
        let to = match to {
            Some(to) => to,
            None => self.usage()?.change,
        };
        if from.min(to) < self.forgotten()? {
            return Ok(None);
        }
        let mut places = BTreeMap::<String, Touched>::new();
        for entry in self.only_at(from, to)? {
            let path = entry.path.to_string();
            places.entry(path).or_default().before = Some(entry);
        }
        for entry in self.only_at(to, from)? {
            let path = entry.path.to_string();
            places.entry(path).or_default().after = Some(entry);
        }
        // Another version with the same content is no difference.
        places.retain(|_, there| There::of(there.before.clone()) != There::of(there.after.clone()));
        let (changes, more) = self.described(&places)?;
        Ok(Some(Comparison { changes, more }))
    }

    /// What an answer itself changed, from what each place was before its first change to what it was behind its last.
    /// `None`: that is no longer known, or the answer changed nothing.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn compare_answer(&self, answer: &str) -> Result<Option<Comparison>, WorkspaceError> {
        let own = |change: &RecordedChange| matches!(change.origin, ChangeOrigin::Answer(_));
        let changes = self.changes_of(answer)?.into_iter().filter(own);
        let numbers: Vec<u64> = changes.map(|change| change.number).collect();
        let forgotten = self.forgotten()?;
        if numbers.first().is_none_or(|first| *first <= forgotten) {
            return Ok(None);
        }
        let mut places = BTreeMap::<String, Touched>::new();
        for number in numbers {
            for (path, (before, after)) in self.changed_in(number)? {
                let place = places.entry(path.to_string()).or_insert_with(|| Touched {
                    before,
                    after: None,
                });
                place.after = after;
            }
        }
        places.retain(|_, there| There::of(there.before.clone()) != There::of(there.after.clone()));
        let (changes, more) = self.described(&places)?;
        Ok(Some(Comparison { changes, more }))
    }

    /// What stood somewhere behind one change, and did not behind the other.
    fn only_at(&self, here: u64, there: u64) -> Result<Vec<Entry>, WorkspaceError> {
        const STOOD: &str = "e.since <= ?1 AND (e.until IS NULL OR e.until > ?1)";
        let rows = self.sql.run(
            &format!(
                "SELECT {COLUMNS} FROM entries e LEFT JOIN contents c ON c.id = e.content
                 WHERE {STOOD} AND NOT (e.since <= ?2 AND (e.until IS NULL OR e.until > ?2))"
            ),
            &[signed(here), signed(there)],
        )?;
        Ok(rows.into_iter().map(Entry::from_row).collect())
    }

    /// Puts a file back as it was behind a change, as a change of its own. The outcome: the number of that change.
    ///
    /// # Errors
    /// When no file stood there then that is still stored, when a directory stands there now, or when a statement fails.
    pub fn restore(&self, path: &FilePath, behind: u64) -> Result<u64, WorkspaceError> {
        let rows = self.sql.run(
            &format!(
                "SELECT {COLUMNS} FROM entries e JOIN contents c ON c.id = e.content
                 WHERE e.path = ?1 AND e.since <= ?2 AND (e.until IS NULL OR e.until > ?2)"
            ),
            &[path.as_str().into(), signed(behind)],
        )?;
        let entry = rows.into_iter().next().map(Entry::from_row);
        let Some((content, mode)) = entry.and_then(|entry| Some((entry.content?, entry.mode)))
        else {
            return Err(WorkspaceError::NotThen { path: path.clone() });
        };
        self.change(|change| {
            change.origin = ChangeOrigin::Restore;
            change.put_stored(path, &content, mode)?;
            Ok(change.usage.change)
        })
    }
}
