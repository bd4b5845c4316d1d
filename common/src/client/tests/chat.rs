//! Sending, streaming, stopping, clearing, retrying.

use serde_json::json;

use super::{
    World,
    world::{assistant, user},
};
use crate::{
    client::{Input, Status},
    frame::Outcome,
};

#[test]
fn a_message_is_sent_answered_and_done() {
    let mut world = World::open(vec![]);
    world.send("hi");
    assert_eq!(world.view(), ["?u:hi"]);
    assert_eq!(world.status(), Status::Submitted);
    assert_eq!(world.submitted(), ["hi"]);
    let id = world.request();
    world.stream(&id, "a1", 3);
    assert_eq!(world.status(), Status::Streaming);
    assert_eq!(world.view(), ["u:hi", "a:Hel"]);
    for (seq, chunk) in super::world::chunks("a1").iter().enumerate().skip(3) {
        world.chunk(&id, seq as u64, chunk);
    }
    world.done(&id, Outcome::Completed);
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
    assert_eq!(world.status(), Status::Ready);
    assert_eq!(world.ids()[1].as_str(), "a1");
    assert_eq!(world.fetches(), 0, "nothing is missing");
}

#[test]
fn blank_text_is_not_sent() {
    let mut world = World::open(vec![]);
    world.send(" \n\t");
    assert_eq!(world.asked(), []);
    assert_eq!(world.view(), [""; 0]);
}
