//! Opening, losing and reopening the connection.

use std::time::Duration;

use super::{
    World,
    world::{START, seconds},
};
use crate::{
    client::{Close, Connection, Effect, Input, Status},
    frame::{HEARTBEAT_ANSWER, ServerFrame},
    time::Timestamp,
};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(START + millis)
}

fn pong(world: &mut World) {
    world.give(Input::Received(HEARTBEAT_ANSWER.to_owned()));
}

#[test]
fn ws_20_a_refusal_is_final_until_the_user_retries() {
    for code in [1008, 4000, 4401, 4999] {
        let mut world = World::open(vec![]);
        world.close(code);
        let close = Close {
            code,
            reason: String::new(),
        };
        assert_eq!(world.connection(), &Connection::Refused(close));
        world.pass(seconds(600));
        world.give(Input::Shown);
        world.give(Input::NetworkOnline);
        assert_eq!(world.asked(), []);
        world.give(Input::Retry);
        assert_eq!(world.asked(), [Effect::Open]);
        assert_eq!(world.connection(), &Connection::Connecting);
    }
}

#[test]
fn ws_21_retries_wait_ever_longer() {
    let mut world = World::new(vec![], None);
    let mut delays = Vec::new();
    for _ in 0..8 {
        world.close(1006);
        let Connection::Reconnecting { at } = world.connection() else {
            panic!("{:?}", world.connection());
        };
        delays.push(at.since(world.now).as_millis());
        world.pass(at.since(world.now));
        assert_eq!(world.connection(), &Connection::Connecting);
    }
    assert_eq!(delays, [3000, 3900, 5070, 6591, 8568, 10000, 10000, 10000]);
}

#[test]
fn ws_21_uptime_makes_retries_count_from_one_again() {
    let mut world = World::open(vec![]);
    let delay = |world: &mut World| {
        world.close(1006);
        let Connection::Reconnecting { at } = world.connection() else {
            panic!("{:?}", world.connection());
        };
        let delay = at.since(world.now);
        world.pass(delay);
        delay
    };
    // The connection was up for no time at all, yet it was the first one.
    let quick = delay(&mut world);
    assert!(quick >= millis(300) && quick < millis(600), "{quick:?}");
    assert_eq!(delay(&mut world), millis(3900));
    world.give(Input::Opened);
    assert_eq!(delay(&mut world), millis(5070), "up for no time");
    world.give(Input::Opened);
    pong(&mut world);
    world.pass(millis(4900));
    assert_eq!(delay(&mut world), millis(6591), "up for less than 5 s");
    world.give(Input::Opened);
    pong(&mut world);
    world.pass(seconds(5));
    let quick = delay(&mut world);
    assert!(quick < millis(600), "{quick:?}");
}

#[test]
fn ws_22_an_attempt_takes_4_s_at_most() {
    let mut world = World::new(vec![], None);
    assert_eq!(world.asked(), [Effect::Open]);
    assert_eq!(world.wake(), Some(at(4000)));
    world.pass(millis(4000));
    assert_eq!(world.asked(), [Effect::Close]);
    assert_eq!(
        world.connection(),
        &Connection::Reconnecting { at: at(7000) }
    );
    world.pass(millis(3000));
    assert_eq!(world.asked(), [Effect::Open]);
    // Late reports of an abandoned attempt are unusual, and harmless.
    world.give(Input::Start { kept: Vec::new() });
    assert_eq!(world.asked(), []);
}

#[test]
fn ws_23_messages_wait_for_the_connection_in_order() {
    let mut world = World::new(vec![], None);
    world.send("one");
    world.send("two");
    assert_eq!(world.view(), ["~u:one", "~u:two"]);
    assert_eq!(world.status(), Status::Ready, "nothing was submitted");
    world.give(Input::Opened);
    world.send("three");
    assert_eq!(world.submitted(), ["one", "two", "three"]);
    assert_eq!(world.view(), ["?u:one", "?u:two", "?u:three"]);
}

#[test]
fn connected_means_that_the_agent_has_answered() {
    let mut world = World::new(vec![], None);
    world.give(Input::Opened);
    assert_eq!(world.connection(), &Connection::Connecting);
    world.receive(&ServerFrame::no_mcp_servers());
    assert_eq!(world.connection(), &Connection::Connected);
}

#[test]
fn an_open_connection_on_which_nothing_ever_comes_is_given_up() {
    let mut world = World::new(vec![], None);
    world.give(Input::Opened);
    world.asked();
    world.pass(seconds(14));
    assert_eq!(world.count(&Effect::Close), 0);
    world.pass(seconds(1));
    assert_eq!(world.count(&Effect::Close), 1);
    assert_eq!(world.count(&Effect::Open), 1);
}

#[test]
fn coming_back_does_not_wait() {
    for input in [Input::Shown, Input::NetworkOnline] {
        let mut world = World::new(vec![], None);
        world.close(1006);
        world.asked();
        world.give(input);
        assert_eq!(world.asked(), [Effect::Open]);
    }
}

#[test]
fn silence_is_questioned_and_then_deadly() {
    let mut world = World::open(vec![]);
    world.pass(seconds(5));
    assert_eq!(world.heartbeats(), 1);
    world.pass(millis(3999));
    assert_eq!(world.count(&Effect::Close), 0);
    world.pass(millis(1));
    assert_eq!(world.asked()[1..], [Effect::Close, Effect::Open]);
    assert_eq!(world.connection(), &Connection::Connecting);
}

#[test]
fn answered_heartbeats_continue_for_ever() {
    let mut world = World::open(vec![]);
    for _ in 0..10 {
        world.pass(seconds(5));
        assert_eq!(world.heartbeats(), 1);
        world.asked();
        world.pass(millis(30));
        pong(&mut world);
        assert_eq!(world.asked(), []);
    }
    assert_eq!(world.connection(), &Connection::Connected);
}

#[test]
fn traffic_makes_heartbeats_needless() {
    let mut world = World::open(vec![]);
    for _ in 0..20 {
        world.pass(millis(4900));
        world.receive(&ServerFrame::no_mcp_servers());
    }
    assert_eq!(world.asked(), []);
}

#[test]
fn a_server_that_answers_no_heartbeat_is_not_dead() {
    let mut world = World::new(vec![], None);
    world.give(Input::Opened);
    assert_eq!(world.heartbeats(), 1);
    world.receive(&ServerFrame::no_mcp_servers());
    world.answer_idle();
    world.fetched(vec![]);
    world.asked();
    world.pass(seconds(3600));
    assert_eq!(world.asked(), []);
    assert_eq!(world.connection(), &Connection::Connected);
    // Each connection sends one heartbeat.
    world.reconnect();
    assert_eq!(world.heartbeats(), 1);
}

#[test]
fn a_proven_server_is_held_to_it_on_the_next_connection() {
    let mut world = World::open(vec![]);
    world.reconnect();
    world.answer_idle();
    world.fetched(vec![]);
    world.asked();
    world.pass(seconds(9));
    assert_eq!(world.count(&Effect::Close), 1);
}

#[test]
fn a_thawed_page_asks_before_it_believes() {
    let mut world = World::open(vec![]);
    world.freeze(seconds(3600));
    world.give(Input::Shown);
    assert_eq!(world.heartbeats(), 1);
    pong(&mut world);
    world.pass(seconds(4));
    assert_eq!(world.count(&Effect::Close), 0);

    world.freeze(seconds(3600));
    world.give(Input::DeadlinePassed);
    world.give(Input::Shown);
    world.asked();
    world.pass(seconds(2));
    assert_eq!(world.asked(), [Effect::Close, Effect::Open]);
}

#[test]
fn an_answer_due_while_frozen_is_asked_for_again() {
    let mut world = World::open(vec![]);
    world.pass(seconds(5));
    assert_eq!(world.heartbeats(), 1);
    world.freeze(seconds(60));
    world.give(Input::DeadlinePassed);
    assert_eq!(world.heartbeats(), 2);
    assert_eq!(world.count(&Effect::Close), 0);
}

#[test]
fn offline_is_shown_and_tried_slowly() {
    let mut world = World::open(vec![]);
    world.give(Input::NetworkOffline);
    assert_eq!(world.connection(), &Connection::Connected, "browsers err");
    world.pass(seconds(2));
    assert_eq!(world.count(&Effect::Close), 1);
    assert_eq!(world.connection(), &Connection::Offline);
    world.asked();
    world.pass(seconds(9));
    assert_eq!(world.asked(), []);
    world.pass(seconds(1));
    assert_eq!(world.asked(), [Effect::Open]);
    assert_eq!(world.connection(), &Connection::Offline, "not open yet");
    world.close(1006);
    world.asked();
    world.give(Input::NetworkOnline);
    assert_eq!(world.asked(), [Effect::Open]);
    assert_eq!(world.connection(), &Connection::Connecting);
}

#[test]
fn an_early_alarm_is_asked_for_again() {
    let mut world = World::new(vec![], None);
    let wake = world.wake();
    world.give(Input::DeadlinePassed);
    assert_eq!(world.wake(), wake);
}
