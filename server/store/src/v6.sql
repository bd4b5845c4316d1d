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
INSERT INTO "approvals" VALUES('q4','c2',4,'delete','{}','abc',1,5,6,'[]',NULL,NULL,NULL,NULL);
CREATE TABLE chunks (
    request_id TEXT NOT NULL,
    first_seq INTEGER NOT NULL,
    lines TEXT NOT NULL,
    PRIMARY KEY (request_id, first_seq)
) WITHOUT ROWID;
CREATE TABLE content_pieces (
        content INTEGER NOT NULL,
        piece INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        UNIQUE (content, piece)
    );
CREATE TABLE contents (
        id INTEGER PRIMARY KEY,
        hash TEXT NOT NULL UNIQUE,
        size INTEGER NOT NULL,
        lines INTEGER,
        bytes BLOB NOT NULL
    , unconfirmed INTEGER NOT NULL DEFAULT 0);
INSERT INTO "contents" VALUES(1,'2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806',4,1,X'6F6E650A',0);
INSERT INTO "contents" VALUES(2,'e49c00002fa348207ae29cca57ce705515f2941c22365ec985bb17264357b9f5',22,NULL,X'FFFE6F006E0065000D000A00740077006F000D000A00',0);
INSERT INTO "contents" VALUES(3,'61d68565d389e15e37fa1a6b25293db972a12f63b7b1dca92605b6a1c7840a39',6,NULL,X'6772F6DF650A',0);
INSERT INTO "contents" VALUES(4,'ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc',3,NULL,X'000102',0);
CREATE TABLE entries (
        id INTEGER PRIMARY KEY,
        path TEXT NOT NULL,
        parent TEXT NOT NULL,
        folded TEXT NOT NULL,
        content INTEGER,
        since INTEGER NOT NULL,
        until INTEGER,
        at INTEGER NOT NULL
    );
INSERT INTO "entries" VALUES(1,'src','','src',NULL,1,NULL,1000);
INSERT INTO "entries" VALUES(2,'src/a.txt','src','src/a.txt',1,1,NULL,1000);
INSERT INTO "entries" VALUES(3,'utf16.txt','','utf16.txt',2,2,NULL,2000);
INSERT INTO "entries" VALUES(4,'latin.txt','','latin.txt',3,2,NULL,2000);
INSERT INTO "entries" VALUES(5,'binary','','binary',4,2,NULL,2000);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "facts" VALUES('epoch','0011223344556677');
INSERT INTO "facts" VALUES('revision','3');
INSERT INTO "facts" VALUES('state','{"title":"Sums","projectContext":null,"model":null}');
CREATE TABLE message_pieces (
    position INTEGER NOT NULL,
    piece INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (position, piece)
) WITHOUT ROWID;
INSERT INTO "message_pieces" VALUES(3,1,'"two"}]}');
CREATE TABLE messages (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    hash TEXT NOT NULL,
    json TEXT NOT NULL
, calls TEXT, waits INTEGER NOT NULL DEFAULT 0, opaque INTEGER NOT NULL DEFAULT 0);
INSERT INTO "messages" VALUES(1,'m1','user','0123456789abcdef','{"id":"m1","role":"user","parts":[{"type":"text","text":"one"}]}',NULL,0,0);
INSERT INTO "messages" VALUES(2,'a1','assistant','0123456789abcdef','{"id":"a1","role":"assistant","parts":[{"type":"step-start"},{"type":"tool-add","toolName":"add","toolCallId":"c1","state":"output-error","input":{},"errorText":"There is no tool `add`."},{"type":"text","text":"Done.","state":"done"}]}','["c1"]',0,0);
INSERT INTO "messages" VALUES(3,'m2','user','0123456789abcdef','{"id":"m2","role":"user","parts":[{"type":"text","text":',NULL,0,0);
INSERT INTO "messages" VALUES(4,'a2','assistant','0123456789abcdef','{"id":"a2","role":"assistant","parts":[{"type":"step-start"},{"type":"tool-delete","toolName":"delete","toolCallId":"c2","state":"approval-requested","input":{"path":"src/a.txt"},"approval":{"id":"q2"}}]}','["c2"]',1,0);
CREATE TABLE schema (version INTEGER NOT NULL);
INSERT INTO "schema" VALUES(6);
CREATE TABLE turns (
    request_id TEXT PRIMARY KEY,
    answer_position INTEGER NOT NULL,
    phase TEXT NOT NULL,
    json TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "turns" VALUES('r1',2,'settled','{"request_id":"r1","answer_id":"a1","answer_position":2,"message_ids":["m1"],"phase":{"settled":"completed"},"kind":"answer","context":{"model":null}}');
INSERT INTO "turns" VALUES('r2',4,'settled','{"request_id":"r2","kind":"answer","requester":null,"answer_id":"a2","answer_position":4,"message_ids":["m2"],"phase":{"settled":"completed"}}');
CREATE TABLE uploads (
        upload INTEGER NOT NULL,
        piece INTEGER NOT NULL,
        at INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        UNIQUE (upload, piece)
    );
CREATE TABLE workspace (
        change INTEGER NOT NULL,
        files INTEGER NOT NULL,
        directories INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        stored INTEGER NOT NULL
    );
INSERT INTO "workspace" VALUES(2,4,1,37,37);
CREATE INDEX turns_by_phase ON turns (phase, answer_position);
CREATE INDEX messages_that_wait ON messages (position) WHERE waits = 1;
CREATE UNIQUE INDEX entries_now ON entries (path) WHERE until IS NULL;
CREATE INDEX entries_in ON entries (parent, path) WHERE until IS NULL;
CREATE INDEX entries_folded ON entries (folded) WHERE until IS NULL;
CREATE INDEX entries_by_path ON entries (path, since);
CREATE INDEX entries_past ON entries (until) WHERE until IS NOT NULL;
CREATE INDEX entries_of ON entries (content) WHERE content IS NOT NULL;
CREATE INDEX approvals_of ON approvals (position);
CREATE INDEX messages_that_are_opaque ON messages (position) WHERE opaque = 1;
CREATE INDEX contents_unconfirmed ON contents (id) WHERE unconfirmed = 1;
