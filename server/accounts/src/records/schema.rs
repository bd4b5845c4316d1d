//! The tables of the accounts, by version number.

use sql::{Sql, SqlError, SqlValue};

/// One entry per version: the statements that migrate from the previous one. Never edited after a release.
const MIGRATIONS: &[&[&str]] = &[FIRST, SECOND];

const FIRST: &[&str] = &[
    // Times are in milliseconds since 1970. `removed_at` is null while the person may sign in.
    "CREATE TABLE people (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        email TEXT UNIQUE,
        role TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        removed_at INTEGER
    ) WITHOUT ROWID",
    // `hash` is the SHA-256 of the secret, which is not stored; `json` is the purpose of the credential. `ending` is
    // null, `used` or `revoked`.
    "CREATE TABLE credentials (
        hash TEXT PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        person TEXT NOT NULL,
        kind TEXT NOT NULL,
        json TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER,
        used_at INTEGER,
        ending TEXT
    ) WITHOUT ROWID",
    "CREATE INDEX credentials_of ON credentials (person, kind)",
    "CREATE INDEX credentials_by_end ON credentials (expires_at) WHERE expires_at IS NOT NULL",
    // Conversations shared with people, for reading. The epoch is that of the conversation's store.
    "CREATE TABLE shares (
        person TEXT NOT NULL,
        conversation TEXT NOT NULL,
        epoch TEXT NOT NULL,
        PRIMARY KEY (person, conversation)
    ) WITHOUT ROWID",
    // The conversations to which a credential has opened connections, and those that still have to close them.
    "CREATE TABLE connected (
        credential TEXT NOT NULL,
        conversation TEXT NOT NULL,
        PRIMARY KEY (credential, conversation)
    ) WITHOUT ROWID",
    "CREATE TABLE closings (
        credential TEXT NOT NULL,
        conversation TEXT NOT NULL,
        PRIMARY KEY (credential, conversation)
    ) WITHOUT ROWID",
];

const SECOND: &[&str] = &[
    // The spending of people, in millionths of a US dollar. `day` counts the days (UTC) since 1970.
    "CREATE TABLE spending (
        day INTEGER NOT NULL,
        person TEXT NOT NULL,
        micro_usd INTEGER NOT NULL,
        PRIMARY KEY (day, person)
    ) WITHOUT ROWID",
];

/// Migrates the tables.
pub(super) fn migrate(sql: &impl Sql) -> Result<(), SqlError> {
    sql.run(
        "CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL)",
        &[],
    )?;
    let version = sql.run("SELECT version FROM schema", &[])?;
    let version = version.first().and_then(|row| row.first());
    let version = version.map_or(0, SqlValue::as_integer);
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if version > known {
        return Err(SqlError::new(format!(
            "the accounts are of version {version} and this code knows up to {known}: deploy the newer code again"
        )));
    }
    let newer = usize::try_from(version).unwrap_or(0);
    for statement in MIGRATIONS.iter().skip(newer).copied().flatten() {
        sql.run(statement, &[])?;
    }
    if version != known {
        sql.run("DELETE FROM schema", &[])?;
        sql.run("INSERT INTO schema (version) VALUES (?)", &[known.into()])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use test_support::MemorySql;

    use super::*;

    #[test]
    fn tables_of_the_former_version_keep_their_rows() {
        let sql = MemorySql::new();
        let run = |statement: &str| sql.run(statement, &[]).unwrap();
        run("CREATE TABLE schema (version INTEGER NOT NULL)");
        for statement in FIRST {
            run(statement);
        }
        run("INSERT INTO schema (version) VALUES (1)");
        run(
            "INSERT INTO people (id, name, role, created_at) VALUES ('owner', 'Owner', 'owner', 1)",
        );
        for _ in 0..2 {
            migrate(&sql).unwrap();
            assert_eq!(run("SELECT id FROM people"), [[SqlValue::from("owner")]]);
            assert_eq!(run("SELECT version FROM schema"), [[SqlValue::Integer(2)]]);
            assert_eq!(
                run("SELECT count(*) FROM spending"),
                [[SqlValue::Integer(0)]]
            );
        }
    }
}
