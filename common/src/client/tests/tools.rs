//! Client tools.

use serde_json::{Value, json};

use super::{
    World,
    world::{options, user},
};
use crate::{
    client::{ClientOptions, Effect, Input, Snapshot},
    frame::{ClientFrame, ClientTool, Outcome},
    id::ToolCallId,
    message::ToolOutcome,
};

fn world() -> World {
    let snapshot = Snapshot {
        messages: vec![user("u1", "where am I?")],
        earlier: 0,
        etag: None,
    };
    let tool = ClientTool {
        name: "locate".to_owned(),
        description: None,
        parameters: None,
    };
    let mut world = World::with(ClientOptions {
        client_tools: vec![tool],
        ..options(snapshot)
    });
    world.give(Input::Opened);
    world.answer_idle();
    world.asked();
    world
}

/// A turn that ends with one call of each of these tools.
fn calls(world: &mut World, tools: &[&str]) {
    let mut chunks = vec![json!({"type": "start", "messageId": "a1"})];
    for (index, tool) in tools.iter().enumerate() {
        chunks.push(
            json!({"type": "tool-input-available", "toolCallId": format!("c{index}"),
            "toolName": tool, "input": {"exact": true}}),
        );
    }
    for (seq, chunk) in chunks.iter().enumerate() {
        world.chunk("r", seq as u64, chunk);
    }
}

/// The client tool runs requested since the last look.
fn asked(world: &mut World) -> Vec<(String, String, Value)> {
    let call = |effect| {
        if let Effect::RunTool { call, name, input } = effect {
            Some((call.to_string(), name, input))
        } else {
            None
        }
    };
    world.asked().into_iter().filter_map(call).collect()
}

#[test]
fn tl_20_a_call_of_our_own_is_asked_for_once_after_its_stream_and_answered_once() {
    let mut world = world();
    calls(&mut world, &["locate", "search"]);
    assert_eq!(asked(&mut world), []);
    world.done("r", Outcome::Completed);
    let locate = ("c0".to_owned(), "locate".to_owned(), json!({"exact": true}));
    assert_eq!(asked(&mut world), [locate]);
    world.hush(super::world::seconds(5));
    assert_eq!(asked(&mut world), []);
    for output in ["here", "there"] {
        world.give(Input::AddToolOutput {
            call: ToolCallId::from("c0"),
            outcome: ToolOutcome::Output(json!(output)),
        });
    }
    let result = |frame: &ClientFrame| {
        if let ClientFrame::ToolResult(result) = frame {
            assert_eq!(result.client_tools[0].name, "locate");
            Some((result.tool_name.clone(), result.outcome.clone()))
        } else {
            None
        }
    };
    let sent: Vec<_> = world.sent().iter().filter_map(result).collect();
    assert_eq!(
        sent,
        [("locate".to_owned(), ToolOutcome::Output(json!("here")))]
    );
}

#[test]
fn a_request_names_the_tools_of_the_client() {
    let mut world = world();
    world.send("again");
    let [request] = &world.requests()[..] else {
        panic!("{:?}", world.sent());
    };
    assert_eq!(request.client_tools[0].name, "locate");
}

#[test]
fn a_result_survives_a_reload() {
    let mut world = world();
    calls(&mut world, &["locate"]);
    world.done("r", Outcome::Completed);
    world.close(1006);
    world.give(Input::AddToolOutput {
        call: ToolCallId::from("c0"),
        outcome: ToolOutcome::Error(Some("no signal".to_owned())),
    });
    let messages = world.messages();
    let mut unanswered = messages.clone();
    unanswered[1] = serde_json::from_value(json!({"id": "a1", "role": "assistant", "parts": [{
        "type": "tool-locate", "toolCallId": "c0", "state": "input-available", "input": {"exact": true},
    }]}))
    .unwrap();
    let mut world = world.reload(super::world::seconds(60), unanswered);
    assert_eq!(world.messages()[1].parts.len(), 1);
    world.give(Input::Opened);
    let sent: Vec<_> = world.sent();
    let is_result = |frame: &&ClientFrame| matches!(frame, ClientFrame::ToolResult(_));
    assert_eq!(sent.iter().filter(is_result).count(), 1, "{sent:?}");
}
