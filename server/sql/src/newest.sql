CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE messages (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    hash TEXT NOT NULL,
    json TEXT NOT NULL
, calls TEXT, waits INTEGER NOT NULL DEFAULT 0, opaque INTEGER NOT NULL DEFAULT 0, pinned INTEGER NOT NULL DEFAULT 0);
CREATE TABLE message_pieces (
    position INTEGER NOT NULL,
    piece INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (position, piece)
) WITHOUT ROWID;
CREATE TABLE turns (
    request_id TEXT PRIMARY KEY,
    answer_position INTEGER NOT NULL,
    phase TEXT NOT NULL,
    json TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX turns_by_phase ON turns (phase, answer_position);
CREATE TABLE chunks (
    request_id TEXT NOT NULL,
    first_seq INTEGER NOT NULL,
    lines TEXT NOT NULL,
    PRIMARY KEY (request_id, first_seq)
) WITHOUT ROWID;
CREATE INDEX messages_that_wait ON messages (position) WHERE waits = 1;
CREATE TABLE workspace (
        change INTEGER NOT NULL,
        files INTEGER NOT NULL,
        directories INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        stored INTEGER NOT NULL
    , forgotten INTEGER NOT NULL DEFAULT 0);
CREATE TABLE contents (
        id INTEGER PRIMARY KEY,
        hash TEXT NOT NULL UNIQUE,
        size INTEGER NOT NULL,
        lines INTEGER,
        bytes BLOB NOT NULL
    , unconfirmed INTEGER NOT NULL DEFAULT 0, encoding TEXT);
CREATE TABLE content_pieces (
        content INTEGER NOT NULL,
        piece INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        UNIQUE (content, piece)
    );
CREATE TABLE entries (
        id INTEGER PRIMARY KEY,
        path TEXT NOT NULL,
        parent TEXT NOT NULL,
        folded TEXT NOT NULL,
        content INTEGER,
        since INTEGER NOT NULL,
        until INTEGER,
        at INTEGER NOT NULL
    , mode INTEGER);
CREATE UNIQUE INDEX entries_now ON entries (path) WHERE until IS NULL;
CREATE INDEX entries_in ON entries (parent, path) WHERE until IS NULL;
CREATE INDEX entries_folded ON entries (folded) WHERE until IS NULL;
CREATE INDEX entries_by_path ON entries (path, since);
CREATE INDEX entries_past ON entries (until) WHERE until IS NOT NULL;
CREATE INDEX entries_of ON entries (content) WHERE content IS NOT NULL;
CREATE TABLE uploads (
        upload INTEGER NOT NULL,
        piece INTEGER NOT NULL,
        at INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        UNIQUE (upload, piece)
    );
CREATE TABLE approvals (
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
    ) WITHOUT ROWID;
CREATE INDEX approvals_of ON approvals (position);
CREATE INDEX messages_that_are_opaque ON messages (position) WHERE opaque = 1;
CREATE INDEX contents_unconfirmed ON contents (id) WHERE unconfirmed = 1;
CREATE TABLE unpushed (stamp INTEGER PRIMARY KEY, position INTEGER NOT NULL);
CREATE TABLE changes (
        number INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        answer TEXT,
        at INTEGER NOT NULL
    );
CREATE INDEX changes_of ON changes (answer, number) WHERE answer IS NOT NULL;
CREATE INDEX entries_since ON entries (since);
CREATE TABLE branches (
        id INTEGER PRIMARY KEY,
        after INTEGER NOT NULL,
        is_shown INTEGER NOT NULL
    );
CREATE TABLE branch_messages (
        branch INTEGER NOT NULL,
        position INTEGER NOT NULL,
        id TEXT NOT NULL,
        role TEXT NOT NULL,
        hash TEXT NOT NULL,
        json TEXT NOT NULL,
        calls TEXT,
        waits INTEGER NOT NULL DEFAULT 0,
        opaque INTEGER NOT NULL DEFAULT 0, pinned INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (branch, position)
    ) WITHOUT ROWID;
CREATE TABLE branch_pieces (
        branch INTEGER NOT NULL,
        position INTEGER NOT NULL,
        piece INTEGER NOT NULL,
        json TEXT NOT NULL,
        PRIMARY KEY (branch, position, piece)
    ) WITHOUT ROWID;
CREATE TABLE compactions (
        number INTEGER PRIMARY KEY,
        position INTEGER NOT NULL,
        message TEXT NOT NULL,
        at INTEGER NOT NULL,
        summary TEXT,
        problem TEXT
    );
CREATE INDEX messages_that_are_pinned ON messages (position) WHERE pinned = 1;
CREATE TABLE repository (json TEXT NOT NULL);
CREATE TABLE base_files (path TEXT PRIMARY KEY, blob TEXT NOT NULL, mode INTEGER) WITHOUT ROWID;
CREATE INDEX base_files_of ON base_files (blob);
CREATE TABLE blobs (blob TEXT PRIMARY KEY, content INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX blobs_of ON blobs (content);
CREATE TABLE incoming (
        path TEXT PRIMARY KEY,
        parent TEXT NOT NULL,
        folded TEXT NOT NULL,
        blob TEXT,
        mode INTEGER,
        instructions INTEGER NOT NULL,
        action TEXT
    ) WITHOUT ROWID;
CREATE INDEX incoming_of ON incoming (blob) WHERE blob IS NOT NULL;
CREATE TABLE draft_workspace (
        change INTEGER NOT NULL,
        files INTEGER NOT NULL,
        directories INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        forgotten INTEGER NOT NULL,
        followed INTEGER NOT NULL
    );
CREATE TABLE draft_entries (
        id INTEGER PRIMARY KEY,
        path TEXT NOT NULL,
        parent TEXT NOT NULL,
        folded TEXT NOT NULL,
        content INTEGER,
        since INTEGER NOT NULL,
        until INTEGER,
        at INTEGER NOT NULL,
        mode INTEGER
    );
CREATE UNIQUE INDEX draft_entries_now ON draft_entries (path) WHERE until IS NULL;
CREATE INDEX draft_entries_in ON draft_entries (parent, path) WHERE until IS NULL;
CREATE INDEX draft_entries_folded ON draft_entries (folded) WHERE until IS NULL;
CREATE INDEX draft_entries_by_path ON draft_entries (path, since);
CREATE INDEX draft_entries_past ON draft_entries (until) WHERE until IS NOT NULL;
CREATE INDEX draft_entries_of ON draft_entries (content) WHERE content IS NOT NULL;
CREATE INDEX draft_entries_since ON draft_entries (since);
CREATE TABLE draft_changes (
        number INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        answer TEXT,
        at INTEGER NOT NULL
    );
CREATE INDEX draft_changes_of ON draft_changes (answer, number) WHERE answer IS NOT NULL;
CREATE TABLE draft_repository (json TEXT NOT NULL);
CREATE TABLE draft_base_files (path TEXT PRIMARY KEY, blob TEXT NOT NULL, mode INTEGER) WITHOUT ROWID;
CREATE INDEX draft_base_files_of ON draft_base_files (blob);
CREATE TABLE draft_base (
        path TEXT PRIMARY KEY,
        is_there INTEGER NOT NULL,
        content INTEGER,
        mode INTEGER,
        answer TEXT
    ) WITHOUT ROWID;
CREATE INDEX draft_base_of ON draft_base (content) WHERE content IS NOT NULL;
CREATE TABLE draft_decisions (number INTEGER NOT NULL, path TEXT NOT NULL, decision TEXT NOT NULL);
INSERT INTO facts (name, value) VALUES ('epoch', lower(hex(randomblob(8))));
INSERT INTO workspace (change, files, directories, bytes, stored) VALUES (0, 0, 0, 0, 0);
