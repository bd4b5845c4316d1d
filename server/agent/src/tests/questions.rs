//! Questions to the user: those of the model, and whether a turn is to go on.

use common::{
    frame::{ClientFrame, Outcome, ServerFrame},
    id::RequestId,
    message::{Message, ToolPart, ToolState},
};
use serde_json::{Value, json};
use tools::ask_user;

use super::{
    kinds, outcomes, submit,
    tools::{COALESCED, call_states, result},
};
use crate::{ConnectionKey, testing::World};

const QUESTION: &str = r#"call ask_user {"question":"Tabs?","options":["Yes","No"]}"#;

/// Calls whose inputs differ, a step each.
fn steps(count: usize) -> String {
    let calls = (0..count).map(|number| format!(r#"find {{"glob":"{number}"}}"#));
    format!("call {}", calls.collect::<Vec<_>>().join(" then "))
}

/// The same call, a step each.
fn circles(count: usize) -> String {
    format!("call {}", vec!["list {}"; count].join(" then "))
}

fn asked(world: &World) -> Option<ToolPart> {
    let transcript = world.transcript();
    let mut calls = transcript.iter().flat_map(Message::calls);
    calls
        .find(|call| {
            call.name == ask_user::NAME && matches!(call.state, ToolState::InputAvailable { .. })
        })
        .cloned()
}

fn answer(world: &mut World, tab: ConnectionKey, words: &str) {
    let call = asked(world).expect("something is asked");
    let answer = result(call.tool_call_id.as_str(), json!({"answer": words}));
    world.send(tab, &ClientFrame::ToolResult(answer));
    world.pass(COALESCED);
    world.settle();
}

fn talk(question: &str) -> (World, ConnectionKey) {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, question));
    world.settle();
    (world, tab)
}

fn run_status(world: &mut World) -> Value {
    let tab = world.connect();
    let frames = world.receive(tab);
    let state = frames.iter().find_map(|frame| match frame {
        ServerFrame::State(state) => Some(state["run"]["status"].clone()),
        _ => None,
    });
    state.unwrap()
}

#[test]
fn a_question_waits_and_its_answer_continues_the_turn() {
    let (mut world, tab) = talk(QUESTION);
    assert_eq!(call_states(&world), ["input-available"]);
    assert_eq!(outcomes(&world.receive(tab))[0].1, Outcome::Completed);
    assert_eq!(run_status(&mut world), "waiting");
    assert!(!world.has_alarm() || !world.has_model_call());
    world.hibernate();
    answer(&mut world, tab, "Neither");
    assert_eq!(
        world.lines()[1],
        r#"assistant: They said: {"answer":"Neither"}."#
    );
    assert_eq!(world.transcript().len(), 2);
    assert!(world.runs.is_empty(), "nobody runs it");
}

#[test]
fn an_invalid_question_is_an_error_for_the_model() {
    for (input, words) in [
        ("{}", "do not fit this tool"),
        (r#"{"question":""}"#, "1 to 2000 characters"),
        (
            r#"{"question":"a","options":["1","2","3","4","5","6","7"]}"#,
            "at most 6 options",
        ),
    ] {
        let (world, _) = talk(&format!("call ask_user {input}"));
        assert_eq!(call_states(&world), ["output-error"]);
        assert!(world.lines()[1].contains(words), "{:?}", world.lines());
    }
}

#[test]
fn a_new_message_leaves_the_question_unanswered() {
    let (mut world, tab) = talk(QUESTION);
    let call = asked(&world).unwrap();
    world.send(tab, &submit(2, "never mind"));
    world.settle();
    assert_eq!(run_status(&mut world), "idle");
    world.receive(tab);
    let late = result(call.tool_call_id.as_str(), json!({"answer": "Yes"}));
    world.send(tab, &ClientFrame::ToolResult(late));
    world.pass(COALESCED);
    assert_eq!(kinds(&world.receive(tab)), ["MessageUpdated"]);
    assert!(!world.has_model_call());
}

#[test]
fn a_question_that_is_stopped_or_cleared_is_over() {
    let (mut world, tab) = talk(QUESTION);
    world.send(tab, &ClientFrame::ChatClear);
    assert_eq!(run_status(&mut world), "idle");
    let mut world = World::new();
    let tab = world.connect();
    // A tool beside it runs still.
    world.send(tab, &submit(1, &format!("{QUESTION} & list {{}}")));
    while world.running_tools() == 0 {
        assert!(world.step_model());
    }
    world.send(tab, &ClientFrame::ChatCancel(RequestId::from("r1")));
    for call in world.transcript()[1].calls() {
        let ToolState::OutputError { error_text, .. } = &call.state else {
            panic!("{call:?}")
        };
        assert!(error_text.contains("stopped"), "{error_text}");
    }
}

#[test]
fn an_answer_may_come_while_other_tools_run() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, &format!("{QUESTION} & list {{}}")));
    while world.running_tools() == 0 {
        assert!(world.step_model());
    }
    world.send(
        tab,
        &ClientFrame::ToolResult(result("r1-0", json!({"answer": "Yes"}))),
    );
    world.settle();
    assert_eq!(
        call_states(&world),
        ["output-available", "output-available"]
    );
    assert_eq!(outcomes(&world.receive(tab)).len(), 1);
    assert!(world.lines()[1].contains(r#"They said: {"answer":"Yes"}, "#));
}

#[test]
fn after_fifty_steps_the_turn_ends_with_a_question() {
    let (mut world, tab) = talk(&steps(60));
    let ended = outcomes(&world.receive(tab));
    assert_eq!(ended[0].1, Outcome::Completed);
    assert_eq!(call_states(&world).len(), 51);
    let question = asked(&world).unwrap();
    let input = question.state.input().unwrap();
    assert_eq!(input["question"], "I have taken 50 steps. Continue?");
    assert_eq!(input["options"], json!(["Continue", "Stop"]));
    answer(&mut world, tab, "Continue");
    assert!(world.lines()[1].contains("They said"), "it went on");
    assert_eq!(world.transcript().len(), 2);
    assert_eq!(run_status(&mut world), "idle");
}

#[test]
fn stop_ends_it_without_another_word() {
    let (mut world, tab) = talk(&circles(9));
    assert_eq!(call_states(&world).len(), 6, "five calls and the question");
    let calls = world.done.len();
    answer(&mut world, tab, "Stop");
    let asks_model = |effect: &crate::Effect| matches!(effect, crate::Effect::CallModel(_));
    assert!(!world.done[calls..].iter().any(asks_model));
    assert_eq!(run_status(&mut world), "idle");
    world.send(tab, &submit(2, "hello"));
    world.settle();
    assert!(world.lines()[3].contains("answer to hello"));
}

/// Answers what is asked until nothing moves.
fn run(question: &str, words: &str, stop_after: Option<usize>) -> (World, usize) {
    let mut world = World::new();
    if let Some(effects) = stop_after {
        world.stop_after(effects);
    }
    let mut tab = world.connect();
    world.send(tab, &submit(1, question));
    for _ in 0..1_000 {
        if world.take_stopped() || !world.is_connected(tab) {
            tab = world.connect();
            world.send(tab, &submit(1, question));
        } else if let Some(call) = asked(&world) {
            let answer = result(call.tool_call_id.as_str(), json!({"answer": words}));
            world.send(tab, &ClientFrame::ToolResult(answer));
        } else if !world.step_model() {
            world.pass(std::time::Duration::from_secs(1));
            if !world.has_model_call() && world.running_tools() == 0 && !world.take_stopped() {
                break;
            }
        }
    }
    let effects = world.done.len();
    (world, effects)
}

#[test]
fn stopped_after_every_effect_a_question_is_asked_once_and_its_answer_counts() {
    for (question, calls) in [(QUESTION.to_owned(), 1), (circles(6), 6)] {
        for words in ["Continue", "Stop"] {
            let (undisturbed, effects) = run(&question, words, None);
            assert_eq!(call_states(&undisturbed).len(), calls);
            let is_over = words == "Stop" && calls == 6;
            for stop_after in 0..effects {
                let (mut world, _) = run(&question, words, Some(stop_after));
                let transcript = world.transcript();
                assert_eq!(transcript.len(), 2, "stopped after {stop_after} effects");
                let questions = transcript[1]
                    .calls()
                    .filter(|call| call.name == ask_user::NAME);
                let outputs: Vec<String> = questions
                    .filter_map(|call| match &call.state {
                        ToolState::OutputAvailable { output, .. } => {
                            Some(output["answer"].to_string())
                        }
                        // The model was cut off while it wrote the question.
                        ToolState::OutputError { input: None, .. } => None,
                        other => panic!("stopped after {stop_after} effects: {other:?}"),
                    })
                    .collect();
                let has_failed = transcript[1]
                    .calls()
                    .any(|call| matches!(call.state, ToolState::OutputError { .. }));
                if !has_failed {
                    assert_eq!(
                        outputs,
                        [format!("\"{words}\"")],
                        "stopped after {stop_after} effects"
                    );
                    let went_on = world.lines()[1].contains("They said");
                    assert_eq!(went_on, !is_over, "stopped after {stop_after} effects");
                }
                assert_eq!(
                    run_status(&mut world),
                    "idle",
                    "stopped after {stop_after} effects"
                );
            }
        }
    }
}
