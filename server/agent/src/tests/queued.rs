//! Messages that wait, and what people do with them meanwhile.

use common::{
    frame::{ClientFrame, Outcome, RpcResponse, ServerFrame},
    id::{MessageId, RpcId},
    message::{Message, Role},
    state::RunSummary,
};
use serde_json::{Value, json};

use super::{outcomes, submit};
use crate::{Access, AgentOptions, Concurrency, ConnectionKey, ConnectionPolicy, testing::World};

/// A world in which the first of these messages is being answered, and the others wait.
fn waiting(texts: &[&str]) -> (World, ConnectionKey) {
    let mut world = World::new();
    let tab = world.connect();
    for (number, text) in (1..).zip(texts) {
        world.send(tab, &submit(number, text));
        if number == 1 {
            world.step_model();
        }
    }
    world.receive(tab);
    (world, tab)
}

fn call(
    world: &mut World,
    tab: ConnectionKey,
    method: &str,
    argument: Value,
) -> (Result<(), String>, Vec<ServerFrame>) {
    world.send(
        tab,
        &ClientFrame::Rpc {
            id: RpcId::from("1"),
            method: method.to_owned(),
            args: vec![argument],
        },
    );
    let frames = world.receive(tab);
    let answer = frames.iter().find_map(|frame| match frame {
        ServerFrame::Rpc(RpcResponse::Success { .. }) => Some(Ok(())),
        ServerFrame::Rpc(RpcResponse::Failure { error, .. }) => Some(Err(error.clone())),
        _ => None,
    });
    (answer.expect("an answer"), frames)
}

fn named(id: &str) -> Value {
    json!({"messageId": id})
}

/// The messages that wait, as the last state among these frames lists them.
fn listed(frames: &[ServerFrame]) -> Vec<String> {
    let mut states = frames.iter().filter_map(|frame| match frame {
        ServerFrame::State(state) => RunSummary::from_json(&state["run"]),
        _ => None,
    });
    let waiting = states.next_back().expect("a state").waiting;
    let ids = waiting.into_iter().map(|one| one.message.to_string());
    ids.collect()
}

fn questions(world: &World) -> Vec<String> {
    let lines = world.lines();
    let asked = lines.iter().filter_map(|line| line.strip_prefix("user: "));
    asked.map(str::to_owned).collect()
}

#[test]
fn the_state_lists_the_messages_that_wait_in_order() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.step_model();
    world.send(tab, &submit(2, "two"));
    world.send(tab, &submit(3, "three"));
    assert_eq!(listed(&world.receive(tab)), ["m2", "m3"]);
    world.settle();
    assert_eq!(listed(&world.receive(tab)), [""; 0]);
}

#[test]
fn a_message_that_waits_is_changed_where_it_stands() {
    let (mut world, tab) = waiting(&["one", "two"]);
    let other = world.connect();
    world.send(other, &ClientFrame::ResumeAck("r1".into()));
    world.receive(other);
    let changed = Message::text(MessageId::from("m2"), Role::User, "Two, please.");
    let (answer, _) = call(&mut world, tab, "editQueued", changed.to_json());
    assert_eq!(answer, Ok(()));
    let frames = world.receive(other);
    let reported = format!("{frames:?}");
    assert!(reported.contains("Two, please."), "{reported}");
    world.stop();
    let tab = world.connect();
    world.settle();
    assert_eq!(questions(&world), ["one", "Two, please."]);
    let lines = world.lines();
    assert!(lines[3].contains("answer to Two, please."), "{lines:?}");
    // The client that sent it may send it again: it was taken.
    world.receive(tab);
    world.send(tab, &submit(2, "two"));
    world.settle();
    assert_eq!(questions(&world), ["one", "Two, please."]);
}

#[test]
fn a_message_that_is_removed_is_gone_and_its_turn_skipped() {
    let (mut world, tab) = waiting(&["one", "two", "three"]);
    let (answer, frames) = call(&mut world, tab, "removeQueued", named("m2"));
    assert_eq!(answer, Ok(()));
    assert_eq!(outcomes(&frames), [("r2".to_owned(), Outcome::Skipped)]);
    assert_eq!(listed(&frames), ["m3"]);
    world.stop();
    world.connect();
    world.settle();
    assert_eq!(questions(&world), ["one", "three"]);
}

#[test]
fn what_an_earlier_turn_answers_stays_when_a_later_message_is_removed() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.step_model();
    // An official client sends all it has.
    let all = ["one", "two"];
    let all = (1..).zip(all).map(|(number, text): (u32, &str)| {
        Message::text(MessageId::new(format!("m{number}")), Role::User, text)
    });
    let frame = super::request("r2", common::frame::Trigger::Submit, all.collect());
    world.send(tab, &frame);
    let (answer, _) = call(&mut world, tab, "removeQueued", named("m2"));
    assert_eq!(answer, Ok(()));
    world.settle();
    assert_eq!(questions(&world), ["one"]);
}

#[test]
fn a_message_overtakes_those_before_it() {
    let (mut world, tab) = waiting(&["one", "two", "three", "four"]);
    let (answer, frames) = call(&mut world, tab, "moveQueuedFirst", named("m3"));
    assert_eq!(answer, Ok(()));
    assert_eq!(listed(&frames), ["m3", "m2", "m4"]);
    let (answer, frames) = call(&mut world, tab, "moveQueuedFirst", named("m3"));
    assert_eq!(
        (answer, frames.len()),
        (Ok(()), 1),
        "it is the first already"
    );
    world.stop();
    world.connect();
    world.settle();
    assert_eq!(questions(&world), ["one", "three", "two", "four"]);
    let lines = world.lines();
    for (line, text) in [(3, "three"), (5, "two"), (7, "four")] {
        let expected = format!("answer to {text}");
        assert!(lines[line].contains(&expected), "{lines:?}");
    }
}

#[test]
fn a_message_sent_now_ends_the_running_turn_and_keeps_what_it_has() {
    let (mut world, tab) = waiting(&["one", "two", "three"]);
    let (answer, frames) = call(&mut world, tab, "sendQueuedNow", named("m3"));
    assert_eq!(answer, Ok(()));
    assert_eq!(outcomes(&frames), [("r1".to_owned(), Outcome::Aborted)]);
    assert_eq!(listed(&frames), ["m2"]);
    world.settle();
    assert_eq!(questions(&world), ["one", "three", "two"]);
    let lines = world.lines();
    assert!(
        lines[1].contains("word1") && !lines[1].contains("word6"),
        "{lines:?}"
    );
    assert!(lines[3].contains("answer to three"), "{lines:?}");
}

#[test]
fn a_message_that_waits_for_quiet_is_sent_now() {
    let mut world = World::with(AgentOptions {
        concurrency: Concurrency::Debounce(std::time::Duration::from_secs(60)),
        ..AgentOptions::default()
    });
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.step_model();
    world.send(tab, &submit(2, "two"));
    world.settle();
    assert!(!world.has_model_call());
    let (answer, _) = call(&mut world, tab, "sendQueuedNow", named("m2"));
    assert_eq!(answer, Ok(()));
    assert!(world.has_model_call());
    world.settle();
    assert_eq!(questions(&world), ["one", "two"]);
}

#[test]
fn what_does_not_wait_is_refused() {
    let (mut world, tab) = waiting(&["one", "two"]);
    for method in ["removeQueued", "moveQueuedFirst", "sendQueuedNow"] {
        let mut refused = |id: &str| call(&mut world, tab, method, named(id)).0.unwrap_err();
        assert!(refused("m1").contains("begun to answer"), "{method}");
        assert!(refused("m9").contains("no message `m9`"), "{method}");
    }
    let edit = |world: &mut World, id: &str, text: &str| {
        let message = Message::text(MessageId::from(id), Role::User, text);
        call(world, tab, "editQueued", message.to_json())
            .0
            .unwrap_err()
    };
    assert!(edit(&mut world, "m1", "x").contains("begun to answer"));
    assert!(edit(&mut world, "m9", "x").contains("no message `m9`"));
    let removed = call(&mut world, tab, "removeQueued", named("m2")).0;
    assert_eq!(removed, Ok(()));
    let again = call(&mut world, tab, "removeQueued", named("m2")).0;
    assert!(again.unwrap_err().contains("answered or removed"));
    let readonly = ConnectionPolicy {
        access: Access::Readonly,
        ..ConnectionPolicy::default()
    };
    let guest = world.connect_as("guest", readonly);
    world.receive(guest);
    let refused = call(&mut world, guest, "removeQueued", named("m1")).0;
    assert!(refused.unwrap_err().contains("readonly"));
}
