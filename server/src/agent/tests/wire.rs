use common::frame::{ClientFrame, ServerFrame};
use serde_json::json;

use super::{kinds, submit};
use crate::testing::World;

#[test]
fn ws_01_ws_02_ws_04_the_first_frames_in_order() {
    let mut world = World::new();
    let first = world.connect();
    let identity = |state_follows| ServerFrame::Identity {
        name: "room".to_owned(),
        agent: "coder-agent".to_owned(),
        state_follows,
    };
    assert_eq!(
        world.receive(first),
        [identity(false), ServerFrame::no_mcp_servers()]
    );
    world.send(first, &ClientFrame::State(json!(null)));
    let second = world.connect();
    let expected = [
        identity(true),
        ServerFrame::State(json!(null)),
        ServerFrame::no_mcp_servers(),
    ];
    assert_eq!(world.receive(second), expected);
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
fn rp_04_an_unknown_method_fails_in_words() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send_text(
        tab,
        r#"{"type":"rpc","id":"7","method":"nope","args":[],"extra":1}"#,
    );
    let text = world.receive_text(tab).unwrap();
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        answer,
        json!({"type": "rpc", "id": "7", "success": false, "error": "Method nope does not exist"})
    );
}

#[test]
fn st_02_a_state_goes_to_the_others_and_is_kept() {
    let mut world = World::new();
    let (first, second) = (world.connect(), world.connect());
    world.receive(first);
    world.receive(second);
    world.send(first, &ClientFrame::State(json!({"a": 1})));
    assert_eq!(world.receive(first), []);
    assert_eq!(world.receive(second), [ServerFrame::State(json!({"a": 1}))]);
    world.stop();
    let third = world.connect();
    assert!(
        world
            .receive(third)
            .contains(&ServerFrame::State(json!({"a": 1})))
    );
}

#[test]
fn ws_16_a_connection_outlives_hibernation() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.hibernate();
    world.send(tab, &submit(1, "hello"));
    world.settle();
    assert!(kinds(&world.receive(tab)).contains(&"done".to_owned()));
}
