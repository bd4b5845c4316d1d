//! What becomes of a submission while another turn runs or waits.

use std::time::Duration;

use common::frame::{ClientFrame, Outcome, ServerFrame, Trigger};

use super::{kinds, outcomes, request, submit};
use crate::{AgentOptions, Concurrency, ConnectionKey, testing::World};

/// A world in this mode, with the first of `count` submissions running.
fn overlapping(concurrency: Concurrency, count: u32) -> (World, ConnectionKey) {
    let mut world = World::with(AgentOptions {
        concurrency,
        ..AgentOptions::default()
    });
    let tab = world.connect();
    world.send(tab, &submit(1, "first"));
    world.step_model();
    for number in 2..=count {
        world.send(tab, &submit(number, &format!("text {number}")));
    }
    (world, tab)
}

fn ended(world: &mut World, tab: ConnectionKey) -> Vec<(String, Outcome)> {
    outcomes(&world.receive(tab))
}

fn pair(id: &str, outcome: Outcome) -> (String, Outcome) {
    (id.to_owned(), outcome)
}

/// The beginnings of the transcript's lines.
fn questions(world: &World) -> Vec<String> {
    let lines = world.lines();
    let asked = lines.iter().filter_map(|line| line.strip_prefix("user: "));
    asked.map(str::to_owned).collect()
}

#[test]
fn latest_runs_the_newest_and_keeps_every_message() {
    let (mut world, tab) = overlapping(Concurrency::Latest, 4);
    world.settle();
    let expected = [
        pair("r2", Outcome::Skipped),
        pair("r3", Outcome::Skipped),
        pair("r1", Outcome::Completed),
        pair("r4", Outcome::Completed),
    ];
    assert_eq!(ended(&mut world, tab), expected);
    assert_eq!(questions(&world), ["first", "text 2", "text 3", "text 4"]);
    assert_eq!(world.transcript().len(), 6);
}

#[test]
fn drop_gives_the_sender_back_what_there_is() {
    let (mut world, tab) = overlapping(Concurrency::Drop, 1);
    let other = world.connect();
    world.send(other, &ClientFrame::ResumeAck("r1".into()));
    world.receive(other);
    world.receive(tab);
    world.send(tab, &submit(2, "text 2"));
    let frames = world.receive(tab);
    assert_eq!(kinds(&frames), ["ChatMessages", "done"]);
    let ServerFrame::ChatMessages { messages, .. } = &frames[0] else {
        panic!()
    };
    assert_eq!(messages.len(), 2, "with what is being written");
    assert!(messages[1].plain_text().starts_with("word1"));
    assert_eq!(outcomes(&frames), [pair("r2", Outcome::Skipped)]);
    assert_eq!(world.receive(other), []);
    world.settle();
    assert_eq!(questions(&world), ["first"]);
}

#[test]
fn merge_makes_one_message_of_those_that_wait() {
    let (mut world, tab) = overlapping(Concurrency::Merge, 3);
    world.settle();
    assert_eq!(questions(&world), ["first", "text 2\n\ntext 3"]);
    assert_eq!(world.transcript().len(), 4);
    let expected = [
        pair("r2", Outcome::Skipped),
        pair("r1", Outcome::Completed),
        pair("r3", Outcome::Completed),
    ];
    assert_eq!(ended(&mut world, tab), expected);
    assert_eq!(world.transcript()[2].id.as_str(), "m3");
}

#[test]
fn messages_that_were_answered_are_not_merged() {
    let (mut world, tab) = overlapping(Concurrency::Merge, 2);
    world.settle();
    world.send(tab, &submit(3, "text 3"));
    world.settle();
    assert_eq!(questions(&world), ["first", "text 2", "text 3"]);
}

#[test]
fn debounce_waits_for_quiet() {
    let quiet = Duration::from_millis(750);
    let (mut world, tab) = overlapping(Concurrency::Debounce(quiet), 2);
    world.settle();
    world.receive(tab);
    world.send(tab, &submit(3, "text 3"));
    world.pass(Duration::from_millis(500));
    assert!(!world.has_model_call());
    world.hibernate();
    assert!(world.has_alarm(), "an evicted agent is woken");
    world.pass(Duration::from_millis(300));
    assert!(world.has_model_call());
    world.settle();
    assert_eq!(
        ended(&mut world, tab),
        [pair("r2", Outcome::Skipped), pair("r3", Outcome::Completed)]
    );
}

#[test]
fn asking_once_more_always_queues() {
    let (mut world, tab) = overlapping(Concurrency::Drop, 1);
    let question = world.transcript()[0].clone();
    world.receive(tab);
    world.send(tab, &request("again", Trigger::Regenerate, vec![question]));
    world.settle();
    let ended = ended(&mut world, tab);
    assert_eq!(ended.last(), Some(&pair("again", Outcome::Completed)));
    assert_eq!(world.transcript().len(), 2);
}

#[test]
fn a_submission_after_a_clear_overlaps_with_nothing() {
    let (mut world, tab) = overlapping(Concurrency::Drop, 1);
    world.send(tab, &ClientFrame::ChatClear);
    world.receive(tab);
    world.send(tab, &submit(2, "text 2"));
    world.settle();
    assert_eq!(ended(&mut world, tab), [pair("r2", Outcome::Completed)]);
    assert_eq!(questions(&world), ["text 2"]);
}
