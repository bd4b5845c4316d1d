//! Handles the reports of conversations: what is new, and what is stored.

use std::time::Duration;

use common::{
    directory::push::{Head, News, Push},
    time::Timestamp,
};
use sql::{Sql, SqlError};

use super::{
    Directory, Effect, PushAnswer,
    records::{Kept, Life},
};

/// How long a deleted conversation is remembered, since earlier reports of it may arrive late.
const REMEMBERED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

impl<S: Sql> Directory<S> {
    /// Handles a report.
    pub(super) fn pushed(&mut self, now: Timestamp, push: &Push, out: &mut Vec<Effect>) {
        match self.records.wholly(|| self.take(now, push)) {
            Ok(has_changed) => {
                out.push(Effect::Answer(PushAnswer::Taken));
                if has_changed {
                    self.tell(out);
                }
            }
            Err(error) => {
                out.push(Effect::Log(error.to_string()));
                out.push(Effect::Answer(PushAnswer::Failed(error)));
            }
        }
    }

    /// Stores a report. Returns whether the list has changed.
    fn take(&self, now: Timestamp, push: &Push) -> Result<bool, SqlError> {
        let known = self.records.find(&push.name)?;
        if known
            .as_ref()
            .is_some_and(|known| known.number > push.number)
        {
            return Ok(false);
        }
        let kept = match (&push.news, known.clone()) {
            (News::Is(head), Some(known)) if known.is_there() => Kept {
                number: push.number,
                head: (**head).clone(),
                ..known
            },
            (News::Is(head), Some(_) | None) => Kept {
                head: (**head).clone(),
                ..Kept::new(&push.name, push.number, Life::Lives)
            },
            (News::Deleted, _) => Kept::new(&push.name, push.number, Life::Gone(now + REMEMBERED)),
        };
        let is_shown = |kept: &Kept| kept.life == Life::Lives;
        let (was_shown, is_shown) = (known.as_ref().is_some_and(is_shown), is_shown(&kept));
        if known.as_ref() != Some(&kept) {
            self.records.put(&kept)?;
        }
        if kept.is_there() {
            self.records.put_texts(&push.name, &push.texts)?;
        } else {
            self.records.forget_texts(&push.name)?;
        }
        let has_changed = known != Some(kept) && (was_shown || is_shown);
        if has_changed {
            self.records.changed()?;
        }
        Ok(has_changed)
    }
}

impl Kept {
    pub(super) fn new(name: &str, number: u64, life: Life) -> Self {
        Self {
            name: name.to_owned(),
            number,
            head: Head::default(),
            is_pinned: false,
            is_archived: false,
            seen: Timestamp::default(),
            life,
        }
    }

    /// Whether the conversation exists, hidden or not.
    pub(super) const fn is_there(&self) -> bool {
        match self.life {
            Life::Lives | Life::Ends(_) => true,
            Life::Gone(_) => false,
        }
    }

    /// The row after the deletion.
    pub(super) fn gone(&self, now: Timestamp) -> Self {
        let number = self.number.saturating_add(1).max(now.as_millis());
        Self::new(&self.name, number, Life::Gone(now + REMEMBERED))
    }
}
