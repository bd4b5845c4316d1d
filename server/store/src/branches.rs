//! Branches: what followed a message, before another branch did. The messages of a branch that is not shown are in
//! tables of their own, so that nothing that reads the transcript sees them.

use std::slice;

use super::{
    IndexEntry, Position, Sql, SqlError, SqlRow, SqlValue, Store,
    read::{ENTRY, count, index_entry},
};

/// Columns that `messages` and `branch_messages` share.
const MESSAGE: &str = "position, id, role, hash, json, calls, waits, opaque, pinned";

/// One of the branches that follow a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its id: later branches have higher ones.
    pub id: u64,
    /// The message before it; [`Position::START`] when it begins the conversation.
    pub after: Position,
    /// Whether it is shown, and if not, what it holds.
    pub content: BranchContent,
}

/// What belongs to a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BranchContent {
    /// It is shown: its messages are those of the transcript after the message.
    Shown,
    /// It is kept: its messages, without contents.
    Kept(Vec<IndexEntry>),
}

impl<S: Sql> Store<S> {
    /// All branches, in the order in which they were made.
    pub(super) fn branches(&self) -> Result<Vec<Branch>, SqlError> {
        let rows = self
            .sql
            .run("SELECT id, after, is_shown FROM branches ORDER BY id", &[])?;
        rows.into_iter().map(|row| self.branch(row)).collect()
    }

    fn branch(&self, row: SqlRow) -> Result<Branch, SqlError> {
        let mut values = row.into_iter();
        let mut number = || values.next().map_or(0, |value| value.as_integer());
        let (id, after, is_shown) = (number(), number(), number() != 0);
        Ok(Branch {
            id: u64::try_from(id).unwrap_or_default(),
            after: Position::new(after),
            content: if is_shown {
                BranchContent::Shown
            } else {
                BranchContent::Kept(self.branch_entries(id)?)
            },
        })
    }

    fn branch_entries(&self, branch: i64) -> Result<Vec<IndexEntry>, SqlError> {
        let rows = self.sql.run(
            &format!("SELECT {ENTRY} FROM branch_messages WHERE branch = ? ORDER BY position"),
            &[branch.into()],
        )?;
        let mut entries: Vec<IndexEntry> = rows.into_iter().filter_map(index_entry).collect();
        let pieces = self.sql.run(
            "SELECT position, sum(octet_length(json)) FROM branch_pieces WHERE branch = ? GROUP BY position",
            &[branch.into()],
        )?;
        for row in pieces {
            let (Some(position), Some(bytes)) = (row.first(), row.get(1)) else {
                continue;
            };
            let position = Position::new(position.as_integer());
            if let Some(entry) = entries.iter_mut().find(|entry| entry.position == position) {
                entry.bytes += count(bytes);
            }
        }
        Ok(entries)
    }

    /// Adds a branch that is shown.
    pub(super) fn add_branch(&self, id: u64, after: Position) -> Result<(), SqlError> {
        self.sql.execute(
            "INSERT INTO branches (id, after, is_shown) VALUES (?, ?, 1)",
            &[number(id), after.get().into()],
        )
    }

    /// Takes the messages of a branch from the transcript.
    pub(super) fn keep_branch(&self, id: u64, after: Position) -> Result<(), SqlError> {
        let [id, from] = [number(id), after.get().into()];
        self.sql.execute(
            "UPDATE branches SET is_shown = 0 WHERE id = ?",
            slice::from_ref(&id),
        )?;
        self.note_texts_after(after)?;
        for (to, columns, table) in [
            ("branch_messages", MESSAGE, "messages"),
            ("branch_pieces", "position, piece, json", "message_pieces"),
        ] {
            self.sql.execute(
                &format!("INSERT INTO {to} (branch, {columns}) SELECT ?, {columns} FROM {table} WHERE position > ?"),
                &[id.clone(), from.clone()],
            )?;
            let delete = format!("DELETE FROM {table} WHERE position > ?");
            self.sql.execute(&delete, slice::from_ref(&from))?;
        }
        self.sql
            .execute("DELETE FROM approvals WHERE position > ?", &[from])
    }

    /// Puts the messages of a kept branch back into the transcript.
    pub(super) fn show_branch(&self, id: u64, after: Position) -> Result<(), SqlError> {
        let id = number(id);
        self.sql.execute(
            "UPDATE branches SET is_shown = 1 WHERE id = ?",
            slice::from_ref(&id),
        )?;
        for (from, columns, table) in [
            ("branch_messages", MESSAGE, "messages"),
            ("branch_pieces", "position, piece, json", "message_pieces"),
        ] {
            self.sql.execute(
                &format!(
                    "INSERT INTO {table} ({columns}) SELECT {columns} FROM {from} WHERE branch = ?"
                ),
                slice::from_ref(&id),
            )?;
            let delete = format!("DELETE FROM {from} WHERE branch = ?");
            self.sql.execute(&delete, slice::from_ref(&id))?;
        }
        self.note_texts_after(after)
    }

    /// Deletes a branch with its messages.
    pub(super) fn delete_branch(&self, id: u64) -> Result<(), SqlError> {
        for (table, column) in [
            ("branches", "id"),
            ("branch_messages", "branch"),
            ("branch_pieces", "branch"),
        ] {
            let delete = format!("DELETE FROM {table} WHERE {column} = ?");
            self.sql.execute(&delete, &[number(id)])?;
        }
        Ok(())
    }

    fn note_texts_after(&self, after: Position) -> Result<(), SqlError> {
        self.sql.execute(
            "INSERT INTO unpushed (position) SELECT position FROM messages WHERE position > ? ORDER BY position",
            &[after.get().into()],
        )
    }
}

fn number(id: u64) -> SqlValue {
    i64::try_from(id).unwrap_or(i64::MAX).into()
}
