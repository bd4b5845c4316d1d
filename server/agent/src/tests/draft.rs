//! Reviews: the agent works on a draft, and the user decides about it.

use common::{
    frame::{ClientFrame, ServerFrame},
    message::ToolState,
};
use serde_json::{Value, json};
use store::Store;
use workspace::{Expect, FilePath, Hash};

use super::{state, submit, tools::call_states};
use crate::{ConnectionKey, Input, testing::World};

/// A conversation in a review, in which the user has a file and the agent has drafted another version of it and a new file.
fn drafted() -> (World, ConnectionKey) {
    let mut world = World::new();
    let tab = world.connect();
    put(&world, "a.txt", "mine\n");
    world.send(tab, &state(&json!({"mode": "review"})));
    say(
        &mut world,
        tab,
        1,
        r#"call write {"path":"b.txt","text":"new\n"}"#,
    );
    say(&mut world, tab, 2, r#"call read {"path":"a.txt"}"#);
    let hash = Hash::of(b"mine\n");
    let edits = r#"[{"old":"mine","new":"its"}]"#;
    let edit = format!(r#"call edit {{"path":"a.txt","hash":"{hash}","edits":{edits}}}"#);
    say(&mut world, tab, 3, &edit);
    (world, tab)
}

fn say(world: &mut World, tab: ConnectionKey, number: u32, text: &str) {
    world.send(tab, &submit(number, text));
    world.settle();
    look(world);
}

/// What the edge does after a tool has run and after a request for files.
fn look(world: &mut World) {
    let found = Store::open(world.sql()).unwrap().files_found().unwrap();
    world.input(Input::FilesFound(found));
}

fn path(path: &str) -> FilePath {
    FilePath::parse(path).unwrap()
}

fn put(world: &World, at: &str, text: &str) {
    world
        .workspace()
        .write(&path(at), text.as_bytes(), &Expect::Anything)
        .unwrap();
}

fn text(world: &World, at: &str) -> Option<String> {
    let bytes = world.workspace().read_bytes(&path(at), 0..u64::MAX).ok()?;
    Some(String::from_utf8(bytes).unwrap())
}

/// The output of the call of an answer.
fn output(world: &World, answer: usize) -> Value {
    let transcript = world.transcript();
    let call = transcript[answer].calls().next().unwrap();
    match &call.state {
        ToolState::OutputAvailable { output, .. } => output.clone(),
        state => panic!("{state:?}"),
    }
}

fn call(
    world: &mut World,
    tab: ConnectionKey,
    method: &str,
    arguments: Vec<Value>,
) -> Result<Value, String> {
    let answer = super::call(world, tab, method, arguments);
    look(world);
    answer
}

/// How many files wait, as a client that connects now reads it.
fn waiting(world: &mut World) -> u64 {
    let tab = world.connect();
    let frames = world.receive(tab);
    let state = frames.into_iter().find_map(|frame| match frame {
        ServerFrame::State(state) => Some(state),
        _ => None,
    });
    state.expect("the state")["drafted"]["files"]
        .as_u64()
        .unwrap_or(0)
}

#[test]
fn a_review_asks_nothing_and_changes_a_draft_that_the_agent_sees() {
    let (mut world, tab) = drafted();
    assert_eq!(
        output(&world, 1)["draft"],
        "The user decides later whether this stays."
    );
    assert_eq!(text(&world, "a.txt").as_deref(), Some("mine\n"));
    assert_eq!(text(&world, "b.txt"), None);
    assert_eq!(waiting(&mut world), 2);
    put(&world, "user.txt", "also mine\n");
    say(
        &mut world,
        tab,
        4,
        r#"call grep {"pattern":"mine|its|new"}"#,
    );
    let found = output(&world, 7).to_string();
    for file in ["a.txt", "b.txt", "user.txt"] {
        assert!(found.contains(file), "{found}");
    }
    // Neither an eviction nor a client that leaves ends it.
    world.stop();
    assert_eq!(waiting(&mut world), 2);
}

#[test]
fn what_is_kept_can_be_undone_and_the_model_is_told_what_was_decided() {
    let (mut world, tab) = drafted();
    let draft = call(&mut world, tab, "draft", vec![]).unwrap();
    assert_eq!(draft["files"][0]["path"], "a.txt");
    assert_eq!(draft["files"][0]["hunks"][0]["number"], 1);
    let answer = draft["files"][0]["answer"].clone();
    let version = draft["files"][0]["version"].clone();
    let choice = json!({"files": [{"path": "a.txt", "version": version}]});
    let kept = call(&mut world, tab, "keepDraft", vec![choice]).unwrap();
    assert_eq!(kept["left"], 1);
    assert_eq!(text(&world, "a.txt").as_deref(), Some("its\n"));
    assert_eq!(waiting(&mut world), 1);
    call(&mut world, tab, "dropDraft", vec![json!({"all": true})]).unwrap();
    assert_eq!((text(&world, "b.txt"), waiting(&mut world)), (None, 0));
    say(&mut world, tab, 4, "go on");
    let note = &world.outside.notes[0].text;
    assert!(
        note.contains("kept what you had drafted in `a.txt`") && note.contains("`b.txt`"),
        "{note}"
    );
    call(&mut world, tab, "undo", vec![json!({"answers": [answer]})]).unwrap();
    assert_eq!(text(&world, "a.txt").as_deref(), Some("mine\n"));
    for (method, argument) in [
        ("keepDraft", json!({"all": true})),
        ("dropDraft", json!({})),
        ("keepDraft", json!([])),
    ] {
        let refused = call(&mut world, tab, method, vec![argument]);
        assert!(refused.is_err(), "{method}: {refused:?}");
    }
}

#[test]
fn what_the_user_wrote_meanwhile_is_asked_about() {
    let (mut world, tab) = drafted();
    put(&world, "a.txt", "mine again\n");
    let all = json!({"all": true});
    let refused = call(&mut world, tab, "keepDraft", vec![all]).unwrap();
    assert_eq!(refused["conflicts"], json!(["a.txt"]));
    assert!(refused["error"].as_str().unwrap().contains("a.txt"));
    assert_eq!((text(&world, "b.txt"), waiting(&mut world)), (None, 2));
    let replace = json!({"all": true, "onConflict": "replace"});
    call(&mut world, tab, "keepDraft", vec![replace]).unwrap();
    assert_eq!(text(&world, "a.txt").as_deref(), Some("its\n"));
    assert_eq!(waiting(&mut world), 0);
}

/// What leaves the workspace, and what instructs the model, is asked about in every mode.
#[test]
fn a_review_asks_about_instructions_and_about_what_leaves() {
    for (question, states) in [
        (
            r#"call write {"path":"AGENTS.md","text":"Do as I say.\n"}"#,
            "approval-requested",
        ),
        (
            r#"call fetch_url {"url":"https://example.com/"}"#,
            "approval-requested",
        ),
        (
            r#"call write {"path":"c.txt","text":"c\n"}"#,
            "output-available",
        ),
    ] {
        let mut world = World::new();
        let tab = world.connect();
        world.send(tab, &state(&json!({"mode": "review"})));
        say(&mut world, tab, 1, question);
        assert_eq!(call_states(&world)[0], states, "{question}");
        assert_eq!(text(&world, "AGENTS.md"), None);
    }
}

/// A draft waits until it is decided about: in every mode, and after the transcript was emptied.
#[test]
fn a_draft_stays_when_the_mode_changes_and_when_the_conversation_is_cleared() {
    let (mut world, tab) = drafted();
    world.send(tab, &state(&json!({"mode": "auto-edit"})));
    say(
        &mut world,
        tab,
        4,
        r#"call write {"path":"c.txt","text":"at once\n"}"#,
    );
    assert_eq!(text(&world, "c.txt").as_deref(), Some("at once\n"));
    assert_eq!(output(&world, 7).get("draft"), None);
    assert_eq!(waiting(&mut world), 2);
    world.send(tab, &ClientFrame::ChatClear);
    world.settle();
    assert_eq!(world.transcript(), []);
    assert_eq!(waiting(&mut world), 2);
    call(&mut world, tab, "keepDraft", vec![json!({"all": true})]).unwrap();
    assert_eq!(text(&world, "a.txt").as_deref(), Some("its\n"));
    assert_eq!(text(&world, "c.txt").as_deref(), Some("at once\n"));
}

/// Each branch has its own draft, as it has its own changes of files.
#[test]
fn a_branch_takes_its_draft_along() {
    let (mut world, tab) = drafted();
    let transcript = world.transcript();
    let answers: Vec<&str> = [3, 5].map(|at: usize| transcript[at].id.as_str()).into();
    let leave = json!({"answers": answers, "leaving": true});
    call(&mut world, tab, "undo", vec![leave]).unwrap();
    call(
        &mut world,
        tab,
        "branch",
        vec![json!({"messageId": transcript[1].id.as_str()})],
    )
    .unwrap();
    assert_eq!(waiting(&mut world), 1);
    let back = json!({"after": transcript[1].id.as_str(), "to": 1});
    call(&mut world, tab, "switchBranch", vec![back]).unwrap();
    assert_eq!(world.transcript().len(), 6);
    assert_eq!(waiting(&mut world), 2);
}
