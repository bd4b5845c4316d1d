//! Calls of a scripted server: what is sent, dropped and remembered.

use serde_json::{Value, json};

use super::*;
use crate::ModelMessage;

/// The server's reaction to a request.
enum Does {
    Refuses(u16, &'static str),
    /// A success with this body.
    Answers(&'static str),
    HangsUp,
}

const FINE: Does = Does::Answers(
    "data: {\"choices\":[{\"delta\":{\"content\":\"fine\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
);

struct Run {
    requests: Vec<Value>,
    learned: Vec<Trait>,
    text: String,
    end: ExchangeNext,
}

fn settings() -> ProviderSettings {
    ProviderSettings {
        base_url: "http://localhost/v1".into(),
        api_key: None,
        model: "m".into(),
    }
}

fn exchange(known: Traits) -> Exchange {
    let request = ModelRequest {
        messages: vec![ModelMessage::user("Hi")],
        tools: tools::schemas(&[]),
        max_tokens: Some(1),
        effort: Some(common::state::Effort::Low),
        ..ModelRequest::default()
    };
    Exchange::new(request, settings(), known)
}

/// Runs a call, `step` bytes at a time.
fn run_in_steps(known: Traits, script: &[Does], step: usize) -> Run {
    let mut exchange = exchange(known);
    let mut run = Run {
        requests: Vec::new(),
        learned: Vec::new(),
        text: String::new(),
        end: ExchangeNext::Read,
    };
    let mut script = script.iter();
    let mut bytes: Vec<u8> = Vec::new();
    let mut now = exchange.begin();
    loop {
        run.learned.append(&mut now.learned);
        for event in now.events {
            if let ProviderEvent::TextDelta(text) = event {
                run.text.push_str(&text);
            }
        }
        now = match now.next {
            ExchangeNext::Send(request) => {
                run.requests
                    .push(serde_json::from_str(&request.body).unwrap());
                let head = |status, content_type: &str| ResponseHead {
                    status,
                    content_type: Some(content_type.to_owned()),
                    retry_after: None,
                };
                match script.next().expect("one request too many") {
                    Does::HangsUp => exchange.unconnected("closed"),
                    Does::Refuses(status, body) => {
                        bytes = body.as_bytes().to_vec();
                        exchange.head(head(*status, "application/json"))
                    }
                    Does::Answers(body) => {
                        bytes = body.as_bytes().to_vec();
                        exchange.head(head(200, "text/event-stream"))
                    }
                }
            }
            ExchangeNext::Read if bytes.is_empty() => exchange.end(StreamEnd::Closed),
            ExchangeNext::Read => {
                let rest = bytes.split_off(step.min(bytes.len()));
                let read = std::mem::replace(&mut bytes, rest);
                exchange.bytes(&read)
            }
            end @ (ExchangeNext::Done | ExchangeNext::Failed(_)) => {
                run.end = end;
                return run;
            }
        };
    }
}

fn run(script: &[Does]) -> Run {
    let by_bytes = run_in_steps(Traits::default(), script, 1);
    let whole = run_in_steps(Traits::default(), script, usize::MAX);
    assert_eq!(by_bytes.requests, whole.requests);
    assert_eq!(by_bytes.learned, whole.learned);
    assert_eq!(by_bytes.end, whole.end);
    whole
}

fn field(name: &str) -> Trait {
    Trait::Field(name.to_owned())
}

const NO_STREAM_OPTIONS: Does = Does::Refuses(
    400,
    r#"{"error":{"message":"Unrecognized request argument supplied: stream_options"}}"#,
);
const NO_TOOLS: Does = Does::Refuses(400, r#"{"error":{"message":"m does not support tools"}}"#);

#[test]
fn unsupported_features_are_left_out_and_remembered() {
    let run = run(&[NO_STREAM_OPTIONS, NO_TOOLS, FINE]);
    assert_eq!(run.text, "fine");
    assert_eq!(run.end, ExchangeNext::Done);
    assert_eq!(run.learned, [field("stream_options"), Trait::Tools]);
    let has = |request: &Value, name: &str| request.get(name).is_some();
    let requests = &run.requests;
    assert!(has(&requests[0], "stream_options") && has(&requests[0], "tools"));
    assert!(!has(&requests[1], "stream_options") && has(&requests[1], "tools"));
    assert!(!has(&requests[2], "stream_options") && !has(&requests[2], "tools"));

    let known = run.learned.into_iter().collect();
    let next = run_in_steps(known, &[FINE], 7);
    assert_eq!(next.requests.len(), 1);
    assert!(!has(&next.requests[0], "tools"));
}

#[test]
fn a_newer_name_is_tried_and_then_none() {
    let run = run(&[
        Does::Refuses(
            400,
            r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens","code":"unsupported_parameter"}}"#,
        ),
        Does::Refuses(
            400,
            r#"{"error":{"message":"Unknown parameter: 'max_completion_tokens'."}}"#,
        ),
        FINE,
    ]);
    assert_eq!(run.end, ExchangeNext::Done);
    assert_eq!(run.requests[1]["max_completion_tokens"], 1);
    assert!(run.requests[2].get("max_completion_tokens").is_none());
}

#[test]
fn a_server_that_cannot_stream_answers_at_once() {
    let run = run(&[
        Does::Refuses(400, r#"{"error":{"message":"Streaming is not supported"}}"#),
        Does::Answers(
            r#"{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"fine"},"finish_reason":"stop"}]}"#,
        ),
    ]);
    assert_eq!((run.text.as_str(), run.end), ("fine", ExchangeNext::Done));
    assert_eq!(run.requests[1]["stream"], json!(false));
    assert_eq!(run.learned, [Trait::Streaming]);
}

#[test]
fn a_refusal_inside_a_stream_counts_before_the_first_event() {
    let refusal = "data: {\"error\":{\"code\":400,\"message\":\"m does not support tools\"}}\n\n";
    let run = run(&[Does::Answers(refusal), FINE]);
    assert_eq!((run.text.as_str(), run.end), ("fine", ExchangeNext::Done));
    assert_eq!(run.learned, [Trait::Tools]);
    let late = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"error\":{\"code\":400,\"message\":\"m does not support tools\"}}\n\n";
    let run = self::run(&[Does::Answers(late)]);
    assert!(matches!(
        run.end,
        ExchangeNext::Failed(ProviderError::InvalidRequest { .. })
    ));
}

#[test]
fn the_same_words_again_end_it_and_teach_nothing() {
    let run = run(&[NO_TOOLS, NO_TOOLS]);
    assert!(matches!(
        run.end,
        ExchangeNext::Failed(ProviderError::InvalidRequest { .. })
    ));
    assert_eq!(run.learned, []);
    // The text is new: the first refusal was resolved.
    let run = self::run(&[
        NO_TOOLS,
        Does::Refuses(400, r#"{"error":{"message":"odd"}}"#),
    ]);
    assert_eq!(run.learned, [Trait::Tools]);
    let ExchangeNext::Failed(error) = run.end else {
        panic!("{:?}", run.end)
    };
    assert!(error.to_string().ends_with("It said: odd."), "{error}");
}

#[test]
fn another_reason_is_no_matter_of_options() {
    for (body, code) in [
        (
            r#"{"error":{"message":"This model's maximum context length is 8 tokens, tools are not supported beyond."}}"#,
            "context-too-long",
        ),
        (
            r#"{"error":{"message":"m does not support tools","code":"insufficient_quota"}}"#,
            "payment-required",
        ),
        (
            r#"{"error":{"message":"messages[0] is odd"}}"#,
            "invalid-request",
        ),
    ] {
        let run = run(&[Does::Refuses(400, body)]);
        let ExchangeNext::Failed(error) = run.end else {
            panic!("{:?}", run.end)
        };
        assert_eq!(error.code(), code);
        assert_eq!(run.learned, []);
    }
}

#[test]
fn a_connection_that_was_closed_is_opened_once_more() {
    let run = run(&[Does::HangsUp, NO_TOOLS, Does::HangsUp, FINE]);
    assert_eq!(run.end, ExchangeNext::Done);
    let run = self::run(&[Does::HangsUp, Does::HangsUp]);
    assert!(matches!(
        run.end,
        ExchangeNext::Failed(ProviderError::Unreachable { .. })
    ));
}

#[test]
fn a_page_for_people_is_no_answer() {
    let mut exchange = exchange(Traits::default());
    let _ = exchange.begin();
    let head = ResponseHead {
        status: 200,
        content_type: Some("text/html".to_owned()),
        retry_after: None,
    };
    assert_eq!(exchange.head(head).next, ExchangeNext::Read);
    let page = vec![b'x'; MAX_ERROR_BODY_BYTES + 1];
    let ExchangeNext::Failed(error) = exchange.bytes(&page).next else {
        panic!("it is not read to its end");
    };
    assert_eq!(error.code(), "not-a-stream");
    assert_eq!(exchange.bytes(b"more").next, ExchangeNext::Done);
}
