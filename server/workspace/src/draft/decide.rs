//! The user decides about the draft: what is kept is made in the files, as a change of the answer that drafted it; what is
//! dropped becomes what the files have.

use std::collections::{BTreeMap, BTreeSet};

use sql::SqlError;
use thiserror::Error;

use super::{
    Waiting,
    choice::{Choice, Portion, chosen},
    hunks::Hunks,
};
use crate::{
    ChangeOrigin, FilePath, Hash, Kind, Line, OnConflict, Workspace, WorkspaceError,
    change::Change,
    content::signed,
    entry::Entry,
    merge::{Conflict, There},
};

/// What became of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Decided {
    /// The number of the last change of the files.
    pub version: u64,
    /// How many files wait in the draft now.
    pub left: u64,
    /// The answers whose changes are in the files now.
    pub answers: BTreeSet<String>,
    /// Where the files stay as they are.
    pub conflicts: Vec<FilePath>,
}

/// Why nothing was decided.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DraftError {
    /// Nothing waits.
    #[error("there is no draft to decide about: everything in it was kept or dropped already")]
    NoDraft,
    /// A path is not in the draft.
    #[error("{0} is not in the draft: it was kept or dropped already")]
    NotDrafted(FilePath),
    /// The draft of a path is not the one that was seen.
    #[error("the draft of {0} has changed since you looked at it: look at it again, then decide")]
    Stale(FilePath),
    /// There is no such hunk.
    #[error("the draft of {0} has no such part: decide about the whole file")]
    NoSuchHunk(FilePath),
    /// The user has changed the same lines.
    #[error("you have changed the same lines in {}: choose which stay", crate::undo::places(.0))]
    Conflict(Vec<FilePath>),
    /// The workspace refused it.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

impl From<SqlError> for DraftError {
    fn from(error: SqlError) -> Self {
        Self::Workspace(error.into())
    }
}

/// What is to be kept at a path.
struct Wanted {
    path: FilePath,
    base: There,
    /// What the base becomes by the part that is kept.
    part: There,
    answer: Option<String>,
}

impl Workspace<'_> {
    /// Makes changes of the draft in the files; `None`: all of them.
    ///
    /// # Errors
    /// When something that is named does not wait, when the user has changed the same lines and `on_conflict` refuses that, or
    /// when a limit or a statement refuses it. Nothing is decided then.
    pub fn keep_draft(
        &self,
        choices: Option<&[Choice]>,
        on_conflict: OnConflict,
    ) -> Result<Decided, DraftError> {
        // An empty draft ends by this.
        if self.draft()?.is_none() {
            return Err(DraftError::NoDraft);
        }
        self.together(|| {
            let waiting = self.waiting()?;
            let wanted = self.wanted(choices, &waiting)?;
            let mut decided = Decided::default();
            for (answer, wanted) in by_answer(wanted) {
                self.keep(answer.as_deref(), &wanted, on_conflict, &mut decided)?;
                decided.answers.extend(answer);
            }
            if on_conflict == OnConflict::Refuse && !decided.conflicts.is_empty() {
                return Err(DraftError::Conflict(decided.conflicts));
            }
            self.keep_origin()?;
            self.over(decided)
        })
    }

    /// Takes changes out of the draft; `None`: all of them.
    ///
    /// # Errors
    /// When something that is named does not wait, or when a statement fails. Nothing is decided then.
    pub fn drop_draft(&self, choices: Option<&[Choice]>) -> Result<Decided, DraftError> {
        // An empty draft ends by this.
        if self.draft()?.is_none() {
            return Err(DraftError::NoDraft);
        }
        self.together(|| {
            let waiting = self.waiting()?;
            let mut dropped = Vec::new();
            for (path, portion) in chosen(choices, &waiting)? {
                let Some(drafted) = waiting.get(&path) else {
                    return Err(DraftError::NotDrafted(path));
                };
                match portion {
                    Portion::Whole => dropped.push(path),
                    Portion::Hunks(numbers) => {
                        self.drop_hunks(&path, drafted, &numbers)?;
                        self.tell(&path, "dropped")?;
                    }
                }
            }
            for path in &dropped {
                self.tell(path, "dropped")?;
            }
            self.forget_drafted(&dropped)?;
            self.over(Decided::default())
        })
    }

    /// What of the draft is to be kept.
    fn wanted(
        &self,
        choices: Option<&[Choice]>,
        waiting: &BTreeMap<FilePath, Waiting>,
    ) -> Result<Vec<Wanted>, DraftError> {
        let mut wanted = Vec::new();
        for (path, portion) in chosen(choices, waiting)? {
            let Some(drafted) = waiting.get(&path) else {
                return Err(DraftError::NotDrafted(path));
            };
            let part = match portion {
                Portion::Whole => drafted.draft.clone(),
                Portion::Hunks(numbers) => {
                    self.with_hunks(&path, drafted, |number| numbers.contains(&number), &numbers)?
                }
            };
            wanted.push(Wanted {
                path,
                base: drafted.base.clone(),
                part,
                answer: drafted.answer.clone(),
            });
        }
        Ok(wanted)
    }

    /// Makes what one answer drafted in the files, as one change.
    fn keep(
        &self,
        answer: Option<&str>,
        wanted: &[Wanted],
        on_conflict: OnConflict,
        decided: &mut Decided,
    ) -> Result<(), DraftError> {
        let mut undecided = Vec::new();
        decided.version = self.change(|change| {
            change.origin = answer.map_or(ChangeOrigin::User, |answer| {
                ChangeOrigin::Answer(answer.to_owned())
            });
            undecided = change.put_wanted(wanted, on_conflict)?;
            Ok::<_, DraftError>(change.usage.change)
        })?;
        for Wanted { path, part, .. } in wanted {
            if !undecided.contains(path) {
                self.set_base(path, part)?;
                self.tell(path, "kept")?;
            } else if on_conflict == OnConflict::Keep {
                self.tell(path, "dropped")?;
            }
        }
        if on_conflict == OnConflict::Keep {
            self.forget_drafted(&undecided)?;
        }
        decided.conflicts.extend(undecided);
        Ok(())
    }

    /// A file with some of its hunks.
    fn with_hunks(
        &self,
        path: &FilePath,
        drafted: &Waiting,
        is_taken: impl Fn(u64) -> bool,
        named: &BTreeSet<u64>,
    ) -> Result<There, DraftError> {
        let no_such = || DraftError::NoSuchHunk(path.clone());
        let (
            There::File {
                mode: base_mode, ..
            },
            There::File { content, mode },
        ) = (&drafted.base, &drafted.draft)
        else {
            return Err(no_such());
        };
        let Kind::Text { encoding, .. } = content.kind else {
            return Err(no_such());
        };
        let Some((old, new)) = self.texts_of(drafted)? else {
            return Err(no_such());
        };
        let hunks = Hunks::between(&old, &new).ok_or_else(no_such)?;
        if named
            .iter()
            .any(|number| !(1..=hunks.len()).contains(number))
        {
            return Err(no_such());
        }
        let taken: BTreeSet<u64> = (1..=hunks.len())
            .filter(|number| is_taken(*number))
            .collect();
        if taken.len() as u64 == hunks.len() {
            return Ok(drafted.draft.clone());
        }
        let text = hunks.with(&taken);
        let bytes = encoding.encode(&text).map_err(|_| no_such())?;
        let (content, added) = self.put_content(&bytes, &Hash::of(&bytes))?;
        self.sql
            .shared()
            .execute("UPDATE workspace SET stored = stored + ?", &[signed(added)])?;
        if !encoding.is_utf8() && !text.is_ascii() {
            let lines = text.split_inclusive('\n').count() as u64;
            self.tell_kind(&content.hash, Kind::Text { lines, encoding })?;
        }
        let mode = if taken.is_empty() { *base_mode } else { *mode };
        Ok(There::File { content, mode })
    }

    /// Leaves the other hunks of a file in the draft.
    fn drop_hunks(
        &self,
        path: &FilePath,
        drafted: &Waiting,
        numbers: &BTreeSet<u64>,
    ) -> Result<(), DraftError> {
        let rest = self.with_hunks(path, drafted, |number| !numbers.contains(&number), numbers)?;
        let rest = if rest.has_content_of(&drafted.base) {
            drafted.base.clone()
        } else {
            rest
        };
        let draft = self.in_line(Line::Draft);
        let entry = draft.entry(path)?;
        draft.roomy().change(|change| {
            change.origin = ChangeOrigin::User;
            change.put_all(vec![(path.clone(), entry, rest)], &mut Vec::new())
        })?;
        Ok(())
    }

    /// A note in the next request to the model says so.
    pub(crate) fn tell(&self, path: &FilePath, decision: &str) -> Result<(), SqlError> {
        let sql = self.sql.shared();
        sql.execute(
            "DELETE FROM draft_decisions WHERE path = ?",
            &[path.as_str().into()],
        )?;
        sql.execute(
            "INSERT INTO draft_decisions (number, path, decision) SELECT change + 1, ?, ? FROM workspace",
            &[path.as_str().into(), decision.into()],
        )
    }

    /// Decisions are numbered like changes, since notes for the model name both.
    pub(crate) fn count_decision(&self) -> Result<(), SqlError> {
        self.sql
            .shared()
            .execute("UPDATE workspace SET change = change + 1", &[])
    }

    /// A repository that the draft was opened from becomes that of the files with the first file that is kept.
    fn keep_origin(&self) -> Result<(), DraftError> {
        let sql = self.sql.shared();
        let differs = sql.run(
            "SELECT 1 WHERE (SELECT json FROM repository) IS NOT (SELECT json FROM draft_repository)",
            &[],
        )?;
        if differs.is_empty() {
            return Ok(());
        }
        for statement in [
            "DELETE FROM repository",
            "INSERT INTO repository (json) SELECT json FROM draft_repository",
            "DELETE FROM base_files",
            "INSERT INTO base_files (path, blob, mode) SELECT path, blob, mode FROM draft_base_files",
        ] {
            sql.execute(statement, &[])?;
        }
        Ok(())
    }

    fn over(&self, mut decided: Decided) -> Result<Decided, DraftError> {
        self.count_decision()?;
        self.draft()?;
        decided.version = self.usage()?.change;
        decided.left = self.drafted()?.files;
        decided.conflicts.sort_unstable();
        Ok(decided)
    }
}

impl Change<'_, '_> {
    /// Makes what is wanted. Returns the paths where the user has changed the same.
    fn put_wanted(
        &mut self,
        wanted: &[Wanted],
        on_conflict: OnConflict,
    ) -> Result<Vec<FilePath>, WorkspaceError> {
        let mut conflicts = Vec::new();
        let mut targets: Vec<(FilePath, Option<Entry>, There)> = Vec::new();
        for Wanted {
            path, base, part, ..
        } in wanted
        {
            let entry = self.workspace().entry(path)?;
            let now = There::of(entry.clone());
            match self.merged(base, &now, part)? {
                Ok(target) if target == now => {}
                Ok(target) => targets.push((path.clone(), entry, target)),
                Err(Conflict) if on_conflict == OnConflict::Replace => {
                    targets.push((path.clone(), entry, part.clone()));
                }
                Err(Conflict) => conflicts.push(path.clone()),
            }
        }
        targets.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        self.put_all(targets, &mut conflicts)?;
        Ok(conflicts)
    }
}

impl There {
    fn has_content_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File { content, .. }, Self::File { content: other, .. }) => {
                content.id == other.id
            }
            (Self::Nothing | Self::Directory | Self::File { .. }, _) => self == other,
        }
    }
}

/// Groups what is kept by the answers that drafted it. Directories come last: what is in them may belong to any answer.
fn by_answer(wanted: Vec<Wanted>) -> Vec<(Option<String>, Vec<Wanted>)> {
    let is_directory = |wanted: &Wanted| {
        !matches!(wanted.part, There::File { .. }) && !matches!(wanted.base, There::File { .. })
    };
    let (directories, files): (Vec<_>, Vec<_>) = wanted.into_iter().partition(is_directory);
    let mut groups: BTreeMap<Option<String>, Vec<Wanted>> = BTreeMap::new();
    for wanted in files {
        groups
            .entry(wanted.answer.clone())
            .or_default()
            .push(wanted);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    match groups.last_mut() {
        Some((_, last)) => last.extend(directories),
        None => {
            let answer = directories.iter().find_map(|wanted| wanted.answer.clone());
            groups.push((answer, directories));
        }
    }
    groups
}
