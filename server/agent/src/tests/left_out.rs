//! Messages that the user takes out of the conversation.

use common::frame::{ClientFrame, Trigger};
use serde_json::{Value, json};

use super::{request, submit};
use crate::{Access, ConnectionKey, ConnectionPolicy, testing::World};

fn call(world: &mut World, tab: ConnectionKey, argument: Value) -> Result<(), String> {
    super::call(world, tab, "setLeftOut", vec![argument]).map(drop)
}

#[test]
fn a_message_that_is_left_out_stays_so_until_it_is_changed_or_taken_back_in() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    let answer = world.transcript()[1].id.clone();
    for id in ["m1", answer.as_str()] {
        let change = json!({"messageId": id, "leftOut": true});
        assert_eq!(call(&mut world, tab, change.clone()), Ok(()));
        assert_eq!(call(&mut world, tab, change), Ok(()));
    }
    let left_out = |world: &World| -> Vec<bool> {
        let transcript = world.transcript();
        transcript
            .iter()
            .map(common::message::Message::is_left_out)
            .collect()
    };
    assert_eq!(left_out(&world), [true, true]);
    // A client that sends the transcript without our metadata changes nothing.
    let mut sent = world.transcript();
    for message in &mut sent {
        message.metadata = None;
    }
    world.send(tab, &ClientFrame::ChatMessages(sent.clone()));
    world.stop();
    let tab = world.connect();
    assert_eq!(left_out(&world), [true, true]);
    let change = json!({"messageId": answer.as_str(), "leftOut": false});
    assert_eq!(call(&mut world, tab, change), Ok(()));
    assert_eq!(left_out(&world), [true, false]);
    sent.truncate(1);
    sent[0].parts = vec![common::message::Part::text("another one")];
    world.send(tab, &request("r2", Trigger::Submit, sent));
    world.settle();
    assert!(!left_out(&world)[0], "it is another message now");
}

#[test]
fn messages_that_must_stay_are_not_left_out() {
    let mut world = World::new();
    let tab = world.connect();
    let refused = |world: &mut World, tab, id: &str| {
        call(world, tab, json!({"messageId": id, "leftOut": true})).unwrap_err()
    };
    assert!(refused(&mut world, tab, "m9").contains("no message `m9`"));
    let readonly = ConnectionPolicy {
        access: Access::Readonly,
        ..ConnectionPolicy::default()
    };
    let guest = world.connect_as("guest", readonly);
    assert!(refused(&mut world, guest, "m1").contains("readonly"));
    world.send(tab, &submit(1, "one"));
    world.step_model();
    let growing = world.growing().unwrap().id;
    assert!(refused(&mut world, tab, growing.as_str()).contains("being written"));
}
