use common::{
    chunk::{Chunk, DataChunk, PartBoundary, PartDelta, ToolCallFields},
    id::{MessageId, PartId, ToolCallId},
    message::{FilePart, SourceDocumentPart, SourceUrlPart},
};
use serde_json::{Map, Value, json};

use super::golden::check;

/// The case's name. A new variant does not compile without one.
fn name(chunk: &Chunk) -> &'static str {
    match chunk {
        Chunk::Start { .. } => "start",
        Chunk::TextStart(_) => "text-start",
        Chunk::TextDelta(_) => "text-delta",
        Chunk::TextEnd(_) => "text-end",
        Chunk::ReasoningStart(_) => "reasoning-start",
        Chunk::ReasoningDelta(_) => "reasoning-delta",
        Chunk::ReasoningEnd(_) => "reasoning-end",
        Chunk::File(_) => "file",
        Chunk::SourceUrl(_) => "source-url",
        Chunk::SourceDocument(_) => "source-document",
        Chunk::ToolInputStart { .. } => "tool-input-start",
        Chunk::ToolInputDelta { .. } => "tool-input-delta",
        Chunk::ToolInputAvailable { .. } => "tool-input-available",
        Chunk::ToolInputError { .. } => "tool-input-error",
        Chunk::ToolApprovalRequest { .. } => "tool-approval-request",
        Chunk::ToolOutputAvailable { .. } => "tool-output-available",
        Chunk::ToolOutputError { .. } => "tool-output-error",
        Chunk::ToolOutputDenied { .. } => "tool-output-denied",
        Chunk::StartStep => "start-step",
        Chunk::FinishStep => "finish-step",
        Chunk::MessageMetadata { .. } => "message-metadata",
        Chunk::Finish { .. } => "finish",
        Chunk::Abort { .. } => "abort",
        Chunk::Error { .. } => "error",
        Chunk::Data(_) => "data",
        Chunk::Other(_) => "other",
    }
}

fn part() -> PartId {
    PartId::from("p1")
}

fn call() -> ToolCallId {
    ToolCallId::from("c1")
}

pub(super) fn full() -> Vec<Chunk> {
    let metadata = Some(json!({"model": "m"}));
    let boundary = PartBoundary {
        id: part(),
        provider_metadata: Some(json!({"vendor": {"signature": "s"}})),
    };
    let delta = PartDelta {
        id: part(),
        delta: "Hel\"lo\n🦀".to_owned(),
        provider_metadata: boundary.provider_metadata.clone(),
    };
    let fields = ToolCallFields {
        dynamic: Some(true),
        title: Some("Read".to_owned()),
        provider_executed: Some(true),
        provider_metadata: boundary.provider_metadata.clone(),
        tool_metadata: Some(json!({"icon": "book"})),
    };
    vec![
        Chunk::Start {
            message_id: Some(MessageId::from("a1")),
            message_metadata: metadata.clone(),
        },
        Chunk::TextStart(boundary.clone()),
        Chunk::TextDelta(delta.clone()),
        Chunk::TextEnd(boundary.clone()),
        Chunk::ReasoningStart(boundary.clone()),
        Chunk::ReasoningDelta(delta),
        Chunk::ReasoningEnd(boundary),
        Chunk::File(FilePart {
            media_type: "image/png".to_owned(),
            url: "data:image/png;base64,AA==".to_owned(),
            filename: Some("dot.png".to_owned()),
            provider_metadata: Some(json!({})),
        }),
        Chunk::SourceUrl(SourceUrlPart {
            source_id: "s1".to_owned(),
            url: "https://example.com".to_owned(),
            title: Some("Example".to_owned()),
            provider_metadata: None,
        }),
        Chunk::SourceDocument(SourceDocumentPart {
            source_id: "s2".to_owned(),
            media_type: "text/plain".to_owned(),
            title: "Notes".to_owned(),
            filename: Some("notes.txt".to_owned()),
            provider_metadata: None,
        }),
        Chunk::ToolInputStart {
            tool_call_id: call(),
            tool_name: "read".to_owned(),
            call: fields.clone(),
        },
        Chunk::ToolInputDelta {
            tool_call_id: call(),
            input_text_delta: "{\"pa".to_owned(),
        },
        Chunk::ToolInputAvailable {
            tool_call_id: call(),
            tool_name: "read".to_owned(),
            input: json!({"path": "a.rs"}),
            call: fields.clone(),
        },
        Chunk::ToolInputError {
            tool_call_id: call(),
            tool_name: "read".to_owned(),
            input: Some(json!("{\"pa")),
            error_text: "not JSON".to_owned(),
            call: fields,
        },
        Chunk::ToolApprovalRequest {
            approval_id: "q1".to_owned(),
            tool_call_id: call(),
        },
        Chunk::ToolOutputAvailable {
            tool_call_id: call(),
            output: json!([1, null]),
            preliminary: Some(true),
        },
        Chunk::ToolOutputError {
            tool_call_id: call(),
            error_text: "no such file".to_owned(),
        },
        Chunk::ToolOutputDenied {
            tool_call_id: call(),
        },
        Chunk::StartStep,
        Chunk::FinishStep,
        Chunk::MessageMetadata {
            message_metadata: json!({"usage": {"total": 3}}),
        },
        Chunk::Finish {
            finish_reason: Some("stop".to_owned()),
            message_metadata: metadata,
        },
        Chunk::Abort {
            reason: Some("user".to_owned()),
        },
        Chunk::Error {
            error_text: "no credit".to_owned(),
        },
        Chunk::Data(DataChunk {
            name: "weather".to_owned(),
            id: Some("w1".to_owned()),
            data: json!({"c": 20}),
            transient: true,
        }),
        Chunk::Other(Map::from_iter([
            ("type".to_owned(), "custom-thing".into()),
            ("x".to_owned(), json!([1])),
        ])),
    ]
}

fn write(chunk: &Chunk) -> Value {
    serde_json::to_value(chunk).unwrap()
}

fn read(golden: &Value) -> Chunk {
    // As text, the form in which a frame contains it.
    serde_json::from_str(&golden.to_string()).unwrap()
}

#[test]
fn chunks_with_every_field() {
    let cases = full().into_iter().map(|chunk| (name(&chunk), chunk));
    check("chunks", cases.collect(), write, read);
}

#[test]
fn chunks_with_the_fewest_fields() {
    let none = ToolCallFields::default;
    let cases = [
        Chunk::Start {
            message_id: None,
            message_metadata: None,
        },
        Chunk::text_start(part()),
        Chunk::text_delta(part(), String::new()),
        Chunk::text_end(part()),
        Chunk::reasoning_start(part()),
        Chunk::reasoning_delta(part(), "x".to_owned()),
        Chunk::reasoning_end(part()),
        Chunk::ToolInputStart {
            tool_call_id: call(),
            tool_name: "read".to_owned(),
            call: none(),
        },
        Chunk::ToolInputAvailable {
            tool_call_id: call(),
            tool_name: "read".to_owned(),
            input: Value::Null,
            call: none(),
        },
        Chunk::ToolOutputAvailable {
            tool_call_id: call(),
            output: Value::Null,
            preliminary: None,
        },
        Chunk::Finish {
            finish_reason: None,
            message_metadata: None,
        },
        Chunk::Abort { reason: None },
        Chunk::Data(DataChunk {
            name: String::new(),
            id: None,
            data: Value::Null,
            transient: false,
        }),
    ];
    let cases = cases.into_iter().map(|chunk| (name(&chunk), chunk));
    check("chunks-bare", cases.collect(), write, read);
}

#[test]
fn null_is_missing_and_an_empty_id_too() {
    for (text, expected) in [
        (
            r#"{"type":"start","messageId":null,"messageMetadata":null}"#,
            Chunk::Start {
                message_id: None,
                message_metadata: None,
            },
        ),
        (
            r#"{"type":"start","messageId":""}"#,
            Chunk::Start {
                message_id: None,
                message_metadata: None,
            },
        ),
        (
            r#"{"type":"text-start","id":"p1","providerMetadata":null,"unknown":1}"#,
            Chunk::text_start(part()),
        ),
        (
            r#"{"type":"finish","finishReason":null}"#,
            Chunk::Finish {
                finish_reason: None,
                message_metadata: None,
            },
        ),
    ] {
        assert_eq!(serde_json::from_str::<Chunk>(text).unwrap(), expected);
    }
}

#[test]
fn malformed_chunks_are_none() {
    for text in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"type":1}"#,
        r#"{"type":"text-delta","id":"p1"}"#,
        r#"{"type":"text-delta","delta":"x"}"#,
        r#"{"type":"text-delta","id":1,"delta":"x"}"#,
        r#"{"type":"tool-input-available","toolCallId":"c1"}"#,
        r#"{"type":"error"}"#,
        r#"{"type":"text-delta","id":"p1","delta":"x""#,
    ] {
        assert!(serde_json::from_str::<Chunk>(text).is_err(), "{text}");
    }
}
