//! The synced state, and the agent's identity.

use serde_json::{Value, json};

use super::{
    World,
    world::{seconds, user},
};
use crate::{
    client::{ChatError, Client, Connection, Effect, Identity, Input, Status},
    frame::{ClientFrame, HEARTBEAT, HEARTBEAT_ANSWER, ServerFrame},
    id::{ConnectionId, CountingIds},
    time::Timestamp,
};

/// The effects about state and identity since the last look.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the others are looked at elsewhere"
)]
fn reported(world: &mut World) -> Vec<String> {
    let words = |effect| match effect {
        Effect::ShowState(state) => Some(state.to_string()),
        Effect::ShowIdentity(Some(Identity { agent, name })) => Some(format!("{agent}/{name}")),
        Effect::ShowIdentity(None) => Some("nobody".to_owned()),
        Effect::IdentityChanged { from, to } => Some(format!("{} is {}", from.name, to.name)),
        Effect::Report(ChatError::StateRefused(words)) => Some(words),
        Effect::ShowServedPage(page) => Some(format!("page {page}")),
        _ => None,
    };
    world.asked().into_iter().filter_map(words).collect()
}

/// The states sent since the last look.
fn sent(world: &World) -> Vec<Value> {
    let state = |frame| {
        if let ClientFrame::State(state) = frame {
            Some(state)
        } else {
            None
        }
    };
    world.sent().into_iter().filter_map(state).collect()
}

fn greet(world: &mut World, name: &str, state: Option<Value>) {
    world.receive(&ServerFrame::Identity {
        name: name.to_owned(),
        agent: "coder-agent".to_owned(),
        state_follows: state.is_some(),
        page: None,
    });
    if let Some(state) = state {
        world.receive(&ServerFrame::State(state));
    }
    world.receive(&ServerFrame::no_mcp_servers());
}

#[test]
fn st_12_a_state_that_is_set_shows_at_once_and_is_sent_once() {
    let mut world = World::open(vec![]);
    world.give(Input::SetState(json!({"n": 1})));
    assert_eq!(sent(&world), [json!({"n": 1})]);
    assert_eq!(reported(&mut world), [r#"{"n":1}"#]);
    world.receive(&ServerFrame::State(json!({"n": 2})));
    assert_eq!(reported(&mut world), [r#"{"n":2}"#]);
    assert_eq!(sent(&world), [json!(null); 0]);
}

#[test]
fn a_state_set_without_a_connection_is_sent_after_the_greeting_and_not_undone_by_it() {
    let mut world = World::open(vec![]);
    world.close(1006);
    world.give(Input::SetState(json!(1)));
    world.give(Input::SetState(json!(2)));
    assert_eq!(reported(&mut world), ["1", "2"]);
    world.reopen();
    greet(&mut world, "a", Some(json!("old")));
    assert_eq!(sent(&world), [json!(null); 0]);
    world.answer_idle();
    assert_eq!(sent(&world), [json!(2)]);
    assert_eq!(reported(&mut world), ["coder-agent/a"]);
}

#[test]
fn a_refused_state_is_undone_and_said() {
    let mut world = World::open(vec![]);
    world.receive(&ServerFrame::State(json!("good")));
    world.give(Input::SetState(json!("bad")));
    world.asked();
    world.receive(&ServerFrame::StateError("not that".to_owned()));
    assert_eq!(reported(&mut world), [r#""good""#, "not that"]);
}

#[test]
fn ws_26_another_name_after_a_reconnect_is_said() {
    let mut world = World::open(vec![]);
    greet(&mut world, "a", None);
    world.reconnect();
    world.asked();
    greet(&mut world, "a", None);
    assert_eq!(reported(&mut world), ["coder-agent/a"]);
    world.reconnect();
    world.asked();
    greet(&mut world, "b", None);
    assert_eq!(reported(&mut world), ["a is b", "coder-agent/b"]);
}

#[test]
fn the_page_that_the_server_serves_is_shown_when_it_changes() {
    let mut world = World::new(vec![], None);
    world.give(Input::Opened);
    world.asked();
    let greet = |world: &mut World, page: Option<&str>| {
        world.receive(&ServerFrame::Identity {
            name: "a".to_owned(),
            agent: "coder-agent".to_owned(),
            state_follows: true,
            page: page.map(str::to_owned),
        });
        reported(world)
    };
    assert_eq!(greet(&mut world, Some("old")), ["page old"]);
    for (page, expected) in [
        (Some("old"), vec![]),
        (None, vec![]),
        (Some("new"), vec!["page new"]),
    ] {
        world.close(1006);
        world.reopen();
        reported(&mut world);
        assert_eq!(greet(&mut world, page), expected, "{page:?}");
    }
}

#[test]
fn ws_27_who_the_agent_is_holds_until_the_connection_is_lost() {
    let mut world = World::new(vec![], None);
    world.give(Input::Opened);
    world.asked();
    greet(&mut world, "a", None);
    assert_eq!(reported(&mut world), ["coder-agent/a"]);
    world.close(1006);
    assert_eq!(reported(&mut world), ["nobody"]);
    world.reopen();
    world.receive(&ServerFrame::Identity {
        name: "a".to_owned(),
        agent: "coder-agent".to_owned(),
        state_follows: true,
        page: None,
    });
    assert_eq!(reported(&mut world), [""; 0], "its state is still to come");
    world.receive(&ServerFrame::State(json!(1)));
    assert_eq!(reported(&mut world), ["1", "coder-agent/a"]);
}

#[test]
fn the_failure_of_a_turn_of_another_client_is_said_although_the_turn_said_nothing() {
    let mut world = World::open(vec![user("u1", "theirs")]);
    let run = json!({"status": "running", "requestId": "theirs", "queued": 0, "activity": "model", "model": "m", "since": 1});
    world.receive(&ServerFrame::State(json!({"run": run})));
    assert_eq!(world.status(), Status::Submitted);
    world.response(
        "theirs",
        &json!({"error": true, "done": true, "body": "no credit"}),
    );
    assert_eq!(world.status(), Status::Error);
    assert!(
        world
            .error()
            .is_some_and(|error| error.contains("no credit"))
    );
}

#[test]
fn a_client_without_a_chat_asks_nothing_of_one() {
    let mut client = Client::without_chat(ConnectionId::from("pk"), CountingIds::new("id"));
    let mut now = Timestamp::from_millis(1_000);
    let mut effects = client.handle(now, Input::Start { kept: Vec::new() });
    assert!(effects.contains(&Effect::Open));
    effects = client.handle(now, Input::Opened);
    let state = ServerFrame::State(json!({"revision": 1})).encode();
    effects.extend(client.handle(now, Input::Received(state)));
    assert!(effects.contains(&Effect::ShowState(json!({"revision": 1}))));
    assert!(effects.contains(&Effect::ShowConnection(Connection::Connected)));
    for _ in 0..20 {
        now = now + seconds(5);
        effects.extend(client.handle(now, Input::Received(HEARTBEAT_ANSWER.to_owned())));
        effects.extend(client.handle(now, Input::Shown));
        effects.extend(client.handle(now, Input::DeadlinePassed));
    }
    for effect in effects {
        assert!(!matches!(effect, Effect::FetchTranscript { .. }));
        if let Effect::Transmit(frame) = effect {
            assert_eq!(frame, HEARTBEAT);
        }
    }
}
