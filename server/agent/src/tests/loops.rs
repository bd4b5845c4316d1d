//! Steps that go wrong: input that cannot be read, ids that stand for two calls, a store that fails, interruptions
//! between two of their parts.

use common::{
    frame::{ClientFrame, Outcome},
    id::RequestId,
    message::ToolState,
};
use providers::{FinishReason, ProviderEvent};
use serde_json::json;

use super::{
    outcomes, submit,
    tools::{COALESCED, approve, call_states},
};
use crate::{ConnectionKey, Effect, Input, ModelProgress, testing::World};

/// The model that is running says this, and ends.
fn say(world: &mut World, events: Vec<ProviderEvent>, reason: FinishReason) {
    let call = world.model_call().expect("the model was called");
    let finished = ModelProgress::Events(vec![ProviderEvent::Finished(reason)]);
    for progress in [
        ModelProgress::Events(events),
        finished,
        ModelProgress::Ended,
    ] {
        world.input(Input::Provider { call, progress });
    }
}

fn call(index: usize, id: &str, name: &str, arguments: &str) -> [ProviderEvent; 2] {
    [
        ProviderEvent::ToolCallStart {
            index,
            id: id.to_owned(),
            name: name.to_owned(),
        },
        ProviderEvent::ToolCallDelta {
            index,
            arguments: arguments.to_owned(),
        },
    ]
}

fn asked() -> (World, ConnectionKey) {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    (world, tab)
}

fn ids(world: &World) -> Vec<String> {
    let transcript = world.transcript();
    let calls = transcript.iter().flat_map(common::message::Message::calls);
    calls.map(|call| call.tool_call_id.to_string()).collect()
}

fn errors(world: &World) -> Vec<String> {
    let transcript = world.transcript();
    let calls = transcript.last().unwrap().calls();
    calls
        .map(|call| match &call.state {
            ToolState::OutputError { error_text, .. } => error_text.clone(),
            other => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn calls_with_one_id_are_kept_apart_in_a_step_in_two_steps_and_in_two_turns() {
    let (mut world, tab) = asked();
    let list = |index| call(index, "c", "list", "{}");
    for _ in 0..2 {
        let events = [list(0), list(1)].concat();
        say(&mut world, events, FinishReason::ToolCalls);
        while world.step_tool() {}
    }
    let done = || vec![ProviderEvent::TextDelta("Done.".to_owned())];
    say(&mut world, done(), FinishReason::Stop);
    world.hibernate();
    world.send(tab, &submit(2, "two"));
    say(&mut world, list(0).to_vec(), FinishReason::ToolCalls);
    while world.step_tool() {}
    say(&mut world, done(), FinishReason::Stop);
    assert_eq!(ids(&world), ["c", "c-2", "c-3", "c-4", "c-5"]);
    assert!(
        world.runs.values().all(|runs| *runs == 1),
        "{:?}",
        world.runs
    );
    assert_eq!(world.runs.len(), 5);
}

#[test]
fn invalid_input_is_an_error_for_the_model_and_needs_no_approval() {
    let huge = format!(r#"{{"path":"a","text":"{}"}}"#, "x".repeat(10_000_000));
    let inputs = [
        (r#"{"path":"#, "The arguments are not JSON"),
        (r#"{"path":["a"],"text":"a"}"#, "`path` is an array"),
        ("[]", "`path` is missing"),
        ("null", "`path` is missing"),
        ("[1]", "an array of 1 and not an object"),
        (r#"{"path":"a","text":"b","mode":1}"#, "no field `mode`"),
        (&huge, "do it in several calls"),
    ];
    for (arguments, words) in inputs {
        let (mut world, _) = asked();
        let events = call(0, "c", "write", arguments).to_vec();
        say(&mut world, events, FinishReason::ToolCalls);
        while world.step_tool() {}
        assert!(world.model_call().is_some(), "the model continues");
        say(&mut world, Vec::new(), FinishReason::Stop);
        assert_eq!(call_states(&world), ["output-error"]);
        assert!(errors(&world)[0].contains(words), "{:?}", errors(&world));
        let stored = serde_json::to_string(&world.transcript()).unwrap();
        assert!(stored.len() < 100_000, "{}", stored.len());
    }
}

#[test]
fn calls_after_a_cancel_are_dropped() {
    let (mut world, tab) = asked();
    let run = world.model_call().unwrap();
    world.send(tab, &ClientFrame::ChatCancel(RequestId::from("r1")));
    let before = world.done.len();
    for progress in [
        ModelProgress::Events(call(0, "c", "list", "{}").to_vec()),
        ModelProgress::Ended,
    ] {
        world.input(Input::Provider {
            call: run,
            progress,
        });
    }
    assert_eq!(world.done.len(), before);
    assert_eq!(world.running_tools(), 0);
}

#[test]
fn a_broken_store_ends_the_turn_and_is_not_the_models_fault() {
    let (mut world, tab) = asked();
    world.drop_files_table();
    let events = [call(0, "a", "list", "{}"), call(1, "b", "list", "{}")].concat();
    say(&mut world, events, FinishReason::ToolCalls);
    while world.step_tool() {}
    let ended = outcomes(&world.receive(tab));
    let [(_, Outcome::Error(Some(words)))] = &ended[..] else {
        panic!("{ended:?}")
    };
    assert!(words.contains("Please try again"), "{words}");
    assert!(
        !words.contains("SQL") && !words.contains("entries"),
        "{words}"
    );
    assert!(world.model_call().is_none());
    for error in errors(&world) {
        assert!(error.starts_with("The turn failed"), "{error}");
    }
    let logged = |effect: &Effect| matches!(effect, Effect::Log(line) if line.contains("entries"));
    assert!(world.done.iter().any(logged), "the cause is in the log");
}

/// A call that is asked about, evicted after each effect.
#[test]
fn a_call_that_was_not_asked_about_yet_was_not_run_either() {
    let mut repaired = 0;
    for stop_after in 0..200 {
        let mut world = World::new();
        let tab = world.connect();
        world.stop_after(stop_after);
        world.send(tab, &submit(1, r#"call write {"path":"a","text":"one"}"#));
        world.settle();
        if !world.take_stopped() {
            assert!(repaired > 0, "some stops are behind the input");
            return;
        }
        let tab = world.connect();
        world.send(tab, &submit(1, r#"call write {"path":"a","text":"one"}"#));
        world.settle();
        let states = call_states(&world);
        assert!(
            states == ["approval-requested"] || errors(&world)[0].contains("input was cut off"),
            "stopped after {stop_after} effects: {:?}",
            errors(&world)
        );
        repaired += usize::from(states == ["approval-requested"]);
        if states == ["approval-requested"] {
            let id = ids(&world).remove(0);
            world.send(tab, &ClientFrame::ToolApproval(approve(&id, false)));
            assert_eq!(call_states(&world), ["output-denied"]);
        }
    }
    panic!("the turn does not come to an end");
}

#[test]
fn unknown_tools_are_an_error_for_the_model() {
    let (mut world, _) = asked();
    let events = [
        call(0, "a", "nope", "{}"),
        call(1, "b", "", "{}"),
        call(2, "c", &"x".repeat(80), "{}"),
    ]
    .concat();
    say(&mut world, events, FinishReason::ToolCalls);
    say(&mut world, Vec::new(), FinishReason::Stop);
    for error in errors(&world) {
        assert!(error.starts_with("There is no tool"), "{error}");
        assert!(error.contains("The tools are: `list`, `read`"), "{error}");
    }
    assert_eq!(errors(&world).len(), 3);
}

#[test]
fn a_tool_is_called_under_the_name_that_models_write_for_it() {
    let (mut world, _) = asked();
    let written = [
        "functions.list",
        "list<|channel|>commentary",
        " list",
        "LIST",
    ];
    let events: Vec<ProviderEvent> = (0..)
        .zip(written)
        .flat_map(|(index, name)| call(index, &format!("c{index}"), name, "null"))
        .collect();
    say(&mut world, events, FinishReason::ToolCalls);
    while world.step_tool() {}
    say(&mut world, Vec::new(), FinishReason::Stop);
    assert_eq!(call_states(&world), ["output-available"; 4]);
    let transcript = world.transcript();
    assert!(transcript[1].calls().all(|call| call.name == "list"));
}

#[test]
fn the_input_is_what_the_tool_takes_wherever_it_is_seen() {
    let (mut world, tab) = asked();
    let written = json!(json!({"Path": "a", "text": 1, "hash": null}).to_string()).to_string();
    let events = call(0, "c", "write", &written).to_vec();
    say(&mut world, events, FinishReason::ToolCalls);
    while world.step_tool() {}
    assert_eq!(call_states(&world), ["approval-requested"]);
    let input = json!({"path": "a", "text": "1"});
    let shown = |world: &World| {
        let transcript = world.transcript();
        let call = transcript[1].calls().next().unwrap();
        call.state.input().cloned()
    };
    assert_eq!(shown(&world), Some(input.clone()));
    world.hibernate();
    world.send(tab, &ClientFrame::ToolApproval(approve("c", true)));
    world.pass(COALESCED);
    world.settle();
    assert_eq!(call_states(&world), ["output-available"]);
    assert_eq!(shown(&world), Some(input));
}

#[test]
fn a_call_cut_off_by_the_output_limit_is_reported_as_such() {
    let (mut world, _) = asked();
    let events = call(0, "c", "write", r#"{"path":"a","text":"some"#).to_vec();
    say(&mut world, events, FinishReason::Length);
    assert!(world.model_call().is_some(), "the model continues");
    say(&mut world, Vec::new(), FinishReason::Stop);
    assert!(errors(&world)[0].contains("reached its limit of output"));
}
