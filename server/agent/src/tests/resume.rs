use common::{
    frame::{ClientFrame, Delivered, NoResume, Outcome, ServerFrame},
    id::{ProbeId, RequestId},
};

use super::{kinds, outcomes, responses, seqs, submit};
use crate::{ConnectionPolicy, testing::World};

fn probe(id: &str) -> ClientFrame {
    ClientFrame::ResumeRequest(Some(ProbeId::from(id)))
}

fn ack(id: &str) -> ClientFrame {
    ClientFrame::ResumeAck(RequestId::from(id))
}

#[test]
fn nothing_to_resume_is_said_at_once() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &probe("p"));
    let idle = ServerFrame::StreamResumeNone {
        reason: Some(NoResume::Idle),
        probe_id: Some(ProbeId::from("p")),
    };
    assert_eq!(world.receive(tab), [idle]);
}

#[test]
fn a_late_tab_gets_the_whole_stream_once() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    world.step_model();
    world.receive(tab);
    let late = world.connect();
    let frames = world.receive(late);
    assert_eq!(
        frames[0],
        ServerFrame::StreamResuming {
            id: RequestId::from("r1"),
            probe_id: None
        }
    );
    world.step_model();
    assert_eq!(
        seqs(&world.receive(late)),
        Vec::<u64>::new(),
        "nothing before the acknowledgement"
    );
    assert!(!seqs(&world.receive(tab)).is_empty(), "the others hear it");
    world.send(late, &ack("r1"));
    world.settle();
    let frames = world.receive(late);
    let count = seqs(&frames).len() as u64;
    assert_eq!(
        seqs(&frames),
        (0..count).collect::<Vec<_>>(),
        "each chunk once"
    );
    let replayed = responses(&frames)
        .iter()
        .filter(|response| response.delivered == Delivered::Replay)
        .count();
    assert!(replayed > 1 && (replayed as u64) < count);
    assert_eq!(outcomes(&frames), [("r1".to_owned(), Outcome::Completed)]);
}

#[test]
fn an_acknowledgement_of_another_stream_gets_no_chunk() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    world.step_model();
    let late = world.connect();
    world.receive(late);
    world.send(late, &ack("other"));
    assert_eq!(world.receive(late), []);
}

#[test]
fn an_acknowledgement_after_the_end_gets_the_end() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    world.step_model();
    let late = world.connect();
    world.receive(late);
    world.settle();
    assert_eq!(kinds(&world.receive(late)), [""; 0], "it is still silent");
    world.send(late, &ack("r1"));
    let frames = world.receive(late);
    let count = seqs(&frames).len();
    assert!(count > 3);
    assert!(
        responses(&frames)
            .iter()
            .all(|response| response.delivered == Delivered::Replay)
    );
    let ends = ["done", "ChatMessages"].map(str::to_owned);
    assert_eq!(
        kinds(&frames)[count..],
        ends,
        "the transcript says what was asked"
    );
}

#[test]
fn a_recorded_error_is_shown_to_late_clients_until_the_next_turn() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "drop it"));
    world.settle();
    for _ in 0..2 {
        let late = world.connect();
        world.receive(late);
        world.send(late, &probe("p"));
        let offer = ServerFrame::StreamResuming {
            id: RequestId::from("r1"),
            probe_id: Some(ProbeId::from("p")),
        };
        assert_eq!(world.receive(late), [offer]);
        world.send(late, &ack("r1"));
        let frames = world.receive(late);
        assert!(!seqs(&frames).is_empty());
        assert!(matches!(
            &outcomes(&frames)[..],
            [(_, Outcome::Error(Some(_)))]
        ));
        world.stop();
    }
    let tab = world.connect();
    world.send(tab, &submit(2, "fine"));
    world.settle();
    world.receive(tab);
    world.send(tab, &probe("p"));
    assert_eq!(kinds(&world.receive(tab)), ["StreamResumeNone"]);
}

#[test]
fn a_turn_that_has_not_begun_is_pending_and_then_offered() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    let late = world.connect();
    assert_eq!(kinds(&world.receive(late))[0], "StreamPending");
    world.send(late, &probe("p"));
    assert_eq!(kinds(&world.receive(late)), ["StreamPending"]);
    world.step_model();
    assert_eq!(kinds(&world.receive(late)), ["StreamResuming"]);
    world.send(late, &ack("r1"));
    world.settle();
    let frames = world.receive(late);
    assert_eq!(seqs(&frames)[0], 0);
    assert_eq!(outcomes(&frames).len(), 1);
}

#[test]
fn a_parked_client_is_released_when_nothing_streams() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    let late = world.connect();
    world.receive(late);
    world.send(tab, &ClientFrame::ChatCancel(RequestId::from("r1")));
    let none = ServerFrame::StreamResumeNone {
        reason: None,
        probe_id: None,
    };
    assert!(world.receive(late).contains(&none));
}

#[test]
fn two_acknowledgements_are_two_replays() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    world.step_model();
    world.receive(tab);
    for _ in 0..2 {
        world.send(tab, &ack("r1"));
        let frames = world.receive(tab);
        assert_eq!(seqs(&frames)[0], 0);
        assert_eq!(kinds(&frames).last().unwrap(), "replay complete");
    }
}

#[test]
fn a_stream_that_is_cut_away_silences_nobody() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    world.send(tab, &submit(2, "two"));
    world.step_model();
    let late = world.connect();
    assert_eq!(kinds(&world.receive(late))[0], "StreamResuming");
    let prefix = world.transcript()[..1].to_vec();
    world.send(
        tab,
        &super::request("again", common::frame::Trigger::Regenerate, prefix),
    );
    world.settle();
    let heard = kinds(&world.receive(late));
    assert!(heard.contains(&"chunk".to_owned()), "{heard:?}");
}

#[test]
fn a_client_that_returns_after_the_end_of_its_own_turn_gets_the_end() {
    for hibernates in [false, true] {
        let mut world = World::new();
        let policy = ConnectionPolicy::default();
        let tab = world.connect_as("mine", policy);
        world.send(tab, &submit(1, "hello"));
        world.step_model();
        world.disconnect(tab);
        world.settle();
        if hibernates {
            world.hibernate();
        }
        let stranger = world.connect();
        world.receive(stranger);
        world.send(stranger, &probe("p"));
        assert_eq!(kinds(&world.receive(stranger)), ["StreamResumeNone"]);
        let back = world.connect_as("mine", policy);
        world.receive(back);
        world.send(back, &probe("p"));
        assert_eq!(kinds(&world.receive(back)), ["StreamResuming"]);
        world.send(back, &ack("r1"));
        let frames = world.receive(back);
        let count = seqs(&frames).len() as u64;
        assert!(count > 3);
        assert_eq!(seqs(&frames), (0..count).collect::<Vec<_>>());
        assert_eq!(outcomes(&frames), [("r1".to_owned(), Outcome::Completed)]);
        world.send(back, &probe("p"));
        assert_eq!(kinds(&world.receive(back)), ["StreamResumeNone"], "once");
    }
}

#[test]
fn a_stream_that_nobody_remembers_is_over() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &ack("unheard-of"));
    let frames = world.receive(tab);
    let [response] = &responses(&frames)[..] else {
        panic!("{frames:?}")
    };
    assert_eq!(response.delivered, Delivered::Replay);
    assert_eq!(
        outcomes(&frames),
        [("unheard-of".to_owned(), Outcome::Completed)]
    );
}

#[test]
fn a_turn_without_words_leaves_no_message_and_its_end_is_sent_on_every_request() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    world.send(tab, &ClientFrame::ChatCancel(RequestId::from("r1")));
    assert_eq!(world.lines(), ["user: hello"]);
    world.receive(tab);
    for _ in 0..2 {
        world.send(tab, &ack("r1"));
        assert_eq!(
            outcomes(&world.receive(tab)),
            [("r1".to_owned(), Outcome::Aborted)]
        );
    }
    assert_eq!(world.lines(), ["user: hello"]);
}

#[test]
fn a_parked_client_stays_parked_until_a_turn_streams() {
    let mut world = World::new();
    let (tab, parked) = (world.connect(), world.connect());
    world.send(tab, &submit(1, "one"));
    world.send(tab, &submit(2, "two"));
    world.receive(parked);
    world.send(parked, &probe("p"));
    assert_eq!(kinds(&world.receive(parked)), ["StreamPending"]);
    world.send(tab, &ClientFrame::ChatCancel(RequestId::from("r1")));
    assert!(!kinds(&world.receive(parked)).contains(&"StreamResumeNone".to_owned()));
    world.step_model();
    assert_eq!(kinds(&world.receive(parked)), ["StreamResuming"]);
}

#[test]
fn an_old_stream_is_offered_too() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    world.step_model();
    world.stop();
    world.now = world.now + std::time::Duration::from_secs(600);
    let late = world.connect();
    assert!(kinds(&world.receive(late)).contains(&"StreamResuming".to_owned()));
}
