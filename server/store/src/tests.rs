//! The store on real SQLite.

use common::{
    id::{MessageId, RequestId},
    message::{Message, Role},
    state::About,
    time::Timestamp,
};
use serde_json::{Value, json};
use test_support::MemorySql;
use workspace::{Author, Expect, FilePath, Grep, Lines, OnConflict, Read, Usage};

use super::{Audience, ContentHash, Span, Sql as _, SqlValue, Store, Write};
use crate::{
    Asked, Position, QueuedTurn, RequestContext, Settlement, Spending, StoredTurns, Turn, TurnKind,
    approvals::tests::asked,
};

fn message(id: &str, text: &str) -> Message {
    Message::text(MessageId::from(id), Role::User, text)
}

fn put(position: i64, message: &Message) -> Write {
    Write::ReplaceMessage {
        position: Position::new(position),
        message: message.clone(),
    }
}

fn turn(id: &str, position: i64) -> Turn {
    Turn {
        request_id: RequestId::from(id),
        answer_id: MessageId::new(format!("answer-{id}")),
        answer_position: Position::new(position),
        kind: TurnKind::Answer(Asked::default()),
        requester: None,
    }
}

fn queued(id: &str, position: i64) -> Write {
    Write::turn(QueuedTurn {
        turn: turn(id, position),
        context: RequestContext::default(),
        not_before: None,
        steers: false,
        begins: false,
    })
}

#[test]
fn a_whole_transcript_is_added_with_few_statements() {
    let sql = MemorySql::new();
    let store = Store::open(sql.clone()).unwrap();
    store.write(&[put(1, &message("first", "one"))]).unwrap();
    let before = sql.writes();
    let long = "x".repeat(5_000_000);
    let messages: Vec<Message> = (2..=251)
        .map(|number| match number {
            90 => message("90", &long),
            _ => Message::text(
                MessageId::new(number.to_string()),
                [Role::User, Role::Assistant][number % 2],
                "text",
            ),
        })
        .collect();
    let added = messages
        .iter()
        .zip(2..)
        .map(|(message, position)| Write::AddMessage {
            position: Position::new(position),
            message: message.clone(),
        });
    store.write(&added.collect::<Vec<_>>()).unwrap();
    let writes = sql.writes() - before;
    assert!(writes < 70, "{writes} for 250 messages");
    let stored = store.messages_before(Position::END).unwrap();
    assert_eq!(stored[1..], messages);
    let unpushed = sql.run("SELECT count(*) FROM unpushed", &[]).unwrap();
    assert_eq!(unpushed[0][0], SqlValue::from(251));
}

#[test]
fn messages_come_back_in_order_after_reopening() {
    let sql = MemorySql::new();
    let store = Store::open(sql.clone()).unwrap();
    let (first, second) = (message("a", "one"), message("b", "two"));
    store.write(&[put(2, &second), put(1, &first)]).unwrap();
    let store = Store::open(sql).unwrap();
    assert_eq!(
        store.messages_before(Position::END).unwrap(),
        [first.clone(), second.clone()]
    );
    assert_eq!(
        store.messages_before(Position::new(2)).unwrap(),
        std::slice::from_ref(&first)
    );
    assert_eq!(
        store
            .transcript_json(Audience::Client, Span::ALL, None)
            .unwrap(),
        serde_json::to_string(&[first.clone(), second]).unwrap()
    );
    let index = store.load().unwrap().index;
    assert_eq!(
        index
            .iter()
            .map(|entry| entry.id.as_str())
            .collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert_eq!(index[0].hash, ContentHash::of(&first));
}

#[test]
fn a_message_larger_than_a_row_is_whole() {
    let sql = MemorySql::new();
    let store = Store::open(sql.clone()).unwrap();
    let large = message("a", &"ä€😀\n".repeat(400_000));
    store
        .write(&[put(1, &large), put(2, &message("b", "small"))])
        .unwrap();
    assert_eq!(
        store.messages_before(Position::new(2)).unwrap(),
        std::slice::from_ref(&large)
    );
    let rows = sql
        .run(
            "SELECT max(length(CAST(json AS BLOB))), count(*) FROM message_pieces",
            &[],
        )
        .unwrap();
    assert!(rows[0][0].as_integer() < 2_000_000);
    let index = store.load().unwrap().index;
    let bytes: Vec<usize> = index.iter().map(|entry| entry.bytes).collect();
    assert_eq!(
        bytes,
        [&large, &message("b", "small")].map(super::json_bytes)
    );
    assert!(rows[0][1].as_integer() > 3);
    store.write(&[put(1, &message("a", "short now"))]).unwrap();
    assert_eq!(
        store.messages_before(Position::new(2)).unwrap(),
        [message("a", "short now")]
    );
}

#[test]
fn a_growing_answer_is_shown_where_it_will_stand() {
    let store = Store::open(MemorySql::new()).unwrap();
    store
        .write(&[put(1, &message("a", "one")), put(3, &message("c", "three"))])
        .unwrap();
    let growing = message("b", "two");
    let json = store
        .transcript_json(
            Audience::Client,
            Span::ALL,
            Some((Position::new(2), &growing)),
        )
        .unwrap();
    let expected = [message("a", "one"), growing, message("c", "three")];
    assert_eq!(json, serde_json::to_string(&expected).unwrap());
}

#[test]
fn a_transcript_of_many_windows_is_whole() {
    let sql = MemorySql::new();
    let store = Store::open(sql.clone()).unwrap();
    // More small messages than a window has, large ones beyond its bytes, one beyond a row, and gaps in between.
    let texts = (1..400).map(|n| match n {
        50 => "ä€😀".repeat(300_000),
        60..70 => "large ".repeat(60_000),
        80 | 81 => "x".repeat(990_000),
        _ => format!("\"text\" {n}"),
    });
    let mut messages: Vec<(i64, Message)> = (1..)
        .map(|n| 2 * n)
        .zip(texts)
        .map(|(at, text)| (at, message(&format!("m{at}"), &text)))
        .collect();
    let writes: Vec<Write> = messages
        .iter()
        .map(|(at, message)| put(*at, message))
        .collect();
    store.write(&writes).unwrap();
    let expect = |messages: &[(i64, Message)], growing: Option<(Position, &Message)>| {
        let wanted: Vec<&Message> = messages.iter().map(|(_, message)| message).collect();
        let json = store
            .transcript_json(Audience::Client, Span::ALL, growing)
            .unwrap();
        assert!(json == serde_json::to_string(&wanted).unwrap());
    };
    expect(&messages, None);
    for broken in [1, 100, 101, 399] {
        let values = [SqlValue::from(2 * broken)];
        sql.run(
            "UPDATE messages SET json = '{' || json WHERE position = ?",
            &values,
        )
        .unwrap();
        messages.retain(|(at, _)| *at != 2 * broken);
    }
    expect(&messages, None);
    let growing = message("growing", "new");
    for at in [1, 100, 161, 302, 900] {
        let mut messages = messages.clone();
        messages.retain(|(other, _)| *other != at);
        let index = messages.partition_point(|(other, _)| *other < at);
        messages.insert(index, (at, growing.clone()));
        expect(&messages, Some((Position::new(at), &growing)));
    }
    store.write(&[Write::Clear]).unwrap();
    expect(&[], None);
}

#[test]
fn the_entity_tag_changes_with_the_transcript_alone() {
    let store = Store::open(MemorySql::new()).unwrap();
    let empty = store.etag().unwrap();
    store
        .write(&[Write::PutAbout(about("x")), queued("r", 2)])
        .unwrap();
    assert_eq!(store.etag().unwrap(), empty);
    store.write(&[put(1, &message("a", "one"))]).unwrap();
    let one = store.etag().unwrap();
    store
        .write(&[Write::DeleteMessage(Position::new(1))])
        .unwrap();
    let deleted = store.etag().unwrap();
    store.write(&[Write::Clear]).unwrap();
    let tags = [empty, one, deleted, store.etag().unwrap()];
    assert!(
        tags.iter()
            .enumerate()
            .all(|(at, tag)| !tags[..at].contains(tag)),
        "{tags:?}"
    );
    let other = Store::open(MemorySql::new()).unwrap();
    other.write(&[put(1, &message("a", "one"))]).unwrap();
    assert_ne!(
        other.etag().unwrap(),
        tags[1],
        "another store of the same name"
    );
}

#[test]
fn streams_come_back_as_they_were_appended() {
    let sql = MemorySql::new();
    let store = Store::open(sql.clone()).unwrap();
    let id = RequestId::from("r");
    let append = |first_seq, chunks: &[&str]| Write::AppendChunks {
        request_id: id.clone(),
        first_seq,
        chunks: chunks.iter().map(|chunk| (*chunk).to_owned()).collect(),
    };
    let long = format!("\"{}\"", "x".repeat(700_000));
    store
        .write(&[
            append(0, &["1", "2"]),
            append(2, &[&long, &long, "3"]),
            append(5, &["4"]),
        ])
        .unwrap();
    assert_eq!(
        store.chunks(&id).unwrap(),
        ["1", "2", &long, &long, "3", "4"]
    );
    let rows = sql
        .run("SELECT max(length(lines)) FROM chunks", &[])
        .unwrap();
    assert!(rows[0][0].as_integer() <= 1_000_000);
    store.write(&[Write::DeleteChunks(id.clone())]).unwrap();
    assert_eq!(store.chunks(&id).unwrap(), Vec::<String>::new());
}

fn about(title: &str) -> About {
    About::default().with_title(Some(title.to_owned())).unwrap()
}

#[test]
fn the_settings_of_the_conversation_are_stored() {
    let sql = MemorySql::new();
    let store = Store::open(sql.clone()).unwrap();
    assert_eq!(store.load().unwrap().about, Ok(About::default()));
    let about = About {
        project_context: Some("ä".repeat(16_000)),
        ..about("Lists")
    };
    store.write(&[Write::PutAbout(about.clone())]).unwrap();
    let stored = Store::open(sql).unwrap().load().unwrap();
    assert_eq!(stored.about, Ok(about));
}

#[test]
fn an_unreadable_state_differs_from_a_missing_one() {
    for broken in ["{broken", "null", "false", r#"{"title":1}"#] {
        let sql = MemorySql::with_tables();
        let store = Store::open(sql.clone()).unwrap();
        let values = [SqlValue::from(broken)];
        sql.run("INSERT INTO facts VALUES ('state', ?)", &values)
            .unwrap();
        assert!(store.load().unwrap().about.is_err(), "{broken}");
    }
}

#[test]
fn messages_with_open_calls_and_unfinished_answers_are_loaded() {
    let call = |id: &str, state: &str| {
        let part = json!({"type": "tool-t", "toolCallId": format!("call-{id}"), "state": state, "input": {}, "output": 1});
        let message = json!({"id": id, "role": "assistant", "parts": [part]});
        serde_json::from_value::<Message>(message).unwrap()
    };
    let store = Store::open(MemorySql::new()).unwrap();
    store
        .write(&[
            put(1, &call("waits", "input-available")),
            put(2, &call("settled", "output-available")),
            put(3, &call("goes-on", "output-available")),
            put(4, &message("plain", "text")),
            queued("r", 3),
        ])
        .unwrap();
    let stored = store.load().unwrap();
    let open: Vec<_> = stored
        .open
        .iter()
        .map(|(_, message)| message.id.as_str())
        .collect();
    assert_eq!(open, ["waits", "goes-on"]);
    let calls: Vec<_> = stored.index.iter().map(|entry| entry.calls.len()).collect();
    assert_eq!(calls, [1, 1, 1, 0]);
}

/// A store from an earlier version.
fn earlier(statements: &str) -> MemorySql {
    let sql = MemorySql::new();
    let statements = statements.split(";\n");
    for statement in statements.filter(|statement| !statement.is_empty()) {
        sql.run(statement, &[]).unwrap();
    }
    sql
}

fn table_count(sql: &MemorySql) -> usize {
    sql.run("SELECT name, sql FROM sqlite_master ORDER BY name", &[])
        .unwrap()
        .len()
}

/// `v6.sql` is never edited.
#[test]
fn a_store_of_version_6_is_brought_up_to_date() {
    let sql = earlier(include_str!("v6.sql"));
    let store = Store::open(sql.clone()).unwrap();
    let workspace = store.workspace(Timestamp::default());
    let path = |path: &str| FilePath::parse(path).unwrap();
    let read = |at: &str| match workspace.read(&path(at), Lines::ALL).unwrap() {
        Read::Text(read) => Some((read.encoding.name(), read.text)),
        Read::Binary { .. } => None,
    };
    let reported = |encoding: &str, text: &str| Some((encoding.to_owned(), text.to_owned()));
    assert_eq!(read("src/a.txt"), reported("UTF-8", "one\n"));
    assert_eq!(
        read("utf16.txt"),
        reported("UTF-16LE with BOM", "one\r\ntwo\r\n")
    );
    assert_eq!(read("latin.txt"), reported("windows-1252", "größe\n"));
    assert_eq!(read("binary"), None);
    let found = workspace.grep(&Grep::new("two|größe|one")).unwrap();
    let found_in: Vec<&str> = found.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(found_in, ["latin.txt", "src/a.txt", "utf16.txt"]);
    assert_eq!(found.binaries.first, [path("binary")]);
    assert_eq!(workspace.stat(&path("src/a.txt")).unwrap().mode, None);
    // The kind of the same content is determined when it is written again.
    workspace
        .write(&path("again"), "größe\n".as_bytes(), &Expect::Nothing)
        .unwrap();
    workspace
        .write(&path("again"), b"gr\xf6\xdfe\n", &Expect::Anything)
        .unwrap();
    let unknown = sql.run("SELECT count(*) FROM contents WHERE encoding = '?'", &[]);
    assert_eq!(unknown.unwrap()[0][0], SqlValue::Integer(2));
    let fresh = MemorySql::with_tables();
    assert_eq!(table_count(&sql), table_count(&fresh));
}

/// Files from before changes were recorded: what is changed from now on can be undone.
#[test]
fn changes_of_a_store_of_version_6_are_recorded_from_now_on() {
    let store = Store::open(earlier(include_str!("v6.sql"))).unwrap();
    let workspace = store.workspace(Timestamp::default());
    let path = FilePath::parse("src/a.txt").unwrap();
    assert_eq!(workspace.timeline(None).unwrap(), []);
    let last = workspace.usage().unwrap().change;
    assert_eq!(workspace.compare(last - 1, None).unwrap(), None);
    workspace
        .by(Author::Agent { answer: "m" })
        .write(&path, b"two\n", &Expect::Anything)
        .unwrap();
    let compared = workspace.compare(last, None).unwrap().unwrap();
    assert_eq!(compared.changes.len(), 1);
    workspace.undo(&["m"], OnConflict::Refuse).unwrap();
    assert_eq!(workspace.read_bytes(&path, 0..9).unwrap(), b"one\n");
    assert_eq!(workspace.timeline(None).unwrap().len(), 2);
}

/// Files from before there were drafts: they can be drafted on.
#[test]
fn files_of_a_store_of_version_6_can_be_drafted_on() {
    let store = Store::open(earlier(include_str!("v6.sql"))).unwrap();
    let workspace = store.workspace(Timestamp::default());
    let path = FilePath::parse("src/a.txt").unwrap();
    assert!(store.files_found().unwrap().drafted.is_empty());
    let draft = workspace.open_draft().unwrap();
    draft
        .by(Author::Agent { answer: "m" })
        .write(&path, b"two\n", &Expect::Anything)
        .unwrap();
    assert_eq!(workspace.read_bytes(&path, 0..9).unwrap(), b"one\n");
    assert_eq!(store.files_found().unwrap().drafted.files, 1);
    workspace.keep_draft(None, OnConflict::Refuse).unwrap();
    assert_eq!(workspace.read_bytes(&path, 0..9).unwrap(), b"two\n");
    workspace.undo(&["m"], OnConflict::Refuse).unwrap();
    assert_eq!(workspace.read_bytes(&path, 0..9).unwrap(), b"one\n");
}

/// `v4.sql` is never edited.
#[test]
fn a_store_of_version_4_is_brought_up_to_date() {
    let sql = earlier(include_str!("v4.sql"));
    let store = Store::open(sql.clone()).unwrap();
    let stored = store.load().unwrap();
    assert_eq!(stored.approvals, [asked(4)]);
    assert_eq!(stored.spending, Spending::default());
    let of_page = store
        .transcript_json(Audience::Page, Span::ALL, None)
        .unwrap();
    assert_eq!(
        of_page,
        store
            .transcript_json(Audience::Client, Span::ALL, None)
            .unwrap()
    );
    let fresh = MemorySql::with_tables();
    assert_eq!(table_count(&sql), table_count(&fresh));
}

#[test]
fn pages_load_no_large_vendor_data() {
    let store = Store::open(MemorySql::new()).unwrap();
    let message = |id: &str, bytes: usize| -> Message {
        let data = json!({"coder": {"model": "m", "message": {"fields": {"sealed": "x".repeat(bytes)}}}, "other": 1});
        let part = json!({"type": "text", "text": "Hi", "providerMetadata": data});
        serde_json::from_value(json!({"id": id, "role": "assistant", "parts": [part]})).unwrap()
    };
    let (small, large) = (message("a", 10), message("b", 600_000));
    store
        .write(&[put(1, &small), put(2, &large), put(3, &message("c", 2_000))])
        .unwrap();
    let page = store
        .transcript_json(Audience::Page, Span::ALL, None)
        .unwrap();
    assert!(page.len() < 1_000, "{}", page.len());
    let page: Value = serde_json::from_str(&page).unwrap();
    assert_eq!(page[0], small.to_json());
    for at in [1, 2] {
        assert_eq!(
            page[at]["parts"][0]["providerMetadata"],
            json!({"other": 1})
        );
    }
    let client = store
        .transcript_json(Audience::Client, Span::ALL, None)
        .unwrap();
    let client: Value = serde_json::from_str(&client).unwrap();
    assert_eq!(client[1], large.to_json());
    assert_eq!(
        store.messages_before(Position::END).unwrap()[1],
        large,
        "the model gets it back"
    );
}

/// `v3.sql` is never edited.
#[test]
fn a_store_of_version_3_is_brought_up_to_date() {
    let sql = earlier(include_str!("v3.sql"));
    let store = Store::open(sql.clone()).unwrap();
    let stored = store.load().unwrap();
    let waits = |(_, message): &(Position, Message)| message.calls().any(|call| call.state.asks());
    assert!(stored.open.iter().any(waits));
    assert_eq!(stored.approvals, [], "nobody knows what was shown then");
    let workspace = store.workspace(Timestamp::default());
    let path = FilePath::parse("src/a.txt").unwrap();
    assert_eq!(workspace.read_bytes(&path, 0..9).unwrap(), b"one\n");
    let approval = asked(4);
    let input = r#"{"path":"src/a.txt"}"#.to_owned();
    let add = Write::AddApproval {
        approval: approval.clone(),
        input,
    };
    store.write(&[add]).unwrap();
    assert_eq!(
        Store::open(sql.clone()).unwrap().load().unwrap().approvals,
        [approval]
    );
    let fresh = MemorySql::with_tables();
    assert_eq!(table_count(&sql), table_count(&fresh));
}

/// `v2.sql` is never edited.
#[test]
fn a_store_of_version_2_is_brought_up_to_date() {
    let sql = earlier(include_str!("v2.sql"));
    let store = Store::open(sql.clone()).unwrap();
    let texts: Vec<String> = store
        .messages_before(Position::END)
        .unwrap()
        .iter()
        .map(common::message::Message::plain_text)
        .collect();
    assert_eq!(texts, ["one", "Done.", "two"]);
    let stored = store.load().unwrap();
    let calls: Vec<_> = stored.index.iter().map(|entry| entry.calls.len()).collect();
    assert_eq!(calls, [0, 1, 0]);
    assert!(stored.turns.settled.len() == 1 && stored.turns.running.is_some());
    let workspace = store.workspace(Timestamp::default());
    assert_eq!(workspace.usage().unwrap(), Usage::default());
    let path = FilePath::parse("a/b").unwrap();
    workspace.write(&path, b"1", &Expect::Nothing).unwrap();
    let again = Store::open(sql.clone()).unwrap();
    let workspace = again.workspace(Timestamp::default());
    assert_eq!(workspace.read_bytes(&path, 0..9).unwrap(), b"1");
    let fresh = MemorySql::with_tables();
    assert_eq!(table_count(&sql), table_count(&fresh));
}

/// `v1.sql` is never edited.
#[test]
fn a_store_of_version_1_is_brought_up_to_date() {
    let sql = earlier(include_str!("v1.sql"));
    let store = Store::open(sql.clone()).unwrap();
    let lines: Vec<String> = store
        .messages_before(Position::END)
        .unwrap()
        .iter()
        .map(|message| format!("{}: {}", message.id, message.plain_text()))
        .collect();
    assert_eq!(lines, ["m1: one", "a1: Done.", "m2: two"]);
    let stored = store.load().unwrap();
    let calls: Vec<_> = stored.index.iter().map(|entry| entry.calls.len()).collect();
    assert_eq!(calls, [0, 1, 0]);
    assert_eq!(stored.open, []);
    assert!(stored.about.is_err(), "any JSON was a state then");
    let answer = |message: &str| {
        TurnKind::Answer(Asked {
            message_ids: vec![MessageId::from(message)],
            submitted: Vec::new(),
        })
    };
    let settled = &stored.turns.settled[0];
    assert_eq!(settled.turn.request_id.as_str(), "r1");
    assert_eq!(settled.turn.kind, answer("m1"));
    let running = stored.turns.running.unwrap();
    assert_eq!(running.turn.request_id.as_str(), "r2");
    assert_eq!(running.turn.kind, answer("m2"));
    assert_eq!(running.context.model.as_deref(), Some("some/model"));
    assert_eq!(running.attempt, 1);
    assert_eq!(stored.chunks, [r#"{"type":"start","messageId":"a2"}"#]);
    let fresh = MemorySql::with_tables();
    assert_eq!(table_count(&sql), table_count(&fresh));
}

/// With `UPDATE=1` it writes `newest.sql`.
#[test]
fn new_conversations_get_the_tables_that_old_ones_have_after_all_migrations() {
    const SEEDS: [&str; 2] = [
        "INSERT INTO facts (name, value) VALUES ('epoch', lower(hex(randomblob(8))))",
        "INSERT INTO workspace (change, files, directories, bytes, stored) VALUES (0, 0, 0, 0, 0)",
    ];
    let texts = |sql: &MemorySql, statement: &str| -> Vec<String> {
        let rows = sql.run(statement, &[]).unwrap();
        rows.iter().map(|row| format!("{row:?}")).collect()
    };
    let old = earlier(include_str!("v1.sql"));
    Store::open(old.clone()).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        let made =
            "SELECT sql FROM sqlite_master WHERE sql NOT NULL AND name <> 'schema' ORDER BY rowid";
        let made = old.run(made, &[]).unwrap().into_iter().flatten();
        let made = made.map(SqlValue::into_text);
        let all: String = made
            .chain(SEEDS.map(str::to_owned))
            .map(|statement| statement + ";\n")
            .collect();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../sql/src/newest.sql");
        std::fs::write(path, all).unwrap();
    }
    let new = MemorySql::with_tables();
    let made = "SELECT name, sql FROM sqlite_master ORDER BY name";
    assert_eq!(
        texts(&old, made),
        texts(&new, made),
        "newest.sql is stale; run `UPDATE=1 cargo test --package store new_conversations`"
    );
    for rows in ["SELECT * FROM workspace", "SELECT * FROM schema"] {
        assert_eq!(texts(&old, rows), texts(&new, rows), "{rows}");
    }
    assert_eq!(
        new.run("SELECT value FROM facts WHERE name = 'epoch'", &[])
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn rows_that_cannot_be_read_are_left_out() {
    let sql = MemorySql::new();
    let store = Store::open(sql.clone()).unwrap();
    store
        .write(&[put(1, &message("a", "one")), put(2, &message("b", "two"))])
        .unwrap();
    sql.run(
        "UPDATE messages SET json = '{broken' WHERE position = 1",
        &[],
    )
    .unwrap();
    sql.run(
        "INSERT INTO turns VALUES ('r', 9, 'queued', 'nonsense')",
        &[],
    )
    .unwrap();
    assert_eq!(
        store.messages_before(Position::END).unwrap(),
        [message("b", "two")]
    );
    assert_eq!(store.load().unwrap().turns, StoredTurns::default());
}

#[test]
fn old_settled_turns_are_forgotten() {
    let store = Store::open(MemorySql::new()).unwrap();
    let mut writes: Vec<Write> = (0..5)
        .map(|n| Write::turn(turn(&format!("r{n}"), n).settled(Settlement::Completed)))
        .collect();
    writes.push(queued("q", 9));
    writes.push(Write::ForgetSettledTurns { keep: 2 });
    store.write(&writes).unwrap();
    let turns = store.load().unwrap().turns;
    let settled = turns.settled.into_iter().map(|settled| settled.turn);
    let queued = turns.queued.into_iter().map(|queued| queued.turn);
    let left: Vec<_> = settled.chain(queued).map(|turn| turn.request_id).collect();
    assert_eq!(
        left,
        [
            RequestId::from("r3"),
            RequestId::from("r4"),
            RequestId::from("q")
        ]
    );
}

#[test]
fn later_versions_are_refused_in_words() {
    let sql = MemorySql::with_tables();
    Store::open(sql.clone()).unwrap();
    sql.run("UPDATE schema SET version = 99", &[]).unwrap();
    let error = Store::open(sql).unwrap_err();
    assert!(error.message.contains("version 99"), "{error}");
}

#[test]
fn values_round_trip() {
    let sql = MemorySql::new();
    let rows = sql
        .run(
            "SELECT ?, ?, NULL",
            &[SqlValue::from("text"), SqlValue::from(7)],
        )
        .unwrap();
    assert_eq!(
        rows,
        [vec![
            SqlValue::from("text"),
            SqlValue::from(7),
            SqlValue::Null
        ]]
    );
}
