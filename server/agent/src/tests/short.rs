//! Tabs that have the end of the transcript at hand, beside one that has all of it.

use std::time::Duration;

use common::{
    client::{Earlier, Input, Load},
    frame::{ChatRequest, ClientFrame, Place, ServerFrame, Trigger, Wanted},
    id::{MessageId, RequestId},
    message::{Message, Role},
};
use fastrand::Rng;
use serde_json::Map;
use store::Breadth;
use test_support::seeds;

use super::{
    conversation::{asked, asking, assert_shows_what_is_stored, assert_whole, run, storm_of},
    submit,
};
use crate::{
    ConnectionKey, ConnectionPolicy,
    testing::{Tab, World},
};

const PART: u32 = 4;

/// A conversation of so many questions and answers.
fn world_with(questions: u32) -> World {
    let mut world = World::new();
    let writer = world.connect();
    for number in 0..questions {
        world.send(writer, &submit(number, &format!("question {number}")));
        world.settle();
    }
    world.disconnect(writer);
    world
}

fn short(world: &mut World, id: &str) -> ConnectionKey {
    let policy = ConnectionPolicy {
        breadth: Breadth::End,
        ..ConnectionPolicy::default()
    };
    let key = world.connect_as(id, policy);
    world.receive(key);
    key
}

fn shown(tab: &Tab) -> Vec<Message> {
    tab.rows().into_iter().map(|row| row.message).collect()
}

/// Loads all that comes before, part by part.
fn load_all(world: &mut World, tabs: &mut [Tab], what: &str) {
    for place in 0..tabs.len() {
        let mut parts = 0;
        while *tabs[place].earlier() != Earlier::None {
            tabs[place].input(world, Input::LoadEarlier);
            run(world, tabs, Duration::from_millis(200), 100);
            parts += 1;
            assert!(parts < 200, "{what}: {:?}", tabs[place].earlier());
        }
    }
}

#[test]
fn all_messages_come_once_and_in_order() {
    let mut world = world_with(9);
    let mut tabs = vec![Tab::open_short(&mut world, "a", PART)];
    run(&mut world, &mut tabs, Duration::from_secs(1), 10);
    let stored = world.transcript();
    assert_eq!(shown(&tabs[0]), stored[14..]);
    tabs[0].input(&mut world, Input::LoadEarlier);
    run(&mut world, &mut tabs, Duration::from_millis(200), 10);
    assert_eq!(shown(&tabs[0]), stored[10..]);
    load_all(&mut world, &mut tabs, "plain");
    assert_shows_what_is_stored(&world, &tabs, "plain");
}

#[test]
fn another_answer_leaves_what_is_not_at_hand_alone() {
    let mut world = world_with(9);
    let mut tabs = vec![
        Tab::open_short(&mut world, "a", PART),
        Tab::open_short(&mut world, "b", PART),
        Tab::open(&mut world, "c"),
    ];
    run(&mut world, &mut tabs, Duration::from_secs(10), 10);
    let before = world.transcript();
    let last = before.last().unwrap().id.clone();
    tabs[0].input(&mut world, Input::Regenerate(last.clone()));
    run(&mut world, &mut tabs, Duration::from_secs(5), 5);
    let after = world.transcript();
    assert_eq!(after[..17], before[..17], "the beginning stays");
    assert_ne!(after[17].id, last);
    let edited = after[14].id.clone();
    let text = "other words".to_owned();
    tabs[1].input(&mut world, Input::Edit { id: edited, text });
    run(&mut world, &mut tabs, Duration::from_secs(5), 5);
    let after = world.transcript();
    assert_eq!(after.len(), 16);
    assert_eq!(after[..14], before[..14], "the beginning stays");
    assert_eq!(after[14].plain_text(), "other words");
    load_all(&mut world, &mut tabs, "anew");
    assert_shows_what_is_stored(&world, &tabs, "anew");
}

#[test]
fn a_failed_load_is_reported_and_can_be_repeated() {
    let mut world = world_with(4);
    let mut tabs = vec![Tab::open_short(&mut world, "a", PART)];
    run(&mut world, &mut tabs, Duration::from_secs(1), 10);
    tabs[0].network = false;
    tabs[0].input(&mut world, Input::LoadEarlier);
    run(&mut world, &mut tabs, Duration::from_secs(1), 10);
    let is_failed = matches!(
        tabs[0].earlier(),
        Earlier::Stored {
            load: Load::Failed,
            ..
        }
    );
    assert!(is_failed, "{:?}", tabs[0].earlier());
    tabs[0].network = true;
    load_all(&mut world, &mut tabs, "failed");
    run(&mut world, &mut tabs, Duration::from_secs(20), 10);
    assert_shows_what_is_stored(&world, &tabs, "failed");
}

#[test]
fn changes_before_the_end_reach_clients_that_have_the_end() {
    let mut world = world_with(30);
    let tab = short(&mut world, "short");
    let whole = world.connect();
    world.receive(whole);
    // An official client sends all it has, with other words in an early place and something new.
    let mut sent = world.transcript();
    sent[0] = Message::text(sent[0].id.clone(), Role::User, "changed");
    world.send(whole, &ClientFrame::ChatMessages(sent));
    let frames = world.receive(tab);
    let [
        ServerFrame::ChatMessages {
            messages,
            before: Some(before),
            ..
        },
        ServerFrame::MessageUpdated(updated),
    ] = &frames[..]
    else {
        panic!("{frames:?}");
    };
    assert_eq!((messages.len(), before.count), (50, 10));
    assert_eq!(updated.plain_text(), "changed");
    // So is one that was left out.
    let frame = ClientFrame::Rpc {
        id: "1".into(),
        method: "setLeftOut".to_owned(),
        args: vec![serde_json::json!({"messageId": "m1", "leftOut": true})],
    };
    world.send(whole, &frame);
    let frames = world.receive(tab);
    let [ServerFrame::MessageUpdated(updated)] = &frames[..] else {
        panic!("{frames:?}");
    };
    assert!(updated.is_left_out());
    let is_whole = |frame: &ServerFrame| matches!(frame, ServerFrame::ChatMessages { messages, before: None, .. } if messages.len() == 60);
    assert!(world.receive(whole).iter().any(is_whole));
}

#[test]
fn another_answer_to_a_message_that_is_gone_is_refused_in_words() {
    let mut world = world_with(2);
    let before = world.transcript();
    let tab = short(&mut world, "short");
    let request = |after: &str| {
        ClientFrame::ChatRequest(ChatRequest {
            id: RequestId::from("again"),
            trigger: Trigger::Regenerate,
            messages: Vec::new(),
            after: Some(MessageId::from(after)),
            client_tools: Vec::new(),
            body: Map::new(),
        })
    };
    world.send(tab, &request("gone"));
    let reported = world.receive(tab);
    assert!(
        format!("{reported:?}").contains("not in this conversation any more"),
        "{reported:?}"
    );
    assert_eq!(world.transcript(), before);
    assert!(!world.has_model_call());
    // It takes no list to cut the transcript back.
    world.send(tab, &request("m0"));
    world.settle();
    let after = world.transcript();
    assert_eq!((after.len(), &after[0]), (2, &before[0]));
    assert_ne!(after[1].id, before[1].id);
}

#[test]
fn a_shortened_copy_never_takes_the_place_of_the_message() {
    let mut world = world_with(2);
    let before = world.transcript();
    let tab = short(&mut world, "short");
    let mut copy = Message::text(before[2].id.clone(), Role::User, "quest…");
    copy.set_whole_bytes(2_000_000);
    world.send(tab, &ClientFrame::ChatMessages(vec![copy.clone()]));
    world.send(
        tab,
        &ClientFrame::ChatRequest(ChatRequest {
            id: RequestId::from("again"),
            trigger: Trigger::Regenerate,
            after: Some(copy.id.clone()),
            messages: vec![copy],
            client_tools: Vec::new(),
            body: Map::new(),
        }),
    );
    world.settle();
    let after = world.transcript();
    assert_eq!(after[..3], before[..3]);
    assert_ne!(after[3].id, before[3].id, "there is another answer");
}

#[test]
fn every_tab_has_the_same_messages_whatever_breaks() {
    for seed in seeds(120) {
        let mut rng = Rng::with_seed(seed);
        let mut world = world_with(rng.u32(0..8));
        world.model_pace = Duration::ZERO;
        let tabs = vec![
            Tab::open_short(&mut world, "a", rng.u32(1..5)),
            Tab::open_short(&mut world, "b", rng.u32(1..5)),
            Tab::open(&mut world, "c"),
        ];
        let mut step = 0;
        let what = format!("seed {seed}");
        let (mut world, mut tabs) = storm_of(&mut rng, 20..80, world, tabs, |rng, world, tab| {
            step += 1;
            let rows = tab.rows();
            let row = rng.choice(rows.iter()).map(|row| row.message.id.clone());
            let text = format!("words {step} of seed {seed}");
            let input = match (rng.u32(0..16), row) {
                (0..=2, _) => Input::Send(text.into()),
                (3, _) => Input::Steer(text.into()),
                (4, Some(id)) => Input::Edit { id, text },
                (5, Some(id)) => Input::Regenerate(id),
                (6, Some(id)) => Input::Withdraw(id),
                (7, _) => Input::Stop,
                (8, _) if rng.u8(0..4) == 0 => Input::Clear,
                (9, _) => Input::Retry,
                _ => Input::LoadEarlier,
            };
            tab.input(world, input);
        });
        for tab in &tabs {
            // What is at hand is the end of what is stored.
            let (shown, stored) = (shown(tab), world.transcript());
            let gap = stored.len().saturating_sub(shown.len());
            assert_eq!(shown, stored[gap..], "{what}");
            assert_eq!(*tab.earlier() == Earlier::None, gap == 0, "{what}");
        }
        load_all(&mut world, &mut tabs, &what);
        assert_shows_what_is_stored(&world, &tabs, &what);
    }
}

#[test]
fn calls_are_answered_once_whatever_breaks() {
    for seed in seeds(60) {
        let what = format!("seed {seed}");
        let mut rng = Rng::with_seed(seed);
        let mut world = world_with(rng.u32(0..4));
        world.model_pace = Duration::ZERO;
        let tabs = vec![
            Tab::open_short(&mut world, "a", rng.u32(1..4)),
            Tab::open_short(&mut world, "b", rng.u32(1..4)),
        ];
        let mut sent = 0;
        let (mut world, mut tabs) = storm_of(&mut rng, 20..80, world, tabs, |rng, world, tab| {
            if sent < 4 && rng.u8(0..6) == 0 {
                let contexts = ["one", "two", "three"];
                let question = asking(&contexts[..rng.usize(1..=2)]);
                tab.input(world, Input::Send(question.into()));
                sent += 1;
            } else if let Some(call) = rng.choice(asked(tab)) {
                let input = match rng.bool() {
                    true => Input::Approve { call, always: None },
                    false => Input::Deny { call, reason: None },
                };
                tab.input(world, input);
            } else if rng.bool() {
                tab.input(world, Input::LoadEarlier);
            }
        });
        load_all(&mut world, &mut tabs, &what);
        assert_shows_what_is_stored(&world, &tabs, &what);
        assert_whole(&world, &tabs, &what);
    }
}

#[test]
fn a_part_is_read_from_the_store_as_it_is_wanted() {
    let world = world_with(3);
    let wanted = Wanted {
        last: 2,
        place: Place::Before("m2".into()),
    };
    let part = world.excerpt(&wanted).unwrap();
    assert_eq!(
        (part.messages, part.earlier),
        (world.transcript()[2..4].to_vec(), 2)
    );
}
