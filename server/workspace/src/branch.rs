//! Branches of the conversation have changes of files of their own: what the answers of one changed is undone while another
//! is shown.

use super::{
    ChangeOrigin, OnConflict, UndoError, Undone, Workspace, WorkspaceError,
    author::RecordedChange,
    undo::{UndoCause, step_of_redo},
};

impl Workspace<'_> {
    /// As [`Self::undo`], for answers that become a branch: [`Self::switch`] redoes their changes when it is shown again.
    ///
    /// # Errors
    /// As [`Self::undo`].
    pub fn leave(&self, answers: &[&str], on_conflict: OnConflict) -> Result<Undone, UndoError> {
        let steps = self.steps_of_undo(answers, UndoCause::Left)?;
        if steps.is_empty() {
            return Err(UndoError::NothingToUndo);
        }
        self.reverse(steps, on_conflict)
    }

    /// Undoes what the answers of one branch changed, and redoes what was undone of another's when it was left. Where there
    /// is nothing to do, nothing is done.
    ///
    /// # Errors
    /// As [`Self::undo`].
    pub fn switch(
        &self,
        left: &[&str],
        entered: &[&str],
        on_conflict: OnConflict,
    ) -> Result<Undone, UndoError> {
        let mut steps = self.steps_of_undo(left, UndoCause::Left)?;
        let mut redone = Vec::new();
        for answer in entered {
            let last = self.changes_of(answer).map_err(WorkspaceError::from)?.pop();
            if let Some(RecordedChange {
                number,
                origin: ChangeOrigin::Left(_),
                ..
            }) = last
            {
                redone.push((number, *answer));
            }
        }
        // The latest undo first.
        redone.sort_unstable_by(|one, other| other.cmp(one));
        steps.extend(
            redone
                .into_iter()
                .map(|(number, answer)| step_of_redo(number, answer)),
        );
        match self.reverse(steps, on_conflict) {
            // The files stay as they are, as the caller chose.
            Err(UndoError::TooOld) if on_conflict == OnConflict::Keep => Ok(Undone::default()),
            result => result,
        }
    }
}
