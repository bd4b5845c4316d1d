//! RPC calls to the agent.

use std::time::Duration;

use serde_json::{Value, json};

use super::{World, world::seconds};
use crate::{
    client::{Call, ChatError, Effect, Input},
    frame::ClientFrame,
    id::RpcId,
};

fn call(world: &mut World, id: &str, within: Option<Duration>) {
    world.give(Input::Call(Call {
        id: RpcId::from(id),
        method: "add".to_owned(),
        args: vec![json!(1), json!(2)],
        within,
    }));
}

/// The calls sent since the last look.
fn called(world: &World) -> Vec<String> {
    let id = |frame| {
        if let ClientFrame::Rpc { id, method, args } = frame {
            assert_eq!(
                (method.as_str(), &args[..]),
                ("add", &[json!(1), json!(2)][..])
            );
            Some(id.to_string())
        } else {
            None
        }
    };
    world.sent().into_iter().filter_map(id).collect()
}

/// The effects about calls since the last look.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the others are looked at elsewhere"
)]
fn reported(world: &mut World) -> Vec<(String, Result<Value, ChatError>)> {
    let reported = |effect| match effect {
        Effect::CallPart { id, part } => Some((format!("{id}.."), Ok(part))),
        Effect::CallEnded { id, result } => Some((id.to_string(), result)),
        _ => None,
    };
    world.asked().into_iter().filter_map(reported).collect()
}

fn ended(id: &str, result: Result<Value, ChatError>) -> (String, Result<Value, ChatError>) {
    (id.to_owned(), result)
}

#[test]
fn a_call_is_sent_and_answered() {
    let mut world = World::open(vec![]);
    call(&mut world, "c", Some(seconds(30)));
    assert_eq!(called(&world), ["c"]);
    world.text(json!({"type": "rpc", "id": "c", "success": true, "done": true, "result": 3}));
    assert_eq!(reported(&mut world), [ended("c", Ok(json!(3)))]);
    call(&mut world, "d", Some(seconds(30)));
    world.text(json!({"type": "rpc", "id": "d", "success": false, "error": "no such method"}));
    let failed = ChatError::CallFailed("no such method".to_owned());
    assert_eq!(reported(&mut world), [ended("d", Err(failed))]);
}

#[test]
fn a_stream_tells_each_part_and_its_end() {
    let mut world = World::open(vec![]);
    call(&mut world, "c", None);
    for part in 1..3 {
        world.text(
            json!({"type": "rpc", "id": "c", "success": true, "done": false, "result": part}),
        );
    }
    world.text(json!({"type": "rpc", "id": "c", "success": true, "done": true}));
    let expected = [
        ended("c..", Ok(json!(1))),
        ended("c..", Ok(json!(2))),
        ended("c", Ok(Value::Null)),
    ];
    assert_eq!(reported(&mut world), expected);
}

#[test]
fn rp_14_a_call_without_an_answer_ends_in_time_and_a_stream_does_not() {
    let mut world = World::open(vec![]);
    call(&mut world, "c", Some(seconds(30)));
    call(&mut world, "stream", None);
    world.hush(seconds(29));
    assert_eq!(reported(&mut world), []);
    world.hush(seconds(2));
    assert_eq!(
        reported(&mut world),
        [ended("c", Err(ChatError::CallTimedOut))]
    );
    world.hush(seconds(600));
    assert_eq!(reported(&mut world), []);
}

#[test]
fn rp_15_a_lost_connection_ends_what_was_sent_and_what_waits_is_sent_on_the_next() {
    let mut world = World::open(vec![]);
    call(&mut world, "sent", Some(seconds(30)));
    world.close(1006);
    call(&mut world, "waits", Some(seconds(30)));
    assert_eq!(
        reported(&mut world),
        [ended("sent", Err(ChatError::CallCutOff))]
    );
    world.reopen();
    assert_eq!(called(&world), ["waits"]);
}

#[test]
fn rp_16_a_late_answer_is_dropped() {
    let mut world = World::open(vec![]);
    call(&mut world, "c", Some(seconds(1)));
    world.hush(seconds(2));
    world.asked();
    world.text(json!({"type": "rpc", "id": "c", "success": true, "done": true, "result": 3}));
    assert_eq!(reported(&mut world), []);
}

#[test]
fn ws_20_a_refusal_ends_all_calls_at_once() {
    let mut world = World::open(vec![]);
    call(&mut world, "c", None);
    world.close(4001);
    let codes = |world: &mut World| -> Vec<_> {
        let code = |(id, result): (String, Result<Value, ChatError>)| {
            (id, result.err().map(|error| error.code().to_owned()))
        };
        reported(world).into_iter().map(code).collect()
    };
    assert_eq!(
        codes(&mut world),
        [("c".to_owned(), Some("call_cut_off".to_owned()))]
    );
    call(&mut world, "d", None);
    assert_eq!(
        codes(&mut world),
        [("d".to_owned(), Some("refused".to_owned()))]
    );
}
