//! Model calls that fail, are slow, or bring the vendor's own data.

use std::time::Duration;

use common::{
    frame::{ClientFrame, Outcome, ServerFrame},
    message::Part,
    state::{Activity, Retry, RunStatus, RunSummary},
    vendor_data::{CallVendorData, MessageVendorData, VendorData},
};
use providers::{FinishReason, ProviderError, ProviderEvent, VendorMessage};
use serde_json::{Map, Value, json};
use store::Extent;

use super::{outcomes, submit};
use crate::{
    AgentOptions, ConnectionKey, ModelOptions, ModelProgress,
    testing::{ScriptedModel, World},
};

fn options(retries: u32, fallbacks: &[&str]) -> AgentOptions {
    AgentOptions {
        model: ModelOptions {
            default: "first/model".to_owned(),
            fallbacks: fallbacks.iter().map(|name| (*name).to_owned()).collect(),
            retries,
            ..ModelOptions::default()
        },
        ..AgentOptions::default()
    }
}

fn asked(options: AgentOptions) -> (World, ConnectionKey) {
    let mut world = World::with(options);
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    (world, tab)
}

fn overloaded() -> ProviderError {
    ProviderError::Upstream {
        status: 529,
        retry_after: None,
        message: VendorMessage::new("overloaded", None),
    }
}

fn text(words: &str) -> ModelProgress {
    ModelProgress::Events(vec![ProviderEvent::TextDelta(words.to_owned())])
}

/// The last run summary that a connection was sent.
fn run(frames: &[ServerFrame]) -> RunSummary {
    let state = frames.iter().rev().find_map(|frame| match frame {
        ServerFrame::State(state) => Some(state),
        _ => None,
    });
    RunSummary::from_json(&state.expect("a state")["run"]).expect("a run summary")
}

fn activity(frames: &[ServerFrame]) -> Activity {
    match run(frames).status {
        RunStatus::Running { activity, .. } => activity,
        other => panic!("{other:?}"),
    }
}

fn error_of(frames: &[ServerFrame]) -> String {
    match &outcomes(frames)[..] {
        [(_, Outcome::Error(Some(text)))] => text.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_refused_call_is_made_again_when_the_provider_says_and_clients_see_it() {
    let (mut world, tab) = asked(options(2, &[]));
    let since = world.now;
    assert_eq!(
        activity(&world.receive(tab)),
        Activity::Model {
            model: "first/model".to_owned(),
            since
        }
    );
    world.fail_model_with(ProviderError::RateLimited {
        retry_after: Some(Duration::from_secs(7)),
        message: VendorMessage::default(),
    });
    let at = world.now + Duration::from_secs(7);
    let Activity::Retry(Retry {
        at: reported,
        reason,
        attempt,
        attempts,
    }) = activity(&world.receive(tab))
    else {
        panic!("no retry")
    };
    assert_eq!((reported, attempt, attempts), (at, 2, 3));
    assert!(reason.contains("429"), "{reason}");
    world.pass(Duration::from_millis(6_999));
    assert!(!world.has_model_call());
    world.pass(Duration::from_millis(1));
    assert!(world.has_model_call());
    world.settle();
    assert_eq!(
        world.lines()[1],
        format!("assistant: {}", ScriptedModel::answer_to("one"))
    );
    assert_eq!(outcomes(&world.receive(tab)).len(), 1);
}

#[test]
fn a_call_that_keeps_failing_is_given_up_after_the_set_number() {
    let (mut world, tab) = asked(options(2, &[]));
    for _ in 0..2 {
        world.fail_model_with(overloaded());
        assert!(!world.has_model_call());
        world.pass(Duration::from_secs(60));
        assert!(world.has_model_call());
    }
    world.fail_model_with(overloaded());
    assert!(error_of(&world.receive(tab)).contains("529"));
    let failure = run(&{
        let late = world.connect();
        world.receive(late)
    });
    assert_eq!(failure.failure.unwrap().code, "upstream");
}

#[test]
fn after_a_token_was_shown_a_call_is_not_made_again() {
    let (mut world, tab) = asked(options(2, &["second/model"]));
    world.model_says(text("Well"));
    world.fail_model_with(ProviderError::Dropped);
    assert!(!world.has_model_call());
    assert!(error_of(&world.receive(tab)).contains("middle of the answer"));
    assert_eq!(world.lines()[1], "assistant: Well");
}

#[test]
fn a_stop_ends_the_wait_for_the_next_try() {
    let (mut world, tab) = asked(options(2, &[]));
    world.fail_model_with(overloaded());
    world.send(tab, &ClientFrame::ChatCancel("r1".into()));
    world.pass(Duration::from_secs(120));
    assert!(!world.has_model_call());
    assert_eq!(outcomes(&world.receive(tab))[0].1, Outcome::Aborted);
}

#[test]
fn an_eviction_does_not_shorten_the_wait_and_does_not_forget_it() {
    let (mut world, tab) = asked(options(3, &[]));
    let wait = Duration::from_secs(30);
    world.fail_model_with(ProviderError::RateLimited {
        retry_after: Some(wait),
        message: VendorMessage::default(),
    });
    world.pass(Duration::from_secs(5));
    world.hibernate();
    world.pass(Duration::from_secs(20));
    assert!(!world.has_model_call(), "it is not due");
    world.pass(Duration::from_secs(10));
    assert!(world.has_model_call());
    world.settle();
    assert_eq!(
        world.lines()[1],
        format!("assistant: {}", ScriptedModel::answer_to("one"))
    );
    assert_eq!(outcomes(&world.receive(tab)).len(), 1);
}

#[test]
fn a_model_that_is_gone_or_overloaded_is_replaced_for_the_rest_of_the_turn() {
    let (mut world, tab) = asked(options(0, &["second/model"]));
    world.fail_model_with(ProviderError::ModelNotFound {
        model: "first/model".to_owned(),
        message: VendorMessage::default(),
    });
    assert_eq!(world.last_model_call().model, "second/model");
    assert!(
        matches!(activity(&world.receive(tab)), Activity::Model { model, .. } if model == "second/model")
    );
    world.settle();
    world.send(tab, &submit(2, "two"));
    assert_eq!(
        world.last_model_call().model,
        "first/model",
        "the next turn asks anew"
    );
}

#[test]
fn a_conversation_that_is_too_long_is_shortened_and_asked_once_more() {
    let (mut world, tab) = asked(options(2, &[]));
    let too_long = || ProviderError::ContextTooLong {
        limit: Some(8_192),
        message: VendorMessage::default(),
    };
    world.fail_model_with(too_long());
    let extent = Extent::Shortened { limit: Some(8_192) };
    assert_eq!(world.last_model_call().extent, extent);
    world.fail_model_with(too_long());
    assert!(error_of(&world.receive(tab)).contains("8192 tokens"));
}

#[test]
fn the_three_waits_have_their_own_deadlines() {
    let seconds = Duration::from_secs;
    let model = ModelOptions {
        first_token: seconds(50),
        pause: seconds(20),
        whole_call: seconds(300),
        retries: 0,
        ..ModelOptions::default()
    };
    let patient = || AgentOptions {
        model: model.clone(),
        ..AgentOptions::default()
    };
    let life = || ModelProgress::Events(Vec::new());

    let (mut world, tab) = asked(patient());
    world.pass(seconds(40));
    world.model_says(life());
    world.pass(seconds(40));
    assert!(world.has_model_call(), "a sign of life keeps the call");
    world.pass(seconds(10));
    assert!(error_of(&world.receive(tab)).contains("begin to answer within 50 seconds"));

    let (mut world, tab) = asked(patient());
    world.model_says(text("Well"));
    world.pass(seconds(19));
    assert!(world.has_model_call());
    world.pass(seconds(1));
    assert!(error_of(&world.receive(tab)).contains("nothing for 20 seconds"));

    let (mut world, tab) = asked(patient());
    for _ in 0..30 {
        world.model_says(text("on "));
        world.pass(seconds(10));
    }
    assert!(error_of(&world.receive(tab)).contains("after 300 seconds"));
}

#[test]
fn the_vendors_data_is_carried_by_the_calls_and_survives_a_restart() {
    let (mut world, _) = asked(options(0, &[]));
    let fields = |value: Value| Map::from_iter([("extra".to_owned(), value)]);
    let call = |index, id: &str| ProviderEvent::ToolCallStart {
        index,
        id: id.to_owned(),
        name: "list".to_owned(),
    };
    let of_call = |id: &str, fields| CallVendorData {
        id: Some(id.to_owned()),
        fields,
        ..CallVendorData::default()
    };
    let message = MessageVendorData {
        reasoning: Some("reasoning_content".to_owned()),
        fields: fields(json!("message")),
    };
    let signed = of_call("c", fields(json!("call")));
    let plain = of_call("c", Map::new());
    world.model_says(ModelProgress::Events(vec![
        ProviderEvent::ReasoningDelta("Hm.".to_owned()),
        call(0, "c"),
        call(1, "c"),
        ProviderEvent::VendorData {
            message: message.clone(),
            calls: vec![(0, signed.clone()), (1, plain.clone())],
        },
        ProviderEvent::Finished(FinishReason::ToolCalls),
    ]));
    world.model_says(ModelProgress::Ended);
    world.hibernate();
    world.pass(Duration::from_secs(20));
    let growing = world.growing().expect("the turn continues");
    let data: Vec<VendorData> = growing
        .calls()
        .filter_map(|call| VendorData::from_metadata(call.details.call_provider_metadata.as_ref()))
        .collect();
    let model = "first/model".to_owned();
    assert_eq!(
        data,
        [
            VendorData {
                model: model.clone(),
                call: signed,
                message
            },
            VendorData {
                model,
                call: plain,
                message: MessageVendorData::default()
            },
        ]
    );
}

#[test]
fn without_calls_the_last_part_carries_the_vendors_data() {
    let message = || MessageVendorData {
        reasoning: None,
        fields: Map::from_iter([("sealed".to_owned(), json!("x"))]),
    };
    let data = || ProviderEvent::VendorData {
        message: message(),
        calls: Vec::new(),
    };
    let carried = |events: Vec<ProviderEvent>| {
        let (mut world, _) = asked(options(0, &[]));
        world.model_says(ModelProgress::Events(events));
        world.model_says(ModelProgress::Ended);
        let transcript = world.transcript();
        let parts = &transcript[1].parts;
        let carried = parts.iter().find_map(|part| {
            let metadata = match part {
                Part::Text(part) => &part.provider_metadata,
                Part::Reasoning(part) => &part.provider_metadata,
                _ => &None,
            };
            VendorData::from_metadata(metadata.as_ref())
        });
        (carried.expect("carried").message, parts.len())
    };
    let said = ProviderEvent::TextDelta("Yes.".to_owned());
    assert_eq!(carried(vec![said, data()]), (message(), 2));
    assert_eq!(carried(vec![data()]), (message(), 2));
}

#[test]
fn a_notice_is_shown_once_beside_the_answer() {
    let (mut world, _) = asked(options(0, &[]));
    let notice = || ModelProgress::Notice("The picture was left out.".to_owned());
    world.model_says(notice());
    world.model_says(notice());
    world.settle();
    let transcript = world.transcript();
    let notices = transcript[1]
        .parts
        .iter()
        .filter(|part| matches!(part, Part::Data(part) if part.name == "notice"));
    assert_eq!(notices.count(), 1);
    assert_eq!(
        world.lines()[1],
        format!("assistant: {}", ScriptedModel::answer_to("one"))
    );
}

#[test]
fn an_answer_that_was_whole_when_it_was_cut_off_has_no_rest() {
    let (mut world, tab) = asked(options(0, &[]));
    world.outside.model.is_strict = false;
    world.model_says(text("All of it."));
    world.hibernate();
    world.pass(Duration::from_secs(20));
    assert!(world.has_model_call(), "nobody knows that it is whole");
    world.fail_model_with(ProviderError::Empty);
    assert_eq!(world.lines()[1], "assistant: All of it.");
    assert_eq!(outcomes(&world.receive(tab))[0].1, Outcome::Completed);
}

#[test]
fn an_answer_that_did_not_come_to_its_own_end_says_so() {
    for (reason, warns) in [
        (FinishReason::Stop, false),
        (FinishReason::Length, true),
        (FinishReason::ContentFilter, true),
    ] {
        let (mut world, _) = asked(options(0, &[]));
        world.model_says(text("Once upon a"));
        world.model_says(ModelProgress::Events(vec![ProviderEvent::Finished(
            reason.clone(),
        )]));
        world.model_says(ModelProgress::Ended);
        let transcript = world.transcript();
        let is_notice = |part: &Part| matches!(part, Part::Data(part) if part.name == "notice");
        let at = transcript[1].parts.iter().position(is_notice);
        let said = transcript[1]
            .parts
            .iter()
            .position(|part| matches!(part, Part::Text(_)));
        assert_eq!(at.is_some(), warns, "{reason:?}");
        assert!(
            at.is_none_or(|at| said.is_some_and(|said| said < at)),
            "behind the words"
        );
        assert_eq!(
            transcript[1].metadata.clone().unwrap()["finishReason"],
            reason.as_str()
        );
    }
}
