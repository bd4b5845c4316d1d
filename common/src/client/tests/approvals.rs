//! Answers to tool calls, and the continuations after them.

use serde_json::{Value, json};

use super::{
    World,
    world::{assistant, user},
};
use crate::{
    client::{Delivery, Input, Status},
    frame::{ClientFrame, Outcome, ServerFrame, ToolApproval},
    id::{RequestId, ToolCallId},
    message::Message,
};

/// An answer `a1` with one call per given state.
pub(super) fn answer(states: &[(&str, &str)]) -> Message {
    let part = |(call, state): &(&str, &str)| {
        let mut part = json!({"type": "tool-write", "toolCallId": call, "state": state, "input": {"path": "a"}});
        match *state {
            "approval-requested" => part["approval"] = json!({"id": "q"}),
            "approval-responded" => part["approval"] = json!({"id": "q", "approved": true}),
            "output-denied" => part["approval"] = json!({"id": "q", "approved": false}),
            "output-available" => {
                part["output"] = json!("done");
                part["approval"] = json!({"id": "q", "approved": true});
            }
            _ => {}
        }
        part
    };
    let parts: Vec<Value> = states.iter().map(part).collect();
    serde_json::from_value(json!({"id": "a1", "role": "assistant", "parts": parts})).unwrap()
}

/// A client whose last answer has these waiting calls.
pub(super) fn waiting(calls: &[&str]) -> World {
    let asked: Vec<_> = calls
        .iter()
        .map(|call| (*call, "approval-requested"))
        .collect();
    World::open(vec![user("u1", "go"), answer(&asked)])
}

fn approve(call: &str) -> Input {
    Input::Approve {
        call: ToolCallId::from(call),
        always: None,
    }
}

fn deny(call: &str) -> Input {
    Input::Deny {
        call: ToolCallId::from(call),
        reason: None,
    }
}

/// The answers sent since the last look, `+` for approved.
fn answered(world: &World) -> Vec<String> {
    let text = |frame| {
        if let ClientFrame::ToolApproval(answer) = frame {
            let ToolApproval {
                tool_call_id,
                approved,
                auto_continue,
            } = answer;
            assert!(auto_continue);
            Some(format!(
                "{}{tool_call_id}",
                if approved { '+' } else { '-' }
            ))
        } else {
            None
        }
    };
    world.sent().into_iter().filter_map(text).collect()
}

/// The states of the calls of `a1`.
fn states(world: &World) -> Vec<&'static str> {
    let messages = world.messages();
    let message = messages.iter().find(|one| one.id.as_str() == "a1").unwrap();
    message.calls().map(|call| call.state.as_str()).collect()
}

fn update(world: &mut World, states: &[(&str, &str)]) {
    world.receive(&ServerFrame::MessageUpdated(answer(states)));
}

/// The chunks of the continuation `r`, as a stream has them.
fn continuation() -> Vec<Value> {
    vec![
        json!({"type": "start"}),
        json!({"type": "tool-input-available", "toolCallId": "c1", "toolName": "write", "input": {"path": "a"}}),
        json!({"type": "tool-output-available", "toolCallId": "c1", "output": "done"}),
        json!({"type": "start-step"}),
        json!({"type": "text-start", "id": "t"}),
        json!({"type": "text-delta", "id": "t", "delta": "Written."}),
        json!({"type": "text-end", "id": "t"}),
        json!({"type": "finish-step"}),
    ]
}

fn tell(world: &mut World, replayed: bool, from: usize, to: usize) {
    for (seq, chunk) in continuation().iter().enumerate().take(to).skip(from) {
        let mut frame = json!({"body": chunk.to_string(), "seq": seq, "continuation": true});
        if replayed {
            frame["replay"] = true.into();
        }
        world.response("r", &frame);
    }
}

fn pending(world: &mut World) {
    let probe = world.probe().expect("a question");
    world.text(json!({"type": "cf_agent_stream_pending", "id": "r", "probeId": probe}));
}

#[test]
fn ta_02_an_answer_shows_at_once_and_is_sent_once() {
    for (input, state, sent) in [
        (approve("c1"), "approval-responded", "+c1"),
        (deny("c1"), "output-denied", "-c1"),
    ] {
        let mut world = waiting(&["c1"]);
        assert_eq!(world.status(), Status::Ready);
        world.give(input);
        assert_eq!(states(&world), [state]);
        assert_eq!(answered(&world), [sent]);
        assert!(world.probe().is_some(), "a probe follows");
        assert_eq!(world.status(), Status::Submitted);
        world.give(approve("c1"));
        world.give(deny("c1"));
        assert_eq!(
            (states(&world), answered(&world)),
            (vec![state], vec![sent.to_owned()])
        );
    }
}

#[test]
fn ta_04_only_calls_that_wait_in_the_last_answer_are_answered() {
    let mut world = World::open(vec![
        user("u1", "go"),
        answer(&[("c1", "approval-requested")]),
        user("u2", "forget it"),
        assistant("a2", "As you wish."),
    ]);
    world.give(approve("c1"));
    world.give(approve("c9"));
    assert_eq!(
        (states(&world), answered(&world)),
        (vec!["approval-requested"], vec![])
    );
    let mut world = World::open(vec![answer(&[
        ("c1", "output-available"),
        ("c2", "input-available"),
    ])]);
    world.give(deny("c1"));
    world.give(approve("c2"));
    assert_eq!(answered(&world), [""; 0]);
}

#[test]
fn answers_wait_for_the_connection_and_go_in_order() {
    let mut world = waiting(&["c1", "c2"]);
    world.close(1006);
    world.asked();
    world.give(deny("c2"));
    world.give(approve("c1"));
    assert_eq!(states(&world), ["approval-responded", "output-denied"]);
    assert_eq!(answered(&world), [""; 0]);
    assert_eq!(world.client.rows()[1].delivery, Delivery::Stored);
    assert_eq!(world.status(), Status::Ready);
    world.reopen();
    assert_eq!(answered(&world), ["-c2", "+c1"]);
    assert_eq!(world.probes().len(), 1);
    assert_eq!(world.client.rows()[1].delivery, Delivery::Answered);
}

#[test]
fn an_answer_that_may_be_lost_is_sent_again_until_the_server_has_decided() {
    let mut world = waiting(&["c1"]);
    world.give(approve("c1"));
    world.asked();
    world.reconnect();
    assert_eq!(answered(&world), ["+c1"]);
    update(&mut world, &[("c1", "approval-responded")]);
    world.asked();
    world.reconnect();
    assert_eq!(answered(&world), [""; 0]);
    assert_eq!(states(&world), ["approval-responded"]);
}

#[test]
fn a_transcript_older_than_an_answer_does_not_undo_it() {
    let mut world = waiting(&["c1"]);
    let stale = world.messages();
    world.give(approve("c1"));
    world.transcript(stale.clone());
    update(&mut world, &[("c1", "approval-requested")]);
    assert_eq!(states(&world), ["approval-responded"]);
    world.reconnect();
    world.fetched(stale.clone());
    assert_eq!(states(&world), ["approval-responded"]);
    // A fetch that was in progress when the server decided is repeated.
    world.reconnect();
    update(&mut world, &[("c1", "approval-responded")]);
    world.asked();
    world.fetched(stale);
    assert_eq!(
        (states(&world), world.fetches()),
        (vec!["approval-responded"], 1)
    );
}

#[test]
fn the_servers_decision_counts() {
    let decided = [("c1", "output-denied")];
    let tell: [fn(&mut World, Message); 3] = [
        |world, message| world.receive(&ServerFrame::MessageUpdated(message)),
        |world, message| world.transcript(vec![user("u1", "go"), message]),
        |world, message| {
            world.reconnect();
            world.fetched(vec![user("u1", "go"), message]);
        },
    ];
    for tell in tell {
        let mut world = waiting(&["c1"]);
        world.give(approve("c1"));
        tell(&mut world, answer(&decided));
        assert_eq!(states(&world), ["output-denied"]);
        world.asked();
        world.reconnect();
        assert_eq!(answered(&world), [""; 0], "there is nothing to send");
    }
}

#[test]
fn an_answer_that_the_server_does_not_take_is_taken_back() {
    let mut world = waiting(&["c1"]);
    world.give(approve("c1"));
    world.answer_idle();
    assert_eq!(world.status(), Status::Ready);
    assert_eq!(world.fetches(), 1);
    world.fetched(vec![
        user("u1", "go"),
        answer(&[("c1", "approval-requested")]),
    ]);
    assert_eq!(states(&world), ["approval-requested"]);
}

#[test]
fn one_of_two_answers_makes_nothing_run() {
    let mut world = waiting(&["c1", "c2"]);
    world.give(approve("c1"));
    assert_eq!(world.status(), Status::Ready);
    update(
        &mut world,
        &[("c1", "approval-responded"), ("c2", "approval-requested")],
    );
    world.answer_idle();
    assert_eq!(states(&world), ["approval-responded", "approval-requested"]);
    world.give(deny("c2"));
    assert_eq!(world.status(), Status::Submitted);
}

#[test]
fn tl_15_the_client_that_answered_resumes_the_continuation() {
    let mut world = waiting(&["c1"]);
    world.give(approve("c1"));
    update(&mut world, &[("c1", "approval-responded")]);
    assert_eq!(world.status(), Status::Submitted);
    pending(&mut world);
    assert_eq!(world.status(), Status::Submitted);
    world.asked();
    world.resuming("r");
    assert_eq!(world.sent(), [ClientFrame::ResumeAck(RequestId::from("r"))]);
    tell(&mut world, true, 0, 3);
    world.replay_complete("r");
    assert_eq!(states(&world), ["output-available"]);
    assert_eq!(world.status(), Status::Streaming);
    tell(&mut world, false, 3, 6);
    world.reconnect();
    world.resuming("r");
    tell(&mut world, true, 0, 7);
    world.replay_complete("r");
    tell(&mut world, false, 7, 8);
    world.done("r", Outcome::Completed);
    assert_eq!(world.view(), ["u:go", "a:Written."]);
    assert_eq!(states(&world), ["output-available"]);
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn tl_15_other_clients_see_the_continuation_live() {
    let mut world = waiting(&["c1"]);
    update(&mut world, &[("c1", "approval-responded")]);
    tell(&mut world, false, 0, 6);
    assert_eq!(world.view(), ["u:go", "a:Written."]);
    assert_eq!(world.status(), Status::Streaming);
    assert_eq!(world.sent(), []);
    tell(&mut world, false, 6, 8);
    let mut stored = answer(&[("c1", "output-available")]);
    stored.parts = world.messages()[1].parts.clone();
    world.transcript(vec![user("u1", "go"), stored]);
    world.done("r", Outcome::Completed);
    assert_eq!(world.view(), ["u:go", "a:Written."]);
    assert_eq!(states(&world), ["output-available"]);
}

#[test]
fn a_continuation_can_be_stopped_even_before_its_id_is_known() {
    let mut world = waiting(&["c1"]);
    world.give(approve("c1"));
    world.give(Input::Stop);
    assert!(
        !world
            .sent()
            .contains(&ClientFrame::ChatCancel(RequestId::from("r")))
    );
    pending(&mut world);
    assert!(
        world
            .sent()
            .contains(&ClientFrame::ChatCancel(RequestId::from("r")))
    );

    let mut world = waiting(&["c1"]);
    world.give(approve("c1"));
    pending(&mut world);
    world.give(Input::Stop);
    assert!(
        world
            .sent()
            .contains(&ClientFrame::ChatCancel(RequestId::from("r")))
    );
}

#[test]
fn a_continuation_that_is_over_is_not_added_to_the_message_that_holds_it() {
    let mut stored = answer(&[("c1", "output-available")]);
    stored.parts.extend(assistant("x", "Written.").parts);
    let mut world = World::new(vec![user("u1", "go"), stored.clone()], None);
    world.give(Input::Opened);
    world.fetched(vec![user("u1", "go"), stored.clone()]);
    world.resuming("r");
    tell(&mut world, true, 0, 8);
    world.done("r", Outcome::Error(Some("The model broke off.".to_owned())));
    assert_eq!(world.messages()[1], stored);
    assert_eq!(world.error().as_deref(), Some("The model broke off."));
}

#[test]
fn a_clear_makes_answers_void() {
    for clear in [
        |world: &mut World| world.give(Input::Clear),
        |world: &mut World| world.receive(&ServerFrame::ChatClear),
    ] {
        let mut world = waiting(&["c1"]);
        world.give(approve("c1"));
        clear(&mut world);
        world.asked();
        world.reconnect();
        assert_eq!(answered(&world), [""; 0]);
        assert_eq!(world.view(), [""; 0]);
    }
}

#[test]
fn a_replay_after_an_answer_requests_the_message() {
    let mut world = World::open(vec![]);
    world.send("go");
    let id = world.request();
    let chunks = [
        json!({"type": "start", "messageId": "a1"}),
        json!({"type": "tool-input-available", "toolCallId": "c1", "toolName": "write", "input": {"path": "a"}}),
        json!({"type": "tool-approval-request", "toolCallId": "c1", "approvalId": "q"}),
    ];
    world.chunk(&id, 0, &chunks[0]);
    world.reconnect();
    let stored = vec![
        world.messages()[0].clone(),
        answer(&[("c1", "output-denied")]),
    ];
    world.fetched(stored.clone());
    world.resuming(&id);
    for (seq, chunk) in chunks.iter().enumerate() {
        world.replay(&id, seq as u64, chunk);
    }
    world.asked();
    world.response(&id, &json!({"done": true, "replay": true}));
    assert_eq!(
        (states(&world), world.fetches()),
        (vec!["approval-requested"], 1)
    );
    world.fetched(stored.clone());
    assert_eq!(world.messages(), stored);
}
