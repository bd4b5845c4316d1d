//! Which stored message each of a client's messages is.

use common::{
    frame::{ClientFrame, Trigger},
    id::MessageId,
    message::{Message, Role},
};
use serde_json::{Value, json};
use store::Write;

use super::{request, submit};
use crate::{AgentOptions, ConnectionKey, Effect, testing::World};

fn message(json: Value) -> Message {
    serde_json::from_value(json).unwrap()
}

fn user(id: &str, text: &str) -> Message {
    Message::text(MessageId::from(id), Role::User, text)
}

fn assistant(id: &str, text: &str) -> Message {
    message(json!({
        "id": id, "role": "assistant", "parts": [{"type": "text", "text": text, "state": "done"}],
    }))
}

fn called(id: &str, call: &str, state: &str) -> Message {
    message(json!({
        "id": id, "role": "assistant", "parts": [{
            "type": "tool-t", "toolCallId": call, "state": state, "input": {"n": 1}, "output": 2,
        }],
    }))
}

fn put(world: &mut World, tab: ConnectionKey, messages: &[Message]) {
    world.send(tab, &ClientFrame::ChatMessages(messages.to_vec()));
}

fn ids(world: &World) -> Vec<String> {
    world
        .transcript()
        .iter()
        .map(|message| message.id.to_string())
        .collect()
}

#[test]
fn a_transcript_that_is_sent_again_writes_nothing() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    world.settle();
    let messages = world.transcript();
    let before = world.done.len();
    put(&mut world, tab, &messages);
    let writes = world.done[before..]
        .iter()
        .filter(|effect| matches!(effect, Effect::Persist(_)));
    assert_eq!(writes.count(), 0);
    let mut longer = messages.clone();
    longer.push(user("m2", "and?"));
    world.send(tab, &request("r2", Trigger::Submit, longer));
    let written: Vec<&Write> = world.done[before..]
        .iter()
        .filter_map(|effect| match effect {
            Effect::Persist(writes) => Some(writes),
            _ => None,
        })
        .flatten()
        .filter(|write| {
            matches!(
                write,
                Write::AddMessage { .. } | Write::ReplaceMessage { .. }
            )
        })
        .collect();
    assert_eq!(written.len(), 1, "{written:?}");
}

#[test]
fn an_answer_with_a_known_call_is_the_stored_one_as_it_is_stored() {
    let mut world = World::new();
    let tab = world.connect();
    put(
        &mut world,
        tab,
        &[user("m1", "hi"), called("stored", "c1", "output-available")],
    );
    for state in [
        "input-available",
        "approval-requested",
        "approval-responded",
    ] {
        put(
            &mut world,
            tab,
            &[user("m1", "hi"), called("theirs", "c1", state)],
        );
        assert_eq!(ids(&world), ["m1", "stored"]);
        let call = world.transcript()[1].calls().next().unwrap().state.as_str();
        assert_eq!(call, "output-available");
    }
}

#[test]
fn a_second_copy_of_a_known_call_is_no_message() {
    let mut world = World::new();
    let tab = world.connect();
    put(
        &mut world,
        tab,
        &[called("stored", "c1", "output-available")],
    );
    let copies = [
        called("x", "c1", "output-available"),
        called("y", "c1", "input-available"),
    ];
    put(&mut world, tab, &copies);
    assert_eq!(ids(&world), ["stored"]);
}

#[test]
fn an_answer_of_the_same_words_is_the_stored_one() {
    let mut world = World::new();
    let tab = world.connect();
    put(
        &mut world,
        tab,
        &[user("m1", "hi"), assistant("a1", "Hello")],
    );
    put(
        &mut world,
        tab,
        &[user("m1", "hi"), assistant("theirs", "Hello")],
    );
    assert_eq!(ids(&world), ["m1", "a1"]);
    put(
        &mut world,
        tab,
        &[user("m1", "hi"), assistant("other", "Hello!")],
    );
    assert_eq!(ids(&world), ["m1", "a1", "other"]);
}

#[test]
fn a_transcript_under_other_ids_is_cut_back_for_another_answer() {
    let mut world = World::new();
    let tab = world.connect();
    put(
        &mut world,
        tab,
        &[
            user("m1", "hi"),
            assistant("a1", "Hello"),
            user("m2", "and?"),
        ],
    );
    let list = vec![
        user("m1", "hi"),
        assistant("theirs", "Hello"),
        user("m2", "and?"),
    ];
    world.send(tab, &request("r1", Trigger::Regenerate, list));
    world.settle();
    assert_eq!(ids(&world)[..3], ["m1", "a1", "m2"]);
    assert_eq!(world.transcript().len(), 4);
}

#[test]
fn equal_answers_are_kept_apart() {
    let mut world = World::new();
    let tab = world.connect();
    let same = |ids: [&str; 3]| ids.map(|id| assistant(id, "Yes."));
    put(&mut world, tab, &same(["a1", "a2", "a3"]));
    put(&mut world, tab, &same(["x", "y", "z"]));
    assert_eq!(ids(&world), ["a1", "a2", "a3"]);
    put(&mut world, tab, &same(["a2", "y", "z"]));
    assert_eq!(ids(&world), ["a1", "a2", "a3"]);
}

#[test]
fn messages_are_sanitised_before_they_are_stored() {
    let mut world = World::new();
    let tab = world.connect();
    let metadata = json!({"openai": {"itemId": "i"}});
    let theirs = message(json!({"id": "a1", "role": "assistant", "parts": [
        {"type": "reasoning", "text": ""},
        {"type": "text", "text": "x", "providerMetadata": metadata},
    ]}));
    put(&mut world, tab, &[theirs]);
    let parts = &world.transcript()[0].to_json()["parts"];
    assert_eq!(*parts, json!([{"type": "text", "text": "x"}]));
}

#[test]
fn the_oldest_messages_go_first() {
    let mut world = World::with(AgentOptions {
        max_messages: Some(4),
        ..AgentOptions::default()
    });
    let tab = world.connect();
    for number in 1..=3 {
        world.send(tab, &submit(number, &format!("text {number}")));
        world.settle();
    }
    let kept = world.transcript();
    assert_eq!(kept.len(), 4);
    assert_eq!(kept[0].id.as_str(), "m2");
    let mut whole = vec![user("m1", "text 1"), assistant("a1", "gone")];
    whole.extend(kept);
    whole.push(user("m4", "text 4"));
    world.send(tab, &request("r4", Trigger::Submit, whole));
    world.settle();
    assert_eq!(ids(&world)[0], "m3", "what was dropped does not come back");
    assert_eq!(world.transcript().len(), 4);
    let many: Vec<Message> = (10..200).map(|n| user(&format!("m{n}"), "x")).collect();
    put(&mut world, tab, &many);
    assert_eq!(ids(&world), ["m196", "m197", "m198", "m199"]);
}

#[test]
fn without_a_limit_everything_is_kept() {
    let mut world = World::new();
    let tab = world.connect();
    let many: Vec<Message> = (1..=300).map(|n| user(&format!("m{n}"), "x")).collect();
    put(&mut world, tab, &many);
    assert_eq!(world.transcript().len(), 300);
}
