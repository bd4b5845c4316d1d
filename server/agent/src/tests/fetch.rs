//! Tools that take time: pages that are fetched, and instructions that an answer contains once.

use common::{
    frame::{ClientFrame, Outcome},
    id::RequestId,
    message::{Message, ToolState},
};
use serde_json::json;
use workspace::{Expect, FilePath};

use super::{
    eviction::run_tools,
    outcomes, state,
    steer::steer,
    submit,
    tools::{COALESCED, approve, call_states},
};
use crate::testing::World;

const QUESTION: &str = r#"call fetch_url {"url":"https://example.com/a"}"#;

fn fetching() -> (World, crate::ConnectionKey, RequestId) {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, QUESTION));
    world.settle();
    assert_eq!(call_states(&world), ["approval-requested"]);
    world.receive(tab);
    world.send(tab, &ClientFrame::ToolApproval(approve("r1-0", true)));
    world.pass(COALESCED);
    assert_eq!(world.running_tools(), 1);
    let request_id = world.growing_turn().expect("a turn runs");
    (world, tab, request_id)
}

#[test]
fn a_page_is_fetched_when_the_user_agrees() {
    let (mut world, _, _) = fetching();
    world.settle();
    assert_eq!(call_states(&world), ["output-available"]);
    assert!(world.lines()[1].contains("This is https://example.com/a"));
}

#[test]
fn an_invalid_address_needs_no_approval() {
    for url in [
        "example.com",
        "file:///etc/passwd",
        "https://me:pass@example.com/",
        "http://127.0.0.1/",
    ] {
        let mut world = World::new();
        let tab = world.connect();
        world.send(
            tab,
            &submit(1, &format!(r#"call fetch_url {{"url":"{url}"}}"#)),
        );
        world.settle();
        assert_eq!(call_states(&world), ["output-error"], "{url}");
        assert!(
            world.lines()[1].contains("The page was not fetched"),
            "{:?}",
            world.lines()
        );
    }
}

#[test]
fn a_stop_drops_the_page() {
    let (mut world, tab, request_id) = fetching();
    world.send(tab, &ClientFrame::ChatCancel(request_id));
    assert_eq!(world.running_tools(), 0);
    assert_eq!(call_states(&world), ["output-error"]);
    let ended = outcomes(&world.receive(tab));
    assert_eq!(ended.last().unwrap().1, Outcome::Aborted);
}

#[test]
fn a_message_that_steers_does_not_wait_for_the_page() {
    let (mut world, tab, _) = fetching();
    world.send(tab, &steer(2, "never mind"));
    assert_eq!(world.running_tools(), 0);
    world.settle();
    let lines = world.lines();
    assert!(!lines[1].contains("They said"), "{lines:?}");
    assert!(lines[3].contains("answer to never mind"), "{lines:?}");
    let transcript = world.transcript();
    let ToolState::OutputError { error_text, .. } = &transcript[1].calls().next().unwrap().state
    else {
        panic!("{transcript:?}")
    };
    assert!(error_text.contains("sent a message"), "{error_text}");
    let outcomes: Vec<Outcome> = outcomes(&world.receive(tab))
        .into_iter()
        .map(|(_, outcome)| outcome)
        .collect();
    assert_eq!(outcomes, [Outcome::Completed, Outcome::Completed]);
}

#[test]
fn a_message_that_only_waits_leaves_the_page_alone() {
    let (mut world, tab, _) = fetching();
    world.send(tab, &submit(2, "and then?"));
    assert_eq!(world.running_tools(), 1);
    world.settle();
    assert!(world.lines()[1].contains("This is https://example.com/a"));
}

#[test]
fn an_interrupted_fetch_is_reported_as_such() {
    let (undisturbed, effects) = run_tools("ask", QUESTION, None);
    assert!(undisturbed.lines()[1].contains("This is https://example.com/a"));
    let mut cut_off = 0;
    for stop_after in 0..effects {
        let (world, _) = run_tools("ask", QUESTION, Some(stop_after));
        let transcript = world.transcript();
        let calls: Vec<_> = transcript.iter().flat_map(Message::calls).collect();
        let [call] = calls[..] else {
            panic!("stopped after {stop_after} effects: {calls:?}")
        };
        match &call.state {
            ToolState::OutputAvailable { .. } => {}
            ToolState::OutputError {
                error_text, input, ..
            } if input.is_none() => {
                assert!(error_text.contains("cut off"), "{error_text}");
            }
            ToolState::OutputError { error_text, .. } => {
                assert!(
                    error_text.contains("Reading the page was interrupted"),
                    "{error_text}"
                );
                cut_off += 1;
            }
            other => panic!("stopped after {stop_after} effects: {other:?}"),
        }
        assert!(
            world.lines()[1].contains("They said"),
            "stopped after {stop_after} effects"
        );
    }
    assert!(cut_off > 0, "some stops are in the middle of it");
}

#[test]
fn nearby_instructions_are_added_once_per_answer() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &state(&json!({"mode": "auto-edit"})));
    for (path, text) in [("a/AGENTS.md", "Use tabs."), ("a/x", "x"), ("a/b/y", "y")] {
        let path = FilePath::parse(path).unwrap();
        let workspace = world.workspace();
        workspace
            .write(&path, text.as_bytes(), &Expect::Anything)
            .unwrap();
    }
    let reads = r#"call read {"path":"a/x"} & read {"path":"a/b/y"} then read {"path":"a/x"}"#;
    for (number, answer) in [(1, 1), (2, 3)] {
        world.send(tab, &submit(number, reads));
        world.settle();
        let transcript = world.transcript();
        let reported: Vec<bool> = transcript[answer]
            .calls()
            .map(|call| match &call.state {
                ToolState::OutputAvailable { output, .. } => {
                    output["instructions"]["text"] == "Use tabs."
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(reported, [true, false, false]);
    }
}
