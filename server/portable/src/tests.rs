//! An export can be imported unchanged, and a faulty archive changes nothing.

use common::{
    message::Message,
    state::{About, Grant, Mode},
    time::Timestamp,
};
use limits::Work;
use serde_json::{Value, json};
use store::{Audience, Position, Span, Store, Write};
use test_support::MemorySql;
use workspace::{ArchiveLimits, ArchiveStep, Expect, FilePath, Workspace, WorkspaceError};

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_000);

fn store() -> (MemorySql, Store<MemorySql>) {
    let sql = MemorySql::new();
    (sql.clone(), Store::open(sql).unwrap())
}

fn message(id: &str, role: &str, parts: Value) -> Message {
    serde_json::from_value(json!({"id": id, "role": role, "parts": parts})).unwrap()
}

fn text(id: &str, role: &str, text: &str) -> Message {
    message(id, role, json!([{"type": "text", "text": text}]))
}

fn put(store: &Store<MemorySql>, messages: &[Message]) {
    let writes = messages
        .iter()
        .zip(1_i64..)
        .map(|(message, at)| Write::AddMessage {
            // With gaps, as deleted messages leave them.
            position: Position::new(3 * at),
            message: message.clone(),
        });
    store.write(&writes.collect::<Vec<_>>()).unwrap();
}

fn write(workspace: &Workspace<'_>, path: &str, bytes: &[u8]) {
    let path = FilePath::parse(path).unwrap();
    workspace.write(&path, bytes, &Expect::Anything).unwrap();
}

fn read(workspace: &Workspace<'_>, path: &str) -> Vec<u8> {
    let path = FilePath::parse(path).unwrap();
    workspace.read_bytes(&path, 0..u64::MAX).unwrap()
}

fn exported(store: &Store<MemorySql>, with: With) -> Vec<u8> {
    let mut export = Export::begin(store, "a%20b", NOW, with).unwrap();
    let mut bytes = Vec::new();
    loop {
        match export.slice(store, &mut Work::of(100_000)).unwrap() {
            ArchiveStep::Piece(piece) => {
                assert!(piece.len() <= 256_000);
                bytes.extend(piece);
            }
            ArchiveStep::More => {}
            ArchiveStep::End => return bytes,
        }
    }
}

fn imported(store: &Store<MemorySql>, bytes: &[u8]) -> Result<Imported, ImportError> {
    let workspace = store.workspace(NOW);
    let mut upload = workspace.begin_upload(ArchiveLimits::DEFAULT).unwrap();
    upload.push(&workspace, bytes).unwrap();
    let mut importing = Importing::new(upload);
    loop {
        if let Some(imported) = importing.slice(store, NOW, &mut Work::of(100_000))? {
            return Ok(imported);
        }
    }
}

/// The entry of an archive.
fn entry(bytes: &[u8], name: &str) -> Option<Vec<u8>> {
    let (_, store) = store();
    let workspace = store.workspace(NOW);
    let mut upload = workspace.begin_upload(ArchiveLimits::DEFAULT).unwrap();
    upload.push(&workspace, bytes).unwrap();
    let mut zip = workspace.open_upload(&mut upload).unwrap();
    zip.read(&workspace, name, u64::MAX).unwrap()
}

fn transcript(store: &Store<MemorySql>) -> String {
    store
        .transcript_json(Audience::Client, Span::ALL, None)
        .unwrap()
}

fn conversation() -> Store<MemorySql> {
    let (_, store) = store();
    put(
        &store,
        &[
            text("m1", "user", "Hello – ä\n"),
            message(
                "a1",
                "assistant",
                json!([
                    {"type": "step-start"},
                    {"type": "text", "text": "Hi", "providerMetadata": {"coder": {"model": "m"}}},
                    {"type": "tool-add", "toolCallId": "c1", "state": "output-available", "input": {"n": 1}, "output": 2},
                ]),
            ),
        ],
    );
    let about = About {
        project_context: Some("Rust".to_owned()),
        mode: Mode::AutoEdit,
        allowed: vec![Grant {
            tool: "write".to_owned(),
            paths: "**".to_owned(),
        }],
        ..About::default()
    };
    let about = about.with_title(Some("Sums".to_owned())).unwrap();
    store.write(&[Write::PutAbout(about)]).unwrap();
    let workspace = store.workspace(NOW);
    write(&workspace, "src/a b.txt", b"one");
    write(&workspace, "src/a b.txt", b"two");
    write(&workspace, "empty", b"");
    write(&workspace, "binary", &[0, 1, 255]);
    write(&workspace, "AGENTS.md", b"Use tabs.");
    workspace
        .make_directory(&FilePath::parse("none/in it").unwrap())
        .unwrap();
    store
}

#[test]
fn a_conversation_comes_back_the_same_under_another_name() {
    let from = conversation();
    let bytes = exported(&from, With::Files);
    let (sql, to) = store();
    let done = imported(&to, &bytes).unwrap();
    assert_eq!((done.messages, done.files.files), (2, 4));
    assert_eq!(done.files.skipped, []);
    assert_eq!(transcript(&to), transcript(&from));
    let (one, other) = (from.workspace(NOW), to.workspace(NOW));
    for path in ["src/a b.txt", "empty", "binary", "AGENTS.md"] {
        assert_eq!(read(&other, path), read(&one, path), "{path}");
    }
    assert_eq!(
        (one.usage().unwrap().files, one.usage().unwrap().directories),
        (
            other.usage().unwrap().files,
            other.usage().unwrap().directories
        )
    );

    let to = Store::open(sql).unwrap();
    let stored = to.load().unwrap();
    let about = stored.about.unwrap();
    assert_eq!(about.title.as_deref(), Some("Sums"));
    assert_eq!(about.project_context.as_deref(), Some("Rust"));
    assert_eq!(
        (about.mode, about.allowed),
        (Mode::Ask, Vec::new()),
        "nobody allowed it here"
    );
    let waiting: Vec<_> = stored
        .found
        .unconfirmed
        .into_iter()
        .map(|file| file.path)
        .collect();
    assert_eq!(waiting, ["AGENTS.md"], "it came with an archive");
}

#[test]
fn an_archive_has_the_files_and_not_the_draft() {
    let from = conversation();
    let before = exported(&from, With::Files);
    let draft = from.workspace(NOW).open_draft().unwrap();
    write(&draft, "empty", b"drafted");
    write(&draft, "new", b"drafted");
    assert_eq!(from.files_found().unwrap().drafted.files, 2);
    assert_eq!(exported(&from, With::Files), before);
    let (_, to) = store();
    imported(&to, &before).unwrap();
    assert!(to.files_found().unwrap().drafted.is_empty());
    assert_eq!(read(&to.workspace(NOW), "empty"), b"");
}

#[test]
fn people_and_programs_can_read_an_archive() {
    let store = conversation();
    let bytes = exported(&store, With::Files);
    let json: Value = serde_json::from_slice(&entry(&bytes, "messages.json").unwrap()).unwrap();
    let own: Value = serde_json::from_str(&transcript(&store)).unwrap();
    assert_eq!(json, own);
    let words = String::from_utf8(entry(&bytes, "transcript.md").unwrap()).unwrap();
    assert!(
        words.contains("## You\n\nHello – ä") && words.contains("## Coder\n\nHi"),
        "{words}"
    );
    let manifest: Value =
        serde_json::from_slice(&entry(&bytes, "conversation.json").unwrap()).unwrap();
    assert_eq!(manifest["name"], "a%20b");
    assert_eq!(entry(&bytes, "versions/000001/src/a b.txt"), None);
}

#[test]
fn former_versions_come_on_request() {
    let bytes = exported(&conversation(), With::Versions);
    assert_eq!(
        entry(&bytes, "versions/000001/src/a b.txt").unwrap(),
        b"one"
    );
    assert_eq!(entry(&bytes, "files/src/a b.txt").unwrap(), b"two");
    let (_, to) = store();
    let done = imported(&to, &bytes).unwrap();
    assert_eq!(done.files.files, 4, "they are for people");
}

#[test]
fn a_long_conversation_is_cut_into_parts() {
    let (_, from) = store();
    let messages: Vec<Message> = (0..90)
        .map(|n| {
            text(
                &format!("m{n}"),
                "user",
                &format!("{n} {}", "x".repeat(40_000)),
            )
        })
        .collect();
    put(&from, &messages);
    let bytes = exported(&from, With::Files);
    for name in ["messages-2.json", "messages-4.json", "transcript-2.md"] {
        assert!(entry(&bytes, name).is_some(), "{name}");
    }
    let (_, to) = store();
    assert_eq!(imported(&to, &bytes).unwrap().messages, 90);
    assert!(transcript(&to) == transcript(&from));
}

#[test]
fn waiting_turns_are_ended_and_an_empty_conversation_is_exported_too() {
    let (_, from) = store();
    let call = json!([{"type": "tool-delete", "toolCallId": "c1", "state": "approval-requested",
        "input": {"path": "a"}, "approval": {"id": "q"}}]);
    put(&from, &[message("a1", "assistant", call)]);
    let (_, to) = store();
    imported(&to, &exported(&from, With::Files)).unwrap();
    assert!(transcript(&to).contains("it still waited for an answer"));
    assert_eq!(to.load().unwrap().open, []);

    let (_, empty) = store();
    let (_, other) = store();
    let done = imported(&other, &exported(&empty, With::Versions)).unwrap();
    assert_eq!((done.messages, done.files.files), (0, 0));
}

#[test]
fn nothing_is_overwritten() {
    let bytes = exported(&conversation(), With::Files);
    let (_, said) = store();
    put(&said, &[text("m", "user", "mine")]);
    let (_, filed) = store();
    write(&filed.workspace(NOW), "mine", b"1");
    for to in [said, filed] {
        let before = transcript(&to);
        assert_eq!(imported(&to, &bytes), Err(ImportError::NotEmpty));
        assert_eq!(transcript(&to), before);
    }
}

/// An archive with these entries.
fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = workspace::ZipWriter::default();
    for (name, text) in entries {
        zip.push(name, NOW, text.as_bytes().to_vec());
    }
    zip.end();
    let mut bytes = Vec::new();
    while let Some(piece) = zip.hand_over() {
        bytes.extend(piece);
    }
    bytes
}

#[test]
fn a_wrong_archive_changes_nothing() {
    let good = r#"{"format":"coder-conversation","version":1,"state":{"title":null,"projectContext":null,"model":null}}"#;
    let one = r#"[{"id":"m","role":"user","parts":[]}]"#;
    let newer = good.replace("\"version\":1", "\"version\":2");
    for (entries, words) in [
        (vec![("a.txt", "x")], "no conversation.json"),
        (vec![("conversation.json", "{")], "EOF"),
        (vec![("conversation.json", "{}")], "its format is not"),
        (vec![("conversation.json", &newer)], "use a newer one"),
        (
            vec![("conversation.json", good), ("messages.json", "[1]")],
            "messages.json cannot be read",
        ),
        (
            vec![
                ("conversation.json", good),
                ("messages.json", one),
                ("messages-2.json", one),
            ],
            "two messages have the id `m`",
        ),
    ] {
        let (_, to) = store();
        let error = imported(&to, &archive(&entries)).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert_eq!(transcript(&to), "[]");
        assert!(to.is_empty().unwrap());
    }
    let (_, to) = store();
    let error = imported(&to, b"no zip file").unwrap_err();
    assert!(
        matches!(error, ImportError::Archive(WorkspaceError::Archive(_))),
        "{error}"
    );
    let outside = [
        ("conversation.json", good),
        ("files/../../etc/passwd", "x"),
        ("files/a", "1"),
    ];
    let done = imported(&to, &archive(&outside)).unwrap();
    assert_eq!((done.files.files, done.files.skipped.len()), (1, 1));
}

#[test]
fn a_server_that_is_killed_in_the_middle_leaves_all_of_it_or_nothing() {
    let from = conversation();
    let workspace = from.workspace(NOW);
    for number in 0..6 {
        write(&workspace, &format!("many/{number}.txt"), b"text\n");
    }
    let bytes = exported(&from, With::Files);
    let mut was_half_made = false;
    for slices in (1..).step_by(3) {
        let (sql, to) = store();
        let workspace = to.workspace(NOW);
        let mut upload = workspace.begin_upload(ArchiveLimits::DEFAULT).unwrap();
        upload.push(&workspace, &bytes).unwrap();
        let mut importing = Importing::new(upload);
        let mut slice = || importing.slice(&to, NOW, &mut Work::of(1)).unwrap();
        let is_done = (0..slices).any(|_| slice().is_some());
        was_half_made |= !to.is_empty().unwrap();

        let after = Store::open(sql).unwrap();
        if after.is_empty().unwrap() {
            assert_eq!(transcript(&after), "[]");
            assert!(!is_done, "what was imported is there");
            // The name is free again.
            imported(&after, &bytes).unwrap();
        }
        assert_eq!(transcript(&after), transcript(&from), "{slices} slices");
        assert_eq!(
            after.workspace(NOW).usage().unwrap().files,
            from.workspace(NOW).usage().unwrap().files
        );
        if is_done {
            break;
        }
    }
    assert!(was_half_made, "it was killed while it wrote");
}
