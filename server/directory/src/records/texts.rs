//! The texts of messages and their index.

use common::directory::push::Texts;
use sql::{Sql, SqlError, SqlValue};

use super::Records;

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
        for changed in &texts.changed {
            let place = [id.clone(), changed.position.into()];
            self.sql.execute(
                &format!("{OUT_OF_INDEX} conversation = ? AND position = ?"),
                &place,
            )?;
            self.sql.execute(
                "DELETE FROM texts WHERE conversation = ? AND position = ?",
                &place,
            )?;
            if changed.text.trim().is_empty() {
                continue;
            }
            self.sql.execute(
                "INSERT INTO texts (conversation, position, message, text) VALUES (?, ?, ?, ?)",
                &[
                    id.clone(),
                    changed.position.into(),
                    changed.message.as_str().into(),
                    changed.text.as_str().into(),
                ],
            )?;
            self.sql.execute(
                "INSERT INTO found (rowid, text) SELECT id, text FROM texts WHERE conversation = ? AND position = ?",
                &place,
            )?;
        }
        Ok(())
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
