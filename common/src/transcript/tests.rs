use serde_json::{Value, json};

use super::MessageBuilder;
use crate::{
    id::MessageId,
    message::{Message, Role},
};

/// Applies `chunks` to `builder` and compares the parts.
fn check_from(mut builder: MessageBuilder, chunks: Value, parts: Value) -> MessageBuilder {
    let Value::Array(chunks) = chunks else {
        panic!("chunks are an array");
    };
    for chunk in chunks {
        builder.apply(&serde_json::from_value(chunk).unwrap());
    }
    let shown = serde_json::to_value(&builder.message().parts).unwrap();
    assert_eq!(shown, parts);
    builder
}

/// The same from nothing.
fn check(chunks: Value, parts: Value) -> MessageBuilder {
    let empty = Message::empty_assistant(MessageId::from("a1"));
    check_from(MessageBuilder::new(empty), chunks, parts)
}

fn tool(state: &str, fields: Value) -> Value {
    let mut part =
        json!({"type": "tool-read", "toolName": "read", "toolCallId": "c1", "state": state});
    let Value::Object(fields) = fields else {
        panic!("fields are an object");
    };
    part.as_object_mut().unwrap().extend(fields);
    part
}

#[test]
fn ui_01_text_streams_and_is_done() {
    check(
        json!([
            {"type": "text-start", "id": "t"},
            {"type": "text-delta", "id": "t", "delta": "Hel"},
        ]),
        json!([{"type": "text", "text": "Hel", "state": "streaming"}]),
    );
    check(
        json!([
            {"type": "text-start", "id": "t", "providerMetadata": {"v": {"a": 1}}},
            {"type": "text-delta", "id": "t", "delta": "Hel"},
            {"type": "text-delta", "id": "t", "delta": "lo"},
            {"type": "text-end", "id": "t", "providerMetadata": {"w": 2}},
        ]),
        json!([{"type": "text", "text": "Hello", "state": "done", "providerMetadata": {"v": {"a": 1}, "w": 2}}]),
    );
}

#[test]
fn ui_01_a_delta_without_a_start_makes_a_part() {
    check(
        json!([
            {"type": "text-delta", "id": "t", "delta": "Hel"},
            {"type": "text-delta", "id": "t", "delta": "lo"},
            {"type": "text-end", "id": "t"},
            {"type": "text-end", "id": "t"},
        ]),
        json!([{"type": "text", "text": "Hello", "state": "done"}]),
    );
}

#[test]
fn ui_01_a_delta_extends_the_part_it_names() {
    check(
        json!([
            {"type": "text-start", "id": "1"},
            {"type": "text-start", "id": "2"},
            {"type": "text-delta", "id": "1", "delta": "one"},
            {"type": "text-delta", "id": "2", "delta": "two"},
        ]),
        json!([
            {"type": "text", "text": "one", "state": "streaming"},
            {"type": "text", "text": "two", "state": "streaming"},
        ]),
    );
}

#[test]
fn ui_02_reasoning_collects_its_signature() {
    check(
        json!([
            {"type": "reasoning-start", "id": "r"},
            {"type": "reasoning-delta", "id": "r", "delta": "Hm", "providerMetadata": {"v": 1}},
            {"type": "reasoning-delta", "id": "r", "delta": "m", "providerMetadata": {"w": 2}},
            {"type": "reasoning-end", "id": "r", "providerMetadata": {"signature": "s"}},
        ]),
        json!([{"type": "reasoning", "text": "Hmm", "state": "done",
            "providerMetadata": {"v": 1, "w": 2, "signature": "s"}}]),
    );
    check(
        json!([{"type": "reasoning-delta", "id": "r", "delta": "Hm"}]),
        json!([{"type": "reasoning", "text": "Hm", "state": "streaming"}]),
    );
}

#[test]
fn text_and_reasoning_may_share_an_id() {
    check(
        json!([
            {"type": "reasoning-start", "id": "0"},
            {"type": "text-start", "id": "0"},
            {"type": "reasoning-delta", "id": "0", "delta": "Hm"},
            {"type": "text-delta", "id": "0", "delta": "Hi"},
            {"type": "reasoning-end", "id": "0"},
            {"type": "text-delta", "id": "0", "delta": "!"},
        ]),
        json!([
            {"type": "reasoning", "text": "Hm", "state": "done"},
            {"type": "text", "text": "Hi!", "state": "streaming"},
        ]),
    );
}

#[test]
fn ui_03_files_and_sources_are_appended() {
    let parts = json!([
        {"type": "source-url", "sourceId": "s1", "url": "https://example.com"},
        {"type": "source-document", "sourceId": "s2", "mediaType": "text/plain", "title": "Notes"},
    ]);
    check(parts.clone(), parts);
    check(
        json!([{"type": "file", "mediaType": "image/png", "url": "data:,", "providerMetadata": {"v": 1}}]),
        json!([{"type": "file", "mediaType": "image/png", "url": "data:,"}]),
    );
}

#[test]
fn ui_04_a_tool_call_goes_through_its_states_in_one_part() {
    let steps = [
        (
            json!({"type": "tool-input-start", "toolCallId": "c1", "toolName": "read"}),
            tool("input-streaming", json!({})),
        ),
        (
            json!({"type": "tool-input-delta", "toolCallId": "c1", "inputTextDelta": "{\"p"}),
            tool("input-streaming", json!({})),
        ),
        (
            json!({"type": "tool-input-available", "toolCallId": "c1", "toolName": "read", "input": {"p": 1}}),
            tool("input-available", json!({"input": {"p": 1}})),
        ),
        (
            json!({"type": "tool-output-available", "toolCallId": "c1", "output": "x"}),
            tool(
                "output-available",
                json!({"input": {"p": 1}, "output": "x"}),
            ),
        ),
    ];
    let mut builder = MessageBuilder::new(Message::empty_assistant(MessageId::from("a1")));
    for (chunk, part) in &steps {
        builder = check_from(builder, json!([chunk]), json!([part]));
    }
    // Sent again, nothing changes.
    let again: Vec<_> = steps.iter().map(|(chunk, _)| chunk).collect();
    check_from(builder, json!(again), json!([steps[3].1]));
}

#[test]
fn ui_05_an_input_without_a_start_makes_the_part() {
    for (input, read) in [
        (json!({"p": 1}), json!({"p": 1})),
        (json!("{\"p\":1}"), json!({"p": 1})),
        (json!("words"), json!({})),
        (json!(null), json!({})),
        (json!([1]), json!({})),
    ] {
        check(
            json!([{"type": "tool-input-available", "toolCallId": "c1", "toolName": "read", "input": input}]),
            json!([tool("input-available", json!({"input": read}))]),
        );
    }
}

#[test]
fn ui_06_an_input_error_never_overrides_a_settled_part() {
    let error = json!({"type": "tool-input-error", "toolCallId": "c1", "toolName": "read", "input": "{", "errorText": "bad"});
    let failed = tool("output-error", json!({"rawInput": "{", "errorText": "bad"}));
    let available = json!({"type": "tool-input-available", "toolCallId": "c1", "toolName": "read", "input": {}});
    let output = json!({"type": "tool-output-available", "toolCallId": "c1", "output": 1});
    check(json!([error]), json!([failed]));
    check(json!([available, error]), json!([failed]));
    check(
        json!([available, output, error]),
        json!([tool("output-available", json!({"input": {}, "output": 1}))]),
    );
}

#[test]
fn ui_07_a_preliminary_output_is_replaced() {
    let output = |value: Value, preliminary: bool| json!({"type": "tool-output-available", "toolCallId": "c1", "output": value, "preliminary": preliminary});
    let start = json!({"type": "tool-input-available", "toolCallId": "c1", "toolName": "read", "input": {}});
    check(
        json!([start, output(json!("half"), true)]),
        json!([tool(
            "output-available",
            json!({"input": {}, "output": "half", "preliminary": true})
        )]),
    );
    check(
        json!([
            start,
            output(json!("half"), true),
            output(json!("whole"), false),
            output(json!("late"), false)
        ]),
        json!([tool(
            "output-available",
            json!({"input": {}, "output": "whole"})
        )]),
    );
}

#[test]
fn ui_08_a_result_for_an_unknown_call_changes_nothing() {
    for kind in [
        "tool-output-available",
        "tool-output-error",
        "tool-output-denied",
    ] {
        check(
            json!([{"type": kind, "toolCallId": "c9", "output": 1, "errorText": "x"}]),
            json!([]),
        );
    }
}

#[test]
fn ui_09_data_replaces_by_name_and_id() {
    check(
        json!([
            {"type": "data-w", "id": "1", "data": 1},
            {"type": "data-w", "data": 2},
            {"type": "data-w", "data": 3},
            {"type": "data-x", "id": "1", "data": 4},
            {"type": "data-w", "id": "1", "data": 5},
            {"type": "data-w", "id": "2", "data": 6, "transient": true},
        ]),
        json!([
            {"type": "data-w", "id": "1", "data": 5},
            {"type": "data-w", "data": 2},
            {"type": "data-w", "data": 3},
            {"type": "data-x", "id": "1", "data": 4},
        ]),
    );
}

#[test]
fn ui_10_a_step_start_is_a_part_and_its_end_is_not() {
    check(
        json!([{"type": "start-step"}, {"type": "finish-step"}]),
        json!([{"type": "step-start"}]),
    );
}

#[test]
fn ui_11_metadata_is_merged_and_a_continuation_keeps_its_id() {
    let chunks = json!([
        {"type": "start", "messageId": "a2", "messageMetadata": {"a": 1, "b": 1}},
        {"type": "message-metadata", "messageMetadata": {"b": 2}},
        {"type": "finish", "finishReason": "stop", "messageMetadata": {"c": 3}},
    ]);
    let builder = check(chunks.clone(), json!([]));
    assert_eq!(builder.message().id.as_str(), "a2");
    let metadata = json!({"a": 1, "b": 2, "c": 3, "finishReason": "stop"});
    assert_eq!(builder.message().metadata, Some(metadata));

    let empty = Message::empty_assistant(MessageId::from("a1"));
    let builder = check_from(MessageBuilder::continuing(empty), chunks, json!([]));
    assert_eq!(builder.message().id.as_str(), "a1");
}

#[test]
fn a_continuation_continues_the_text_that_was_cut_off() {
    let cut = check(
        json!([{"type": "text-delta", "id": "t", "delta": "Hel"}]),
        json!([{"type": "text", "text": "Hel", "state": "streaming"}]),
    );
    let chunks = json!([
        {"type": "text-start", "id": "u"},
        {"type": "text-delta", "id": "u", "delta": "lo"},
        {"type": "text-end", "id": "u"},
    ]);
    check_from(
        MessageBuilder::continuing(cut.into_message()),
        chunks.clone(),
        json!([{"type": "text", "text": "Hello", "state": "done"}]),
    );
    let whole = Message::text(MessageId::from("a1"), Role::Assistant, "One.");
    check_from(
        MessageBuilder::continuing(whole),
        chunks,
        json!([{"type": "text", "text": "One."}, {"type": "text", "text": "lo", "state": "done"}]),
    );
}

#[test]
fn ui_12_what_is_said_about_a_call_is_kept() {
    let start = json!({"type": "tool-input-start", "toolCallId": "c1", "toolName": "read", "title": "Read", "dynamic": true});
    let available = json!({"type": "tool-input-available", "toolCallId": "c1", "toolName": "read", "input": {},
        "providerExecuted": true, "providerMetadata": {"v": 1}, "toolMetadata": {"icon": "book"}});
    let details = json!({"input": {}, "title": "Read", "providerExecuted": true,
        "callProviderMetadata": {"v": 1}, "toolMetadata": {"icon": "book"}});
    check(
        json!([start, available]),
        json!([tool("input-available", details)]),
    );
}

#[test]
fn approvals_are_asked_and_denied() {
    let available = json!({"type": "tool-input-available", "toolCallId": "c1", "toolName": "read", "input": {}});
    let ask = json!({"type": "tool-approval-request", "approvalId": "q1", "toolCallId": "c1"});
    let deny = json!({"type": "tool-output-denied", "toolCallId": "c1"});
    check(
        json!([available, ask]),
        json!([tool(
            "approval-requested",
            json!({"input": {}, "approval": {"id": "q1"}})
        )]),
    );
    check(
        json!([available, ask, deny, ask]),
        json!([tool(
            "output-denied",
            json!({"input": {}, "approval": {"id": "q1", "approved": false}})
        )]),
    );
}

#[test]
fn ui_13_unknown_chunks_change_nothing() {
    check(
        json!([
            {"type": "weather", "id": "t", "delta": "x"},
            {"type": "abort", "reason": "user"},
            {"type": "error", "errorText": "broken"},
        ]),
        json!([]),
    );
}

#[test]
fn a_replay_rebuilds_the_same_message() {
    let chunks = json!([
        {"type": "start", "messageId": "a1"},
        {"type": "text-start", "id": "t"},
        {"type": "text-delta", "id": "t", "delta": "Hel"},
        {"type": "tool-input-start", "toolCallId": "c1", "toolName": "read"},
        {"type": "text-delta", "id": "t", "delta": "lo"},
    ]);
    let parts = json!([
        {"type": "text", "text": "Hello", "state": "streaming"},
        tool("input-streaming", json!({})),
    ]);
    let once = check(chunks.clone(), parts.clone());
    let mut twice = once.clone();
    twice.restart();
    assert_eq!(check_from(twice, chunks, parts), once);
}

#[test]
fn closing_ends_every_open_part() {
    let mut builder = check(
        json!([
            {"type": "reasoning-delta", "id": "r", "delta": "Hm"},
            {"type": "text-delta", "id": "t", "delta": "Hi"},
        ]),
        json!([
            {"type": "reasoning", "text": "Hm", "state": "streaming"},
            {"type": "text", "text": "Hi", "state": "streaming"},
        ]),
    );
    assert!(builder.is_open());
    builder.close();
    assert!(!builder.is_open());
    check_from(
        builder,
        json!([]),
        json!([
            {"type": "reasoning", "text": "Hm", "state": "done"},
            {"type": "text", "text": "Hi", "state": "done"},
        ]),
    );
}
