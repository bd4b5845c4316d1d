//! The import of a conversation from an archive. An import that a killed server left unfinished is dropped.

use super::{Sql, SqlError, SqlValue, Store};

/// The fact that marks an import in progress.
const IMPORTING: &str = "importing";

impl<S: Sql> Store<S> {
    /// Begins an import: its writes count only after [`Store::end_import`].
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn begin_import(&self) -> Result<(), SqlError> {
        self.put_fact(IMPORTING, "1")
    }

    /// Ends an import: its writes count.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn end_import(&self) -> Result<(), SqlError> {
        let name = IMPORTING.into();
        self.sql
            .execute("DELETE FROM facts WHERE name = ?", &[name])
    }
}

/// Drops all tables if an import has begun and not ended. Returns whether it did.
pub(super) fn is_dropped(sql: &impl Sql) -> Result<bool, SqlError> {
    let found = sql.run(
        "SELECT 1 FROM facts WHERE name = ?",
        &[SqlValue::from(IMPORTING)],
    )?;
    if found.is_empty() {
        return Ok(false);
    }
    // The platform and SQLite have tables of their own.
    let tables = sql.run(
        "SELECT name FROM sqlite_master
            WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
        &[],
    )?;
    sql.in_transaction(|| {
        for name in tables.into_iter().flatten() {
            sql.execute(&format!("DROP TABLE \"{}\"", name.into_text()), &[])?;
        }
        Ok::<_, SqlError>(())
    })?;
    Ok(true)
}
