//! Summaries of earlier messages, each a row of its own: the transcript keeps every message, and the model gets the newest
//! summary in the place of the messages that it covers.
//!
//! A summary counts for as long as the last message that it covers is where it was.

use std::collections::HashSet;

use common::{id::MessageId, message::Message, time::Timestamp};

use super::{Position, Sql, SqlError, SqlRow, SqlValue, Store, read::single_text};

/// An attempt to summarise the messages up to one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compaction {
    /// The position of the last message covered.
    pub position: Position,
    /// The id of that message.
    pub message: MessageId,
    /// When the attempt ended.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: CompactionOutcome,
}

/// How a compaction ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompactionOutcome {
    /// With this summary.
    Summary(String),
    /// Without one, because of this problem, a sentence for the user.
    Failed(String),
    /// The user stopped it.
    Stopped,
}

/// A compaction without its summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompactionMark {
    /// The position of the last message covered.
    pub position: Position,
    /// The id of that message.
    pub message: MessageId,
    /// How it ended.
    pub end: CompactionEnd,
}

/// How a compaction ended, without its summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompactionEnd {
    /// With a summary.
    Summary,
    /// Without one, because of this problem.
    Failed(String),
    /// The user stopped it.
    Stopped,
}

/// What the model gets in the place of earlier messages.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The position of the last message covered.
    pub position: Position,
    /// The id of that message.
    pub message: MessageId,
    /// When it was made.
    pub at: Timestamp,
    /// The summary.
    pub text: String,
    /// The pinned messages among those covered.
    pub pinned: Vec<Message>,
}

impl Compaction {
    /// The same without its summary.
    #[must_use]
    pub fn mark(&self) -> CompactionMark {
        CompactionMark {
            position: self.position,
            message: self.message.clone(),
            end: match &self.outcome {
                CompactionOutcome::Summary(_) => CompactionEnd::Summary,
                CompactionOutcome::Failed(problem) => CompactionEnd::Failed(problem.clone()),
                CompactionOutcome::Stopped => CompactionEnd::Stopped,
            },
        }
    }
}

impl<S: Sql> Store<S> {
    /// All compactions, oldest first.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub(super) fn compaction_marks(&self) -> Result<Vec<CompactionMark>, SqlError> {
        let rows = self.sql.run(
            "SELECT position, message, summary IS NOT NULL, problem FROM compactions ORDER BY number",
            &[],
        )?;
        Ok(rows.into_iter().filter_map(mark).collect())
    }

    /// The newest summary of messages before a position.
    ///
    /// # Errors
    /// When an SQL statement fails. Unreadable messages are skipped.
    pub fn summary_before(&self, end: Position) -> Result<Option<Summary>, SqlError> {
        let rows = self.sql.run(
            "SELECT compactions.position, message, at, summary FROM compactions
             JOIN messages ON messages.position = compactions.position AND messages.id = message
             WHERE compactions.position < ? AND summary IS NOT NULL ORDER BY number DESC LIMIT 1",
            &[end.get().into()],
        )?;
        let Some(row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let mut values = row.into_iter();
        let position = Position::new(values.next().map_or(0, |value| value.as_integer()));
        let mut text = || values.next();
        let message = MessageId::new(text().map(SqlValue::into_text).unwrap_or_default());
        let at = text().map_or(0, |value| value.as_integer());
        Ok(Some(Summary {
            position,
            message,
            at: Timestamp::from_millis(u64::try_from(at).unwrap_or(0)),
            text: text().map(SqlValue::into_text).unwrap_or_default(),
            pinned: self.pinned_until(position)?,
        }))
    }

    /// The messages between two positions, oldest first. Unreadable rows are skipped.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn messages_between(
        &self,
        after: Position,
        end: Position,
    ) -> Result<Vec<Message>, SqlError> {
        let values = [after.get().into(), end.get().into()];
        let rows = self.rows_of(
            "position > ? AND position < ?",
            &[values.clone(), values].concat(),
        )?;
        let read = |(_, json): &(Position, String)| serde_json::from_str(json).ok();
        Ok(rows.iter().filter_map(read).collect())
    }

    /// The ids of the messages before a position.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn message_ids_before(&self, end: Position) -> Result<HashSet<String>, SqlError> {
        let rows = self.sql.run(
            "SELECT id FROM messages WHERE position < ?",
            &[end.get().into()],
        )?;
        Ok(rows.into_iter().map(single_text).collect())
    }

    pub(super) fn add_compaction(&self, compaction: &Compaction) -> Result<(), SqlError> {
        let (summary, problem) = match &compaction.outcome {
            CompactionOutcome::Summary(text) => (text.as_str().into(), SqlValue::Null),
            CompactionOutcome::Failed(problem) => (SqlValue::Null, problem.as_str().into()),
            CompactionOutcome::Stopped => (SqlValue::Null, SqlValue::Null),
        };
        let at = i64::try_from(compaction.at.as_millis()).unwrap_or(i64::MAX);
        self.sql.execute(
            "INSERT INTO compactions (position, message, at, summary, problem) VALUES (?, ?, ?, ?, ?)",
            &[
                compaction.position.get().into(),
                compaction.message.as_str().into(),
                at.into(),
                summary,
                problem,
            ],
        )
    }

    /// Drops the compactions that cover the message at a position.
    pub(super) fn drop_compactions(&self, covered: Position) -> Result<(), SqlError> {
        self.sql.execute(
            "DELETE FROM compactions WHERE position >= ?",
            &[covered.get().into()],
        )
    }

    fn pinned_until(&self, last: Position) -> Result<Vec<Message>, SqlError> {
        let values = [last.get().into(), last.get().into()];
        let rows = self.rows_of(
            "position IN (SELECT position FROM messages WHERE pinned = 1 AND position <= ?)",
            &values,
        )?;
        let read = |(_, json): &(Position, String)| serde_json::from_str(json).ok();
        Ok(rows.iter().filter_map(read).collect())
    }
}

fn mark(row: SqlRow) -> Option<CompactionMark> {
    let mut values = row.into_iter();
    let position = Position::new(values.next()?.as_integer());
    let message = MessageId::new(values.next()?.into_text());
    let has_summary = values.next()?.as_integer() == 1;
    let problem = values.next()?;
    Some(CompactionMark {
        position,
        message,
        end: if has_summary {
            CompactionEnd::Summary
        } else if problem == SqlValue::Null {
            CompactionEnd::Stopped
        } else {
            CompactionEnd::Failed(problem.into_text())
        },
    })
}

#[cfg(test)]
mod tests {
    use common::message::Role;
    use test_support::MemorySql;

    use super::*;
    use crate::Write;

    fn message(position: i64) -> Message {
        let id = MessageId::new(format!("m{position}"));
        Message::text(id, Role::User, format!("text {position}"))
    }

    fn compaction(position: i64, outcome: CompactionOutcome) -> Compaction {
        Compaction {
            position: Position::new(position),
            message: message(position).id,
            at: Timestamp::from_millis(7),
            outcome,
        }
    }

    fn summary(text: &str) -> CompactionOutcome {
        CompactionOutcome::Summary(text.to_owned())
    }

    fn store() -> Store<MemorySql> {
        let store = Store::open(MemorySql::new()).unwrap();
        let messages = (1..=9).map(|position| Write::AddMessage {
            position: Position::new(position),
            message: message(position),
        });
        store.write(&messages.collect::<Vec<_>>()).unwrap();
        store
    }

    fn text_before(store: &Store<MemorySql>, end: i64) -> Option<String> {
        let summary = store.summary_before(Position::new(end)).unwrap();
        summary.map(|summary| summary.text)
    }

    #[test]
    fn the_newest_summary_before_a_position_counts_while_its_message_is_there() {
        let store = store();
        assert_eq!(text_before(&store, 9), None);
        let outcomes = [
            (2, summary("to two")),
            (4, CompactionOutcome::Failed("Overloaded.".to_owned())),
            (6, summary("to six")),
            (8, CompactionOutcome::Stopped),
        ];
        let writes =
            outcomes.map(|(position, outcome)| Write::AddCompaction(compaction(position, outcome)));
        store.write(&writes).unwrap();
        assert_eq!(text_before(&store, 2), None);
        assert_eq!(text_before(&store, 6).as_deref(), Some("to two"));
        assert_eq!(text_before(&store, 9).as_deref(), Some("to six"));
        let marks = store.load().unwrap().compactions.into_iter();
        let ends: Vec<_> = marks.map(|mark| mark.end).collect();
        let failed = CompactionEnd::Failed("Overloaded.".to_owned());
        let expected = [
            CompactionEnd::Summary,
            failed,
            CompactionEnd::Summary,
            CompactionEnd::Stopped,
        ];
        assert_eq!(ends, expected);
        // Another message takes the place of the last one covered.
        store
            .write(&[
                Write::DeleteMessage(Position::new(6)),
                Write::AddMessage {
                    position: Position::new(6),
                    message: message(60),
                },
            ])
            .unwrap();
        assert_eq!(text_before(&store, 9).as_deref(), Some("to two"));
        store
            .write(&[Write::DropCompactions(Position::new(1))])
            .unwrap();
        assert_eq!(text_before(&store, 9), None);
    }

    #[test]
    fn pinned_messages_come_with_it_and_a_clear_leaves_nothing() {
        let store = store();
        let pin = |position, pinned| Write::SetPinned {
            position: Position::new(position),
            pinned,
        };
        store
            .write(&[
                Write::AddCompaction(compaction(5, summary("s"))),
                pin(1, true),
                pin(3, true),
                pin(7, true),
                pin(3, false),
            ])
            .unwrap();
        let pinned = store.summary_before(Position::END).unwrap().unwrap().pinned;
        let ids: Vec<_> = pinned.iter().map(|message| message.id.as_str()).collect();
        assert_eq!(ids, ["m1"]);
        store.write(&[Write::Clear]).unwrap();
        assert!(store.load().unwrap().compactions.is_empty());
        assert_eq!(text_before(&store, 9), None);
    }
}
