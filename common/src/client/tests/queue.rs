//! Messages that wait at the agent, and that others may overtake.

use serde_json::json;

use super::{World, world::user};
use crate::{
    client::{Input, Status},
    frame::{ClientFrame, Outcome, ServerFrame},
    id::RequestId,
};

/// The agent says which messages wait, and which turn runs.
fn state(world: &mut World, running: &str, waiting: &[(&str, &str)]) {
    let one =
        |(request, message): &(&str, &str)| json!({"requestId": request, "messageId": message});
    let waiting: Vec<_> = waiting.iter().map(one).collect();
    let run = json!({"status": "running", "requestId": running, "queued": waiting.len(), "waiting": waiting});
    world.receive(&ServerFrame::State(json!({"run": run})));
}

#[test]
fn a_message_that_is_overtaken_still_waits() {
    let mut world = World::open(vec![]);
    let mut requests = Vec::new();
    for text in ["one", "two", "three"] {
        world.send(text);
        requests.push(world.request());
    }
    let [one, two, three] = &requests[..] else {
        panic!("{requests:?}");
    };
    let ids = world.ids();
    world.stream(one, "a1", 3);
    state(
        &mut world,
        one,
        &[(two, ids[1].as_str()), (three, ids[2].as_str())],
    );
    // Another tab sends the third one now.
    let [first, second, third] = ["one", "two", "three"].map(|text| {
        let messages = world.messages();
        let mut messages = messages.into_iter();
        messages
            .find(|message| message.plain_text() == text)
            .unwrap()
    });
    let answer = super::world::assistant("a1", "Hel");
    world.done(one, Outcome::Aborted);
    world.transcript(vec![first, answer, third, second]);
    state(&mut world, three, &[(two, ids[1].as_str())]);
    world.stream(three, "a3", 3);
    assert_eq!(
        world.view(),
        ["u:one", "a:Hel", "u:three", "a:Hel", "?u:two"]
    );
    assert_eq!(world.queue(), [ids[1].as_str()]);
    world.asked();
    world.give(Input::Stop);
    let cancel = ClientFrame::ChatCancel(RequestId::new(three.clone()));
    assert_eq!(world.sent(), [cancel]);
    world.done(three, Outcome::Aborted);
    assert_eq!(world.status(), Status::Submitted, "the second one waits");
}

#[test]
fn a_stop_does_not_reach_a_message_that_waits() {
    let mut world = World::open(vec![]);
    world.send("one");
    let one = world.request();
    let ids = world.ids();
    state(&mut world, "other", &[(&one, ids[0].as_str())]);
    world.asked();
    world.give(Input::Stop);
    let cancel = ClientFrame::ChatCancel(RequestId::from("other"));
    assert_eq!(world.sent(), [cancel]);
}

#[test]
fn the_answer_to_another_clients_message_comes_before_those_that_wait() {
    let mut world = World::open(vec![
        user("u1", "one"),
        user("u3", "three"),
        user("u2", "two"),
    ]);
    state(&mut world, "r3", &[("r2", "u2")]);
    world.stream("r3", "a3", 3);
    assert_eq!(
        world.ids().iter().map(|id| id.as_str()).collect::<Vec<_>>(),
        ["u1", "u3", "a3", "u2"]
    );
}
