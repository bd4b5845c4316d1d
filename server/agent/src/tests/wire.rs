use common::frame::ServerFrame;
use serde_json::{Value, json};

use super::{kinds, outcomes, state, submit};
use crate::{AgentOptions, ConnectionPolicy, Effect, Input, testing::World};

#[test]
fn the_first_frames_in_order() {
    let mut world = World::with(AgentOptions {
        page: Some("a build"),
        ..AgentOptions::default()
    });
    let first = world.connect();
    let identity = ServerFrame::Identity {
        name: "room".to_owned(),
        agent: "coder-agent".to_owned(),
        state_follows: true,
        page: Some("a build".to_owned()),
    };
    let idle = json!({
        "title": null, "projectContext": null, "model": null, "run": {"status": "idle", "queued": 0},
    });
    let expected = [
        identity,
        ServerFrame::State(idle),
        ServerFrame::no_mcp_servers(),
    ];
    assert_eq!(world.receive(first), expected);
    let second = world.connect();
    assert_eq!(world.receive(second), expected);
    assert_eq!(world.receive(first), [], "the state was there already");
}

#[test]
fn without_protocol_frames_chat_and_calls_work() {
    let mut world = World::new();
    let policy = ConnectionPolicy::from_query([("protocol", "false")].into_iter());
    let quiet = world.connect_as("quiet", policy);
    let other = world.connect();
    assert_eq!(world.receive(quiet), []);
    world.send(other, &state(&json!({"title": "Lists"})));
    assert_eq!(world.receive(quiet), []);
    world.send_text(
        quiet,
        r#"{"type":"rpc","id":"7","method":"getProjectContext","args":[]}"#,
    );
    assert_eq!(kinds(&world.receive(quiet)), ["Rpc"]);
    world.send(quiet, &submit(1, "hello"));
    world.settle();
    let frames = world.receive(quiet);
    assert!(
        !frames
            .iter()
            .any(|frame| matches!(frame, ServerFrame::State(_)))
    );
    assert_eq!(outcomes(&frames).len(), 1);
    world.hibernate();
    world.send(other, &state(&json!({"title": "Sets"})));
    assert_eq!(world.receive(quiet), [], "ws_16: also after hibernation");
    world.disconnect(quiet);
    let again = world.connect_as("quiet", ConnectionPolicy::default());
    assert_eq!(world.receive(again).len(), 3, "ws_08: asked anew");
}

#[test]
fn two_connections_may_have_one_id() {
    let mut world = World::new();
    let policy = ConnectionPolicy::default();
    let (first, second) = (
        world.connect_as("same", policy),
        world.connect_as("same", policy),
    );
    world.send(first, &submit(1, "hello"));
    world.step_model();
    world.disconnect(first);
    world.settle();
    assert_eq!(outcomes(&world.receive(second)).len(), 1);
}

#[test]
fn texts_that_are_no_frames_change_nothing() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    let texts = [
        "",
        "null",
        "undefined",
        "{}",
        "[]",
        "42",
        "{\"type\":7}",
        "{\"type\":null}",
        "\u{0}",
        "{\"type\":\"cf_agent_unheard_of\"}",
    ];
    for text in texts {
        world.send_text(tab, text);
    }
    for bytes in [&b""[..], b"hello", &[0, 255, 1]] {
        let (key, bytes) = (tab, bytes.to_vec());
        world.input(Input::ReceivedBytes { key, bytes });
    }
    assert_eq!(world.receive(tab), []);
    let is_log = |effect: &&Effect| matches!(effect, Effect::Log(_));
    assert_eq!(world.done.iter().filter(is_log).count(), 1, "logged once");
    world.send(tab, &submit(1, "hello"));
    world.settle();
    assert_eq!(world.transcript().len(), 2);
}

#[test]
fn frames_that_cannot_be_read_are_answered_and_change_nothing() {
    let mut world = World::new();
    let (tab, other) = (world.connect(), world.connect());
    world.receive(tab);
    let before = world.receive(other).len();
    for (text, kind) in [
        (r#"{"type":"#, "FrameError"),
        (r#"{"type":"rpc"}"#, "FrameError"),
        (r#"{"type":"rpc","id":"1","method":"m"}"#, "Rpc"),
        (r#"{"type":"rpc","id":"1","method":"m","args":null}"#, "Rpc"),
        (r#"{"type":"rpc","id":"1","method":"m","args":["#, "Rpc"),
        (r#"{"type":"cf_agent_state"}"#, "StateError"),
        (
            r#"{"type":"cf_agent_state","state":{"title":}}"#,
            "StateError",
        ),
        (
            r#"{"type":"cf_agent_chat_messages","messages":7}"#,
            "FrameError",
        ),
        (
            r#"{"type":"cf_agent_chat_messages","messages":[{"id":"m1","role":"user","parts":[]},{}]}"#,
            "FrameError",
        ),
        (r#"{"type":"cf_agent_chat_request_cancel"}"#, "FrameError"),
        (
            r#"{"type":"cf_agent_tool_result","output":1}"#,
            "FrameError",
        ),
        (
            r#"{"type":"cf_agent_tool_approval","toolCallId":"c"}"#,
            "FrameError",
        ),
        (r#"{"type":"cf_agent_stream_resume_ack"}"#, "FrameError"),
    ] {
        world.send_text(tab, text);
        assert_eq!(kinds(&world.receive(tab)), [kind], "{text}");
    }
    let bytes = br#"{"type":"cf_agent_chat_clear"}"#.to_vec();
    world.input(Input::ReceivedBytes { key: tab, bytes });
    assert_eq!(kinds(&world.receive(tab)), ["FrameError"]);
    for init in [
        "{}",
        r#"{"method":"GET","body":"{}"}"#,
        r#"{"method":"POST"}"#,
        r#"{"method":"POST","body":"{"}"#,
        r#"{"method":"POST","body":"{}"}"#,
        r#"{"method":"POST","body":"{\"messages\":[{}]}"}"#,
        r#"{"method":"POST","body"}"#,
    ] {
        world.send_text(
            tab,
            &format!(r#"{{"type":"cf_agent_use_chat_request","id":"r","init":{init}}}"#),
        );
        let text = world.receive_text(tab).unwrap();
        let frame: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(frame["type"], "cf_agent_use_chat_response", "{init}");
        assert_eq!(frame["id"], "r", "{init}");
        assert_eq!(
            (&frame["done"], &frame["error"]),
            (&json!(true), &json!(true))
        );
        assert!(
            frame["body"]
                .as_str()
                .unwrap()
                .starts_with("The message was not taken: ")
        );
        assert_eq!(world.receive_text(tab), None, "{init}");
    }
    assert_eq!(world.receive(other), [], "the sender alone hears of it");
    assert!(before > 0 && world.transcript().is_empty());
    world.send(tab, &submit(1, "hello"));
    world.settle();
    assert_eq!(world.transcript().len(), 2);
}

#[test]
fn half_a_character_is_taken_wherever_a_client_sends_one() {
    let mut world = World::new();
    let (tab, other) = (world.connect(), world.connect());
    world.receive(other);
    let message = r#"{\"id\":\"m1\",\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"text\":\"cut \\ud83d here\"}]}"#;
    world.send_text(
        tab,
        &format!(r#"{{"type":"cf_agent_use_chat_request","id":"r1","init":{{"method":"POST","body":"{{\"messages\":[{message}]}}"}}}}"#),
    );
    world.settle();
    assert_eq!(world.lines()[0], "user: cut \u{fffd} here");
    world.receive(tab);
    world.receive(other);
    world.send_text(
        tab,
        r#"{"type":"rpc","id":"1","method":"setProjectContext","args":["half \ud83d"]}"#,
    );
    assert_eq!(kinds(&world.receive(tab)), ["Rpc"]);
    world.send_text(
        tab,
        r#"{"type":"cf_agent_state","state":{"title":"half \ude00","projectContext":null,"model":null}}"#,
    );
    let title = |frame: &ServerFrame| match frame {
        ServerFrame::State(state) => state["title"].as_str().map(str::to_owned),
        _ => None,
    };
    let frames = world.receive(other);
    assert_eq!(
        frames.iter().rev().find_map(title).unwrap(),
        "half \u{fffd}"
    );
    world.hibernate();
    assert_eq!(world.lines()[0], "user: cut \u{fffd} here");
}

#[test]
fn a_connection_outlives_hibernation() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.hibernate();
    world.send(tab, &submit(1, "hello"));
    world.settle();
    assert!(kinds(&world.receive(tab)).contains(&"done".to_owned()));
}
