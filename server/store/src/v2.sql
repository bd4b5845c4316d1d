CREATE TABLE chunks (
    request_id TEXT NOT NULL,
    first_seq INTEGER NOT NULL,
    lines TEXT NOT NULL,
    PRIMARY KEY (request_id, first_seq)
) WITHOUT ROWID;
INSERT INTO "chunks" VALUES('r2',0,'{"type":"start","messageId":"a2"}');
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "facts" VALUES('epoch','0011223344556677');
INSERT INTO "facts" VALUES('revision','3');
INSERT INTO "facts" VALUES('state','{"title":"Sums"}');
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
, calls TEXT, waits INTEGER NOT NULL DEFAULT 0);
INSERT INTO "messages" VALUES(1,'m1','user','0123456789abcdef','{"id":"m1","role":"user","parts":[{"type":"text","text":"one"}]}',NULL,0);
INSERT INTO "messages" VALUES(2,'a1','assistant','0123456789abcdef','{"id":"a1","role":"assistant","parts":[{"type":"step-start"},{"type":"tool-add","toolName":"add","toolCallId":"c1","state":"output-error","input":{},"errorText":"There is no tool `add`."},{"type":"text","text":"Done.","state":"done"}]}','["c1"]',0);
INSERT INTO "messages" VALUES(3,'m2','user','0123456789abcdef','{"id":"m2","role":"user","parts":[{"type":"text","text":',NULL,0);
CREATE TABLE schema (version INTEGER NOT NULL);
INSERT INTO "schema" VALUES(2);
CREATE TABLE turns (
    request_id TEXT PRIMARY KEY,
    answer_position INTEGER NOT NULL,
    phase TEXT NOT NULL,
    json TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "turns" VALUES('r1',2,'settled','{"request_id":"r1","answer_id":"a1","answer_position":2,"message_ids":["m1"],"phase":{"settled":"completed"},"kind":"answer","context":{"model":null}}');
INSERT INTO "turns" VALUES('r2',4,'running','{"request_id":"r2","answer_id":"a2","answer_position":4,"message_ids":["m2"],"phase":{"running":{"attempt":1}},"kind":"answer","context":{"model":"some/model"}}');
CREATE INDEX turns_by_phase ON turns (phase, answer_position);
CREATE INDEX messages_that_wait ON messages (position) WHERE waits = 1;
