//! Undo and redo: what an answer changed is taken back, and what was changed since stays.
//!
//! A place that an answer changed from one thing to another becomes what it was; where it was changed since, both changes
//! are merged. Where that cannot be done the caller says which side wins. An undo is a change like any other, so nothing is
//! lost by it, and a redo is its undo.

use std::collections::BTreeMap;

use sql::SqlError;
use thiserror::Error;

use super::{
    ChangeOrigin, FilePath, Line, Workspace, WorkspaceError,
    author::RecordedChange,
    change::Change,
    content::signed,
    entry::{COLUMNS, Entry},
    merge::{Conflict, There},
};

/// What happens where the same lines were changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnConflict {
    /// Nothing is changed anywhere; the error names the places.
    Refuse,
    /// What stands there now stays.
    Keep,
    /// It becomes what it was. What stands there now is a former version then.
    Replace,
}

/// Why changes are undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UndoCause {
    /// The user asked for it.
    Asked,
    /// The user left the branch with the answer; coming back to it redoes them.
    Left,
}

/// The numbers of changes to reverse, and the origin of the change that does it.
pub(super) type Step = (Vec<u64>, ChangeOrigin);

/// What an undo or a redo did.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Undone {
    /// The number of the last change.
    pub version: u64,
    /// The answers whose changes were undone or redone.
    pub answers: Vec<String>,
    /// The places that could not become what they were, and stay.
    pub kept: Vec<FilePath>,
}

/// Whether the changes of an answer can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndoState {
    /// It changed nothing, or nothing that is still known.
    Nothing,
    /// They stand.
    Done,
    /// They are undone, and can be redone.
    Undone,
}

/// Why nothing was undone or redone.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UndoError {
    /// There is nothing to undo.
    #[error(
        "there is nothing to undo: the answer changed no files, or its changes are undone already"
    )]
    NothingToUndo,
    /// There is nothing to redo.
    #[error("there is nothing to redo: the changes of the answer are not undone")]
    NothingToRedo,
    /// Former versions that are needed are no longer stored.
    #[error(
        "the changes are too old to be undone: some of the versions before them are no longer stored"
    )]
    TooOld,
    /// The same lines were changed since.
    #[error("what was changed in {} was changed again since: choose what is to stay there", places(.0))]
    Conflict(Vec<FilePath>),
    /// The workspace refused it.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

/// What a set of changes made of one place, from one state to another without other changes between.
#[derive(Clone, Debug, PartialEq)]
struct Segment {
    before: There,
    after: There,
    /// The change that began what stands there behind the segment; `None` where nothing does.
    since: Option<u64>,
}

/// What a change ended at a place, and what it began there.
pub(super) type EndedAndBegun = (Option<Entry>, Option<Entry>);

impl Workspace<'_> {
    /// Whether the changes of an answer stand or are undone.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn undo_state(&self, answer: &str) -> Result<UndoState, SqlError> {
        match self.state_in_line(answer)? {
            UndoState::Nothing => self.in_line(Line::Draft).state_in_line(answer),
            state @ (UndoState::Done | UndoState::Undone) => Ok(state),
        }
    }

    fn state_in_line(&self, answer: &str) -> Result<UndoState, SqlError> {
        Ok(match self.changes_of(answer)?.pop() {
            None => UndoState::Nothing,
            Some(last) => match last.origin {
                ChangeOrigin::Undo(_) | ChangeOrigin::Left(_) => UndoState::Undone,
                ChangeOrigin::User
                | ChangeOrigin::Answer(_)
                | ChangeOrigin::Redo(_)
                | ChangeOrigin::Restore => UndoState::Done,
            },
        })
    }

    /// Undoes what these answers changed, as a change each, the latest first: all of it or nothing. Answers that changed
    /// nothing, and those that are undone already, are passed over.
    ///
    /// # Errors
    /// When there is nothing to undo, when versions are missing, when places were changed since and `on_conflict` refuses
    /// that, or when a statement fails.
    pub fn undo(&self, answers: &[&str], on_conflict: OnConflict) -> Result<Undone, UndoError> {
        let steps = self.steps_of_undo(answers, UndoCause::Asked)?;
        if steps.is_empty() {
            return Err(UndoError::NothingToUndo);
        }
        self.reverse(steps, on_conflict)
    }

    /// Takes back the last undo of an answer.
    ///
    /// # Errors
    /// As [`Self::undo`].
    pub fn redo(&self, answer: &str, on_conflict: OnConflict) -> Result<Undone, UndoError> {
        let last = self.changes_of(answer).map_err(WorkspaceError::from)?.pop();
        match last {
            Some(RecordedChange {
                number,
                origin: ChangeOrigin::Undo(_) | ChangeOrigin::Left(_),
                ..
            }) => self.reverse(vec![step_of_redo(number, answer)], on_conflict),
            Some(_) | None => Err(UndoError::NothingToRedo),
        }
    }

    /// The changes to reverse so that what these answers changed is undone, the latest first.
    pub(super) fn steps_of_undo(
        &self,
        answers: &[&str],
        cause: UndoCause,
    ) -> Result<Vec<Step>, UndoError> {
        let mut undone: Vec<(Vec<u64>, &str)> = Vec::new();
        for answer in answers {
            let changes = self.changes_of(answer).map_err(WorkspaceError::from)?;
            match changes.last().map(|last| &last.origin) {
                None | Some(ChangeOrigin::Undo(_) | ChangeOrigin::Left(_)) => {}
                Some(
                    ChangeOrigin::User
                    | ChangeOrigin::Answer(_)
                    | ChangeOrigin::Redo(_)
                    | ChangeOrigin::Restore,
                ) => {
                    undone.push((
                        changes.into_iter().map(|change| change.number).collect(),
                        answer,
                    ));
                }
            }
        }
        undone.sort_by(|(one, _), (other, _)| other.last().cmp(&one.last()));
        undone.dedup_by(|(_, one), (_, other)| one == other);
        let steps = undone.into_iter().map(|(numbers, answer)| {
            let origin = match cause {
                UndoCause::Asked => ChangeOrigin::Undo(answer.to_owned()),
                UndoCause::Left => ChangeOrigin::Left(answer.to_owned()),
            };
            (numbers, origin)
        });
        Ok(steps.collect())
    }

    /// Reverses sets of changes, one after the other, in one transaction.
    pub(super) fn reverse(
        &self,
        steps: Vec<Step>,
        on_conflict: OnConflict,
    ) -> Result<Undone, UndoError> {
        let forgotten = self.forgotten().map_err(WorkspaceError::from)?;
        if steps
            .iter()
            .any(|(numbers, _)| numbers.first().is_some_and(|first| *first <= forgotten))
        {
            return Err(UndoError::TooOld);
        }
        self.together(|| {
            let mut undone = Undone::default();
            for (numbers, origin) in &steps {
                let segments = self.segments(numbers)?;
                let (version, kept) = self.change(|change| {
                    change.origin = origin.clone();
                    let kept = change.reverse(segments, on_conflict)?;
                    Ok::<_, UndoError>((change.usage.change, kept))
                })?;
                undone.version = version;
                undone.kept.extend(kept);
                if let ChangeOrigin::Undo(answer)
                | ChangeOrigin::Left(answer)
                | ChangeOrigin::Redo(answer) = origin
                {
                    undone.answers.push(answer.clone());
                }
            }
            undone.kept.sort_unstable();
            undone.kept.dedup();
            if undone.kept.is_empty() || on_conflict != OnConflict::Refuse {
                Ok(undone)
            } else {
                Err(UndoError::Conflict(undone.kept))
            }
        })
    }

    /// What these changes made of each place, in their order.
    fn segments(
        &self,
        numbers: &[u64],
    ) -> Result<BTreeMap<FilePath, Vec<Segment>>, WorkspaceError> {
        let mut places: BTreeMap<FilePath, Vec<Segment>> = BTreeMap::new();
        for number in numbers {
            for (path, (before, after)) in self.changed_in(*number)? {
                let segments = places.entry(path).or_default();
                let began = before.as_ref().map(|entry| entry.since);
                let since = after.as_ref().map(|entry| entry.since);
                let after = There::of(after);
                match segments.last_mut() {
                    // Nothing came between.
                    Some(last) if last.since == began => {
                        last.after = after;
                        last.since = since;
                    }
                    Some(_) | None => segments.push(Segment {
                        before: There::of(before),
                        after,
                        since,
                    }),
                }
            }
        }
        Ok(places)
    }

    /// What one change ended and began, by place.
    pub(super) fn changed_in(
        &self,
        number: u64,
    ) -> Result<BTreeMap<FilePath, EndedAndBegun>, SqlError> {
        let mut places: BTreeMap<FilePath, EndedAndBegun> = BTreeMap::new();
        let entries = |column: &str| {
            // What a change began and ended again was never there for anybody.
            let rows = self.sql.run(
                &format!(
                    "SELECT {COLUMNS} FROM entries e LEFT JOIN contents c ON c.id = e.content
                     WHERE e.{column} = ? AND e.since IS NOT e.until"
                ),
                &[signed(number)],
            )?;
            Ok::<_, SqlError>(rows.into_iter().map(Entry::from_row))
        };
        for entry in entries("until")? {
            let path = entry.path.clone();
            places.entry(path).or_default().0 = Some(entry);
        }
        for entry in entries("since")? {
            let path = entry.path.clone();
            places.entry(path).or_default().1 = Some(entry);
        }
        Ok(places)
    }
}

impl Change<'_, '_> {
    /// Gives each place what it had before its segments. Those that cannot have it are left as they are, and named.
    fn reverse(
        &mut self,
        places: BTreeMap<FilePath, Vec<Segment>>,
        on_conflict: OnConflict,
    ) -> Result<Vec<FilePath>, WorkspaceError> {
        let mut kept = Vec::new();
        let mut targets = Vec::new();
        for (path, segments) in places {
            let entry = self.workspace().entry(&path)?;
            let now = There::of(entry.clone());
            match self.target(&now, &segments, on_conflict)? {
                Ok(target) if target == now => {}
                Ok(target) => targets.push((path, entry, target)),
                Err(Conflict) => kept.push(path),
            }
        }
        self.put_all(targets, &mut kept)?;
        Ok(kept)
    }

    /// What a place becomes.
    fn target(
        &mut self,
        now: &There,
        segments: &[Segment],
        on_conflict: OnConflict,
    ) -> Result<Result<There, Conflict>, WorkspaceError> {
        let mut target = now.clone();
        for segment in segments.iter().rev() {
            match self.merged(&segment.after, &target, &segment.before)? {
                Ok(merged) => target = merged,
                Err(Conflict) if on_conflict == OnConflict::Replace => {
                    target = segment.before.clone();
                }
                Err(Conflict) => return Ok(Err(Conflict)),
            }
        }
        Ok(Ok(target))
    }

    /// Files go first, then directories from the deepest on, then what comes is put.
    pub(super) fn put_all(
        &mut self,
        targets: Vec<(FilePath, Option<Entry>, There)>,
        kept: &mut Vec<FilePath>,
    ) -> Result<(), WorkspaceError> {
        for (_, entry, target) in &targets {
            if let Some(entry) = entry
                && entry.content.is_some()
                && !matches!(target, There::File { .. })
            {
                self.remove(entry)?;
            }
        }
        for (path, entry, target) in targets.iter().rev() {
            if let Some(entry) = entry
                && entry.content.is_none()
                && self.workspace().list(path, None)?.entries.is_empty()
                && !matches!(target, There::Directory)
            {
                self.remove(entry)?;
            }
        }
        for (path, _, target) in targets {
            let put = match target {
                // A directory that is not empty by now stays, which loses nothing.
                There::Nothing => Ok(()),
                There::Directory => self.put_directory(&path),
                There::File { content, mode } => self.put_stored(&path, &content, mode),
            };
            match put {
                Ok(()) => {}
                Err(WorkspaceError::NotDirectory { .. } | WorkspaceError::IsDirectory { .. }) => {
                    kept.push(path);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Reverses an undo.
pub(super) fn step_of_redo(undo: u64, answer: &str) -> Step {
    (vec![undo], ChangeOrigin::Redo(answer.to_owned()))
}

/// As words: the first ones by name.
pub(super) fn places(paths: &[FilePath]) -> String {
    const NAMED: usize = 5;
    let named: Vec<&str> = paths.iter().take(NAMED).map(FilePath::as_str).collect();
    let more = match paths.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", named.join(", "))
}
