//! Changes of files are undone and redone: the messages say so, and the model gets a note.

use std::time::Duration;

use common::{
    frame::{ClientFrame, ServerFrame, Trigger},
    id::MessageId,
    message::{Message, Role},
};
use serde_json::{Value, json};
use workspace::Turned;

use super::{request, state, submit};
use crate::{ConnectionKey, Input, testing::World};

/// A conversation whose first answer wrote a file.
fn written() -> (World, ConnectionKey, String) {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &state(&json!({"mode": "auto-edit"})));
    world.send(
        tab,
        &submit(1, r#"call write {"path":"a.txt","text":"one\n"}"#),
    );
    world.settle();
    let answer = world.transcript()[1].clone();
    assert!(answer.changed_files(), "{answer:?}");
    (world, tab, answer.id.to_string())
}

fn call(
    world: &mut World,
    tab: ConnectionKey,
    method: &str,
    argument: Value,
) -> Result<Value, String> {
    super::call(world, tab, method, vec![argument])
}

fn text_of(world: &World) -> Option<Vec<u8>> {
    let path = workspace::FilePath::parse("a.txt").unwrap();
    world.workspace().read_bytes(&path, 0..u64::MAX).ok()
}

fn undone(world: &World) -> Vec<bool> {
    world.transcript().iter().map(Message::is_undone).collect()
}

/// The note about the files in the last model call.
fn notes(world: &World) -> Vec<(String, Option<usize>)> {
    let notes = world.outside.notes.iter();
    notes
        .map(|note| (note.message.to_string(), note.steps))
        .collect()
}

#[test]
fn an_undo_marks_the_answer_for_every_client_and_a_redo_takes_that_back() {
    let (mut world, tab, answer) = written();
    let other = world.connect();
    world.receive(other);
    let done = call(&mut world, tab, "undo", json!({"answers": [answer]})).unwrap();
    assert_eq!(done["answers"], json!([answer]));
    assert_eq!(text_of(&world), None);
    assert_eq!(undone(&world), [false, true]);
    let frames = world.receive(other);
    let reported = frames.iter().any(|frame| {
        matches!(frame, ServerFrame::ChatMessages { messages, .. } if messages[1].is_undone())
    });
    assert!(reported, "{frames:?}");
    world.stop();
    let tab = world.connect();
    assert_eq!(undone(&world), [false, true]);
    let refused = call(&mut world, tab, "undo", json!({"answers": [answer]}));
    assert!(refused.unwrap_err().starts_with("There is nothing to undo"));
    call(&mut world, tab, "redo", json!({"answers": [answer]})).unwrap();
    assert_eq!(undone(&world), [false, false]);
    assert!(text_of(&world).is_some());
    let compared = call(&mut world, tab, "compare", json!({"answer": answer})).unwrap();
    assert_eq!(compared["changes"][0]["path"], "a.txt");
    let restored = json!({"path": "a.txt", "behind": 1});
    call(&mut world, tab, "restoreFile", restored).unwrap();
    for (method, argument) in [
        ("undo", json!({})),
        ("redo", json!([])),
        ("restoreFile", json!({"path": 1})),
        ("compare", json!("a")),
    ] {
        let refused = call(&mut world, tab, method, argument).unwrap_err();
        assert!(refused.starts_with("The argument is not `{"), "{refused}");
    }
}

#[test]
fn an_undo_over_http_marks_the_answer_too() {
    let (mut world, tab, answer) = written();
    let ids = [answer.as_str()];
    let undone_now = world.workspace().undo(&ids, workspace::OnConflict::Refuse);
    undone_now.unwrap();
    world.receive(tab);
    let is_undone = true;
    world.input(Input::Turned(vec![Turned { answer, is_undone }]));
    assert_eq!(undone(&world), [false, true]);
    assert!(!world.receive(tab).is_empty());
    let unknown = "elsewhere".to_owned();
    world.input(Input::Turned(vec![Turned {
        answer: unknown,
        is_undone,
    }]));
    assert_eq!(world.receive(tab), []);
}

#[test]
fn the_model_is_told_once_and_in_the_same_place_ever_after() {
    let (mut world, tab, answer) = written();
    assert_eq!(notes(&world), []);
    call(&mut world, tab, "undo", json!({"answers": [answer]})).unwrap();
    world.send(tab, &submit(2, "two"));
    world.settle();
    let behind_two = [("m2".to_owned(), None)];
    assert_eq!(notes(&world), behind_two);
    assert!(
        world.outside.notes[0]
            .text
            .contains("undid what you had changed in `a.txt`")
    );
    world.stop();
    let tab = world.connect();
    world.send(tab, &submit(3, "three"));
    world.settle();
    assert_eq!(notes(&world), behind_two, "not once more");
    call(&mut world, tab, "redo", json!({"answers": [answer]})).unwrap();
    world.send(tab, &submit(4, "four"));
    world.settle();
    assert_eq!(
        notes(&world),
        [("m2".to_owned(), None), ("m4".to_owned(), None)]
    );
    // The messages with the notes are gone: the note describes what stands now.
    let first = Message::text(MessageId::from("m1"), Role::User, "again");
    let mut anew = request("r5", Trigger::Submit, vec![first]);
    if let ClientFrame::ChatRequest(request) = &mut anew {
        request.after = Some(MessageId::from("m1"));
    }
    world.send(tab, &anew);
    world.settle();
    assert_eq!(notes(&world), [], "the answer is gone, too");
}

#[test]
fn an_undo_during_a_turn_is_told_with_its_next_step() {
    let (mut world, tab, answer) = written();
    world.send(tab, &submit(2, r#"call list {} then list {"path":"/"}"#));
    while world.running_tools() == 0 {
        assert!(world.step_model());
    }
    call(&mut world, tab, "undo", json!({"answers": [answer]})).unwrap();
    world.settle();
    let second = world.transcript()[3].id.to_string();
    assert_eq!(notes(&world), [(second, Some(1))]);
    world.pass(Duration::from_secs(1));
    assert_eq!(undone(&world), [false, true, false, false]);
}

#[test]
fn an_answer_that_goes_on_after_its_undo_says_how_it_stands() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &state(&json!({"mode": "auto-edit"})));
    let question = r#"call write {"path":"a.txt","text":"one\n"} then list {} then write {"path":"b.txt","text":"b\n"}"#;
    world.send(tab, &submit(1, question));
    while text_of(&world).is_none() {
        assert!(world.step_model());
    }
    let answer = world.growing().unwrap().id.to_string();
    call(&mut world, tab, "undo", json!({"answers": [answer]})).unwrap();
    world.settle();
    assert_eq!(text_of(&world), None);
    assert_eq!(undone(&world), [false, false], "it has changed more since");
}
