//! The texts of messages and their index.

use std::iter::once;

use common::directory::push::{ChangedText, Texts};
use sql::{MAX_VALUES, Sql, SqlError, SqlValue};

use super::Records;

/// The values of a row.
const COLUMNS: usize = 4;

/// The rows of one statement.
const ROWS: usize = MAX_VALUES / COLUMNS;

/// Removes rows of `texts` from the index; the condition follows. Must run before the rows change.
const OUT_OF_INDEX: &str =
    "INSERT INTO found (found, rowid, text) SELECT 'delete', id, text FROM texts WHERE";

impl<S: Sql> Records<S> {
    /// Stores the texts of a conversation that were added, changed or removed.
    pub(crate) fn put_texts(&self, name: &str, texts: &Texts) -> Result<(), SqlError> {
        let Some(id) = self.id_of(name)? else {
            return Ok(());
        };
        if texts.is_cleared {
            self.forget_texts_of(&id)?;
        }
        for changed in texts.changed.chunks(ROWS) {
            self.put_changed(&id, changed)?;
        }
        Ok(())
    }

    /// Stores at most [`ROWS`] texts.
    fn put_changed(&self, id: &SqlValue, changed: &[ChangedText]) -> Result<(), SqlError> {
        let positions = changed.iter().map(|changed| changed.position.into());
        let places: Vec<SqlValue> = once(id.clone()).chain(positions).collect();
        let marks = vec!["?"; changed.len()].join(", ");
        let here = format!("conversation = ? AND position IN ({marks})");
        self.sql
            .execute(&format!("{OUT_OF_INDEX} {here}"), &places)?;
        self.sql
            .execute(&format!("DELETE FROM texts WHERE {here}"), &places)?;
        let written = changed
            .iter()
            .filter(|changed| !changed.text.trim().is_empty());
        let values: Vec<SqlValue> = written
            .flat_map(|changed| {
                [
                    id.clone(),
                    changed.position.into(),
                    changed.message.as_str().into(),
                    changed.text.as_str().into(),
                ]
            })
            .collect();
        if values.is_empty() {
            return Ok(());
        }
        let rows = vec!["(?, ?, ?, ?)"; values.len() / COLUMNS].join(", ");
        self.sql.execute(
            &format!("INSERT INTO texts (conversation, position, message, text) VALUES {rows}"),
            &values,
        )?;
        self.sql.execute(
            &format!("INSERT INTO found (rowid, text) SELECT id, text FROM texts WHERE {here}"),
            &places,
        )
    }

    /// Deletes all texts of a conversation.
    pub(crate) fn forget_texts(&self, name: &str) -> Result<(), SqlError> {
        match self.id_of(name)? {
            Some(id) => self.forget_texts_of(&id),
            None => Ok(()),
        }
    }

    fn forget_texts_of(&self, id: &SqlValue) -> Result<(), SqlError> {
        let id = [id.clone()];
        self.sql
            .execute(&format!("{OUT_OF_INDEX} conversation = ?"), &id)?;
        self.sql
            .execute("DELETE FROM texts WHERE conversation = ?", &id)
    }

    fn id_of(&self, name: &str) -> Result<Option<SqlValue>, SqlError> {
        let rows = self.sql.run(
            "SELECT id FROM conversations WHERE name = ?",
            &[name.into()],
        )?;
        Ok(rows.into_iter().flatten().next())
    }
}
