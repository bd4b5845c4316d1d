//! Undo, redo and a change of the branch: what an answer changed may be in the files, in the draft, or in both.

use crate::{Line, UndoError, Undone, Workspace, WorkspaceError, timeline::Comparison};

impl Workspace<'_> {
    /// Does `work` in the files and in the draft, in both or in neither. `decision`: what the note for the model says about the draft.
    pub(crate) fn in_both(
        &self,
        decision: Option<&str>,
        work: impl Fn(&Workspace<'_>) -> Result<Undone, UndoError>,
    ) -> Result<Undone, UndoError> {
        let draft = self.draft()?;
        let Some(draft) = draft else {
            return work(self);
        };
        self.together(|| {
            let before = draft.usage().map_err(WorkspaceError::from)?.change;
            let in_files = work(self);
            let undone = joined(in_files, work(&draft.roomy()))?;
            if let Some(decision) = decision {
                let changed = draft.changed_since(before)?;
                for path in &changed {
                    self.tell(path, decision).map_err(WorkspaceError::from)?;
                }
                if !changed.is_empty() {
                    self.count_decision().map_err(WorkspaceError::from)?;
                }
            }
            self.draft()?;
            let version = self.usage().map_err(WorkspaceError::from)?.change;
            Ok(Undone { version, ..undone })
        })
    }

    /// What an answer changed in the files; when it changed nothing there, in the draft.
    pub(crate) fn compare_answer_in_either(
        &self,
        answer: &str,
    ) -> Result<Option<Comparison>, WorkspaceError> {
        match self.compare_answer(answer)? {
            Some(found) => Ok(Some(found)),
            None => self.in_line(Line::Draft).compare_answer(answer),
        }
    }
}

fn joined(
    files: Result<Undone, UndoError>,
    draft: Result<Undone, UndoError>,
) -> Result<Undone, UndoError> {
    use UndoError::{Conflict, NothingToRedo, NothingToUndo};
    match (files, draft) {
        (Ok(mut files), Ok(draft)) => {
            for answer in draft.answers {
                if !files.answers.contains(&answer) {
                    files.answers.push(answer);
                }
            }
            files.kept.extend(draft.kept);
            files.kept.sort_unstable();
            files.kept.dedup();
            Ok(files)
        }
        (Ok(done), Err(NothingToUndo | NothingToRedo))
        | (Err(NothingToUndo | NothingToRedo), Ok(done)) => Ok(done),
        (Err(Conflict(mut files)), Err(Conflict(draft))) => {
            files.extend(draft);
            files.sort_unstable();
            files.dedup();
            Err(Conflict(files))
        }
        (Err(NothingToUndo | NothingToRedo), Err(error))
        | (Err(error), Ok(_) | Err(_))
        | (Ok(_), Err(error)) => Err(error),
    }
}
