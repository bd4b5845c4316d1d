//! The tables of a directory, by version number.

use sql::{Fault, Sql, SqlError, SqlValue};

/// One entry per version: the statements that migrate from the previous one. Never edited after a release.
const MIGRATIONS: &[&[&str]] = &[FIRST, TEXTS];

const FIRST: &[&str] = &[
    // Single values: the `revision` of the list.
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    // Times are in milliseconds since 1970. `json` is the conversation's summary of itself. `life` is 0 for a
    // conversation that exists, 1 for one that is hidden and will be deleted permanently at `until`, 2 for one that
    // was deleted and is remembered until then.
    "CREATE TABLE conversations (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        number INTEGER NOT NULL,
        json TEXT NOT NULL,
        active INTEGER NOT NULL,
        pinned INTEGER NOT NULL,
        archived INTEGER NOT NULL,
        seen INTEGER NOT NULL,
        life INTEGER NOT NULL,
        until INTEGER
    )",
    "CREATE INDEX conversations_in_order ON conversations (life, archived, pinned DESC, active DESC, name)",
    "CREATE INDEX conversations_due ON conversations (until) WHERE until IS NOT NULL",
];

/// Titles and messages are searchable.
const TEXTS: &[&str] = &[
    // The title in lower case.
    "ALTER TABLE conversations ADD COLUMN folded TEXT NOT NULL DEFAULT ''",
    // The texts of messages; `conversation` is the id of a row of `conversations`. Ids rise with the time of writing.
    "CREATE TABLE texts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation INTEGER NOT NULL,
        position INTEGER NOT NULL,
        message TEXT NOT NULL,
        text TEXT NOT NULL,
        UNIQUE (conversation, position)
    )",
    // The index of `texts` by every three characters, so that parts of words are found in every script. Every change
    // of `texts` must change it too.
    "CREATE VIRTUAL TABLE found USING fts5 (text, content = 'texts', content_rowid = 'id', tokenize = 'trigram')",
];

/// Migrates the tables, in one transaction.
pub(super) fn migrate(sql: &impl Sql) -> Result<(), SqlError> {
    sql.in_transaction(|| {
        sql.execute(
            "CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL)",
            &[],
        )?;
        let version = sql.run("SELECT version FROM schema", &[])?;
        let version = version.first().and_then(|row| row.first());
        let version = version.map_or(0, SqlValue::as_integer);
        let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        if version > known {
            return Err(SqlError {
                message: format!(
                    "the directory is of version {version} and this code knows up to {known}: deploy the newer code again"
                ),
                fault: Fault::Newer,
            });
        }
        let newer = usize::try_from(version).unwrap_or(0);
        for statement in MIGRATIONS.iter().skip(newer).copied().flatten() {
            sql.execute(statement, &[])?;
        }
        if version != known {
            sql.execute("DELETE FROM schema", &[])?;
            sql.execute("INSERT INTO schema (version) VALUES (?)", &[known.into()])?;
        }
        Ok(())
    })
}
