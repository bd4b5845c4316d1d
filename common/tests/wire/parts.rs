use common::{
    id::{MessageId, ToolCallId},
    message::{
        Approval, DataPart, FilePart, Message, Part, PartState, ReasoningPart, Role,
        SourceDocumentPart, SourceUrlPart, TextPart, ToolDetails, ToolKind, ToolPart, ToolState,
    },
};
use serde_json::{Map, Value, json};

use super::golden::check;

/// The case's name. A new variant does not compile without one.
fn name(part: &Part) -> &'static str {
    match part {
        Part::Text(_) => "text",
        Part::Reasoning(_) => "reasoning",
        Part::File(_) => "file",
        Part::SourceUrl(_) => "source-url",
        Part::SourceDocument(_) => "source-document",
        Part::StepStart => "step-start",
        Part::Data(_) => "data",
        Part::Other(_) => "other",
        Part::Tool(part) => match (&part.state, part.kind) {
            (_, ToolKind::Dynamic) => "dynamic-tool",
            (ToolState::InputStreaming { .. }, _) => "tool input-streaming",
            (ToolState::InputAvailable { .. }, _) => "tool input-available",
            (ToolState::ApprovalRequested { .. }, _) => "tool approval-requested",
            (ToolState::ApprovalResponded { .. }, _) => "tool approval-responded",
            (ToolState::OutputAvailable { .. }, _) => "tool output-available",
            (ToolState::OutputError { .. }, _) => "tool output-error",
            (ToolState::OutputDenied { .. }, _) => "tool output-denied",
        },
    }
}

fn approval(approved: Option<bool>) -> Approval {
    Approval {
        id: "q1".to_owned(),
        approved,
        reason: approved.map(|_| "because".to_owned()),
        other: Map::from_iter([("signature".to_owned(), "s".into())]),
    }
}

fn tool(kind: ToolKind, state: ToolState) -> Part {
    Part::Tool(Box::new(ToolPart {
        name: "read".to_owned(),
        kind,
        tool_call_id: ToolCallId::from("c1"),
        state,
        details: ToolDetails::default(),
    }))
}

pub(super) fn parts() -> Vec<Part> {
    let input = || json!({"path": "a.rs"});
    let metadata = || Some(json!({"vendor": {"signature": "s"}}));
    let states = [
        ToolState::InputStreaming {
            input: Some(json!({"pa": ""})),
        },
        ToolState::InputAvailable { input: input() },
        ToolState::ApprovalRequested {
            input: input(),
            approval: approval(None),
        },
        ToolState::ApprovalResponded {
            input: input(),
            approval: approval(Some(true)),
        },
        ToolState::OutputAvailable {
            input: input(),
            output: Value::Null,
            preliminary: true,
            approval: Some(approval(Some(true))),
        },
        ToolState::OutputError {
            input: None,
            raw_input: Some(json!("{\"pa")),
            error_text: "not JSON".to_owned(),
            approval: None,
        },
        ToolState::OutputDenied {
            input: input(),
            approval: approval(Some(false)),
        },
    ];
    let mut parts = vec![
        Part::Text(TextPart {
            text: "Hello".to_owned(),
            state: Some(PartState::Streaming),
            provider_metadata: metadata(),
        }),
        Part::Reasoning(ReasoningPart {
            text: "Hm".to_owned(),
            state: Some(PartState::Done),
            id: Some("p1".to_owned()),
            provider_metadata: metadata(),
        }),
        Part::File(FilePart {
            media_type: "image/png".to_owned(),
            url: "data:image/png;base64,AA==".to_owned(),
            filename: Some("dot.png".to_owned()),
            provider_metadata: None,
        }),
        Part::SourceUrl(SourceUrlPart {
            source_id: "s1".to_owned(),
            url: "https://example.com".to_owned(),
            title: Some("Example".to_owned()),
            provider_metadata: None,
        }),
        Part::SourceDocument(SourceDocumentPart {
            source_id: "s2".to_owned(),
            media_type: "text/plain".to_owned(),
            title: "Notes".to_owned(),
            filename: None,
            provider_metadata: None,
        }),
        Part::StepStart,
        Part::Data(DataPart {
            name: "weather".to_owned(),
            id: Some("w1".to_owned()),
            data: json!({"c": 20}),
        }),
        Part::Other(Map::from_iter([
            ("type".to_owned(), "custom".into()),
            ("x".to_owned(), 1.into()),
        ])),
        Part::Tool(Box::new(ToolPart {
            name: "search".to_owned(),
            kind: ToolKind::Dynamic,
            tool_call_id: ToolCallId::from("c2"),
            state: ToolState::InputAvailable { input: json!({}) },
            details: ToolDetails {
                provider_executed: Some(true),
                title: Some("Search".to_owned()),
                tool_metadata: Some(json!({"icon": "lens"})),
                call_provider_metadata: metadata(),
                result_provider_metadata: metadata(),
                input_encoding: Some("json".to_owned()),
            },
        })),
    ];
    parts.extend(states.map(|state| tool(ToolKind::Declared, state)));
    parts
}

fn write<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap()
}

fn read<T: serde::de::DeserializeOwned>(golden: &Value) -> T {
    serde_json::from_str(&golden.to_string()).unwrap()
}

#[test]
fn parts_of_every_kind() {
    let cases = parts().into_iter().map(|part| (name(&part), part));
    check("parts", cases.collect(), write, read);
}

#[test]
fn messages_of_every_role() {
    let message = |role| Message {
        metadata: Some(json!({"finishReason": "stop"})),
        ..Message::text(MessageId::from("m1"), role, "Hello")
    };
    let cases =
        [Role::User, Role::Assistant, Role::System].map(|role| (role.as_str(), message(role)));
    let mut cases = Vec::from(cases);
    cases.push(("empty", Message::empty_assistant(MessageId::from("m1"))));
    check("messages", cases, write, read);
}

#[test]
fn ta_06_what_is_missing_in_a_tool_part_is_filled_in() {
    for (wire, expected) in [
        (
            json!({"type": "tool-read", "toolCallId": "c1", "state": "input-available"}),
            ToolState::InputAvailable { input: json!({}) },
        ),
        (
            json!({"type": "tool-read", "toolCallId": "c1", "state": "output-available", "input": null}),
            ToolState::OutputAvailable {
                input: json!({}),
                output: Value::Null,
                preliminary: false,
                approval: None,
            },
        ),
        (
            json!({"type": "tool-read", "toolCallId": "c1", "state": "approval-requested", "input": {}}),
            ToolState::ApprovalRequested {
                input: json!({}),
                approval: Approval {
                    id: "c1".to_owned(),
                    approved: None,
                    reason: None,
                    other: Map::new(),
                },
            },
        ),
    ] {
        assert_eq!(read::<Part>(&wire), tool(ToolKind::Declared, expected));
    }
}

#[test]
fn a_message_with_a_malformed_part_is_none() {
    for part in [
        json!(null),
        json!("text"),
        json!({}),
        json!({"type": "text"}),
        json!({"type": "text", "text": 1}),
        json!({"type": "text", "text": "x", "state": "growing"}),
        json!({"type": "file", "url": "x"}),
        json!({"type": "tool-read", "state": "input-available"}),
        json!({"type": "tool-read", "toolCallId": "c1", "state": "thinking"}),
        json!({"type": "dynamic-tool", "toolCallId": "c1", "state": "input-available"}),
    ] {
        let message = json!({"id": "m1", "role": "user", "parts": [part.clone()]});
        assert!(
            serde_json::from_value::<Message>(message).is_err(),
            "{part}"
        );
    }
}

#[test]
fn a_list_keeps_what_are_messages() {
    let good = json!({"id": "m1", "role": "user", "parts": [], "createdAt": "today"});
    let list = json!([
        good,
        null,
        {"id": "", "role": "user", "parts": []},
        {"id": 7, "role": "user", "parts": []},
        {"id": "m2", "role": "data", "parts": []},
        {"id": "m3", "role": "user", "parts": "text"},
        {"id": "m4", "role": "user"},
        {"role": "user", "parts": []},
    ]);
    assert_eq!(Message::list_from_json(list), [read::<Message>(&good)]);
    assert_eq!(Message::list_from_json(json!({"length": 1})), []);
}
