use common::frame::{ClientFrame, DecodeError, ServerFrame};

/// Whether `text` is malformed as a frame of this kind.
fn is_malformed(error: &DecodeError, kind: &str) -> bool {
    matches!(error, DecodeError::Malformed { kind: told, .. } if told == kind)
}

#[test]
fn ws_10_what_is_no_frame_is_said_to_be_none() {
    for text in [
        "",
        " ",
        "ping",
        "null",
        "undefined",
        "true",
        "1",
        "\"text\"",
        "[]",
        "[{}]",
        "{",
        "{\"type\":\"rpc\"",
    ] {
        assert_eq!(
            ClientFrame::decode(text),
            Err(DecodeError::NotAnObject),
            "{text}"
        );
        assert_eq!(
            ServerFrame::decode(text),
            Err(DecodeError::NotAnObject),
            "{text}"
        );
    }
}

#[test]
fn ws_11_a_frame_needs_a_known_type() {
    for text in [
        "{}",
        r#"{"type":null}"#,
        r#"{"type":7}"#,
        r#"{"error":"stack"}"#,
    ] {
        assert_eq!(
            ClientFrame::decode(text),
            Err(DecodeError::NoType),
            "{text}"
        );
        assert_eq!(
            ServerFrame::decode(text),
            Err(DecodeError::NoType),
            "{text}"
        );
    }
    for kind in ["", "weather", "CF_AGENT_STATE", "cf_agent_use_chat"] {
        let text = format!(r#"{{"type":"{kind}"}}"#);
        let unknown = DecodeError::UnknownType(kind.to_owned());
        assert_eq!(ClientFrame::decode(&text), Err(unknown.clone()));
        assert_eq!(ServerFrame::decode(&text), Err(unknown));
    }
}

#[test]
fn frames_of_a_client_with_wrong_fields() {
    for (kind, fields) in [
        ("cf_agent_use_chat_request", r#""id":"r1""#),
        (
            "cf_agent_use_chat_request",
            r#""id":1,"init":{"method":"POST","body":"{}"}"#,
        ),
        (
            "cf_agent_use_chat_request",
            r#""id":"r1","init":{"method":"GET","body":"{}"}"#,
        ),
        (
            "cf_agent_use_chat_request",
            r#""id":"r1","init":{"method":"POST"}"#,
        ),
        (
            "cf_agent_use_chat_request",
            r#""id":"r1","init":{"method":"POST","body":""}"#,
        ),
        (
            "cf_agent_use_chat_request",
            r#""id":"r1","init":{"method":"POST","body":"[]"}"#,
        ),
        (
            "cf_agent_use_chat_request",
            r#""id":"r1","init":{"method":"POST","body":{}}"#,
        ),
        ("cf_agent_chat_messages", r#""x":1"#),
        ("cf_agent_chat_messages", r#""messages":{}"#),
        ("cf_agent_chat_request_cancel", r#""x":1"#),
        ("cf_agent_chat_request_cancel", r#""id":null"#),
        ("cf_agent_stream_resume_request", r#""probeId":7"#),
        ("cf_agent_stream_resume_ack", r#""x":1"#),
        ("cf_agent_state", r#""x":1"#),
        ("rpc", r#""id":"1","method":"add""#),
        ("rpc", r#""id":1,"method":"add","args":[]"#),
        ("rpc", r#""id":"1","method":"add","args":{}"#),
    ] {
        let error = ClientFrame::decode(&format!(r#"{{"type":"{kind}",{fields}}}"#)).unwrap_err();
        assert!(is_malformed(&error, kind), "{fields}: {error:?}");
    }
}

#[test]
fn frames_of_an_agent_with_wrong_fields() {
    for (kind, fields) in [
        ("cf_agent_use_chat_response", r#""body":"","done":true"#),
        (
            "cf_agent_use_chat_response",
            r#""id":1,"body":"","done":true"#,
        ),
        (
            "cf_agent_use_chat_response",
            r#""id":"r1","body":{},"done":true"#,
        ),
        (
            "cf_agent_use_chat_response",
            r#""id":"r1","body":"","done":"yes""#,
        ),
        (
            "cf_agent_use_chat_response",
            r#""id":"r1","body":"","done":false,"seq":-1"#,
        ),
        ("cf_agent_identity", r#""name":"x""#),
        ("cf_agent_state", r#""x":1"#),
        ("rpc", r#""id":"1""#),
        ("rpc", r#""success":true"#),
        ("cf_agent_chat_messages", r#""x":1"#),
        // Read as an empty transcript it would wipe the view.
        ("cf_agent_chat_messages", r#""messages":{}"#),
        ("cf_agent_message_updated", r#""message":{"id":"m1"}"#),
        ("cf_agent_message_updated", r#""x":1"#),
        ("cf_agent_stream_resuming", r#""probeId":"p""#),
        ("cf_agent_chat_recovering", r#""id":"r1""#),
    ] {
        let error = ServerFrame::decode(&format!(r#"{{"type":"{kind}",{fields}}}"#)).unwrap_err();
        assert!(is_malformed(&error, kind), "{fields}: {error:?}");
    }
}
