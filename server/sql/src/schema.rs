//! The tables, by version number.

use super::{Fault, Sql, SqlError, SqlValue};

/// One entry a version: the statements that lead to it from the one before. Never edited once released.
const MIGRATIONS: &[&[&str]] = &[
    FIRST,
    TOOL_CALLS,
    WORKSPACE,
    APPROVALS,
    VENDOR_DATA,
    UNCONFIRMED,
    AS_THEY_ARE,
    PUSHES,
    WHO_CHANGED,
];

/// The version of the tables that this code makes.
pub const SCHEMA: usize = MIGRATIONS.len();

const FIRST: &[&str] = &[
    // What there is once: the `revision` of the transcript, the synced `state`, and the `epoch`, which tells this
    // store from an earlier one of the same name.
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "INSERT INTO facts (name, value) VALUES ('epoch', lower(hex(randomblob(8))))",
    // The transcript. Positions are given once and never again; the answer's is kept free when its turn is accepted.
    "CREATE TABLE messages (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL,
        hash TEXT NOT NULL,
        json TEXT NOT NULL
    )",
    // The rest of a message's JSON where it does not fit a row: pieces from 1 on.
    "CREATE TABLE message_pieces (
        position INTEGER NOT NULL,
        piece INTEGER NOT NULL,
        json TEXT NOT NULL,
        PRIMARY KEY (position, piece)
    ) WITHOUT ROWID",
    "CREATE TABLE turns (
        request_id TEXT PRIMARY KEY,
        answer_position INTEGER NOT NULL,
        phase TEXT NOT NULL,
        json TEXT NOT NULL
    ) WITHOUT ROWID",
    "CREATE INDEX turns_by_phase ON turns (phase, answer_position)",
    // The stored streams: a run of chunks a row, a line a chunk.
    "CREATE TABLE chunks (
        request_id TEXT NOT NULL,
        first_seq INTEGER NOT NULL,
        lines TEXT NOT NULL,
        PRIMARY KEY (request_id, first_seq)
    ) WITHOUT ROWID",
];

/// Tool calls can be found, and turns can go on with a message.
const TOOL_CALLS: &[&str] = &[
    // The ids of the calls in a message, a JSON array; null: there is none.
    "ALTER TABLE messages ADD COLUMN calls TEXT",
    // 1: a call in it is not settled.
    "ALTER TABLE messages ADD COLUMN waits INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX messages_that_wait ON messages (position) WHERE waits = 1",
    // Messages of more than one row are left out: no tool ran before this version, so nothing waits for their calls.
    "UPDATE messages SET calls = (
        SELECT json_group_array(json_extract(value, '$.toolCallId')) FROM json_each(messages.json, '$.parts')
        WHERE json_extract(value, '$.toolCallId') IS NOT NULL
    ) WHERE json_valid(json) AND json LIKE '%\"toolCallId\"%'",
    "UPDATE turns SET json = json_remove(json_set(json, '$.kind', 'answer',
        '$.context', json_object('model', json_extract(json, '$.model'))), '$.model')",
];

/// The instance has files.
const WORKSPACE: &[&str] = &[
    // One row: the number of the last change, and what there is now. `bytes` counts every file, `stored` every content
    // once, those of former versions too.
    "CREATE TABLE workspace (
        change INTEGER NOT NULL,
        files INTEGER NOT NULL,
        directories INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        stored INTEGER NOT NULL
    )",
    "INSERT INTO workspace (change, files, directories, bytes, stored) VALUES (0, 0, 0, 0, 0)",
    // Contents by hash, with the first piece of their bytes. `lines` is null for what is no text.
    "CREATE TABLE contents (
        id INTEGER PRIMARY KEY,
        hash TEXT NOT NULL UNIQUE,
        size INTEGER NOT NULL,
        lines INTEGER,
        bytes BLOB NOT NULL
    )",
    // The rest of a content's bytes where they do not fit a row: pieces from 1 on.
    "CREATE TABLE content_pieces (
        content INTEGER NOT NULL,
        piece INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        UNIQUE (content, piece)
    )",
    // What stands at a path from one change on until another; `until` is null for what stands there now. A directory
    // has no content. `folded` is the path with its case taken away.
    "CREATE TABLE entries (
        id INTEGER PRIMARY KEY,
        path TEXT NOT NULL,
        parent TEXT NOT NULL,
        folded TEXT NOT NULL,
        content INTEGER,
        since INTEGER NOT NULL,
        until INTEGER,
        at INTEGER NOT NULL
    )",
    "CREATE UNIQUE INDEX entries_now ON entries (path) WHERE until IS NULL",
    "CREATE INDEX entries_in ON entries (parent, path) WHERE until IS NULL",
    "CREATE INDEX entries_folded ON entries (folded) WHERE until IS NULL",
    "CREATE INDEX entries_by_path ON entries (path, since)",
    "CREATE INDEX entries_past ON entries (until) WHERE until IS NOT NULL",
    "CREATE INDEX entries_of ON entries (content) WHERE content IS NOT NULL",
    // Archives that are on their way in.
    "CREATE TABLE uploads (
        upload INTEGER NOT NULL,
        piece INTEGER NOT NULL,
        at INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        UNIQUE (upload, piece)
    )",
];

/// What the user was asked is known, and what the answer was.
const APPROVALS: &[&str] = &[
    // `position` is that of the message with the call. `hash` and `change` tell whether the call would still do what the
    // user was shown. `notes` is a JSON array. Times are milliseconds. `decision` is null while the question waits,
    // `scope` the paths that were allowed for good.
    "CREATE TABLE approvals (
        id TEXT PRIMARY KEY,
        tool_call_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        tool TEXT NOT NULL,
        input TEXT,
        hash TEXT NOT NULL,
        change INTEGER NOT NULL,
        asked_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        notes TEXT NOT NULL,
        decision TEXT,
        scope TEXT,
        reason TEXT,
        decided_at INTEGER
    ) WITHOUT ROWID",
    "CREATE INDEX approvals_of ON approvals (position)",
];

/// Vendors may want back data that no page shows.
const VENDOR_DATA: &[&str] = &[
    // 1: the message carries so much of it that pages load the message without it.
    "ALTER TABLE messages ADD COLUMN opaque INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX messages_that_are_opaque ON messages (position) WHERE opaque = 1",
];

/// Instructions that came with an archive wait for the user.
const UNCONFIRMED: &[&str] = &[
    // 1: where it stands as instructions it is not followed.
    "ALTER TABLE contents ADD COLUMN unconfirmed INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX contents_unconfirmed ON contents (id) WHERE unconfirmed = 1",
];

/// Files are kept as their makers made them.
const AS_THEY_ARE: &[&str] = &[
    // The permissions of Unix; null: those that files and directories mostly have.
    "ALTER TABLE entries ADD COLUMN mode INTEGER",
    // How a text is written down as bytes; null: as UTF-8. `?`: it was taken for no text when UTF-8 alone was one.
    "ALTER TABLE contents ADD COLUMN encoding TEXT",
    "UPDATE contents SET encoding = '?' WHERE lines IS NULL",
];

/// The directory of the owner is told the texts of messages.
const PUSHES: &[&str] = &[
    // The positions of messages that are new, changed or gone since then, in the order in which that came; -1: the
    // transcript was emptied.
    "CREATE TABLE unpushed (stamp INTEGER PRIMARY KEY, position INTEGER NOT NULL)",
    "INSERT INTO unpushed (position) SELECT position FROM messages ORDER BY position",
];

/// Changes of the agent can be undone: it is known which answer made them.
const WHO_CHANGED: &[&str] = &[
    // A row for each change of the workspace of which nothing is forgotten, from this version on. `kind` is `user`,
    // `answer`, `undo` or `redo`; `answer` the id of the message whose answer made the change, or whose changes were undone
    // or redone. `at` is in milliseconds.
    "CREATE TABLE changes (
        number INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        answer TEXT,
        at INTEGER NOT NULL
    )",
    "CREATE INDEX changes_of ON changes (answer, number) WHERE answer IS NOT NULL",
    "CREATE INDEX entries_since ON entries (since)",
    // The number of the last change of which something is forgotten. What earlier versions forgot is not known.
    "ALTER TABLE workspace ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0",
    "UPDATE workspace SET forgotten = change",
];

/// Whether there are tables.
///
/// # Errors
/// When a statement fails.
pub fn exists(sql: &impl Sql) -> Result<bool, SqlError> {
    let found = sql.run(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema'",
        &[],
    )?;
    Ok(!found.is_empty())
}

/// Brings the tables up to date, or makes them: wholly or not at all.
///
/// # Errors
/// When a statement fails, or when the tables are of a later version than this code knows.
pub fn migrate(sql: &impl Sql) -> Result<(), SqlError> {
    let version = version(sql)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if version > known {
        return Err(SqlError {
            message: format!(
                "its tables are of version {version} and this code knows up to {known}: deploy the newer code again"
            ),
            fault: Fault::Newer,
        });
    }
    if version == known {
        return Ok(());
    }
    sql.in_transaction(|| advance(sql, version, known))
}

/// The version of the tables; zero: there are none.
fn version(sql: &impl Sql) -> Result<i64, SqlError> {
    if !exists(sql)? {
        return Ok(0);
    }
    let rows = sql.run("SELECT version FROM schema", &[])?;
    Ok(rows
        .first()
        .and_then(|row| row.first())
        .map_or(0, SqlValue::as_integer))
}

fn advance(sql: &impl Sql, version: i64, known: i64) -> Result<(), SqlError> {
    sql.execute(
        "CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL)",
        &[],
    )?;
    let statements = MIGRATIONS
        .iter()
        .skip(usize::try_from(version).unwrap_or(0))
        .copied()
        .flatten();
    for statement in statements {
        sql.execute(statement, &[])?;
    }
    sql.execute("DELETE FROM schema", &[])?;
    sql.execute("INSERT INTO schema (version) VALUES (?)", &[known.into()])
}
