//! Lost connections, resumed streams, and submissions of unknown delivery.

use serde_json::json;

use super::{
    World,
    world::{assistant, chunks, seconds, user},
};
use crate::{
    client::{Connection, Fetched, Input, Status},
    frame::{ClientFrame, Outcome, ServerFrame},
    id::{ProbeId, RequestId},
};

fn ack(id: &str) -> ClientFrame {
    ClientFrame::ResumeAck(RequestId::from(id))
}

fn acks(world: &World) -> usize {
    let is_ack = |frame: &&ClientFrame| matches!(frame, ClientFrame::ResumeAck(_));
    world.sent().iter().filter(is_ack).count()
}

#[test]
fn every_opening_asks_for_the_stream_and_the_transcript() {
    let mut world = World::new(vec![user("u1", "hi")], Some("tag"));
    world.asked();
    world.give(Input::Opened);
    assert_eq!(world.probes().len(), 1);
    let asked = world.asked();
    let fetch = crate::client::Effect::FetchTranscript {
        if_none_match: Some("tag".to_owned()),
        from: Some("u1".into()),
    };
    assert!(asked.contains(&fetch), "{asked:?}");
    world.give(Input::TranscriptFetched(Fetched::Unchanged));
    world.receive(&ServerFrame::no_mcp_servers());
    world.close(1006);
    world.asked();
    world.reopen();
    assert_eq!(world.probes().len(), 1);
    assert!(world.asked().contains(&fetch), "still the same transcript");
    // Changed by this client, so the tag no longer matches.
    world.send("more");
    world.reconnect();
    assert!(!world.asked().contains(&fetch));
}

#[test]
fn rs_27_a_stream_is_acknowledged_once_per_connection() {
    let mut world = World::new(vec![], None);
    world.give(Input::Opened);
    world.asked();
    world.resuming("r");
    world.resuming("r");
    assert_eq!(world.sent(), [ack("r")]);
    assert_eq!(world.status(), Status::Streaming);
    world.reconnect();
    world.asked();
    world.resuming("r");
    assert_eq!(world.sent(), [ack("r")]);
}

#[test]
fn a_replay_that_says_more_leaves_the_message_what_it_was() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request().to_string();
    world.stream(&id, "a1", 3);
    assert_eq!(world.view(), ["u:hi", "a:Hel"]);
    world.reconnect();
    world.resuming(&id);
    world.replay_stream(&id, "a1", 4);
    world.replay_complete(&id);
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
    assert_eq!(
        world.replaced, 0,
        "what the reader opened or selected stays"
    );
    // Another answer is another one.
    world.reconnect();
    world.resuming(&id);
    let other = json!({"type": "text-delta", "id": "t", "delta": "Other"});
    for (seq, chunk) in chunks("a1").iter().take(2).chain([&other]).enumerate() {
        world.replay(&id, seq as u64, chunk);
    }
    world.replay_complete(&id);
    assert_eq!(world.view(), ["u:hi", "a:Other"]);
    assert_eq!(world.replaced, 1);
}

#[test]
fn rs_28_an_unanswered_question_is_asked_again_then_dropped() {
    let mut world = World::open(vec![]);
    world.reconnect();
    world.fetched(vec![]);
    world.hush(seconds(50));
    assert_eq!(world.probes().len(), 3);
    assert_eq!(world.connection(), &Connection::Connected, "it lives");
}

#[test]
fn rs_28_a_pending_turn_is_waited_for() {
    let mut world = World::open(vec![]);
    world.receive(&ServerFrame::StreamPending {
        id: Some(RequestId::from("r")),
        probe_id: None,
    });
    assert_eq!(world.status(), Status::Submitted);
    world.asked();
    world.hush(seconds(59));
    assert_eq!(world.probes(), []);
    world.hush(seconds(2));
    assert_eq!(world.probes().len(), 1);
    world.answer_idle();
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn rs_29_an_answer_to_another_question_is_ignored() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    world.stream(&id, "a1", 3);
    world.reconnect();
    for probe in ["foreign", ""] {
        world.receive(&ServerFrame::StreamResumeNone {
            reason: Some(crate::frame::NoResume::Idle),
            probe_id: Some(ProbeId::from(probe)),
        });
        assert_eq!(world.status(), Status::Streaming);
    }
    world.answer_idle();
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn rs_30_a_lost_connection_neither_ends_nor_shortens_the_answer() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    world.stream(&id, "a1", 3);
    world.close(1006);
    assert_eq!(world.status(), Status::Streaming);
    assert_eq!(world.view(), ["u:hi", "a:Hel"]);
    world.asked();
    world.reopen();
    assert_eq!(world.probes().len(), 1);
    world.resuming(&id);
    // The answer on screen does not shrink during the replay.
    for (seq, chunk) in chunks("a1").iter().take(5).enumerate() {
        world.replay(&id, seq as u64, chunk);
        assert_eq!(world.view(), ["u:hi", "a:Hel"]);
    }
    world.replay_complete(&id);
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
    world.chunk(&id, 5, &chunks("a1")[5]);
    world.done(&id, Outcome::Completed);
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn ui_14_a_replay_without_an_end_is_shown_after_a_pause_or_a_live_chunk() {
    for live in [false, true] {
        let mut world = World::new(vec![user("u1", "hi")], None);
        world.give(Input::Opened);
        world.resuming("r");
        world.replay_stream("r", "a1", 3);
        assert_eq!(world.view(), ["u:hi"]);
        if live {
            world.chunk("r", 3, &chunks("a1")[3]);
            assert_eq!(world.view(), ["u:hi", "a:Hello"]);
        } else {
            world.pass(std::time::Duration::from_millis(250));
            assert_eq!(world.view(), ["u:hi", "a:Hel"]);
            world.replay("r", 3, &chunks("a1")[3]);
            assert_eq!(world.view(), ["u:hi", "a:Hello"]);
        }
    }
}

#[test]
fn rs_31_a_replayed_continuation_is_not_applied_twice() {
    let mut world = World::open(vec![user("u1", "hi"), assistant("a1", "One ")]);
    let delta = |text: &str| json!({"type": "text-delta", "id": "t", "delta": text}).to_string();
    let frame =
        |seq: u64, text: &str| json!({"body": delta(text), "seq": seq, "continuation": true});
    world.response("r", &frame(0, "two "));
    world.response("r", &frame(1, "three "));
    assert_eq!(world.view()[1], "a:One two three ");
    world.reconnect();
    world.resuming("r");
    for (seq, text) in ["two ", "three ", "four"].into_iter().enumerate() {
        let mut frame = frame(seq as u64, text);
        frame["replay"] = true.into();
        world.response("r", &frame);
    }
    world.replay_complete("r");
    assert_eq!(world.view()[1], "a:One two three four");
}

#[test]
fn rs_32_a_hydrated_partial_is_rebuilt_not_doubled() {
    let mut world = World::new(vec![user("u1", "hi"), assistant("a1", "He")], None);
    world.give(Input::Opened);
    world.resuming("r");
    world.replay_stream("r", "a1", 4);
    world.replay_complete("r");
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
}

#[test]
fn an_end_that_comes_before_a_replay_leaves_doubt() {
    let mut world = World::open(vec![]);
    world.stream("r", "a1", 2);
    world.reconnect();
    world.fetched(vec![]);
    world.resuming("r");
    // A probe sent after the ACK makes the server hold its frames back again.
    world.text(json!({"type": "cf_agent_stream_resume_none"}));
    let probe = world.probe().expect("a question");
    world.text(json!({"type": "cf_agent_stream_resuming", "id": "r", "probeId": probe}));
    world.replay_stream("r", "a1", 4);
    world.replay_complete("r");
    world.asked();
    world.done("r", Outcome::Completed);
    assert_eq!(world.fetches(), 1);
}

#[test]
fn replays_nobody_asked_for_are_ignored() {
    let mut world = World::open(vec![]);
    world.replay_stream("r", "a1", 4);
    world.response("r", &json!({"done": true, "replay": true}));
    assert_eq!(world.view(), [""; 0]);
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn chunks_are_applied_once_and_a_gap_is_filled_by_a_replay() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    world.stream(&id, "a1", 3);
    world.chunk(&id, 2, &chunks("a1")[2]);
    assert_eq!(world.view()[1], "a:Hel", "known already");
    world.asked();
    world.chunk(&id, 4, &chunks("a1")[4]);
    world.chunk(&id, 5, &chunks("a1")[5]);
    assert_eq!(world.probes().len(), 1, "asked once");
    assert_eq!(world.view()[1], "a:Hel");
    world.resuming(&id);
    assert_eq!(acks(&world), 1);
    world.replay_stream(&id, "a1", 6);
    world.replay_complete(&id);
    world.done(&id, Outcome::Completed);
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);

    // The same on a connection that acknowledged the stream before.
    world.send("more");
    let id = world.request();
    world.resuming(&id);
    world.replay_complete(&id);
    world.stream(&id, "a2", 3);
    world.chunk(&id, 4, &chunks("a2")[4]);
    world.asked();
    world.resuming(&id);
    assert_eq!(acks(&world), 1);
    world.replay_stream(&id, "a2", 5);
    world.replay_complete(&id);
    assert_eq!(world.view()[3], "a:Hello");
}

#[test]
fn an_observed_stream_whose_start_was_missed_is_asked_for() {
    let mut world = World::open(vec![user("u1", "hi")]);
    world.asked();
    world.chunk("r", 3, &chunks("a1")[3]);
    assert_eq!(world.view(), ["u:hi"]);
    assert_eq!(world.probes().len(), 1);
    world.resuming("r");
    world.replay_stream("r", "a1", 4);
    world.replay_complete("r");
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
}

#[test]
fn an_answer_with_a_hole_is_fetched_at_its_end() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    world.stream(&id, "a1", 3);
    world.reconnect();
    world.fetched(world.messages());
    world.asked();
    world.done(&id, Outcome::Completed);
    assert_eq!(world.fetches(), 1);
    let question = world.messages().remove(0);
    world.fetched(vec![question, assistant("a1", "Hello")]);
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
}

#[test]
fn a_turn_that_ended_meanwhile_is_settled_by_the_transcript() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    world.stream(&id, "a1", 3);
    world.reconnect();
    let question = world.messages().remove(0);
    let stored = vec![question, assistant("a1", "Hello")];
    world.fetched(stored.clone());
    assert_eq!(world.view()[1], "a:Hel", "it may be growing still");
    let fetches = world.fetches();
    world.answer_idle();
    assert_eq!(world.status(), Status::Ready);
    assert_eq!(world.fetches(), fetches + 1);
    world.fetched(stored);
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
}

#[test]
fn a_recorded_error_is_shown_again_after_a_reload() {
    let mut world = World::new(vec![user("u1", "hi")], None);
    world.give(Input::Opened);
    world.fetched(vec![user("u1", "hi")]);
    world.resuming("r");
    world.replay_stream("r", "a1", 3);
    world.response(
        "r",
        &json!({"error": true, "done": true, "body": "no credit"}),
    );
    assert_eq!(world.error().as_deref(), Some("no credit"));
    assert_eq!(world.view(), ["u:hi", "a:Hel"]);
    world.give(Input::Retry);
    assert_eq!(world.view(), ["?u:hi"]);
}

#[test]
fn a_bare_end_of_a_replay_is_completed_by_the_transcript() {
    let mut world = World::new(vec![user("u1", "hi")], None);
    world.give(Input::Opened);
    world.fetched(vec![user("u1", "hi")]);
    world.asked();
    world.resuming("r");
    world.response("r", &json!({"done": true, "replay": true}));
    assert_eq!(world.fetches(), 1);
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn lost_messages_are_sent_again_before_waiting_ones() {
    let mut world = World::open(vec![]);
    world.send("one");
    world.send("two");
    let ids: Vec<_> = world.requests().into_iter().map(|one| one.id).collect();
    let stored = world.messages();
    world.close(1006);
    world.send("three");
    assert_eq!(world.view(), ["?u:one", "?u:two", "~u:three"]);
    world.reopen();
    world.receive(&ServerFrame::no_mcp_servers());
    world.send("four");
    world.asked();
    world.fetched(stored[..1].to_vec());
    assert_eq!(world.submitted(), ["two", "three", "four"]);
    assert_eq!(world.requests()[0].id, ids[1], "under the same id");
    assert_eq!(world.view(), ["?u:one", "?u:two", "?u:three", "?u:four"]);
}

#[test]
fn stored_messages_are_not_sent_again_and_their_turn_is_resumed() {
    let mut world = World::open(vec![]);
    world.send("one");
    let stored = world.messages();
    world.reconnect();
    world.answer_idle();
    world.asked();
    world.fetched(stored.clone());
    assert_eq!(world.submitted(), [""; 0]);
    assert_eq!(world.status(), Status::Submitted);
    world.answer_idle();
    assert_eq!(world.status(), Status::Ready);
    world.fetched(stored);
    assert_eq!(world.view(), ["u:one"]);
}

#[test]
fn without_a_transcript_the_unknown_is_sent_again_after_two_failures() {
    let mut world = World::open(vec![]);
    world.send("one");
    world.reconnect();
    world.answer_idle();
    world.asked();
    world.give(Input::TranscriptFetched(Fetched::Failed("500".to_owned())));
    assert_eq!(world.submitted(), [""; 0]);
    world.pass(seconds(1));
    assert_eq!(world.fetches(), 1);
    // A missing answer is a failure too.
    world.hush(seconds(16));
    assert_eq!(world.submitted(), ["one"]);
    assert_eq!(world.view(), ["?u:one"]);
}

#[test]
fn a_queue_that_moved_on_meanwhile_is_settled() {
    let mut world = World::open(vec![]);
    world.send("one");
    let one = world.request();
    world.stream(&one, "a1", 3);
    world.send("two");
    let two = world.request();
    let rows = world.messages();
    world.reconnect();
    world.resuming(&two);
    world.replay_stream(&two, "a2", 4);
    world.replay_complete(&two);
    let stored = vec![rows[0].clone(), assistant("a1", "Hello"), rows[2].clone()];
    world.fetched(stored.clone());
    assert_eq!(world.view()[1], "a:Hel", "asked for before");
    world.fetched(stored);
    assert_eq!(world.view(), ["u:one", "a:Hello", "u:two", "a:Hello"]);
    world.done(&two, Outcome::Completed);
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn a_regeneration_cut_off_is_sent_again() {
    let mut world = World::open(vec![user("u1", "hi")]);
    world.stream("r", "a1", 3);
    world.done("r", Outcome::Error(None));
    world.give(Input::Retry);
    let id = world.request();
    world.reconnect();
    world.asked();
    world.fetched(vec![user("u1", "hi"), assistant("a1", "Hel")]);
    assert_eq!(world.submitted(), [""; 0], "it may be running");
    world.receive(&ServerFrame::StreamResumeNone {
        reason: None,
        probe_id: None,
    });
    assert_eq!(world.request(), id);
    assert_eq!(world.view(), ["?u:hi"]);
}

#[test]
fn another_stream_settles_what_was_cut_off() {
    let mut world = World::open(vec![user("u1", "theirs")]);
    world.stream("r1", "a1", 3);
    world.reconnect();
    world.fetched(world.messages());
    world.resuming("r2");
    world.replay_stream("r2", "a2", 6);
    world.replay_complete("r2");
    world.done("r2", Outcome::Completed);
    assert_eq!(world.status(), Status::Ready);
    let stored = vec![
        user("u1", "theirs"),
        assistant("a1", "Hello"),
        assistant("a2", "Hello"),
    ];
    world.fetched(stored.clone());
    world.fetched(stored.clone());
    assert_eq!(world.messages()[1], stored[1]);
}

#[test]
fn a_failed_turn_on_offer_for_ever_means_that_nothing_runs() {
    let mut world = World::open(vec![]);
    world.send("mine");
    let stored = world.messages();
    world.reconnect();
    world.fetched(stored.clone());
    assert_eq!(world.status(), Status::Submitted);
    let fail = |world: &mut World| {
        world.resuming("other");
        world.replay_stream("other", "a1", 3);
        world.response(
            "other",
            &json!({"error": true, "done": true, "body": "no credit"}),
        );
    };
    fail(&mut world);
    assert_eq!(world.status(), Status::Submitted, "mine may run yet");
    let probes = world.probes().len();
    fail(&mut world);
    assert_eq!(world.probes().len(), probes, "the answer is known");
    assert_eq!(world.status(), Status::Error);
    assert_eq!(acks(&world), 2, "it must not be left waiting");
}

#[test]
fn rs_30_a_turn_whose_question_another_one_answers_is_over() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let old = world.request();
    world.stream(&old, "a1", 3);
    let question = world.messages()[0].clone();
    world.reconnect();
    // An official server offers the interrupted stream, sends nothing more of it and answers anew.
    world.resuming(&old);
    world.resuming("new");
    world.replay("new", 0, &chunks("a2")[0]);
    world.replay_complete("new");
    for (seq, chunk) in chunks("a2").iter().enumerate().skip(1) {
        world.chunk("new", seq as u64, chunk);
    }
    world.response(
        "new",
        &json!({"done": true, "messageIds": [question.id.as_str()]}),
    );
    world.fetched(vec![question.clone(), assistant("a2", "Hello")]);
    world.fetched(vec![question, assistant("a2", "Hello")]);
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
    assert_eq!(world.status(), Status::Ready);
}

/// An official server that is probed in the middle of a short answer holds its chunks back and forgets them when the
/// turn ends before the ACK.
#[test]
fn an_answer_that_ends_between_probe_and_ack_is_fetched() {
    let mut world = World::open(vec![]);
    world.close(1006);
    world.send("one");
    world.send("two");
    world.reopen();
    world.receive(&ServerFrame::no_mcp_servers());
    world.answer_idle();
    let ids: Vec<_> = world.requests().into_iter().map(|one| one.id).collect();
    let questions = world.messages();
    let [first, second] = [ids[0].as_str(), ids[1].as_str()];
    world.chunk(first, 0, &chunks("a1")[0]);
    world.fetched(questions.clone());
    world.stream(first, "a1", 6);
    world.done(first, Outcome::Completed);
    world.stream(second, "a2", 3);
    let probe = world
        .probe()
        .expect("the stored messages may have been answered");
    world.asked();
    world.text(json!({"type": "cf_agent_stream_resuming", "id": second, "probeId": probe}));
    assert_eq!(acks(&world), 1);
    world.done(second, Outcome::Completed);
    world.response(second, &json!({"done": true, "replay": true}));
    assert_eq!(world.fetches(), 1);
    let stored = [
        questions,
        vec![assistant("a1", "Hello"), assistant("a2", "Hello")],
    ]
    .concat();
    world.fetched(stored);
    assert_eq!(world.view(), ["u:one", "u:two", "a:Hello", "a:Hello"]);
}
