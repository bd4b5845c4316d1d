//! What the user undid, redid and put back since a change, for the model: it does not see that by itself.

use std::collections::BTreeMap;

use sql::SqlError;

use super::{
    ChangeOrigin, FilePath, Workspace,
    author::RecordedChange,
    content::{signed, unsigned},
    merge::There,
};

/// The files that the user changed back and forth, by the last way in which each was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TurnedBack {
    /// The number of the last such change.
    pub until: u64,
    /// The agent's changes of these were undone.
    pub undone: Vec<FilePath>,
    /// The agent's changes of these were made again.
    pub redone: Vec<FilePath>,
    /// An earlier version of these was put back.
    pub restored: Vec<FilePath>,
    /// What the agent had drafted of these is in the files now.
    pub kept: Vec<FilePath>,
    /// What the agent had drafted of these is gone, or some of it.
    pub dropped: Vec<FilePath>,
}

impl TurnedBack {
    fn is_empty(&self) -> bool {
        let Self {
            until: _,
            undone,
            redone,
            restored,
            kept,
            dropped,
        } = self;
        [undone, redone, restored, kept, dropped]
            .iter()
            .all(|paths| paths.is_empty())
    }
}

/// A file that was changed back.
struct Place {
    before: There,
    after: There,
    last: ChangeOrigin,
}

impl Workspace<'_> {
    /// What the user undid, redid and put back after a change; `None` where that left every file as it was. Undone
    /// changes of answers that are not known are none of the model's business.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn turned_back(
        &self,
        after: u64,
        is_known: impl Fn(&str) -> bool,
    ) -> Result<Option<TurnedBack>, SqlError> {
        let columns = RecordedChange::COLUMNS;
        let rows = self.sql.run(
            &format!(
                "SELECT {columns} FROM changes WHERE number > ? AND kind IN ('undo', 'redo', 'restore') ORDER BY number"
            ),
            &[signed(after)],
        )?;
        let mut until = after;
        let mut places: BTreeMap<FilePath, Place> = BTreeMap::new();
        for change in rows.into_iter().map(RecordedChange::from_row) {
            until = change.number;
            match &change.origin {
                ChangeOrigin::Undo(answer)
                | ChangeOrigin::Left(answer)
                | ChangeOrigin::Redo(answer)
                    if !is_known(answer) =>
                {
                    continue;
                }
                ChangeOrigin::Undo(_)
                | ChangeOrigin::Left(_)
                | ChangeOrigin::Redo(_)
                | ChangeOrigin::Restore => {}
                ChangeOrigin::User | ChangeOrigin::Answer(_) => continue,
            }
            for (path, (before, after)) in self.changed_in(change.number)? {
                let place = places.entry(path).or_insert_with(|| Place {
                    before: There::of(before),
                    after: There::Nothing,
                    last: ChangeOrigin::User,
                });
                place.after = There::of(after);
                place.last = change.origin.clone();
            }
        }
        let mut turned = TurnedBack {
            until,
            ..TurnedBack::default()
        };
        let is_file = |there: &There| matches!(there, There::File { .. });
        for (path, place) in places {
            let concerns_file = is_file(&place.before) || is_file(&place.after);
            if !concerns_file || place.before == place.after {
                continue;
            }
            match place.last {
                ChangeOrigin::Undo(_) | ChangeOrigin::Left(_) => turned.undone.push(path),
                ChangeOrigin::Redo(_) => turned.redone.push(path),
                ChangeOrigin::Restore => turned.restored.push(path),
                ChangeOrigin::User | ChangeOrigin::Answer(_) => {}
            }
        }
        self.decided(after, &mut turned)?;
        Ok((!turned.is_empty()).then_some(turned))
    }

    /// What the user decided about the draft after a change.
    fn decided(&self, after: u64, turned: &mut TurnedBack) -> Result<(), SqlError> {
        let rows = self.sql.shared().run(
            "SELECT number, path, decision FROM draft_decisions WHERE number > ? ORDER BY path",
            &[signed(after)],
        )?;
        for row in rows {
            let mut values = row.into_iter();
            let (Some(number), Some(path), Some(decision)) =
                (values.next(), values.next(), values.next())
            else {
                continue;
            };
            turned.until = turned.until.max(unsigned(&number));
            let path = FilePath::stored(path.into_text());
            let paths = match decision.into_text().as_str() {
                "kept" => &mut turned.kept,
                "undone" => &mut turned.undone,
                "redone" => &mut turned.redone,
                _ => &mut turned.dropped,
            };
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        Ok(())
    }
}
