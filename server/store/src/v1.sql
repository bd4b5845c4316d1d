CREATE TABLE schema (version INTEGER NOT NULL);
INSERT INTO schema (version) VALUES (1);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO facts (name, value) VALUES ('epoch', '0011223344556677');
INSERT INTO facts (name, value) VALUES ('revision', '3');
INSERT INTO facts (name, value) VALUES ('state', '{"count":1}');
CREATE TABLE messages (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    hash TEXT NOT NULL,
    json TEXT NOT NULL
);
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
INSERT INTO messages VALUES (1, 'm1', 'user', '0123456789abcdef', '{"id":"m1","role":"user","parts":[{"type":"text","text":"one"}]}');
INSERT INTO messages VALUES (2, 'a1', 'assistant', '0123456789abcdef', '{"id":"a1","role":"assistant","parts":[{"type":"step-start"},{"type":"tool-add","toolName":"add","toolCallId":"c1","state":"output-error","input":{},"errorText":"There is no tool `add`."},{"type":"text","text":"Done.","state":"done"}]}');
INSERT INTO messages VALUES (3, 'm2', 'user', '0123456789abcdef', '{"id":"m2","role":"user","parts":[{"type":"text","text":');
INSERT INTO message_pieces VALUES (3, 1, '"two"}]}');
INSERT INTO turns VALUES ('r1', 2, 'settled', '{"request_id":"r1","answer_id":"a1","answer_position":2,"message_ids":["m1"],"model":null,"phase":{"settled":"completed"}}');
INSERT INTO turns VALUES ('r2', 4, 'running', '{"request_id":"r2","answer_id":"a2","answer_position":4,"message_ids":["m2"],"model":"some/model","phase":{"running":{"attempt":1}}}');
INSERT INTO chunks VALUES ('r2', 0, '{"type":"start","messageId":"a2"}');
