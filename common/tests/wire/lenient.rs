//! Frames of other clients: read leniently, and answered when they cannot be read.

use common::{
    frame::{ChatResponse, ClientFrame, DecodeError, ResponseKind, RpcResponse, ServerFrame},
    message::ToolOutcome,
};
use serde_json::json;

#[test]
fn half_a_character_and_other_loose_json_is_read() {
    let frame =
        |text: &str| ClientFrame::decode(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(
        frame(r#"{"type":"cf_agent_state","state":{"title":"half \ud83d","a":NaN,}}"#),
        ClientFrame::State(json!({"title": "half \u{fffd}", "a": null})),
    );
    let ClientFrame::Rpc { args, .. } = frame(
        r#"{"type":"rpc","id":"1","method":"m","args":["half \ude00","whole \ud83d\ude00"]}"#,
    ) else {
        panic!("no call")
    };
    assert_eq!(args, [json!("half \u{fffd}"), json!("whole 😀")]);
    let ClientFrame::ToolResult(result) = frame(
        r#"{"type":"cf_agent_tool_result","toolCallId":"c","toolName":"t","output":{"at":-Infinity,"text":"\ud83d"}}"#,
    ) else {
        panic!("no result")
    };
    assert_eq!(
        result.outcome,
        ToolOutcome::Output(json!({"at": null, "text": "\u{fffd}"}))
    );
    // A request contains its messages as a text: the half may be an escape in that text, or in the frame around it.
    for message in [
        r#"{\"id\":\"m\",\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"text\":\"cut \\ud83d\"}]}"#,
        r#"{\"id\":\"m\",\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"text\":\"cut \ud83d\"}]}"#,
    ] {
        let text = format!(
            r#"{{"type":"cf_agent_use_chat_request","id":"r","init":{{"method":"POST","body":"{{\"messages\":[{message}]}}"}}}}"#
        );
        let ClientFrame::ChatRequest(request) = frame(&text) else {
            panic!("no request")
        };
        assert_eq!(request.messages[0].plain_text(), "cut \u{fffd}");
    }
    let response = r#"{"type":"cf_agent_use_chat_response","id":"r","done":false,"body":"{\"type\":\"text-delta\",\"id\":\"p\",\"delta\":\"\\ud83d\"}"}"#;
    let Ok(ServerFrame::ChatResponse(response)) = ServerFrame::decode(response) else {
        panic!("no response")
    };
    assert!(
        matches!(response.kind, ResponseKind::Chunk { .. }),
        "{response:?}"
    );
}

/// The answer to a frame that cannot be read.
fn answer(text: &str) -> ServerFrame {
    let error = ClientFrame::decode(text).unwrap_err();
    error
        .answer()
        .unwrap_or_else(|| panic!("{text}: {error:?}"))
}

#[test]
fn unreadable_frames_are_answered_under_their_ids() {
    let request = |id: &str, init: &str| {
        answer(&format!(
            r#"{{"type":"cf_agent_use_chat_request","id":{id},"init":{init}}}"#
        ))
    };
    let with_body = |body: &str| {
        request(
            r#""r1""#,
            &json!({"method": "POST", "body": body}).to_string(),
        )
    };
    for (frame, words) in [
        (request(r#""r1""#, "{}"), "`init.method`"),
        (
            request(r#""r1""#, r#"{"method":"GET","body":"{}"}"#),
            "`init.method`",
        ),
        (request(r#""r1""#, "null"), "`init`"),
        (request(r#""r1""#, r#"{"method":"POST"}"#), "`init.body`"),
        (with_body("{"), "`init.body` is not JSON: EOF"),
        (with_body("[]"), "`init.body`"),
        (with_body("{}"), "`messages`"),
        (with_body(r#"{"messages":"none"}"#), "`messages`"),
        (with_body(r#"{"messages":[null]}"#), "entry 1 of `messages`"),
        (
            with_body(
                r#"{"messages":[{"id":"a","role":"user","parts":[]},{"role":"user","parts":[]}]}"#,
            ),
            "entry 2 of `messages` is not a message: `id`",
        ),
        (
            with_body(r#"{"messages":[{"id":"","role":"user","parts":[]}]}"#),
            "`id`",
        ),
        (
            with_body(r#"{"messages":[{"id":"a","role":"robot","parts":[]}]}"#),
            "`role`",
        ),
        (
            with_body(r#"{"messages":[{"id":"a","role":"user","parts":[{"type":"text"}]}]}"#),
            "`text`",
        ),
        (
            answer(r#"{"type":"cf_agent_use_chat_request","id":"r1","init":"#),
            "not JSON",
        ),
    ] {
        let ServerFrame::ChatResponse(ChatResponse {
            id,
            kind: ResponseKind::Refused(reported),
            ..
        }) = &frame
        else {
            panic!("{frame:?}")
        };
        assert_eq!(id.as_str(), "r1");
        assert!(reported.contains(words), "{reported}");
    }
    let call = |rest: &str| answer(&format!(r#"{{"type":"rpc",{rest}}}"#));
    for frame in [
        call(r#""id":"7","args":[]"#),
        call(r#""id":"7","method":"m""#),
        call(r#""id":"7","method":"m","args":{}"#),
        call(r#""id":7,"method":"m","args":[]"#),
        call(r#""id":"7","method":"m","args":[1,,]"#),
    ] {
        let ServerFrame::Rpc(RpcResponse::Failure { id, error }) = &frame else {
            panic!("{frame:?}")
        };
        assert_eq!(id.as_str(), "7");
        assert!(error.starts_with("The call was not taken: "), "{error}");
    }
    assert!(matches!(
        answer(r#"{"type":"cf_agent_state"}"#),
        ServerFrame::StateError(_)
    ));
    let kind = |name: &str| Some(format!("cf_agent_{name}"));
    for (text, frame, id) in [
        (
            r#"{"type":"cf_agent_tool_result","toolCallId":"c1","state":"x"}"#,
            kind("tool_result"),
            Some("c1"),
        ),
        (
            r#"{"type":"cf_agent_tool_result","state":7}"#,
            kind("tool_result"),
            None,
        ),
        (
            r#"{"type":"cf_agent_tool_approval","toolCallId":"c1"}"#,
            kind("tool_approval"),
            Some("c1"),
        ),
        (
            r#"{"type":"cf_agent_tool_approval","toolCallId":"c1","approved":"yes"}"#,
            kind("tool_approval"),
            Some("c1"),
        ),
        (
            r#"{"type":"cf_agent_chat_request_cancel"}"#,
            kind("chat_request_cancel"),
            None,
        ),
        (
            r#"{"type":"cf_agent_chat_request_cancel","id":7}"#,
            kind("chat_request_cancel"),
            Some("7"),
        ),
        (
            r#"{"type":"cf_agent_stream_resume_ack"}"#,
            kind("stream_resume_ack"),
            None,
        ),
        (
            r#"{"type":"cf_agent_stream_resume_request","probeId":7}"#,
            kind("stream_resume_request"),
            None,
        ),
        (
            r#"{"type":"cf_agent_chat_messages"}"#,
            kind("chat_messages"),
            None,
        ),
        (
            r#"{"type":"cf_agent_chat_messages","messages":[{"id":"m1"}]}"#,
            kind("chat_messages"),
            None,
        ),
        (
            r#"{"type":"cf_agent_use_chat_request"}"#,
            kind("use_chat_request"),
            None,
        ),
        (
            r#"{"type":"rpc","method":"m","args":[]}"#,
            Some("rpc".to_owned()),
            None,
        ),
        ("{", None, None),
    ] {
        let ServerFrame::FrameError {
            frame: reported,
            id: named,
            error,
        } = answer(text)
        else {
            panic!("{text}")
        };
        assert_eq!((reported, named.as_deref()), (frame, id), "{text}");
        assert!(
            error.starts_with("The frame was not taken: ") && error.ends_with('.'),
            "{error}"
        );
    }
    for text in [
        "hello",
        "[1",
        "{}",
        r#"{"type":"weather"}"#,
        r#"{"type":"cf_agent_to_come","id":"1"}"#,
    ] {
        assert_eq!(
            ClientFrame::decode(text).unwrap_err().answer(),
            None,
            "{text}"
        );
    }
}

#[test]
fn bytes_that_would_be_a_frame_are_answered() {
    let answer = |bytes: &[u8]| DecodeError::of_bytes(bytes).answer();
    let clear = answer(br#"{"type":"cf_agent_chat_clear"}"#).unwrap();
    assert!(matches!(clear, ServerFrame::FrameError { .. }), "{clear:?}");
    let call = answer(br#"{"type":"rpc","id":"7","method":"m","args":[]}"#).unwrap();
    assert!(matches!(call, ServerFrame::Rpc(_)), "{call:?}");
    for bytes in [&b"hello"[..], b"", &[0, 255, 1], b"{\xff"] {
        assert_eq!(answer(bytes), None);
    }
}
