//! Messages of AI SDK 4, as clients of 2025 send them.

use common::frame::ClientFrame;
use serde_json::{Value, json};

fn check(old: Value, today: Value) {
    let body = json!({"messages": [old]}).to_string();
    let frame = json!({
        "type": "cf_agent_use_chat_request", "id": "r1", "init": {"method": "POST", "body": body},
    });
    let ClientFrame::ChatRequest(request) = ClientFrame::decode(&frame.to_string()).unwrap() else {
        panic!("no chat request")
    };
    let read: Vec<Value> = request
        .messages
        .iter()
        .map(common::message::Message::to_json)
        .collect();
    assert_eq!(json!(read), json!([today]), "{old}");
}

#[test]
fn ps_13_content_becomes_parts() {
    check(
        json!({"id": "m1", "role": "user", "content": "hi", "createdAt": "2025-03-01"}),
        json!({"id": "m1", "role": "user", "parts": [{"type": "text", "text": "hi"}]}),
    );
    check(
        json!({"role": "data", "content": [{"type": "text", "text": "a"}, "b"]}),
        json!({"id": "msg-0", "role": "system", "parts": [
            {"type": "text", "text": "a"}, {"type": "text", "text": "b"},
        ]}),
    );
    check(
        json!({"id": "m1", "role": "assistant", "content": "done", "reasoning": "well", "parts": []}),
        json!({"id": "m1", "role": "assistant", "parts": [
            {"type": "reasoning", "text": "well"}, {"type": "text", "text": "done"},
        ]}),
    );
}

#[test]
fn ps_13_tool_invocations_become_tool_parts() {
    let old = |state: &str, more: Value| {
        let mut call =
            json!({"toolCallId": "c", "toolName": "t", "args": {"a": 1}, "state": state});
        call.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"id": "m", "role": "assistant", "content": "", "toolInvocations": [call]})
    };
    let today = |state: &str, more: Value| {
        let mut part = json!({
            "type": "tool-t", "toolName": "t", "toolCallId": "c", "state": state, "input": {"a": 1},
        });
        part.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"id": "m", "role": "assistant", "parts": [part]})
    };
    check(
        old("partial-call", json!({})),
        today("input-streaming", json!({})),
    );
    check(old("call", json!({})), today("input-available", json!({})));
    check(
        old("result", json!({"result": 2})),
        today("output-available", json!({"output": 2})),
    );
    check(
        old("error", json!({"error": "no"})),
        today("output-error", json!({"errorText": "no"})),
    );
}

#[test]
fn ps_13_files_become_urls() {
    check(
        json!({"id": "m", "role": "user", "content": [{"type": "file", "data": "QUJD", "mimeType": "text/plain"}]}),
        json!({"id": "m", "role": "user", "parts": [
            {"type": "file", "mediaType": "text/plain", "url": "data:text/plain;base64,QUJD"},
        ]}),
    );
    let attachment =
        json!({"name": "a.png", "contentType": "image/png", "url": "https://example.com/a.png"});
    check(
        json!({"id": "m", "role": "user", "content": "see", "experimental_attachments": [attachment]}),
        json!({"id": "m", "role": "user", "parts": [
            {"type": "text", "text": "see"},
            {"type": "file", "mediaType": "image/png", "url": "https://example.com/a.png", "filename": "a.png"},
        ]}),
    );
}

#[test]
fn ps_14_tool_input_is_an_object() {
    for (input, read) in [
        (json!(null), json!({})),
        (json!(""), json!({})),
        (json!([1]), json!({})),
        (json!("{\"a\":1}"), json!({"a": 1})),
    ] {
        let part = |input: &Value| {
            let part = json!({
                "type": "tool-t", "toolName": "t", "toolCallId": "c", "state": "input-available", "input": input,
            });
            json!({"id": "m", "role": "assistant", "parts": [part]})
        };
        check(part(&input), part(&read));
    }
}
