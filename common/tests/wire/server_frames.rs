use common::{
    chunk::Chunk,
    frame::{
        Before, ChatResponse, Delivered, NoResume, Outcome, ResponseKind, RpcResponse, ServerFrame,
        encode_chunk,
    },
    id::{MessageId, PartId, ProbeId, RequestId, RpcId},
    message::{Message, Role},
};
use serde_json::{Value, json};

use super::golden::check;

/// The variant's name, for the check that every variant has a case. A new one does not compile without a name.
fn family(frame: &ServerFrame) -> &'static str {
    match frame {
        ServerFrame::Identity { .. } => "identity",
        ServerFrame::State(_) => "state",
        ServerFrame::StateError(_) => "state error",
        ServerFrame::McpServers(_) => "mcp servers",
        ServerFrame::Rpc(RpcResponse::Success { .. }) => "rpc success",
        ServerFrame::Rpc(RpcResponse::Partial { .. }) => "rpc partial",
        ServerFrame::Rpc(RpcResponse::Failure { .. }) => "rpc failure",
        ServerFrame::ChatResponse(response) => match &response.kind {
            ResponseKind::Chunk { .. } => "response chunk",
            ResponseKind::Words(_) => "response words",
            ResponseKind::ReplayComplete => "response replay complete",
            ResponseKind::Failing(_) => "response failing",
            ResponseKind::Refused(_) => "response refused",
            ResponseKind::Done { outcome, .. } => match outcome {
                Outcome::Completed => "response done completed",
                Outcome::Error(_) => "response done error",
                Outcome::Aborted => "response done aborted",
                Outcome::Skipped => "response done skipped",
                Outcome::Recovering => "response done recovering",
                Outcome::Other(_) => "response done other",
            },
        },
        ServerFrame::ChatMessages { .. } => "chat messages",
        ServerFrame::ChatClear => "chat clear",
        ServerFrame::MessageUpdated(_) => "message updated",
        ServerFrame::StreamResuming { .. } => "stream resuming",
        ServerFrame::StreamResumeNone { .. } => "stream resume none",
        ServerFrame::StreamPending { .. } => "stream pending",
        ServerFrame::ChatRecovering { .. } => "chat recovering",
        ServerFrame::FrameError { .. } => "frame error",
    }
}

fn id() -> RequestId {
    RequestId::from("r1")
}

fn probe() -> Option<ProbeId> {
    Some(ProbeId::from("p_1"))
}

fn message() -> Message {
    Message::text(MessageId::from("m1"), Role::User, "hi")
}

fn response(delivered: Delivered, kind: ResponseKind) -> ServerFrame {
    ServerFrame::ChatResponse(ChatResponse {
        id: id(),
        continuation: false,
        delivered,
        kind,
    })
}

fn done(outcome: Outcome) -> ServerFrame {
    let answered = vec![MessageId::from("m1")];
    ServerFrame::ChatResponse(ChatResponse::done(id(), outcome, answered))
}

fn delta() -> Chunk {
    Chunk::text_delta(PartId::from("t1"), "Hel\"lo".to_owned())
}

pub(super) fn cases() -> Vec<(&'static str, ServerFrame)> {
    let rpc = || RpcId::from("9b2");
    let chunk = |seq| ResponseKind::Chunk {
        chunk: delta(),
        seq,
    };
    vec![
        (
            "identity",
            ServerFrame::Identity {
                name: "a%20b".to_owned(),
                agent: "coder-agent".to_owned(),
                state_follows: false,
                page: None,
            },
        ),
        (
            "identity, page",
            ServerFrame::Identity {
                name: "room-1".to_owned(),
                agent: "coder-agent".to_owned(),
                state_follows: false,
                page: Some("0123456789ab".to_owned()),
            },
        ),
        (
            "identity, state follows",
            ServerFrame::Identity {
                name: "room-1".to_owned(),
                agent: "coder-agent".to_owned(),
                state_follows: true,
                page: None,
            },
        ),
        ("state", ServerFrame::State(json!({"count": 1}))),
        ("state null", ServerFrame::State(Value::Null)),
        (
            "state error",
            ServerFrame::StateError("Connection is readonly".to_owned()),
        ),
        ("mcp servers", ServerFrame::no_mcp_servers()),
        (
            "rpc success",
            ServerFrame::Rpc(RpcResponse::Success {
                id: rpc(),
                result: Some(Value::Null),
            }),
        ),
        (
            "rpc success, nothing returned",
            ServerFrame::Rpc(RpcResponse::Success {
                id: rpc(),
                result: None,
            }),
        ),
        (
            "rpc partial",
            ServerFrame::Rpc(RpcResponse::Partial {
                id: rpc(),
                result: json!("chunk"),
            }),
        ),
        (
            "rpc failure",
            ServerFrame::Rpc(RpcResponse::Failure {
                id: rpc(),
                error: "Method nope does not exist".to_owned(),
            }),
        ),
        ("response chunk", response(Delivered::Live, chunk(Some(2)))),
        (
            "response chunk, unnumbered",
            response(Delivered::Live, chunk(None)),
        ),
        (
            "response chunk, replayed",
            response(Delivered::Replay, chunk(Some(0))),
        ),
        (
            "response chunk, continuation",
            ServerFrame::ChatResponse(ChatResponse {
                id: id(),
                continuation: true,
                delivered: Delivered::Live,
                kind: chunk(Some(7)),
            }),
        ),
        (
            "response words",
            response(Delivered::Live, ResponseKind::Words("plain".to_owned())),
        ),
        (
            "response replay complete",
            response(Delivered::Replay, ResponseKind::ReplayComplete),
        ),
        (
            "response failing",
            response(
                Delivered::Live,
                ResponseKind::Failing("model unavailable".to_owned()),
            ),
        ),
        (
            "response refused",
            ServerFrame::ChatResponse(ChatResponse::refused(id(), "not taken".to_owned())),
        ),
        ("response done completed", done(Outcome::Completed)),
        ("response done error", done(Outcome::Error(None))),
        (
            "response done error, with words",
            done(Outcome::Error(Some("model unavailable".to_owned()))),
        ),
        ("response done aborted", done(Outcome::Aborted)),
        ("response done skipped", done(Outcome::Skipped)),
        ("response done recovering", done(Outcome::Recovering)),
        (
            "response done other",
            done(Outcome::Other("odd".to_owned())),
        ),
        (
            "response done completed, replayed",
            response(
                Delivered::Replay,
                ResponseKind::Done {
                    outcome: Outcome::Completed,
                    message_ids: Vec::new(),
                },
            ),
        ),
        (
            "chat messages",
            ServerFrame::ChatMessages {
                messages: vec![message()],
                before: None,
                connect: false,
            },
        ),
        (
            "chat messages, the end",
            ServerFrame::ChatMessages {
                messages: vec![message()],
                before: Some(Before {
                    count: 7,
                    last: MessageId::from("m0"),
                }),
                connect: false,
            },
        ),
        (
            "chat messages, on connect",
            ServerFrame::ChatMessages {
                messages: Vec::new(),
                before: None,
                connect: true,
            },
        ),
        ("chat clear", ServerFrame::ChatClear),
        ("message updated", ServerFrame::MessageUpdated(message())),
        (
            "stream resuming",
            ServerFrame::StreamResuming {
                id: id(),
                probe_id: None,
            },
        ),
        (
            "stream resuming, asked",
            ServerFrame::StreamResuming {
                id: id(),
                probe_id: probe(),
            },
        ),
        (
            "stream resume none",
            ServerFrame::StreamResumeNone {
                reason: None,
                probe_id: None,
            },
        ),
        (
            "stream resume none, idle",
            ServerFrame::StreamResumeNone {
                reason: Some(NoResume::Idle),
                probe_id: probe(),
            },
        ),
        (
            "stream resume none, owned",
            ServerFrame::StreamResumeNone {
                reason: Some(NoResume::ContinuationOwned),
                probe_id: probe(),
            },
        ),
        (
            "stream resume none, other",
            ServerFrame::StreamResumeNone {
                reason: Some(NoResume::Other("odd".to_owned())),
                probe_id: probe(),
            },
        ),
        (
            "stream pending",
            ServerFrame::StreamPending {
                id: Some(id()),
                probe_id: None,
            },
        ),
        (
            "stream pending, asked, of no request",
            ServerFrame::StreamPending {
                id: None,
                probe_id: probe(),
            },
        ),
        (
            "chat recovering",
            ServerFrame::ChatRecovering {
                recovering: true,
                id: Some(id()),
            },
        ),
        (
            "chat recovering, no more",
            ServerFrame::ChatRecovering {
                recovering: false,
                id: None,
            },
        ),
        (
            "frame error",
            ServerFrame::FrameError {
                frame: Some("cf_agent_tool_result".to_owned()),
                id: Some("c1".to_owned()),
                error: "The frame was not taken: `state` is missing or not a string.".to_owned(),
            },
        ),
        (
            "frame error, of what",
            ServerFrame::FrameError {
                frame: None,
                id: None,
                error: "The frame was not taken.".to_owned(),
            },
        ),
    ]
}

#[test]
fn frames_of_an_agent() {
    for (name, frame) in cases() {
        assert!(name.starts_with(family(&frame)), "{name}");
    }
    check(
        "server-frames",
        cases(),
        |frame| serde_json::from_str(&frame.encode()).unwrap(),
        |golden| ServerFrame::decode(&golden.to_string()).unwrap(),
    );
}

#[test]
fn a_chunk_that_is_text_already_makes_the_same_frame() {
    for delivered in [Delivered::Live, Delivered::Replay] {
        let kind = ResponseKind::Chunk {
            chunk: delta(),
            seq: Some(3),
        };
        let text = serde_json::to_string(&delta()).unwrap();
        assert_eq!(
            encode_chunk(&id(), &text, 3, delivered, false),
            response(delivered, kind).encode()
        );
    }
}

#[test]
fn looser_spellings_are_understood() {
    let done_with =
        |outcome| ServerFrame::ChatResponse(ChatResponse::done(id(), outcome, Vec::new()));
    for (text, expected) in [
        // The end needs no body, and unknown fields are ignored.
        (
            r#"{"type":"cf_agent_use_chat_response","id":"r1","done":true,"new":1}"#,
            done_with(Outcome::Completed),
        ),
        (
            r#"{"type":"cf_agent_use_chat_response","id":"r1","body":"","done":true,"outcome":"completed"}"#,
            done_with(Outcome::Completed),
        ),
        // The error flag overrides the outcome.
        (
            r#"{"type":"cf_agent_use_chat_response","id":"r1","body":"no","done":true,"error":true,"outcome":"completed"}"#,
            done_with(Outcome::Error(Some("no".to_owned()))),
        ),
        // Older servers end an answer to a call without `done`.
        (
            r#"{"type":"rpc","id":"9b2","success":true,"result":8}"#,
            ServerFrame::Rpc(RpcResponse::Success {
                id: RpcId::from("9b2"),
                result: Some(json!(8)),
            }),
        ),
        (
            r#"{"type":"cf_agent_chat_messages","messages":[null,{"id":"m1","role":"user","parts":[{"type":"text","text":"hi"}]}]}"#,
            ServerFrame::ChatMessages {
                messages: vec![message()],
                before: None,
                connect: false,
            },
        ),
    ] {
        assert_eq!(ServerFrame::decode(text).unwrap(), expected, "{text}");
    }
}
