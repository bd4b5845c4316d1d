//! Deletes conversations: hides them at once and deletes them permanently later, so that a deletion can be undone.

use std::time::Duration;

use common::time::Timestamp;
use sql::{Sql, SqlError};

use super::{
    DeletionOutcome, Directory, Effect,
    calls::CallError,
    records::{Kept, Life},
};

/// How long a deletion can be undone: long enough for a notice that is read late, short enough for content that must
/// go.
pub const GRACE: Duration = Duration::from_secs(30);

/// The delay before a failed deletion is repeated, and the interval at which deletions in progress are checked.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// The maximum number of simultaneous deletions.
const AT_ONCE: u32 = 8;

impl<S: Sql> Directory<S> {
    /// Hides a conversation until it is deleted permanently. A second deletion never postpones that moment.
    pub(super) fn mark_deleted(
        &mut self,
        now: Timestamp,
        name: &str,
        grace: Duration,
        out: &mut Vec<Effect>,
    ) -> Result<Timestamp, CallError> {
        let kept = self.find(name)?;
        let until = match kept.life {
            Life::Ends(until) => until.min(now + grace),
            Life::Lives | Life::Gone(_) => now + grace,
        };
        let was_shown = kept.life == Life::Lives;
        self.records.wholly(|| {
            self.records.put(&Kept {
                life: Life::Ends(until),
                ..kept
            })?;
            if was_shown {
                self.records.changed()
            } else {
                Ok(())
            }
        })?;
        if was_shown {
            self.tell(out);
        }
        self.wake_for_the_next(now, out)?;
        Ok(until)
    }

    /// Hides and deletes a conversation.
    pub(super) fn delete_for_good(
        &mut self,
        now: Timestamp,
        name: &str,
        out: &mut Vec<Effect>,
    ) -> Result<Timestamp, CallError> {
        let until = self.mark_deleted(now, name, Duration::ZERO, out)?;
        self.delete_due(now, out);
        Ok(until)
    }

    /// Hides and deletes all conversations, also those that could still be restored. Returns how many.
    pub(super) fn delete_all(
        &mut self,
        now: Timestamp,
        out: &mut Vec<Effect>,
    ) -> Result<u64, CallError> {
        let count = self.records.wholly(|| {
            let count = self.records.end_all(now)?;
            self.records.changed()?;
            Ok(count)
        })?;
        self.tell(out);
        self.delete_due(now, out);
        Ok(count)
    }

    /// Undoes a deletion.
    pub(super) fn undelete(
        &mut self,
        now: Timestamp,
        name: &str,
        out: &mut Vec<Effect>,
    ) -> Result<(), CallError> {
        if self.deleting.contains(name) {
            return Err(CallError::IsEnding);
        }
        let found = self.records.find(name)?;
        let kept = found.ok_or(CallError::NoSuchConversation)?;
        match kept.life {
            Life::Lives => return Ok(()),
            Life::Gone(_) => return Err(CallError::IsGone),
            Life::Ends(_) => {}
        }
        self.records.wholly(|| {
            self.records.put(&Kept {
                life: Life::Lives,
                ..kept
            })?;
            self.records.changed()
        })?;
        self.tell(out);
        self.wake_for_the_next(now, out)?;
        Ok(())
    }

    /// Deletes the conversations that are due.
    pub(super) fn delete_due(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        if let Err(error) = self.try_delete_due(now, out) {
            out.push(Effect::Log(error.to_string()));
            self.wake_at(now, now + AGAIN_AFTER, out);
        }
    }

    fn try_delete_due(&mut self, now: Timestamp, out: &mut Vec<Effect>) -> Result<(), SqlError> {
        self.records.forget(now)?;
        for kept in self.records.due(now, AT_ONCE)? {
            if self.deleting.len() < AT_ONCE as usize && self.deleting.insert(kept.name.clone()) {
                out.push(Effect::Delete(kept.name));
            }
        }
        self.wake_for_the_next(now, out)
    }

    /// Handles the result of a deletion.
    pub(super) fn deleted(
        &mut self,
        now: Timestamp,
        name: &str,
        outcome: &DeletionOutcome,
        out: &mut Vec<Effect>,
    ) {
        self.deleting.remove(name);
        if let Err(error) = self.note_deletion(now, name, outcome, out) {
            out.push(Effect::Log(error.to_string()));
        }
        self.delete_due(now, out);
    }

    fn note_deletion(
        &self,
        now: Timestamp,
        name: &str,
        outcome: &DeletionOutcome,
        out: &mut Vec<Effect>,
    ) -> Result<(), SqlError> {
        let Some(kept) = self.records.find(name)? else {
            return Ok(());
        };
        // The conversation may have reported its deletion, and have begun anew.
        if !matches!(kept.life, Life::Ends(_)) {
            return Ok(());
        }
        match outcome {
            DeletionOutcome::Gone => self.records.wholly(|| {
                self.records.forget_texts(name)?;
                self.records.put(&kept.gone(now))
            }),
            DeletionOutcome::Failed(error) => {
                out.push(Effect::Log(format!(
                    "a conversation could not be deleted and will be again: {error}"
                )));
                self.records.put(&Kept {
                    life: Life::Ends(now + AGAIN_AFTER),
                    ..kept
                })
            }
        }
    }

    /// Sets the alarm for the next deadline.
    pub(super) fn wake_for_the_next(
        &mut self,
        now: Timestamp,
        out: &mut Vec<Effect>,
    ) -> Result<(), SqlError> {
        if let Some(due) = self.records.next_due()? {
            // Deletions in progress are checked later; a due one comes first.
            let at = match due > now {
                true => due,
                false if self.deleting.is_empty() => now,
                false => now + AGAIN_AFTER,
            };
            self.wake_at(now, at, out);
        }
        Ok(())
    }

    fn wake_at(&mut self, now: Timestamp, at: Timestamp, out: &mut Vec<Effect>) {
        if let Some(at) = self.alarm.ask(now, at) {
            out.push(Effect::WakeAt(at));
        }
    }
}
