use common::{
    frame::{ChatRequest, ClientFrame, ClientTool, ToolApproval, ToolResult, Trigger},
    id::{MessageId, ProbeId, RequestId, RpcId, ToolCallId},
    message::{Message, Role, ToolOutcome},
};
use serde_json::{Map, Value, json};

use super::golden::check;

/// The variant's name, for the check that every variant has a case. A new one does not compile without a name.
fn family(frame: &ClientFrame) -> &'static str {
    match frame {
        ClientFrame::ChatRequest(ChatRequest { trigger, .. }) => match trigger {
            Trigger::Submit => "chat request, submit",
            Trigger::Regenerate => "chat request, regenerate",
        },
        ClientFrame::ChatMessages(_) => "chat messages",
        ClientFrame::ChatClear => "chat clear",
        ClientFrame::ChatCancel(_) => "chat cancel",
        ClientFrame::ResumeRequest(_) => "resume request",
        ClientFrame::ResumeAck(_) => "resume ack",
        ClientFrame::ToolResult(_) => "tool result",
        ClientFrame::ToolApproval(_) => "tool approval",
        ClientFrame::State(_) => "state",
        ClientFrame::Rpc { .. } => "rpc",
    }
}

fn id() -> RequestId {
    RequestId::from("r1")
}

fn message() -> Message {
    Message::text(MessageId::from("m1"), Role::User, "hi \"you\"")
}

fn get_time() -> ClientTool {
    ClientTool {
        name: "getTime".to_owned(),
        description: None,
        parameters: Some(json!({"type": "object"})),
    }
}

fn tool_result(outcome: ToolOutcome) -> ToolResult {
    ToolResult {
        tool_call_id: ToolCallId::from("c1"),
        tool_name: "getTime".to_owned(),
        outcome,
        auto_continue: false,
        client_tools: Vec::new(),
    }
}

pub(super) fn cases() -> Vec<(&'static str, ClientFrame)> {
    vec![
        (
            "chat request, submit",
            ClientFrame::ChatRequest(ChatRequest {
                id: id(),
                trigger: Trigger::Submit,
                messages: vec![message()],
                after: None,
                client_tools: Vec::new(),
                body: Map::new(),
            }),
        ),
        (
            "chat request, regenerate, after a message",
            ClientFrame::ChatRequest(ChatRequest {
                id: id(),
                trigger: Trigger::Regenerate,
                messages: vec![message()],
                after: Some(MessageId::from("m1")),
                client_tools: Vec::new(),
                body: Map::new(),
            }),
        ),
        (
            "chat request, regenerate, with tools and fields",
            ClientFrame::ChatRequest(ChatRequest {
                id: id(),
                trigger: Trigger::Regenerate,
                messages: vec![message()],
                after: None,
                client_tools: vec![get_time()],
                body: Map::from_iter([("model".to_owned(), "m".into())]),
            }),
        ),
        ("chat messages", ClientFrame::ChatMessages(vec![message()])),
        ("chat clear", ClientFrame::ChatClear),
        ("chat cancel", ClientFrame::ChatCancel(id())),
        ("resume request", ClientFrame::ResumeRequest(None)),
        (
            "resume request, with a question",
            ClientFrame::ResumeRequest(Some(ProbeId::from("p_1"))),
        ),
        ("resume ack", ClientFrame::ResumeAck(id())),
        (
            "tool result, with tools",
            ClientFrame::ToolResult(ToolResult {
                auto_continue: true,
                client_tools: vec![ClientTool {
                    description: Some("The time.".to_owned()),
                    ..get_time()
                }],
                ..tool_result(ToolOutcome::Output(json!("12:00")))
            }),
        ),
        (
            "tool result, nothing",
            ClientFrame::ToolResult(tool_result(ToolOutcome::Output(Value::Null))),
        ),
        (
            "tool result, failed",
            ClientFrame::ToolResult(tool_result(ToolOutcome::Error(Some("no clock".to_owned())))),
        ),
        (
            "tool result, not wanted",
            ClientFrame::ToolResult(tool_result(ToolOutcome::Error(None))),
        ),
        (
            "tool approval, yes",
            ClientFrame::ToolApproval(ToolApproval {
                tool_call_id: ToolCallId::from("c1"),
                approved: true,
                auto_continue: true,
            }),
        ),
        (
            "tool approval, no",
            ClientFrame::ToolApproval(ToolApproval {
                tool_call_id: ToolCallId::from("c1"),
                approved: false,
                auto_continue: false,
            }),
        ),
        ("state", ClientFrame::State(json!({"count": 1}))),
        ("state null", ClientFrame::State(Value::Null)),
        (
            "rpc",
            ClientFrame::Rpc {
                id: RpcId::from("9b2"),
                method: "add".to_owned(),
                args: vec![json!(5), json!(null)],
            },
        ),
    ]
}

#[test]
fn frames_of_a_client() {
    for (name, frame) in cases() {
        assert!(name.starts_with(family(&frame)), "{name}");
    }
    check(
        "client-frames",
        cases(),
        |frame| serde_json::from_str(&frame.encode()).unwrap(),
        |golden| ClientFrame::decode(&golden.to_string()).unwrap(),
    );
}

#[test]
fn looser_requests_are_understood() {
    let request = |body: &str| {
        let init = json!({"method": "POST", "body": body, "headers": {}});
        let frame = json!({"type": "cf_agent_use_chat_request", "id": "r1", "init": init});
        ClientFrame::decode(&frame.to_string()).unwrap()
    };
    let bare = ChatRequest {
        id: id(),
        trigger: Trigger::Submit,
        messages: Vec::new(),
        after: None,
        client_tools: Vec::new(),
        body: Map::new(),
    };
    for body in [
        r#"{"messages":[]}"#,
        r#"{"messages":[],"trigger":"other","clientTools":{}}"#,
        "\u{feff}{\"messages\":[],\"trigger\":None,}",
    ] {
        assert_eq!(
            request(body),
            ClientFrame::ChatRequest(bare.clone()),
            "{body}"
        );
    }
}
