//! Clients that were offered a stream and have not answered, at the points of a turn and behind it.

use std::time::Duration;

use common::{
    frame::{ClientFrame, Delivered, Outcome, ServerFrame, Trigger},
    id::{ProbeId, RequestId},
    message::Role,
};

use super::{kinds, outcomes, request, responses, seqs, submit};
use crate::{
    ConnectionKey, ConnectionPolicy, HEARTBEAT_INTERVAL,
    testing::{Official, Shown, World},
};

/// Longer than the agent waits for an answer.
const LATE: Duration = Duration::from_secs(31);

fn probe() -> ClientFrame {
    ClientFrame::ResumeRequest(Some(ProbeId::from("p")))
}

fn ack(id: &str) -> ClientFrame {
    ClientFrame::ResumeAck(RequestId::from(id))
}

/// A world in which a client has asked, and asked at once what to resume. `said`: how often the model went on.
fn asked_at_once(text: &str, said: usize) -> (World, ConnectionKey) {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &submit(1, text));
    world.send(tab, &probe());
    for _ in 0..said {
        world.step_model();
    }
    (world, tab)
}

/// The chunks of one turn among these frames, and how it ended.
fn reported(frames: &[ServerFrame], id: &str) -> (Vec<u64>, Vec<Outcome>) {
    let of: Vec<ServerFrame> = frames
        .iter()
        .filter(|frame| matches!(frame, ServerFrame::ChatResponse(of) if of.id.as_str() == id))
        .cloned()
        .collect();
    let ends = outcomes(&of).into_iter().map(|(_, outcome)| outcome);
    (seqs(&of), ends.collect())
}

/// The turn was sent whole, and once.
fn assert_whole(frames: &[ServerFrame], id: &str) {
    let (seqs, ends) = reported(frames, id);
    assert!(seqs.len() > 3, "{id}: {seqs:?}");
    assert_eq!(seqs, (0..seqs.len() as u64).collect::<Vec<_>>(), "{id}");
    assert_eq!(ends, [Outcome::Completed], "{id}");
}

#[test]
fn an_early_probe_is_answered_when_the_client_acks_after_the_end() {
    for said in [0, 1, 2] {
        for hibernates in [false, true] {
            let (mut world, tab) = asked_at_once("hello", said);
            let before = world.receive(tab);
            world.settle();
            let frames = world.receive(tab);
            assert!(!kinds(&frames).contains(&"done".to_owned()), "it is silent");
            let offers = [before, frames].concat();
            assert!(kinds(&offers).contains(&"StreamResuming".to_owned()));
            if hibernates {
                world.hibernate();
            }
            world.send(tab, &ack("r1"));
            let frames = world.receive(tab);
            assert_whole(&frames, "r1");
            let replayed =
                |response: &&common::frame::ChatResponse| response.delivered == Delivered::Replay;
            assert!(responses(&frames).iter().all(replayed));
            assert_eq!(world.stored_streams(), 0, "nobody else waits for it");
        }
    }
}

#[test]
fn a_turn_that_ends_before_its_first_word_ends_at_once() {
    let (mut world, tab) = asked_at_once("fail", 1);
    let frames = world.receive(tab);
    let kinds = kinds(&frames);
    assert_eq!(kinds, ["StreamPending", "done", "StreamResumeNone"]);
}

#[test]
fn the_next_turns_wait_behind_the_stream_that_was_offered() {
    for ended in [false, true] {
        for hibernates in [false, true] {
            let mut world = World::new();
            let (tab, watcher) = (world.connect(), world.connect());
            world.send(tab, &submit(1, "one"));
            world.step_model();
            world.send(watcher, &probe());
            world.receive(watcher);
            world.settle();
            world.send(tab, &submit(2, "two"));
            world.step_model();
            world.step_model();
            if ended {
                world.settle();
            }
            assert_eq!(seqs(&world.receive(watcher)), [0; 0]);
            if hibernates {
                world.hibernate();
            }
            world.send(watcher, &ack("r1"));
            world.settle();
            let frames = world.receive(watcher);
            assert_whole(&frames, "r1");
            assert_whole(&frames, "r2");
            let first = |id: &str| {
                let of = |frame: &ServerFrame| matches!(frame, ServerFrame::ChatResponse(of) if of.id.as_str() == id);
                frames.iter().position(of)
            };
            assert!(first("r1") < first("r2"));
            assert_eq!(world.stored_streams(), 0);
        }
    }
}

#[test]
fn a_client_that_never_acks_gets_everything_in_the_end() {
    for after_the_end in [false, true] {
        for hibernates in [false, true] {
            let mut world = World::new();
            let tab = world.connect();
            world.send(tab, &submit(1, "hello"));
            world.step_model();
            let late = world.connect();
            world.receive(late);
            world.step_model();
            if after_the_end {
                world.settle();
            }
            if hibernates {
                world.hibernate();
            }
            world.pass(LATE);
            world.settle();
            let frames = world.receive(late);
            assert_whole(&frames, "r1");
            assert_eq!(kinds(&frames).last().unwrap(), "ChatMessages");
            // It may still ask for it.
            world.send(late, &ack("r1"));
            assert_whole(&world.receive(late), "r1");
        }
    }
}

#[test]
fn streams_are_kept_for_a_few_turns() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.step_model();
    let late = world.connect();
    world.settle();
    let mut most = 0;
    for number in 2..=20 {
        world.send(tab, &submit(number, "next"));
        world.settle();
        most = most.max(world.stored_streams());
    }
    assert_eq!(most, crate::past::KEPT_STREAMS);
    let frames = world.receive(late);
    for number in 1..=20 {
        assert_whole(&frames, &format!("r{number}"));
    }
    world.send(late, &ack("r1"));
    let frames = kinds(&world.receive(late));
    assert_eq!(frames, ["done", "ChatMessages"], "its stream is gone");
}

#[test]
fn a_client_that_leaves_without_an_ack_may_return_for_the_stream() {
    let mut world = World::new();
    let policy = ConnectionPolicy::default();
    let tab = world.connect_as("mine", policy);
    world.send(tab, &submit(1, "hello"));
    world.send(tab, &probe());
    world.settle();
    world.disconnect(tab);
    let back = world.connect_as("mine", policy);
    world.send(back, &probe());
    world.send(back, &ack("r1"));
    assert_whole(&world.receive(back), "r1");
    assert_eq!(world.stored_streams(), 0);
    // A stranger is not waited for.
    world.send(back, &submit(2, "more"));
    world.step_model();
    let stranger = world.connect();
    world.settle();
    assert_eq!(world.stored_streams(), 1);
    world.disconnect(stranger);
    assert_eq!(world.stored_streams(), 0);
}

#[test]
fn a_clear_ends_what_was_held_back() {
    let (mut world, tab) = asked_at_once("hello", 1);
    let other = world.connect();
    world.settle();
    world.receive(tab);
    world.send(other, &ClientFrame::ChatClear);
    assert_eq!(kinds(&world.receive(tab)), ["ChatClear", "done"]);
    world.send(tab, &ack("r1"));
    assert_eq!(seqs(&world.receive(tab)), [0; 0], "nothing comes back");
}

#[test]
fn an_answer_that_is_cut_away_does_not_come_back() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.step_model();
    let late = world.connect();
    world.settle();
    world.receive(late);
    let question = world.transcript()[..1].to_vec();
    assert_eq!(question[0].role, Role::User);
    world.send(tab, &request("again", Trigger::Regenerate, question));
    world.send(late, &ack("r1"));
    world.settle();
    let frames = world.receive(late);
    assert_eq!(reported(&frames, "r1").0, [0; 0]);
    assert_whole(&frames, "again");
    assert_eq!(world.stored_streams(), 0);
}

#[test]
fn a_client_that_waits_for_a_turn_gets_that_answer_again() {
    let (mut world, tab) = asked_at_once("hello", 0);
    world.receive(tab);
    world.pass(HEARTBEAT_INTERVAL * 3);
    let frames = kinds(&world.receive(tab));
    assert_eq!(frames, ["StreamPending"; 3]);
    world.step_model();
    world.pass(HEARTBEAT_INTERVAL);
    assert_eq!(kinds(&world.receive(tab)), ["StreamResuming"]);
}

#[test]
fn a_page_that_gave_up_asking_shows_its_answer_all_the_same() {
    for ended in [false, true] {
        let mut world = World::new();
        let mut page = Official::open(&mut world, "page");
        page.submit("r1", "m1", "hello");
        page.mount();
        while page.transmit(&mut world) {}
        while page.read(&mut world) {}
        // From now on an offer of its own stream is not answered.
        page.give_up_asking();
        world.step_model();
        world.step_model();
        if ended {
            world.settle();
        }
        while page.read(&mut world) || page.transmit(&mut world) {}
        assert!(page.is_busy());
        world.pass(LATE);
        world.settle();
        while page.read(&mut world) || page.transmit(&mut world) {}
        let stored: Vec<Shown> = world.transcript().iter().map(Shown::of).collect();
        assert_eq!(page.shown(), stored);
        assert!(!page.is_busy());
    }
}
