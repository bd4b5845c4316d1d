//! What followed a message is kept, and can be shown again.

use common::{
    frame::{ClientFrame, ServerFrame, Trigger},
    id::{MessageId, RpcId},
    message::{Message, Part},
};
use serde_json::{Value, json};

use super::{request, state, submit};
use crate::{
    ConnectionKey,
    testing::{ScriptedModel, World},
};

fn call(
    world: &mut World,
    tab: ConnectionKey,
    method: &str,
    argument: Value,
) -> Result<Value, String> {
    super::call(world, tab, method, vec![argument])
}

fn switch(world: &mut World, tab: ConnectionKey, after: &str, to: u32) -> Result<Value, String> {
    call(
        world,
        tab,
        "switchBranch",
        json!({"after": after, "to": to}),
    )
}

/// The field `forks` of the state.
fn forks(world: &mut World) -> Value {
    let tab = world.connect();
    let frames = world.receive(tab);
    let state = frames.into_iter().find_map(|frame| match frame {
        ServerFrame::State(state) => Some(state["forks"].clone()),
        _ => None,
    });
    state.expect("the state")
}

/// Two questions with their answers.
fn talked() -> (World, ConnectionKey) {
    let mut world = World::new();
    let tab = world.connect();
    for (number, text) in [(1, "one"), (2, "two")] {
        world.send(tab, &submit(number, text));
        world.settle();
    }
    (world, tab)
}

fn answer(question: &str) -> String {
    format!("assistant: {}", ScriptedModel::answer_to(question))
}

/// Sends a message again with another text.
fn edit(world: &mut World, tab: ConnectionKey, request_id: &str, id: &str, text: &str) {
    let message = Message::text(MessageId::from(id), common::message::Role::User, text);
    let ClientFrame::ChatRequest(mut edited) = request(request_id, Trigger::Submit, vec![message])
    else {
        panic!("a submission")
    };
    edited.after = Some(MessageId::from(id));
    world.send(tab, &ClientFrame::ChatRequest(edited));
    world.settle();
}

#[test]
fn another_answer_keeps_the_one_before() {
    let (mut world, tab) = talked();
    let before = world.transcript();
    assert_eq!(forks(&mut world), Value::Null);
    let kept = before[..3].to_vec();
    world.send(tab, &request("again", Trigger::Regenerate, kept));
    world.settle();
    let after = world.transcript();
    assert_ne!(after[3].id, before[3].id);
    assert_eq!(
        forks(&mut world),
        json!([{"after": "m2", "shown": 2, "count": 2}])
    );
    world.stop();
    let tab = world.connect();
    assert_eq!(
        forks(&mut world),
        json!([{"after": "m2", "shown": 2, "count": 2}])
    );
    switch(&mut world, tab, "m2", 1).unwrap();
    assert_eq!(world.transcript(), before);
    assert_eq!(
        forks(&mut world),
        json!([{"after": "m2", "shown": 1, "count": 2}])
    );
    switch(&mut world, tab, "m2", 2).unwrap();
    assert_eq!(world.transcript(), after);
    // The conversation continues in the shown branch, at positions that no kept message has.
    world.stop();
    let tab = world.connect();
    world.send(tab, &submit(3, "three"));
    world.settle();
    assert_eq!(world.transcript().len(), 6);
    switch(&mut world, tab, "m2", 1).unwrap();
    assert_eq!(world.transcript(), before);
    switch(&mut world, tab, "m2", 2).unwrap();
    assert_eq!(world.transcript().len(), 6);
}

#[test]
fn an_edited_message_keeps_what_it_said_before() {
    let (mut world, tab) = talked();
    let before = world.transcript();
    edit(&mut world, tab, "edit", "m1", "uno");
    assert_eq!(world.lines(), ["user: uno".to_owned(), answer("uno")]);
    assert_eq!(
        forks(&mut world),
        json!([{"after": "", "shown": 2, "count": 2}])
    );
    // A fork in a branch is there with the branch.
    let kept = world.transcript()[..1].to_vec();
    world.send(tab, &request("again", Trigger::Regenerate, kept));
    world.settle();
    let edited = world.transcript();
    assert_eq!(
        forks(&mut world),
        json!([{"after": "", "shown": 2, "count": 2}, {"after": "m1", "shown": 2, "count": 2}])
    );
    switch(&mut world, tab, "", 1).unwrap();
    assert_eq!(world.transcript(), before);
    assert_eq!(
        forks(&mut world),
        json!([{"after": "", "shown": 1, "count": 2}])
    );
    switch(&mut world, tab, "", 2).unwrap();
    assert_eq!(world.transcript(), edited);
    switch(&mut world, tab, "m1", 1).unwrap();
    assert_eq!(world.lines(), ["user: uno".to_owned(), answer("uno")]);
}

#[test]
fn a_conversation_branches_off_after_any_message() {
    let (mut world, tab) = talked();
    let other = world.connect();
    let before = world.transcript();
    world.receive(other);
    let first_answer = before[1].id.to_string();
    call(
        &mut world,
        tab,
        "branch",
        json!({"messageId": first_answer}),
    )
    .unwrap();
    assert_eq!(world.transcript(), before[..2]);
    let frames = world.receive(other);
    let shown = frames.iter().any(
        |frame| matches!(frame, ServerFrame::ChatMessages { messages, .. } if messages.len() == 2),
    );
    assert!(shown, "{frames:?}");
    let refused = call(
        &mut world,
        tab,
        "branch",
        json!({"messageId": first_answer}),
    );
    assert!(refused.unwrap_err().starts_with("Nothing follows"));
    switch(&mut world, tab, &first_answer, 1).unwrap();
    assert_eq!(world.transcript(), before);
    for (after, to) in [
        (first_answer.as_str(), 1),
        (&first_answer, 3),
        (&first_answer, 0),
        ("m2", 1),
    ] {
        let refused = switch(&mut world, tab, after, to).unwrap_err();
        assert!(refused.contains("no other branch"), "{refused}");
    }
    assert!(
        switch(&mut world, tab, "m9", 1)
            .unwrap_err()
            .contains("no message `m9`")
    );
    world.send(tab, &submit(3, "three"));
    world.step_model();
    for refused in [
        switch(&mut world, tab, &first_answer, 2),
        call(&mut world, tab, "branch", json!({"messageId": "m1"})),
    ] {
        assert!(refused.unwrap_err().contains("stop it first"));
    }
    world.settle();
    world.send(tab, &ClientFrame::ChatClear);
    assert_eq!(forks(&mut world), Value::Null);
}

#[test]
fn a_branch_keeps_its_files() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &state(&json!({"mode": "auto-edit"})));
    let write = |text: &str| format!(r#"call write {{"path":"a.txt","text":"{text}"}}"#);
    world.send(tab, &submit(1, &write("one")));
    world.settle();
    let answer = world.transcript()[1].id.to_string();
    let text = |world: &World| {
        let path = workspace::FilePath::parse("a.txt").unwrap();
        let bytes = world.workspace().read_bytes(&path, 0..u64::MAX).ok();
        bytes.map(|bytes| String::from_utf8(bytes).unwrap())
    };
    let leave = json!({"answers": [answer], "leaving": true});
    call(&mut world, tab, "undo", leave).unwrap();
    assert_eq!(text(&world), None);
    edit(&mut world, tab, "edit", "m1", &write("two"));
    assert_eq!(text(&world).as_deref(), Some("two"));
    switch(&mut world, tab, "", 1).unwrap();
    assert_eq!(text(&world).as_deref(), Some("one"));
    assert!(!world.transcript()[1].is_undone());
    switch(&mut world, tab, "", 2).unwrap();
    assert_eq!(text(&world).as_deref(), Some("two"));
    assert!(!world.transcript()[1].is_undone());
    // What the user wrote into the same line is not lost: they choose.
    let path = workspace::FilePath::parse("a.txt").unwrap();
    world
        .workspace()
        .write(&path, b"mine", &workspace::Expect::Anything)
        .unwrap();
    let conflict = switch(&mut world, tab, "", 1).unwrap();
    assert_eq!(conflict["kept"], json!(["a.txt"]));
    assert!(conflict["error"].is_string());
    assert_eq!(forks(&mut world)[0]["shown"], 2);
    let keep = json!({"after": "", "to": 1, "onConflict": "keep"});
    call(&mut world, tab, "switchBranch", keep).unwrap();
    assert_eq!(forks(&mut world)[0]["shown"], 1);
    assert_eq!(text(&world).as_deref(), Some("mine"));
}

#[test]
fn a_call_that_waited_in_a_branch_is_settled() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(
        tab,
        &submit(1, r#"call write {"path":"a.txt","text":"one"}"#),
    );
    world.settle();
    let asks = |world: &World| {
        let transcript = world.transcript();
        let calls = transcript.iter().flat_map(Message::calls);
        calls
            .map(|call| call.state.is_settled())
            .collect::<Vec<_>>()
    };
    assert_eq!(asks(&world), [false]);
    edit(&mut world, tab, "edit", "m1", "two");
    switch(&mut world, tab, "", 1).unwrap();
    assert_eq!(asks(&world), [true]);
    assert!(
        world.transcript()[1]
            .parts
            .iter()
            .any(|part| matches!(part, Part::Tool(_)))
    );
}

#[test]
fn a_call_that_waits_is_settled_when_its_branch_is_left_by_a_switch() {
    let write = |text: &str| format!(r#"call write {{"path":"a.txt","text":"{text}"}}"#);
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    edit(&mut world, tab, "edit", "m1", &write("two"));
    let settled = |world: &World| {
        let transcript = world.transcript();
        let calls = transcript.iter().flat_map(Message::calls);
        calls
            .map(|call| call.state.is_settled())
            .collect::<Vec<_>>()
    };
    assert_eq!(settled(&world), [false]);
    switch(&mut world, tab, "", 1).unwrap();
    switch(&mut world, tab, "", 2).unwrap();
    assert_eq!(settled(&world), [true]);
    world.stop();
    assert_eq!(settled(&world), [true]);
}

/// Another answer and a switch back, by a client that asks again after an interruption.
fn stopped(after: Option<usize>) -> (Vec<String>, Value, usize) {
    let (mut world, mut tab) = talked();
    let done = world.done.len();
    if let Some(after) = after {
        world.stop_after(after);
    }
    let kept = world.transcript()[..3].to_vec();
    let back = ClientFrame::Rpc {
        id: RpcId::from("1"),
        method: "switchBranch".to_owned(),
        args: vec![json!({"after": "m2", "to": 1})],
    };
    let again = request("again", Trigger::Regenerate, kept);
    for frame in [again, back] {
        loop {
            world.send(tab, &frame);
            world.settle();
            if !world.take_stopped() && world.is_connected(tab) {
                break;
            }
            tab = world.connect();
        }
    }
    world.stop_after(usize::MAX);
    let effects = world.done.len() - done;
    (world.lines(), forks(&mut world), effects)
}

#[test]
fn stopped_after_every_effect_no_branch_is_lost() {
    let (lines, forks, effects) = stopped(None);
    assert_eq!(lines.len(), 4);
    assert_eq!(forks[0]["count"], 2);
    for after in 0..effects {
        let (stopped_lines, stopped_forks, _) = stopped(Some(after));
        assert_eq!(stopped_lines, lines, "stopped after {after} effects");
        assert_eq!(
            stopped_forks[0]["shown"], 1,
            "stopped after {after} effects"
        );
    }
}
