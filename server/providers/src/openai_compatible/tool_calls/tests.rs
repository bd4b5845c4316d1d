//! Deltas of tool calls, as vendors send them.

use serde_json::{Value, json};

use super::*;

/// The calls from these deltas: id, name, input.
fn calls(deltas: &[Value]) -> Vec<(String, String, String)> {
    let mut tool_calls = ToolCalls::default();
    let mut events = Vec::new();
    for delta in deltas {
        tool_calls.push(
            ToolCallDelta::of(delta.clone()),
            "made-up",
            &mut Room::default(),
            &mut events,
        );
    }
    tool_calls.settle(&mut events);
    let mut calls: Vec<(String, String, String)> = Vec::new();
    for event in events {
        if let ProviderEvent::ToolCallStart { index, id, name } = event {
            assert_eq!(index, calls.len(), "indices count up");
            calls.push((id, name, String::new()));
        } else if let ProviderEvent::ToolCallDelta { index, arguments } = event {
            assert_ne!(arguments, "");
            calls[index].2.push_str(&arguments);
        } else {
            panic!("{event:?}");
        }
    }
    calls
}

fn check(deltas: &[Value], expected: &[(&str, &str, &str)]) {
    let calls = calls(deltas);
    let calls: Vec<_> = calls
        .iter()
        .map(|(id, name, input)| (id.as_str(), name.as_str(), input.as_str()))
        .collect();
    assert_eq!(calls, expected);
}

#[test]
fn with_an_index_interleaved() {
    check(
        &[
            json!({ "index": 0, "id": "a", "type": "function", "function": { "name": "read", "arguments": "" } }),
            json!({ "index": 0, "function": { "arguments": "{\"p\":" } }),
            json!({ "index": 1, "id": "b", "type": "function", "function": { "name": "write", "arguments": "" } }),
            json!({ "index": 1, "function": { "arguments": "{}" } }),
            json!({ "index": 0, "id": null, "function": { "name": null, "arguments": "1}" } }),
        ],
        &[("a", "read", "{\"p\":1}"), ("b", "write", "{}")],
    );
}

#[test]
fn whole_in_one_without_index_or_with_index_0_for_all() {
    let call = |index: Value, id: &str| json!({ "index": index, "id": id, "function": { "name": "read", "arguments": "{}" } });
    check(
        &[call(Value::Null, "a"), call(Value::Null, "b")],
        &[("a", "read", "{}"), ("b", "read", "{}")],
    );
    check(
        &[call(json!(0), "a"), call(json!(0), "b")],
        &[("a", "read", "{}"), ("b", "read", "{}")],
    );
}

#[test]
fn index_0_for_all_in_pieces() {
    check(
        &[
            json!({ "index": 0, "id": "a", "function": { "name": "read", "arguments": "" } }),
            json!({ "index": 0, "id": "a", "function": { "name": "read", "arguments": "{}" } }),
            json!({ "index": 0, "id": "b", "function": { "name": "read", "arguments": "" } }),
            json!({ "index": 0, "id": "", "function": { "arguments": "[]" } }),
        ],
        &[("a", "read", "{}"), ("b", "read", "[]")],
    );
}

#[test]
fn a_fresh_id_in_every_piece() {
    check(
        &[
            json!({ "index": 0, "id": "a", "function": { "name": "read" } }),
            json!({ "index": 0, "id": "x", "function": { "arguments": "{" } }),
            json!({ "index": 0, "id": "y", "function": { "arguments": "}" } }),
        ],
        &[("a", "read", "{}")],
    );
}

#[test]
fn no_id_gets_a_made_up_one() {
    check(
        &[
            json!({ "index": 3, "function": { "name": "read", "arguments": "{}" } }),
            json!({ "index": 4, "function": { "name": "write", "arguments": "{" } }),
            json!({ "index": 4, "function": { "name": "write", "arguments": "}" } }),
        ],
        &[("made-up-0", "read", "{}"), ("made-up-1", "write", "{}")],
    );
    check(
        &[
            json!({ "function": { "name": "read", "arguments": "{}" } }),
            json!({ "function": { "name": "read", "arguments": { "p": 1 } } }),
            json!({ "function": { "arguments": " " } }),
        ],
        &[
            ("made-up-0", "read", "{}"),
            ("made-up-1", "read", "{\"p\":1} "),
        ],
    );
}

#[test]
fn an_id_used_twice_is_replaced() {
    check(
        &[
            json!({ "index": 0, "id": "a", "function": { "name": "read", "arguments": "{" } }),
            json!({ "index": 1, "id": "a", "function": { "name": "write", "arguments": "{}" } }),
            json!({ "index": 0, "id": "a", "function": { "arguments": "}" } }),
        ],
        &[("a", "read", "{}"), ("made-up-1", "write", "{}")],
    );
}

#[test]
fn the_whole_input_again_is_no_second_one() {
    let piece = |arguments: Value| json!({ "index": 0, "id": "a", "function": { "name": "read", "arguments": arguments } });
    let pieces = [piece(json!("{\"p\":")), piece(json!("{\"p\":1}}"))];
    check(&pieces, &[("a", "read", "{\"p\":{\"p\":1}}")]);
    for again in [json!("{\"p\":1}"), json!("{ \"p\": 1 }"), json!({ "p": 1 })] {
        check(
            &[piece(json!("{\"p\"")), piece(json!(":1}")), piece(again)],
            &[("a", "read", "{\"p\":1}")],
        );
    }
    // Different input is kept.
    check(
        &[piece(json!("{\"p\":1}")), piece(json!("{\"p\":2}"))],
        &[("a", "read", "{\"p\":1}{\"p\":2}")],
    );
}

#[test]
fn an_empty_object_before_the_input_is_none() {
    let piece = |arguments: &str| json!({ "index": 0, "id": "a", "function": { "name": "read", "arguments": arguments } });
    check(
        &[piece("{}"), piece("{\"p\":"), piece("1}")],
        &[("a", "read", "{\"p\":1}")],
    );
    check(&[piece("{}"), piece("")], &[("a", "read", "{}")]);
}

#[test]
fn a_character_may_be_cut_in_two() {
    let piece = |json: &str| common::json::parse_keeping_halves(json).unwrap();
    check(
        &[
            piece(r#"{"id":"a","function":{"name":"read","arguments":"{\"p\":\"\ud83d"}}"#),
            piece(r#"{"function":{"arguments":"\ude00 \ud83d\"}"}}"#),
        ],
        &[("a", "read", "{\"p\":\"😀 \u{fffd}\"}")],
    );
}

#[test]
fn vendor_data_of_calls_is_gathered() {
    let mut tool_calls = ToolCalls::default();
    for delta in [
        json!({ "index": 0, "id": "a", "type": "function", "function": { "name": "read", "arguments": "{" } }),
        json!({ "index": 0, "extra_content": { "google": { "thought_signature": "SIG" } } }),
        json!({ "index": 0, "extra_content": { "google": { "more": 1 } }, "function": { "arguments": "}", "strict": true } }),
        json!({ "index": 1, "function": { "name": "read", "arguments": "{}" } }),
    ] {
        let delta = ToolCallDelta::of(delta);
        tool_calls.push(delta, "", &mut Room::default(), &mut Vec::new());
    }
    let data = CallVendorData {
        id: Some("a".to_owned()),
        fields: serde_json::from_value(
            json!({ "extra_content": { "google": { "thought_signature": "SIG", "more": 1 } } }),
        )
        .unwrap(),
        function: serde_json::from_value(json!({ "strict": true })).unwrap(),
    };
    assert_eq!(tool_calls.take_vendor_data(), [(0, data)]);
}

#[test]
fn the_name_may_come_late() {
    check(
        &[
            json!({ "index": 0, "function": { "arguments": "{" } }),
            json!({ "index": 0, "id": "a", "function": { "name": "read", "arguments": "}" } }),
        ],
        &[("a", "read", "{}")],
    );
}

#[test]
fn a_call_that_is_never_named_is_known() {
    let mut tool_calls = ToolCalls::default();
    let mut events = Vec::new();
    tool_calls.push(
        ToolCallDelta::of(json!({ "index": 0 })),
        "",
        &mut Room::default(),
        &mut events,
    );
    assert_eq!(events, []);
    assert!(tool_calls.has_unnamed() && !tool_calls.is_empty());
}
