//! The tables of a conversation, by version number.

use super::{Fault, Sql, SqlError, SqlValue};

/// One entry per version: the statements that migrate from the previous one. Never edited after a release.
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
    BRANCHES,
    COMPACTIONS,
    REPOSITORY,
    DRAFT,
];

/// The version of the tables that this code creates.
pub const SCHEMA: usize = MIGRATIONS.len();

/// The newest tables, which a new conversation gets at once: through all versions would take more than twice as long, since
/// SQLite reads all tables again after each `ALTER TABLE`. A test of `store` compares and writes it.
const NEWEST: &str = include_str!("newest.sql");

const FIRST: &[&str] = &[
    // Single values: the `revision` of the transcript, the synced `state`, and the `epoch`, which distinguishes this
    // store from an earlier one of the same name.
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "INSERT INTO facts (name, value) VALUES ('epoch', lower(hex(randomblob(8))))",
    // The transcript. Positions are assigned once and never reused; the position of an answer is reserved when its
    // turn is accepted.
    "CREATE TABLE messages (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL,
        hash TEXT NOT NULL,
        json TEXT NOT NULL
    )",
    // The rest of a message's JSON that does not fit its row: pieces from 1 on.
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
    // The stored streams: a run of chunks per row, one per line.
    "CREATE TABLE chunks (
        request_id TEXT NOT NULL,
        first_seq INTEGER NOT NULL,
        lines TEXT NOT NULL,
        PRIMARY KEY (request_id, first_seq)
    ) WITHOUT ROWID",
];

/// Tool calls can be looked up, and turns can continue a message.
const TOOL_CALLS: &[&str] = &[
    // The ids of the calls in a message, as a JSON array; null when there is none.
    "ALTER TABLE messages ADD COLUMN calls TEXT",
    // 1 when a call in the message is not settled.
    "ALTER TABLE messages ADD COLUMN waits INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX messages_that_wait ON messages (position) WHERE waits = 1",
    // Messages of more than one row are skipped: no tools existed before this version, so no call of theirs waits.
    "UPDATE messages SET calls = (
        SELECT json_group_array(json_extract(value, '$.toolCallId')) FROM json_each(messages.json, '$.parts')
        WHERE json_extract(value, '$.toolCallId') IS NOT NULL
    ) WHERE json_valid(json) AND json LIKE '%\"toolCallId\"%'",
    "UPDATE turns SET json = json_remove(json_set(json, '$.kind', 'answer',
        '$.context', json_object('model', json_extract(json, '$.model'))), '$.model')",
];

/// Files of the instance.
const WORKSPACE: &[&str] = &[
    // One row: the number of the last change, and the present usage. `bytes` counts every file, `stored` every
    // content once, including former versions.
    "CREATE TABLE workspace (
        change INTEGER NOT NULL,
        files INTEGER NOT NULL,
        directories INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        stored INTEGER NOT NULL
    )",
    "INSERT INTO workspace (change, files, directories, bytes, stored) VALUES (0, 0, 0, 0, 0)",
    // Contents by hash, with the first piece of their bytes. `lines` is null for binary contents.
    "CREATE TABLE contents (
        id INTEGER PRIMARY KEY,
        hash TEXT NOT NULL UNIQUE,
        size INTEGER NOT NULL,
        lines INTEGER,
        bytes BLOB NOT NULL
    )",
    // The rest of a content's bytes that do not fit its row: pieces from 1 on.
    "CREATE TABLE content_pieces (
        content INTEGER NOT NULL,
        piece INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        UNIQUE (content, piece)
    )",
    // Entries from the change `since` until the change `until`, which is null for present ones. A directory has no
    // content. `folded` is the path with its case folded.
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
    // Archives being uploaded.
    "CREATE TABLE uploads (
        upload INTEGER NOT NULL,
        piece INTEGER NOT NULL,
        at INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        UNIQUE (upload, piece)
    )",
];

/// Approval requests and their answers.
const APPROVALS: &[&str] = &[
    // `position` is that of the message with the call. `hash` and `change` show whether the effect of the call still
    // equals what the user was shown. `notes` is a JSON array. Times are in milliseconds. `decision` is null while
    // the request waits; `scope` holds the paths of a permanent approval.
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

/// Vendor data that no page shows.
const VENDOR_DATA: &[&str] = &[
    // 1 when the message has so much vendor data that pages load it without.
    "ALTER TABLE messages ADD COLUMN opaque INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX messages_that_are_opaque ON messages (position) WHERE opaque = 1",
];

/// Unconfirmed instructions from archives.
const UNCONFIRMED: &[&str] = &[
    // 1 when the content is not used as instructions until confirmed.
    "ALTER TABLE contents ADD COLUMN unconfirmed INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX contents_unconfirmed ON contents (id) WHERE unconfirmed = 1",
];

/// Files keep their permissions and encodings.
const AS_THEY_ARE: &[&str] = &[
    // The Unix permissions; null for the default ones.
    "ALTER TABLE entries ADD COLUMN mode INTEGER",
    // The encoding of a text; null for UTF-8. `?` when it was stored as binary while only UTF-8 was recognised.
    "ALTER TABLE contents ADD COLUMN encoding TEXT",
    "UPDATE contents SET encoding = '?' WHERE lines IS NULL",
];

/// Reports of message texts to the owner's directory.
const PUSHES: &[&str] = &[
    // The positions of messages that were added, changed or removed since the last report, in the order of the
    // changes; -1 when the transcript was cleared.
    "CREATE TABLE unpushed (stamp INTEGER PRIMARY KEY, position INTEGER NOT NULL)",
    "INSERT INTO unpushed (position) SELECT position FROM messages ORDER BY position",
];

/// Changes of the workspace are recorded with their author, so that the changes of an answer can be undone.
const WHO_CHANGED: &[&str] = &[
    // One row per change, from this version on, except for changes that are partly forgotten. `kind` is `user`, `answer`,
    // `undo`, `redo` or `restore`; `answer` is the id of the message whose answer made the change, or whose changes were undone or
    // redone. `at` is in milliseconds.
    "CREATE TABLE changes (
        number INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        answer TEXT,
        at INTEGER NOT NULL
    )",
    "CREATE INDEX changes_of ON changes (answer, number) WHERE answer IS NOT NULL",
    "CREATE INDEX entries_since ON entries (since)",
    // The number of the last change of which something is forgotten. What earlier versions forgot is unknown.
    "ALTER TABLE workspace ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0",
    "UPDATE workspace SET forgotten = change",
];

/// What followed a message before it was answered again, edited or continued otherwise is kept.
const BRANCHES: &[&str] = &[
    // One row for each branch of a message that more than one branch followed. `after` is the position of that message, 0
    // for the beginning of the conversation.
    "CREATE TABLE branches (
        id INTEGER PRIMARY KEY,
        after INTEGER NOT NULL,
        is_shown INTEGER NOT NULL
    )",
    // The messages of the branches that are not shown; as in `messages` and `message_pieces`.
    "CREATE TABLE branch_messages (
        branch INTEGER NOT NULL,
        position INTEGER NOT NULL,
        id TEXT NOT NULL,
        role TEXT NOT NULL,
        hash TEXT NOT NULL,
        json TEXT NOT NULL,
        calls TEXT,
        waits INTEGER NOT NULL DEFAULT 0,
        opaque INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (branch, position)
    ) WITHOUT ROWID",
    "CREATE TABLE branch_pieces (
        branch INTEGER NOT NULL,
        position INTEGER NOT NULL,
        piece INTEGER NOT NULL,
        json TEXT NOT NULL,
        PRIMARY KEY (branch, position, piece)
    ) WITHOUT ROWID",
];

/// Earlier messages are summarised, and messages can be pinned.
const COMPACTIONS: &[&str] = &[
    // One row per attempt. `position` and `message` are those of the last message covered. Without a `summary` the attempt
    // failed because of `problem`, or was stopped. `at` is in milliseconds.
    "CREATE TABLE compactions (
        number INTEGER PRIMARY KEY,
        position INTEGER NOT NULL,
        message TEXT NOT NULL,
        at INTEGER NOT NULL,
        summary TEXT,
        problem TEXT
    )",
    // 1 when the user has pinned the message.
    "ALTER TABLE messages ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX messages_that_are_pinned ON messages (position) WHERE pinned = 1",
    "ALTER TABLE branch_messages ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0",
];

/// The workspace may be opened from a commit of a repository.
const REPOSITORY: &[&str] = &[
    // One row, or none: what the workspace was opened from.
    "CREATE TABLE repository (json TEXT NOT NULL)",
    // The files of that commit. `blob` is git's id of the content; `mode` is as in `entries`.
    "CREATE TABLE base_files (path TEXT PRIMARY KEY, blob TEXT NOT NULL, mode INTEGER) WITHOUT ROWID",
    "CREATE INDEX base_files_of ON base_files (blob)",
    // The contents with their ids in git: those of that commit, and of one that is being gathered.
    "CREATE TABLE blobs (blob TEXT PRIMARY KEY, content INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX blobs_of ON blobs (content)",
    // The files of a commit that is being gathered, and the directories that they need, which have no `blob`. `instructions` is 1
    // for files with instructions. `action` says what is to be done with a file, once that is known.
    "CREATE TABLE incoming (
        path TEXT PRIMARY KEY,
        parent TEXT NOT NULL,
        folded TEXT NOT NULL,
        blob TEXT,
        mode INTEGER,
        instructions INTEGER NOT NULL,
        action TEXT
    ) WITHOUT ROWID",
    "CREATE INDEX incoming_of ON incoming (blob) WHERE blob IS NOT NULL",
];

/// The agent may work on a draft of the files until the user has decided about it.
const DRAFT: &[&str] = &[
    // The tables of the draft, as those of the files; all are empty when there is no draft. `followed` is the number of the
    // last change of the files that the draft has, too. `stored` is counted for both in `workspace`.
    "CREATE TABLE draft_workspace (
        change INTEGER NOT NULL,
        files INTEGER NOT NULL,
        directories INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        forgotten INTEGER NOT NULL,
        followed INTEGER NOT NULL
    )",
    "CREATE TABLE draft_entries (
        id INTEGER PRIMARY KEY,
        path TEXT NOT NULL,
        parent TEXT NOT NULL,
        folded TEXT NOT NULL,
        content INTEGER,
        since INTEGER NOT NULL,
        until INTEGER,
        at INTEGER NOT NULL,
        mode INTEGER
    )",
    "CREATE UNIQUE INDEX draft_entries_now ON draft_entries (path) WHERE until IS NULL",
    "CREATE INDEX draft_entries_in ON draft_entries (parent, path) WHERE until IS NULL",
    "CREATE INDEX draft_entries_folded ON draft_entries (folded) WHERE until IS NULL",
    "CREATE INDEX draft_entries_by_path ON draft_entries (path, since)",
    "CREATE INDEX draft_entries_past ON draft_entries (until) WHERE until IS NOT NULL",
    "CREATE INDEX draft_entries_of ON draft_entries (content) WHERE content IS NOT NULL",
    "CREATE INDEX draft_entries_since ON draft_entries (since)",
    "CREATE TABLE draft_changes (
        number INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        answer TEXT,
        at INTEGER NOT NULL
    )",
    "CREATE INDEX draft_changes_of ON draft_changes (answer, number) WHERE answer IS NOT NULL",
    "CREATE TABLE draft_repository (json TEXT NOT NULL)",
    "CREATE TABLE draft_base_files (path TEXT PRIMARY KEY, blob TEXT NOT NULL, mode INTEGER) WITHOUT ROWID",
    "CREATE INDEX draft_base_files_of ON draft_base_files (blob)",
    // The paths that the draft changed, with what was there when it began to. `answer` is the message whose answer changed it
    // last.
    "CREATE TABLE draft_base (
        path TEXT PRIMARY KEY,
        is_there INTEGER NOT NULL,
        content INTEGER,
        mode INTEGER,
        answer TEXT
    ) WITHOUT ROWID",
    "CREATE INDEX draft_base_of ON draft_base (content) WHERE content IS NOT NULL",
    // What became of drafted files, for the model. `number` is that of a change of the files; some changes have no other trace.
    "CREATE TABLE draft_decisions (number INTEGER NOT NULL, path TEXT NOT NULL, decision TEXT NOT NULL)",
];

/// Whether the tables exist.
///
/// # Errors
/// When an SQL statement fails.
pub fn exists(sql: &impl Sql) -> Result<bool, SqlError> {
    let found = sql.run(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema'",
        &[],
    )?;
    Ok(!found.is_empty())
}

/// Creates or migrates the tables, in one transaction.
///
/// # Errors
/// When an SQL statement fails, or when the tables are of a later version than this code knows.
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

/// The version of the tables; zero when there are none.
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
    match usize::try_from(version) {
        Ok(0) | Err(_) => sql.execute_all(NEWEST)?,
        Ok(version) => {
            for statement in MIGRATIONS.iter().skip(version).copied().flatten() {
                sql.execute(statement, &[])?;
            }
        }
    }
    sql.execute("DELETE FROM schema", &[])?;
    sql.execute("INSERT INTO schema (version) VALUES (?)", &[known.into()])
}
