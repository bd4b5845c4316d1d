//! The synced state and what clients may call.

use common::{
    frame::{ClientFrame, RpcResponse, ServerFrame},
    id::RpcId,
};
use serde_json::{Value, json};

use super::{kinds, state, submit};
use crate::{ConnectionKey, ConnectionPolicy, testing::World};

fn idle(fields: &Value) -> Value {
    let mut state = json!({
        "title": null, "projectContext": null, "model": null, "run": {"status": "idle", "queued": 0},
    });
    let fields = fields.as_object().unwrap().clone();
    state.as_object_mut().unwrap().extend(fields);
    state
}

fn states(frames: &[ServerFrame]) -> Vec<Value> {
    let state = |frame: &ServerFrame| match frame {
        ServerFrame::State(state) => Some(state.clone()),
        _ => None,
    };
    frames.iter().filter_map(state).collect()
}

/// Calls a method and reads the answers.
fn call(world: &mut World, caller: ConnectionKey, method: &str, args: &Value) -> Vec<Value> {
    while world.receive_text(caller).is_some() {}
    let frame = json!({"type": "rpc", "id": "c1", "method": method, "args": args});
    world.send_text(caller, &frame.to_string());
    let mut answers = Vec::new();
    while let Some(text) = world.receive_text(caller) {
        let answer: Value = serde_json::from_str(&text).unwrap();
        if answer["type"] == "rpc" {
            answers.push(answer);
        }
    }
    answers
}

fn readonly(world: &mut World) -> ConnectionKey {
    let policy = ConnectionPolicy::from_query([("readonly", "true")].into_iter());
    world.connect_as("reader", policy)
}

#[test]
fn a_clients_state_goes_to_the_others_and_is_kept() {
    let mut world = World::new();
    let (first, second) = (world.connect(), world.connect());
    world.receive(first);
    world.receive(second);
    let lists = idle(&json!({"title": "Lists"}));
    world.send(first, &ClientFrame::State(lists.clone()));
    assert_eq!(world.receive(first), []);
    assert_eq!(world.receive(second), [ServerFrame::State(lists.clone())]);
    world.stop();
    let third = world.connect();
    assert_eq!(states(&world.receive(third)), [lists]);
}

#[test]
fn a_clients_run_summary_is_corrected() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    let reported = json!({"title": "Lists", "run": {"status": "running", "requestId": "made up", "queued": 7}});
    world.send(tab, &state(&reported));
    assert_eq!(
        states(&world.receive(tab)),
        [idle(&json!({"title": "Lists"}))]
    );
}

#[test]
fn a_state_that_is_refused_changes_nothing_and_the_connection_works() {
    let mut world = World::new();
    let (tab, other) = (world.connect(), world.connect());
    world.receive(tab);
    world.receive(other);
    for state in [
        json!(null),
        json!(7),
        json!({"count": 1}),
        json!({"title": 7}),
    ] {
        world.send(tab, &ClientFrame::State(state));
        assert_eq!(
            world.receive(tab),
            [ServerFrame::StateError("State update rejected".to_owned())]
        );
        assert_eq!(world.receive(other), []);
    }
    world.send(tab, &state(&json!({"title": "Lists"})));
    assert_eq!(states(&world.receive(other)).len(), 1);
}

#[test]
fn a_readonly_connection_reads() {
    let mut world = World::new();
    let (reader, writer) = (readonly(&mut world), world.connect());
    world.receive(reader);
    world.receive(writer);
    world.send(reader, &state(&json!({"title": "mine"})));
    let refused = ServerFrame::StateError("Connection is readonly".to_owned());
    assert_eq!(world.receive(reader), [refused]);
    let failure =
        json!({"type": "rpc", "id": "c1", "success": false, "error": "Connection is readonly"});
    let set = call(&mut world, reader, "setProjectContext", &json!(["x"]));
    assert_eq!(set, [failure]);
    let get = call(&mut world, reader, "getProjectContext", &json!([]));
    assert_eq!(get[0]["result"], json!(null));
    assert_eq!(world.receive(writer), []);
    world.hibernate();
    world.send(reader, &state(&json!({"title": "mine"})));
    assert_eq!(kinds(&world.receive(reader)), ["StateError"], "ws_16");
    world.send(writer, &state(&json!({"title": "Lists"})));
    assert_eq!(states(&world.receive(reader)).len(), 1);
}

#[test]
fn the_state_tells_what_the_turns_do() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &submit(1, "Reverse a list"));
    world.send(tab, &submit(2, "two"));
    world.settle();
    let runs: Vec<String> = states(&world.receive(tab))
        .iter()
        .map(|state| {
            assert_eq!(state["title"], "Reverse a list");
            let run = &state["run"];
            format!("{} {} {}", run["status"], run["requestId"], run["queued"])
        })
        .collect();
    let expected = [
        r#""running" "r1" 0"#,
        r#""running" "r1" 1"#,
        r#""running" "r2" 0"#,
        r#""idle" null 0"#,
    ];
    assert_eq!(runs, expected);
}

#[test]
fn a_state_that_cannot_be_read_is_replaced() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &state(&json!({"title": "Lists"})));
    world.break_stored_state();
    world.stop();
    let tab = world.connect();
    assert_eq!(states(&world.receive(tab)), [idle(&json!({}))]);
    world.stop();
    let before = world.done.len();
    world.connect();
    let logs = |effect: &crate::Effect| matches!(effect, crate::Effect::Log(_));
    assert!(!world.done[before..].iter().any(logs), "it is stored again");
}

#[test]
fn calls_are_answered_under_their_id() {
    let mut world = World::new();
    let tab = world.connect();
    let nothing = json!({"type": "rpc", "id": "c1", "success": true, "done": true});
    let set = call(&mut world, tab, "setProjectContext", &json!(["Rust 1.95."]));
    assert_eq!(set, std::slice::from_ref(&nothing), "no result at all");
    let get = call(&mut world, tab, "getProjectContext", &json!([]));
    assert_eq!(get[0]["result"], "Rust 1.95.");
    let set = call(&mut world, tab, "setProjectContext", &json!([null]));
    assert_eq!(set, [nothing]);
    let get = call(&mut world, tab, "getProjectContext", &json!([]));
    assert!(get[0].as_object().unwrap().contains_key("result"));
    assert_eq!(get[0]["result"], json!(null));
}

#[test]
fn failures_are_reported_in_words() {
    let mut world = World::new();
    let tab = world.connect();
    let mut fails = |method: &str, args: Value| {
        let answers = call(&mut world, tab, method, &args);
        let [answer] = &answers[..] else {
            panic!("{answers:?}")
        };
        assert_eq!(answer["success"], false);
        assert!(answer.get("done").is_none());
        answer["error"].as_str().unwrap().to_owned()
    };
    assert_eq!(fails("nope", json!([])), "Method nope does not exist");
    assert!(fails("setProjectContext", json!([7])).starts_with("Argument 1 (`context`)"));
    assert!(fails("setProjectContext", json!(["x".repeat(16_001)])).contains("longer than 16000"));
    assert!(fails("getMessages", json!([1])).starts_with("Too many arguments"));
    assert!(fails("exportTranscript", json!(["pdf"])).contains("`markdown` or `json`"));
}

#[test]
fn an_export_streams_a_message_a_chunk() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    world.settle();
    let answers = call(&mut world, tab, "exportTranscript", &json!([]));
    let [question, answer, end] = &answers[..] else {
        panic!("{answers:?}")
    };
    assert_eq!(question["done"], false);
    assert_eq!(question["result"], "## You\n\nhello\n\n");
    assert!(
        answer["result"]
            .as_str()
            .unwrap()
            .starts_with("## Coder\n\nword1")
    );
    assert_eq!(end["done"], true);
    assert_eq!(end["result"], json!({"messages": 2}));
    let answers = call(&mut world, tab, "exportTranscript", &json!(["json"]));
    let line: Value = serde_json::from_str(answers[0]["result"].as_str().unwrap()).unwrap();
    assert_eq!(line["id"], "m1");
}

#[test]
fn a_long_transcript_is_exported_page_by_page() {
    let mut world = World::new();
    let tab = world.connect();
    for number in 1..=60 {
        world.send(tab, &submit(number, "hello"));
    }
    world.settle();
    let answers = call(&mut world, tab, "exportTranscript", &json!([]));
    assert_eq!(answers.len(), 121);
    assert_eq!(answers[120]["result"], json!({"messages": 120}));
}

#[test]
fn an_export_that_fails_says_so_after_what_it_sent() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    world.drop_messages_table();
    let answers = call(&mut world, tab, "exportTranscript", &json!([]));
    let [failure] = &answers[..] else {
        panic!("{answers:?}")
    };
    assert!(failure["error"].as_str().unwrap().contains("no such table"));
}

#[test]
fn get_messages_is_the_transcript() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    world.settle();
    let answers = call(&mut world, tab, "getMessages", &json!([]));
    let messages: Vec<Value> = world
        .transcript()
        .iter()
        .map(common::message::Message::to_json)
        .collect();
    assert_eq!(answers[0]["result"], json!(messages));
}

#[test]
fn calls_do_not_wait_for_each_other_and_callers_may_leave() {
    let mut world = World::new();
    let (tab, other) = (world.connect(), world.connect());
    world.receive(tab);
    let ask = |id: &str| ClientFrame::Rpc {
        id: RpcId::from(id),
        method: "getProjectContext".to_owned(),
        args: Vec::new(),
    };
    for id in ["a", "b"] {
        world.send(tab, &ask(id));
    }
    let ids: Vec<String> = world
        .receive(tab)
        .iter()
        .map(|frame| match frame {
            ServerFrame::Rpc(RpcResponse::Success { id, .. }) => id.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, ["a", "b"]);
    world.disconnect(other);
    world.input(crate::Input::Received {
        key: other,
        text: ask("late").encode(),
    });
    world.send(tab, &ask("c"));
    assert_eq!(kinds(&world.receive(tab)), ["Rpc"]);
}

#[test]
fn the_conversations_model_and_context_go_to_the_model() {
    let mut world = World::new();
    let tab = world.connect();
    let about = json!({"model": "some/model", "projectContext": "Rust 1.95."});
    world.send(tab, &state(&about));
    world.send(tab, &submit(1, "hello"));
    let call = world.last_model_call();
    assert_eq!(call.model, "some/model");
    assert_eq!(call.project_context.as_deref(), Some("Rust 1.95."));
}

#[test]
fn a_store_that_is_nearly_full_is_told_of_in_time() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    let near = |world: &mut World, tab| {
        let mut states = world
            .receive(tab)
            .into_iter()
            .filter_map(|frame| match frame {
                ServerFrame::State(state) => Some(state["nearFull"].clone()),
                _ => None,
            });
        states.next_back()
    };
    assert_eq!(near(&mut world, tab), Some(Value::Null));
    world.sql().pretend_size(9_123_456_789);
    world.send(tab, &submit(2, "two"));
    world.settle();
    let expected =
        json!({"limited": "storage", "used": 9_120_000_000_u64, "most": 10_000_000_000_u64});
    assert_eq!(near(&mut world, tab), Some(expected.clone()));
    // It is known at once after an eviction.
    world.stop();
    let tab = world.connect();
    assert_eq!(near(&mut world, tab), Some(expected));
    // Room was made.
    world.sql().pretend_size(0);
    world.send(tab, &submit(3, "three"));
    world.settle();
    assert_eq!(near(&mut world, tab), Some(Value::Null));
}
