//! Messages that are to be heard at the next boundary of the running turn.

use common::frame::{ClientFrame, Outcome};
use serde_json::Value;

use super::{outcomes, submit};
use crate::testing::World;

const TWO_STEPS: &str =
    r#"call rename_conversation {"title":"A"} then rename_conversation {"title":"B"}"#;

pub(super) fn steer(number: u32, text: &str) -> ClientFrame {
    let mut frame = submit(number, text);
    if let ClientFrame::ChatRequest(request) = &mut frame {
        request.body.insert("steer".to_owned(), Value::Bool(true));
    }
    frame
}

#[test]
fn a_turn_ends_between_two_steps_for_a_message_that_steers() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, TWO_STEPS));
    world.step_model();
    world.send(tab, &steer(2, "Not B!"));
    world.settle();
    let lines = world.lines();
    assert_eq!(
        world.runs.values().copied().collect::<Vec<_>>(),
        [1],
        "{lines:?}"
    );
    assert!(!lines[1].contains("They said"), "{lines:?}");
    assert_eq!(lines[2], "user: Not B!");
    assert!(lines[3].contains("answer to Not B!"), "{lines:?}");
    let frames = world.receive(tab);
    assert_eq!(
        outcomes(&frames),
        [
            ("r1".to_owned(), Outcome::Completed),
            ("r2".to_owned(), Outcome::Completed)
        ]
    );
}

#[test]
fn it_neither_overtakes_nor_cuts_off_words() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.step_model();
    world.send(tab, &submit(2, "two"));
    world.send(tab, &steer(3, "three"));
    world.settle();
    let lines = world.lines();
    let questions: Vec<&str> = lines.iter().step_by(2).map(String::as_str).collect();
    assert_eq!(questions, ["user: one", "user: two", "user: three"]);
    assert!(lines[1].contains("word6"), "{lines:?}");
}

#[test]
fn it_steers_after_an_eviction_too() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, TWO_STEPS));
    world.step_model();
    world.send(tab, &steer(2, "Not B!"));
    world.stop();
    world.connect();
    world.settle();
    let lines = world.lines();
    assert!(!lines[1].contains("They said"), "{lines:?}");
    assert_eq!(lines[2], "user: Not B!");
    assert_eq!(lines.len(), 4, "{lines:?}");
}
