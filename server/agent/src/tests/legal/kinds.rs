//! One transcript of each kind that vendors are known to refuse.

use providers::{
    ModelMessage, ModelRequest, ModelToolCall,
    legal::{RULES, Target, make_legal},
};
use serde_json::{Value, json};
use store::Extent;

use super::{Case, ModelAbilities};
use crate::{AnswerSoFar, Gap, prompt::CONTINUE};

fn user(text: &str) -> Value {
    json!({"id": format!("u-{text}"), "role": "user", "parts": [{"type": "text", "text": text}]})
}

fn answer(parts: &[Value]) -> Value {
    json!({"id": "a", "role": "assistant", "parts": parts})
}

fn said(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn called(name: &str, id: &str) -> Value {
    json!({"type": "dynamic-tool", "toolName": name, "toolCallId": id, "state": "output-available", "input": {}, "output": id})
}

fn step() -> Value {
    json!({"type": "step-start"})
}

/// Roles, with the text where there is one.
fn outline(messages: &[Value]) -> Vec<String> {
    let line = |message: &Value| {
        let role = message["role"].as_str().unwrap();
        let calls = message["tool_calls"].as_array().map_or(0, Vec::len);
        let text = message["content"].as_str().unwrap_or("-");
        format!("{role}: {text}{}", " call".repeat(calls))
    };
    messages.iter().map(line).collect()
}

fn check(transcript: Value, expected: &[&str]) -> Vec<Value> {
    let case = Case::of(transcript);
    case.is_taken_by_all();
    let messages = case.messages();
    assert_eq!(outline(&messages), expected);
    messages
}

#[test]
fn every_rule_says_what_holds_and_why() {
    for rule in RULES {
        assert!(!rule.name.is_empty() && !rule.why.is_empty(), "{rule:?}");
    }
}

#[test]
fn blank_texts() {
    check(
        json!([
            user("x"),
            answer(&[
                step(),
                said("\n\n"),
                called("list", "c1"),
                step(),
                said("done\n ")
            ])
        ]),
        &[
            "user: x",
            "assistant: - call",
            "tool: c1",
            "assistant: done\n ",
            "user: Go on.",
        ],
    );
    check(
        json!([user("x"), answer(&[said("\n")]), user("y")]),
        &["user: x", "assistant: (I gave no answer.)", "user: y"],
    );
    check(json!([user(" ")]), &["user: (This message is empty.)"]);
    let mut output = called("list", "c1");
    output["output"] = " \n".into();
    check(
        json!([user("x"), answer(&[output])]),
        &[
            "user: x",
            "assistant: - call",
            "tool: (The output is empty.)",
        ],
    );
}

#[test]
fn turns_that_failed_or_were_stopped() {
    check(
        json!([
            user("x"),
            answer(&[]),
            user("y"),
            answer(&[step()]),
            user("z")
        ]),
        &[
            "user: x",
            "assistant: (I gave no answer.)",
            "user: y",
            "assistant: (I gave no answer.)",
            "user: z",
        ],
    );
    check(
        json!([
            user("x"),
            user("y"),
            answer(&[said("hm")]),
            answer(&[said("yes")])
        ]),
        &["user: x\n\ny", "assistant: hm\n\nyes", "user: Go on."],
    );
}

#[test]
fn a_user_who_writes_while_calls_wait() {
    let waits = |state: &str| json!({"type": "tool-write", "toolCallId": "c1", "state": state, "input": {}, "approval": {"id": "q"}});
    check(
        json!([user("x"), answer(&[waits("approval-requested")]), user("y")]),
        &[
            "user: x",
            "assistant: - call",
            "tool: The user has not agreed to this call.",
            "assistant: (I have read this.)",
            "user: y",
        ],
    );
    for state in [
        "input-streaming",
        "input-available",
        "approval-responded",
        "output-denied",
        "output-error",
    ] {
        Case::of(json!([user("x"), answer(&[waits(state)]), user("y")])).is_taken_by_all();
    }
}

#[test]
fn names_that_models_make_up() {
    for name in [
        "functions.list",
        "list<|channel|>commentary",
        " list",
        "",
        "1",
        "é",
        &"x".repeat(80),
    ] {
        let case = Case::of(json!([user("x"), answer(&[called(name, "c1")]), user("y")]));
        case.is_taken_by_all();
        assert_ne!(
            case.messages()[1]["tool_calls"][0]["function"]["name"],
            "list"
        );
    }
}

#[test]
fn ids_that_repeat_or_are_odd() {
    let long = "l".repeat(100);
    let parts =
        ["c1", "c1", "", "é", "functions.list:0", long.as_str()].map(|id| called("list", id));
    let parts: Vec<Value> = parts
        .into_iter()
        .chain([step(), called("list", "c1")])
        .collect();
    Case::of(json!([
        user("x"),
        answer(&parts),
        user("y"),
        answer(&[called("list", "c1")])
    ]))
    .is_taken_by_all();
}

#[test]
fn a_vendors_own_id_goes_back_to_its_model_alone() {
    let own = |id: &str| {
        let mut call = called("list", "call-0");
        call["callProviderMetadata"] =
            json!({"coder": {"model": "moonshotai/kimi-k2", "call": {"id": id}}});
        call
    };
    let parts = [own("functions.list:0"), step(), own("functions.list:0")];
    let case = Case::of(json!([user("x"), answer(&parts)]));
    case.is_taken_by_all();
    let ids = |model: &str| {
        let (body, _) = case.sent_to(model);
        [2, 4].map(|at| {
            body["messages"][at]["tool_calls"][0]["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
    };
    let [first, second] = ids("moonshotai/kimi-k2");
    assert_eq!(first, "functions.list:0");
    assert_eq!(second.len(), 9, "the same id again is another call");
    assert!(ids("other/model").iter().all(|id| id.len() == 9));
}

#[test]
fn models_that_want_reasoning_beside_calls() {
    let case = Case::of(json!([
        user("x"),
        answer(&[called("list", "c"), step(), said("y")]),
        user("z")
    ]));
    for (model, expected) in [
        ("deepseek/deepseek-v3.2", json!(" ")),
        ("some/model", Value::Null),
    ] {
        let (body, _) = case.sent_to(model);
        assert_eq!(body["messages"][2]["reasoning_content"], expected);
        assert_eq!(body["messages"][4]["reasoning_content"], Value::Null);
    }
}

#[test]
fn system_messages_of_others() {
    let system = |text: &str| json!({"id": text, "role": "system", "parts": [said(text)]});
    let case = Case::of(json!([
        system("S1"),
        user("x"),
        answer(&[called("list", "c")]),
        system("S2"),
        user("y")
    ]));
    case.is_taken_by_all();
    let (body, _) = case.sent_to("some/model");
    assert!(
        body["messages"][0]["content"]
            .as_str()
            .unwrap()
            .ends_with("\n\nS1")
    );
    assert_eq!(body["messages"][5]["content"], "S2\n\ny");
}

#[test]
fn an_answer_without_a_question() {
    check(
        json!([answer(&[said("Hello!")]), user("x")]),
        &[
            "user: (The beginning of this conversation is not here.)",
            "assistant: Hello!",
            "user: x",
        ],
    );
    check(json!([]), &["user: Go on."]);
}

#[test]
fn messages_that_the_user_took_out() {
    let out = |mut message: Value| {
        message["metadata"] = json!({"coder": {"leftOut": true}});
        message
    };
    check(
        json!([
            out(user("long")),
            out(answer(&[called("list", "c")])),
            user("x")
        ]),
        &[
            "user: The user took this message out of the conversation.",
            "assistant: The user took this message out of the conversation.",
            "user: x",
        ],
    );
}

#[test]
fn calls_when_there_are_no_tools() {
    let mut case = Case::of(json!([
        user("x"),
        answer(&[said("See."), called("list", "c")]),
        user("y")
    ]));
    case.has_tools = false;
    case.is_taken_by_all();
    assert_eq!(
        outline(&case.messages()),
        [
            "user: x",
            "assistant: See.\n\n(I called `list` with {}.)",
            "user: Output of `list`:\n\nc\n\ny"
        ]
    );
    case.has_tools = true;
    case.abilities = ModelAbilities {
        tools: Some(false),
        ..ModelAbilities::default()
    };
    case.is_taken_by_all();
    assert!(case.sent_to("some/model").0.get("tools").is_none());
}

#[test]
fn broken_arguments_and_answers_that_were_cut_off() {
    let broken = json!({
        "type": "tool-list", "toolCallId": "c", "state": "output-error", "rawInput": "{\"a", "errorText": "broken",
    });
    let mut case = Case::of(json!([user("x"), answer(&[broken])]));
    case.is_taken_by_all();
    assert_eq!(
        case.messages()[1]["tool_calls"][0]["function"]["arguments"],
        r#"{"unreadable":"{\"a"}"#
    );
    let message = serde_json::from_value(answer(&[said("The answer is ")])).unwrap();
    case.answer = Some(AnswerSoFar {
        message,
        gap: Gap::CutOff,
    });
    case.is_taken_by_all();
    let messages = case.messages();
    assert_eq!(messages[messages.len() - 2]["content"], "The answer is ");
    assert_eq!(messages[messages.len() - 1]["content"], CONTINUE);
}

#[test]
fn a_request_that_was_too_long() {
    let mut output = called("list", "c1");
    output["output"] = "x".repeat(500_000).into();
    let mut case = Case::of(json!([
        user(&"w ".repeat(12_000)),
        answer(&[output]),
        user("y")
    ]));
    case.extent = Extent::Shortened { limit: Some(4_096) };
    case.is_taken_by_all();
    let (body, _) = case.sent_to("some/model");
    assert!(body["messages"].to_string().len() < 4_096 / 2 * 4);
}

#[test]
fn outputs_find_their_calls_whatever_wrote_them() {
    let call = |id: &str| ModelToolCall {
        id: id.to_owned(),
        name: "list".to_owned(),
        ..ModelToolCall::default()
    };
    let request = ModelRequest {
        messages: vec![
            ModelMessage::user("x"),
            ModelMessage::assistant("", vec![call("a"), call("b"), call("b"), call("c")]),
            ModelMessage::tool("b", "first b"),
            ModelMessage::user("y"),
            ModelMessage::tool("nobody's", "lost"),
            ModelMessage::tool("a", "a"),
            ModelMessage::tool("b", "second b"),
            ModelMessage::tool("b", "third b"),
        ],
        tools: tools::schemas(&[]),
        ..ModelRequest::default()
    };
    let (legal, left_out) = make_legal(request, &Target::default());
    let lines = legal.messages.iter().map(|message| match message {
        ModelMessage::System(text) => text.clone(),
        ModelMessage::User(user) => format!("user: {}", user.text()),
        ModelMessage::Assistant(said) => format!("{}{}", said.text, said.tool_calls.len()),
        ModelMessage::Tool(tool) => tool.output.clone(),
    });
    let expected = [
        "user: x",
        "4",
        "a",
        "first b",
        "second b",
        "There is no result.",
        "(I have read this.)0",
        "user: y",
    ];
    assert_eq!(lines.collect::<Vec<_>>(), expected);
    assert_eq!(left_out.len(), 2);
}
