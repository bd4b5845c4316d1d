use common::frame::{ClientFrame, DecodeError, ServerFrame};

/// Whether `text` is malformed as a frame of this kind.
fn is_malformed(error: &DecodeError, kind: &str) -> bool {
    matches!(error, DecodeError::Malformed { kind: reported, .. } if reported == kind)
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
        "NaN",
        "\u{feff}[]",
        "type {",
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
fn ws_10_what_begins_like_a_frame_is_unreadable() {
    for (text, kind, id) in [
        ("{", None, None),
        (r#"{"type":"#, None, None),
        (r#"{"type":"rpc""#, Some("rpc"), None),
        (
            r#"{"type":"rpc","id":"7","method":"m","args":[1"#,
            Some("rpc"),
            Some("7"),
        ),
        (r#"{"id":7,"args":[{]}],"type":"rpc"}"#, None, Some("7")),
        (
            r#"{"type":"cf_agent_tool_result","toolCallId":"c1","output":}"#,
            Some("cf_agent_tool_result"),
            Some("c1"),
        ),
        (
            " {\"type\":\"half \\ud83d\",\n",
            Some("half \u{fffd}"),
            None,
        ),
        ("\u{feff}{\"id\":\"r1\"", None, Some("r1")),
        (r#"{"type":7,"id":null,"#, None, None),
    ] {
        let error = ClientFrame::decode(text).unwrap_err();
        let DecodeError::Unreadable {
            kind: reported,
            id: named,
            ..
        } = &error
        else {
            panic!("{text}: {error:?}")
        };
        assert_eq!(
            (reported.as_deref(), named.as_deref()),
            (kind, id),
            "{text}"
        );
        assert!(error.answer().is_some(), "{text}");
        let error = ServerFrame::decode(text).unwrap_err();
        assert!(matches!(error, DecodeError::Unreadable { .. }), "{text}");
    }
    let deep = format!(
        r#"{{"type":"cf_agent_state","state":{}"#,
        "[".repeat(100_000)
    );
    let error = ClientFrame::decode(&deep).unwrap_err();
    assert!(
        matches!(error.answer(), Some(ServerFrame::StateError(_))),
        "{error:?}"
    );
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
        (
            "cf_agent_use_chat_request",
            r#""id":"r1","init":{"method":"POST","body":"{}"}"#,
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
        // Read as an empty transcript, it would clear the view.
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
