use common::frame::ServerFrame;
use serde_json::json;

use super::{kinds, outcomes, state, submit};
use crate::{agent::ConnectionPolicy, testing::World};

#[test]
fn ws_01_ws_02_ws_05_the_first_frames_in_order() {
    let mut world = World::new();
    let first = world.connect();
    let identity = ServerFrame::Identity {
        name: "room".to_owned(),
        agent: "coder-agent".to_owned(),
        state_follows: true,
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
fn ws_06_ws_07_without_protocol_frames_chat_and_calls_work() {
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
fn ws_29_two_connections_may_have_one_id() {
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
fn ws_10_ws_11_rp_10_ch_20_texts_that_are_no_frames_change_nothing() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    let request =
        |init: &str| format!(r#"{{"type":"cf_agent_use_chat_request","id":"r","init":{init}}}"#);
    let texts = [
        "",
        "null",
        "undefined",
        "{}",
        "[]",
        "42",
        "{\"type\":",
        "{\"type\":7}",
        "{\"type\":null}",
        "\u{0}",
        "{\"type\":\"cf_agent_unheard_of\"}",
        "{\"type\":\"rpc\"}",
        "{\"type\":\"rpc\",\"id\":\"1\",\"method\":\"m\"}",
        "{\"type\":\"rpc\",\"id\":\"1\",\"method\":\"m\",\"args\":null}",
        "{\"type\":\"cf_agent_state\"}",
        "{\"type\":\"cf_agent_chat_messages\",\"messages\":7}",
        "{\"type\":\"cf_agent_chat_request_cancel\"}",
    ];
    for text in texts {
        world.send_text(tab, text);
    }
    for init in [
        "{}",
        r#"{"method":"GET","body":"{}"}"#,
        r#"{"method":"POST"}"#,
        r#"{"method":"POST","body":"{"}"#,
    ] {
        world.send_text(tab, &request(init));
    }
    assert_eq!(world.receive(tab), []);
    world.send(tab, &submit(1, "hello"));
    world.settle();
    assert_eq!(world.transcript().len(), 2);
}

#[test]
fn ws_16_ws_17_a_connection_outlives_hibernation() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.hibernate();
    world.send(tab, &submit(1, "hello"));
    world.settle();
    assert!(kinds(&world.receive(tab)).contains(&"done".to_owned()));
}
