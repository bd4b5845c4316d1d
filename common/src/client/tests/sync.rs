//! Transcripts that arrive during other work.

use super::{
    World,
    world::{assistant, chunks, user},
};
use crate::{
    client::{Effect, Input, MessageChange, Snapshot, Status, ViewChange},
    frame::Outcome,
    message::Message,
};

/// The effects of the view when the transcript is replaced by this one.
fn changes(before: &[Message], after: &[Message]) -> Vec<ViewChange> {
    let snapshot = Snapshot {
        messages: before.to_vec(),
        earlier: 0,
        etag: None,
    };
    let options = super::world::options(snapshot);
    let mut client = crate::client::Client::new(options, crate::id::CountingIds::new("id"));
    let now = crate::time::Timestamp::from_millis(0);
    client.handle(now, Input::Start { kept: Vec::new() });
    client.handle(now, Input::Opened);
    let frame = crate::frame::ServerFrame::ChatMessages {
        messages: after.to_vec(),
        before: None,
        connect: false,
    };
    let effects = client.handle(now, Input::Received(frame.encode()));
    let rows: Vec<Message> = client.rows().into_iter().map(|row| row.message).collect();
    assert_eq!(rows, after);
    let change = |effect| {
        if let Effect::Show(change) = effect {
            Some(change)
        } else {
            None
        }
    };
    effects.into_iter().filter_map(change).collect()
}

#[test]
fn a_transcript_changes_as_little_as_it_can() {
    let old = [user("1", "a"), assistant("2", "b"), user("3", "c")];
    let unchanged: [ViewChange; 0] = [];
    assert_eq!(changes(&old, &old), unchanged);

    let edited = [old[0].clone(), assistant("2", "B"), old[2].clone()];
    let (id, change) = ("2".into(), MessageChange::Replaced);
    assert_eq!(changes(&old, &edited), [ViewChange::Message { id, change }]);

    let check_rows = |before: &[Message], after: &[Message]| {
        let changes = changes(before, after);
        let [ViewChange::Rows(rows)] = &changes[..] else {
            panic!("{changes:?}");
        };
        assert_eq!(rows.len(), after.len());
    };
    let longer = [
        old[0].clone(),
        old[1].clone(),
        user("x", "x"),
        old[2].clone(),
    ];
    check_rows(&old, &longer);
    check_rows(&longer, &old);
    let turned = [old[2].clone(), old[1].clone(), old[0].clone()];
    check_rows(&old, &turned);
    let many: Vec<_> = (0..1000).map(|n| user(&n.to_string(), "x")).collect();
    check_rows(&[], &many);
    assert_eq!(changes(&many, &many), unchanged);
}

#[test]
fn a_row_that_stays_is_the_same_row() {
    let mut world = World::open(vec![user("1", "a"), assistant("2", "b"), user("3", "c")]);
    let rows = world.client.shared_rows().to_vec();
    world.transcript(vec![user("3", "c"), user("x", "x"), assistant("2", "b c")]);
    let now = world.client.shared_rows();
    assert_eq!([&now[0], &now[2]], [&rows[2], &rows[1]]);
    world.transcript(vec![assistant("2", "b c")]);
    world.transcript(vec![user("1", "a"), assistant("2", "b c")]);
    let now = world.client.shared_rows();
    assert_eq!(now[1], rows[1]);
    assert_ne!(now[0], rows[0], "it went and came back");
}

#[test]
fn an_id_twice_is_one_row() {
    let mut world = World::open(vec![user("1", "a"), user("1", "b")]);
    assert_eq!(world.view(), ["u:a"]);
    world.transcript(vec![user("1", "a"), user("2", "b"), user("1", "c")]);
    assert_eq!(world.view(), ["u:a", "u:b"]);
}

#[test]
fn ui_16_a_stale_transcript_neither_removes_nor_doubles_what_grows() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    world.stream(&id, "a1", 3);
    world.send("next");
    let rows = world.messages();
    world.transcript(vec![]);
    assert_eq!(world.view(), ["u:hi", "a:Hel", "?u:next"]);
    world.transcript(vec![rows[0].clone()]);
    assert_eq!(world.view(), ["u:hi", "a:Hel", "?u:next"]);
    world.transcript(vec![rows[0].clone(), assistant("a1", "H")]);
    assert_eq!(world.view(), ["u:hi", "a:Hel", "?u:next"]);
    world.transcript(vec![user("u0", "older"), rows[0].clone(), rows[2].clone()]);
    assert_eq!(world.view(), ["u:older", "u:hi", "a:Hel", "?u:next"]);
    world.chunk(&id, 3, &chunks("a1")[3]);
    world.done(&id, Outcome::Completed);
    assert_eq!(world.view(), ["u:older", "u:hi", "a:Hello", "?u:next"]);
    assert_eq!(world.status(), Status::Submitted);
}

#[test]
fn an_observed_answer_not_in_the_transcript_stays_at_the_end() {
    let mut world = World::open(vec![user("u1", "theirs")]);
    world.stream("r", "a1", 3);
    world.transcript(vec![user("u0", "older"), user("u1", "theirs")]);
    assert_eq!(world.view(), ["u:older", "u:theirs", "a:Hel"]);
}

#[test]
fn a_fetched_transcript_older_than_the_end_of_a_turn_is_asked_for_again() {
    let mut world = World::new(vec![], None);
    world.give(Input::Opened);
    world.send("hi");
    let id = world.request();
    world.stream(&id, "a1", 6);
    world.done(&id, Outcome::Completed);
    world.asked();
    world.fetched(vec![]);
    assert_eq!(world.view(), ["u:hi", "a:Hello"], "it was asked for before");
    assert_eq!(world.fetches(), 1);
    let stored = world.messages();
    world.fetched(stored);
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
    assert_eq!(world.fetches(), 1);
}
