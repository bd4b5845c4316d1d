//! The agent is stopped after every effect and restored: the transcript must be the one of an undisturbed run.

use common::{frame::ServerFrame, message::Part};

use super::{kinds, outcomes, submit};
use crate::testing::{ScriptedModel, World};

/// Two turns, the second queued behind the first; a client that asks again after every interruption, as ours does.
/// Returns the transcript without ids.
fn run(stop_after: Option<usize>) -> (Vec<(String, Vec<Part>)>, usize) {
    let mut world = World::new();
    if let Some(effects) = stop_after {
        world.stop_after(effects);
    }
    let mut tab = world.connect();
    let mut to_send = vec![submit(2, "two"), submit(1, "one")];
    for _ in 0..10_000 {
        if world.take_stopped() || !world.is_connected(tab) {
            tab = world.connect();
            to_send = vec![submit(2, "two"), submit(1, "one")];
        } else if let Some(frame) = to_send.pop() {
            world.send(tab, &frame);
        } else if !world.step_model() {
            break;
        }
    }
    let transcript = world
        .transcript()
        .into_iter()
        .map(|message| (message.role.as_str().to_owned(), message.parts))
        .collect();
    (transcript, world.done.len())
}

#[test]
fn rc_01_rc_03_stopped_after_every_effect_the_transcript_is_the_same() {
    let (undisturbed, effects) = run(None);
    assert_eq!(undisturbed.len(), 4);
    assert!(effects > 30);
    for stop_after in 0..effects {
        let (disturbed, _) = run(Some(stop_after));
        assert_eq!(disturbed, undisturbed, "stopped after {stop_after} effects");
    }
}

#[test]
fn rc_06_a_connection_that_stays_sees_one_answer() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.step_model();
    world.step_model();
    world.hibernate();
    world.pass(std::time::Duration::from_secs(60));
    world.settle();
    let frames = world.receive(tab);
    let seqs = super::seqs(&frames);
    assert_eq!(
        seqs,
        (0..seqs.len() as u64).collect::<Vec<_>>(),
        "the stream goes on where it stopped"
    );
    let recovering: Vec<bool> = frames
        .iter()
        .filter_map(|frame| match frame {
            ServerFrame::ChatRecovering { recovering, .. } => Some(*recovering),
            _ => None,
        })
        .collect();
    assert_eq!(recovering, [true, false]);
    assert_eq!(outcomes(&frames).len(), 1);
    assert_eq!(
        world.lines()[1],
        format!("assistant: {}", ScriptedModel::answer_to("one"))
    );
}

#[test]
fn rc_07_a_turn_that_makes_no_progress_is_given_up_and_says_so() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.step_model();
    for _ in 0..10 {
        world.hibernate();
        assert!(world.has_alarm() || !world.has_model_call());
        world.pass(std::time::Duration::from_secs(60));
    }
    let frames = world.receive(tab);
    let ended = outcomes(&frames);
    assert_eq!(ended.len(), 1, "once: {:?}", kinds(&frames));
    assert!(
        matches!(&ended[0].1, common::frame::Outcome::Error(Some(text)) if text.contains("interrupted"))
    );
    assert!(
        world.lines()[1].starts_with("assistant: word1"),
        "what there was is kept"
    );
}
