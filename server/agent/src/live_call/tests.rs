//! Calls of a scripted server, in virtual time.

use common::{
    id::RequestId,
    message::{Message, Role},
    models::{ModelList, Prices},
    state::Usage,
};
use providers::{
    Attachment, Content, FinishReason, ModelMessage, Provider, ProviderError, Source, UserMessage,
    openai_compatible::{HttpRequest, Trait, Traits},
};
use serde_json::json;
use store::{Extent, Position};

use super::*;
use crate::{CallId, CulpritReason, ModelCall, ModelContext, Purpose, testing::World};

const START: Timestamp = Timestamp::from_millis(1_000_000);

fn settings() -> ProviderSettings {
    ProviderSettings {
        base_url: "https://models.example/v1".to_owned(),
        api_key: None,
        model: "m".to_owned(),
    }
}

fn request() -> ModelRequest {
    ModelRequest {
        messages: vec![ModelMessage::User(UserMessage {
            content: vec![Content::Text("Hi".to_owned())],
            origin: Some("m1".into()),
        })],
        tools: tools::schemas(&[]),
        ..ModelRequest::default()
    }
}

fn call(request: ModelRequest, known: &KnownModels) -> LiveCall {
    LiveCall::of_server(request, &settings(), None, known)
}

/// The request that a step sends.
fn sent(step: CallStep) -> HttpRequest {
    let CallNext::Send(request) = step.next else {
        panic!("{step:?}")
    };
    request
}

fn head(status: u16) -> CallInput<'static> {
    CallInput::Head(ResponseHead {
        status,
        ..ResponseHead::default()
    })
}

/// A refusal with these words, up to the step that follows.
fn refuse(call: &mut LiveCall, words: &str, known: &mut KnownModels) -> CallStep {
    let body = json!({"error": {"message": words}}).to_string();
    let _ = call.handle(START, head(400), known);
    let _ = call.handle(START, CallInput::Bytes(body.as_bytes()), known);
    call.handle(START, CallInput::BodyEnded, known)
}

fn data(value: &serde_json::Value) -> String {
    format!("data: {value}\n\n")
}

#[test]
fn signs_of_life_are_reported_once_a_second() {
    let mut known = KnownModels::default();
    let mut call = call(request(), &known);
    let _ = call.handle(START, CallInput::Due, &mut known);
    let _ = call.handle(START, head(200), &mut known);
    let mut signs = Vec::new();
    for tenths in 1..=25 {
        let now = START + Duration::from_millis(100 * tenths);
        let step = call.handle(now, CallInput::Bytes(b": alive\n\n"), &mut known);
        assert_eq!(step.next, CallNext::Read);
        if !step.reports.is_empty() {
            assert_eq!(step.reports, [ModelProgress::Events(Vec::new())]);
            signs.push(tenths);
        }
    }
    assert_eq!(signs, [10, 20], "the head was the first sign");
    assert_eq!(call.first_token(), None);
}

#[test]
fn an_unsupported_feature_is_left_out_and_remembered_for_later_calls() {
    let mut known = KnownModels::default();
    let mut first = call(request(), &known);
    let request_with = sent(first.handle(START, CallInput::Due, &mut known));
    assert!(request_with.body.contains("\"tools\""));
    let again = refuse(&mut first, "this model does not support tools", &mut known);
    let request_without = sent(again);
    assert!(!request_without.body.contains("\"tools\""));
    let _ = first.handle(START, head(200), &mut known);
    let answer = data(&json!({"choices": [{"delta": {"content": "Hello"}}]}));
    let step = first.handle(START, CallInput::Bytes(answer.as_bytes()), &mut known);
    assert!(step.reports.iter().any(ModelProgress::is_answer));
    assert_eq!(step.log.len(), 1, "{:?}", step.log);
    let model = settings().named(None);
    assert_eq!(known.traits(&model), Traits::from_iter([Trait::Tools]));
    let later = call(request(), &known).handle(START, CallInput::Due, &mut known);
    assert!(!sent(later).body.contains("\"tools\""));
}

#[test]
fn what_the_model_does_not_get_is_reported_with_the_request() {
    let mut known = KnownModels::default();
    let picture = Content::File(Attachment {
        media_type: "image/png".to_owned(),
        name: Some("a.png".to_owned()),
        source: Source::Base64("iVBORw0KGgo=".to_owned()),
    });
    let mut request = request();
    request.messages = vec![ModelMessage::User(UserMessage {
        content: vec![picture],
        origin: None,
    })];
    let blind = ModelInfo {
        images: Some(false),
        ..ModelInfo::default()
    };
    let mut call = LiveCall::of_server(request, &settings(), Some(&blind), &known);
    let step = call.handle(START, CallInput::Due, &mut known);
    let [ModelProgress::Notice(notice)] = &step.reports[..] else {
        panic!("{step:?}")
    };
    assert!(notice.contains("a.png"), "{notice}");
}

#[test]
fn a_list_that_arrives_during_the_call_gives_the_cost() {
    let mut known = KnownModels::default();
    let mut call = call(request(), &known);
    let _ = call.handle(START, CallInput::Due, &mut known);
    let _ = call.handle(START, head(200), &mut known);
    let info = ModelInfo {
        id: "m".to_owned(),
        prices: Some(Prices {
            output: 0.5,
            ..Prices::default()
        }),
        ..ModelInfo::default()
    };
    known.fetched(START, &settings().base_url, Ok(ModelList::of(vec![info])));
    let answer = [
        json!({"choices": [{"delta": {"content": "Hello"}, "finish_reason": "stop"}]}),
        json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 4}}),
    ];
    let answer: String = answer.iter().map(data).collect::<String>() + "data: [DONE]\n\n";
    let later = START + Duration::from_secs(3);
    let step = call.handle(later, CallInput::Bytes(answer.as_bytes()), &mut known);
    assert_eq!(step.next, CallNext::End(Ok(())));
    let usage = ProviderEvent::Usage(Usage {
        input_tokens: Some(7),
        output_tokens: Some(4),
        cost_usd: Some(2.0),
        ..Usage::default()
    });
    let events = vec![
        ProviderEvent::TextDelta("Hello".to_owned()),
        usage,
        ProviderEvent::Finished(FinishReason::Stop),
    ];
    assert_eq!(step.reports, [ModelProgress::Events(events)]);
    assert_eq!(call.first_token(), Some(later));
    assert_eq!((call.take_cost(), call.take_cost()), (2.0, 0.0));
}

#[test]
fn a_refusal_as_too_long_names_the_message_and_teaches_the_window() {
    let mut known = KnownModels::default();
    let mut call = call(request(), &known);
    let _ = call.handle(START, CallInput::Due, &mut known);
    let words =
        "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.";
    let step = refuse(&mut call, words, &mut known);
    let CallNext::End(Err(failure)) = step.next else {
        panic!("{step:?}")
    };
    assert_eq!(failure.error.code(), "context-too-long");
    let culprit = failure.culprit.expect("a message");
    assert_eq!(
        (culprit.message.as_str(), culprit.reason),
        ("m1", CulpritReason::Longest)
    );
    assert_eq!(known.window(&settings().named(None), None), Some(8_192));
}

#[test]
fn without_a_response_the_request_is_sent_once_more() {
    let mut known = KnownModels::default();
    let mut call = call(request(), &known);
    let first = sent(call.handle(START, CallInput::Due, &mut known));
    let again = sent(call.handle(START, CallInput::NoResponse("refused"), &mut known));
    assert_eq!(first, again);
    let step = call.handle(START, CallInput::NoResponse("refused"), &mut known);
    let CallNext::End(Err(failure)) = step.next else {
        panic!("{step:?}")
    };
    assert_eq!(failure.error.code(), "unreachable");
}

#[test]
fn the_demo_model_takes_its_time() {
    let mut known = KnownModels::default();
    let mut call = LiveCall::of_demo(&request());
    let (mut now, mut answer) = (START, 0);
    loop {
        let step = call.handle(now, CallInput::Due, &mut known);
        answer += step.reports.len();
        match step.next {
            CallNext::Wait(time) => now = now + time,
            CallNext::End(end) => break assert_eq!(end, Ok(())),
            other @ (CallNext::Send(_) | CallNext::Read) => panic!("{other:?}"),
        }
    }
    let first = call.first_token().expect("an answer");
    assert!(START < first && first < now, "{answer} events");
    assert!(answer > 3, "{answer} events");
}

/// A call that asks for this model, and what is prepared of it.
fn prepared(
    provider: &Provider,
    budget_usd: Option<f64>,
    text: &str,
) -> Result<Prepared, ProviderError> {
    let call = ModelCall {
        call: CallId(1),
        request_id: RequestId::from("r1"),
        model: String::new(),
        effort: None,
        purpose: Purpose::Step,
        extent: Extent::Whole,
        budget_usd,
        before: Position::END,
        answer: None,
        project_context: None,
        client_tools: Vec::new(),
    };
    let context = ModelContext {
        summary: None,
        transcript: vec![Message::text("m1".into(), Role::User, text)],
        standing: None,
        notes: Vec::new(),
    };
    let facts = CallFacts {
        name: "room",
        provider,
        personal: None,
        notice: None,
        deployment: Some("Answer in verse."),
        max_tokens: Some(500),
        window: 128_000,
        info: None,
        day: None,
    };
    let world = World::new();
    let known = KnownModels::default();
    prepare(START, &call, &context, &facts, &world.workspace(), &known)
}

#[test]
fn a_prepared_request_has_the_conversation_and_the_limits() {
    let public = Provider::OpenAiCompatible(settings());
    let mut call = prepared(&public, None, "Hi").unwrap().call;
    let body = sent(call.handle(START, CallInput::Due, &mut KnownModels::default())).body;
    for part in ["Answer in verse.", "\"Hi\"", "500"] {
        assert!(body.contains(part), "{part}: {body}");
    }
}

#[test]
fn a_call_that_cannot_be_paid_or_has_no_key_is_not_made() {
    let public = Provider::OpenAiCompatible(settings());
    let refused = prepared(&public, Some(1.0), "Hi").unwrap_err();
    assert_eq!(refused.code(), "budget", "no price is known");
    let openrouter = Provider::OpenAiCompatible(ProviderSettings {
        base_url: providers::openai_compatible::OPENROUTER_BASE_URL.to_owned(),
        ..settings()
    });
    let refused = prepared(&openrouter, None, "Hi").unwrap_err();
    assert_eq!(refused, ProviderError::MissingKey);
}

#[test]
fn a_private_server_is_asked_for_its_list_only_when_the_list_matters() {
    let refresh = |base_url: &str, text: &str| {
        let provider = Provider::OpenAiCompatible(ProviderSettings {
            base_url: base_url.to_owned(),
            ..settings()
        });
        prepared(&provider, None, text).unwrap().refresh
    };
    let long = "long ".repeat(10_000);
    assert_eq!(
        refresh("https://models.example/v1", "Hi"),
        Some(ListRefresh::Soon)
    );
    assert_eq!(refresh("http://localhost/v1", "Hi"), None);
    assert_eq!(
        refresh("http://localhost/v1", &long),
        Some(ListRefresh::Afterwards)
    );
    assert_eq!(prepared(&Provider::Demo, None, "Hi").unwrap().refresh, None);
}
