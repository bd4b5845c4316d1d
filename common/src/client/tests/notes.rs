//! Reasons and grants of approval responses, for which the frame has no field.

use serde_json::{Value, json};

use super::{
    World,
    approvals::{answer, waiting},
    world::{seconds, user},
};
use crate::{
    client::Input,
    frame::{ClientFrame, HEARTBEAT_ANSWER, ServerFrame},
    id::ToolCallId,
};

fn approve_always(call: &str) -> Input {
    Input::Approve {
        call: ToolCallId::from(call),
        always: Some("src/**".to_owned()),
    }
}

fn deny_with(call: &str) -> Input {
    Input::Deny {
        call: ToolCallId::from(call),
        reason: Some("Not now.".to_owned()),
    }
}

/// The annotations and answers sent since the last look, in order: annotations as they are, answers as `+` or `-`
/// with the call.
fn said(world: &mut World) -> Vec<Value> {
    let said = world.sent().into_iter().filter_map(|frame| {
        if let ClientFrame::ToolApproval(answer) = frame {
            let sign = if answer.approved { '+' } else { '-' };
            Some(json!(format!("{sign}{}", answer.tool_call_id)))
        } else if let ClientFrame::Rpc { method, args, .. } = frame {
            assert_eq!((method.as_str(), args.len()), ("annotateApproval", 1));
            Some(args[0].clone())
        } else {
            None
        }
    });
    let said = said.collect();
    world.asked();
    said
}

fn always(call: &str) -> Value {
    json!({"toolCallId": call, "always": "src/**"})
}

fn reason(call: &str) -> Value {
    json!({"toolCallId": call, "reason": "Not now."})
}

fn reason_shown(world: &World) -> Option<String> {
    let messages = world.messages();
    let call = messages.last().unwrap().calls().next().unwrap();
    call.state.approval().unwrap().reason.clone()
}

#[test]
fn our_server_gets_a_note_before_the_answer_and_again_until_it_has_decided() {
    let mut world = waiting(&["c1", "c2"]);
    world.give(deny_with("c1"));
    assert_eq!(reason_shown(&world).as_deref(), Some("Not now."));
    world.give(approve_always("c2"));
    let all = [reason("c1"), json!("-c1"), always("c2"), json!("+c2")];
    assert_eq!(said(&mut world), all);
    world.reconnect();
    assert_eq!(said(&mut world), all);
    let decided = answer(&[("c1", "output-denied"), ("c2", "approval-requested")]);
    world.receive(&ServerFrame::MessageUpdated(decided));
    world.reconnect();
    assert_eq!(said(&mut world), all[2..]);
    let decided = answer(&[("c1", "output-denied"), ("c2", "approval-responded")]);
    world.receive(&ServerFrame::MessageUpdated(decided));
    world.reconnect();
    assert_eq!(said(&mut world), [Value::Null; 0]);
}

/// A page that has just opened: the kind of the server is not known.
fn unproven() -> World {
    let asked = answer(&[("c1", "approval-requested"), ("c2", "approval-requested")]);
    let mut world = World::new(vec![user("u1", "go"), asked], None);
    world.give(Input::Opened);
    world.receive(&ServerFrame::no_mcp_servers());
    world.asked();
    world
}

#[test]
fn an_answer_that_says_more_waits_until_the_server_is_known() {
    let mut world = unproven();
    world.give(deny_with("c1"));
    world.give(Input::Approve {
        call: ToolCallId::from("c2"),
        always: None,
    });
    assert_eq!(said(&mut world), [Value::Null; 0], "in their order");
    world.give(Input::Received(HEARTBEAT_ANSWER.to_owned()));
    assert_eq!(said(&mut world), [reason("c1"), json!("-c1"), json!("+c2")]);
    let mut plain = unproven();
    plain.give(Input::Deny {
        call: ToolCallId::from("c1"),
        reason: None,
    });
    assert_eq!(said(&mut plain), [json!("-c1")], "nothing to wait for");
}

#[test]
fn an_official_server_is_sent_the_answer_alone() {
    let mut world = unproven();
    world.give(deny_with("c1"));
    let mut answered = Vec::new();
    for _ in 0..10 {
        world.pass(seconds(1));
        answered.extend(said(&mut world));
    }
    assert_eq!(answered, [json!("-c1")]);
    world.give(approve_always("c2"));
    assert_eq!(said(&mut world), [json!("+c2")]);
}
