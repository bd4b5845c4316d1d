//! Too much is refused with a reason, under the id of what was sent, and nothing of it is stored.

use std::time::Duration;

use common::frame::{ClientFrame, Outcome, ResponseKind, ServerFrame, Trigger};
use common::id::MessageId;
use common::message::{Message, Role};
use limits::{FrameLimits, Rate};

use super::{outcomes, request, responses, submit};
use crate::{AgentOptions, ConnectionPolicy, ConversationLimits, Input, testing::World};

fn world(limits: ConversationLimits) -> World {
    World::with(AgentOptions {
        limits,
        ..AgentOptions::default()
    })
}

/// How many messages of the user are stored.
fn asked(world: &World) -> usize {
    let messages = world.transcript();
    messages
        .iter()
        .filter(|message| message.role == Role::User)
        .count()
}

/// Why the last submission was not taken.
fn refusal(frames: &[ServerFrame]) -> String {
    let refused = responses(frames)
        .into_iter()
        .rev()
        .find_map(|response| match &response.kind {
            ResponseKind::Refused(words) => Some(words.clone()),
            _ => None,
        });
    refused.unwrap_or_else(|| panic!("nothing was refused: {frames:?}"))
}

#[test]
fn eight_messages_of_30_mib_are_not_taken() {
    let mut world = World::new();
    let key = world.connect();
    let text = "x".repeat(30 * 1024 * 1024);
    for number in 0..8 {
        world.receive(key);
        let text = format!(
            r#"{{"id":"r{number}","init":{{"method":"POST","body":"{text}"}},"type":"cf_agent_use_chat_request"}}"#
        );
        world.input(Input::Received { key, text });
        let frames = world.receive(key);
        let words = refusal(&frames);
        assert!(
            words.contains("too large: 314") && words.contains("the most is 12000000"),
            "{words}"
        );
        assert_eq!(responses(&frames)[0].id.to_string(), format!("r{number}"));
    }
    assert_eq!(asked(&world), 0);
}

#[test]
fn a_message_has_a_most_of_bytes_and_of_parts() {
    let mut world = world(ConversationLimits {
        message_bytes: 100,
        message_parts: 2,
        ..ConversationLimits::DEFAULT
    });
    let key = world.connect();
    world.send(key, &submit(1, &"x".repeat(101)));
    let words = refusal(&world.receive(key));
    assert!(
        words.contains("too large: 101 bytes, the most is 100"),
        "{words}"
    );
    let mut many = Message::text(MessageId::from("m2"), Role::User, "x");
    many.parts = vec![many.parts[0].clone(); 3];
    world.send(key, &request("r2", Trigger::Submit, vec![many.clone()]));
    assert!(refusal(&world.receive(key)).contains("3 parts"));
    world.send(key, &ClientFrame::ChatMessages(vec![many]));
    let frames = world.receive(key);
    assert!(
        frames.iter().any(|frame| matches!(frame, ServerFrame::FrameError { error, .. } if error.contains("3 parts"))),
        "{frames:?}"
    );
    assert_eq!(asked(&world), 0);
    world.send(key, &submit(3, &"x".repeat(100)));
    assert_eq!(asked(&world), 1);
}

#[test]
fn a_full_conversation_takes_no_more_whatever_is_sent_and_after_a_restart() {
    let mut world = world(ConversationLimits {
        conversation_bytes: 2_000,
        ..ConversationLimits::DEFAULT
    });
    let key = world.connect();
    world.send(key, &submit(1, &"x".repeat(1_000)));
    let full = "This conversation is full (2000 bytes). Begin a new one; nothing is lost.";
    for _ in 0..2 {
        world.receive(key);
        world.send(key, &submit(2, &"x".repeat(1_000)));
        assert_eq!(refusal(&world.receive(key)), full);
        let changed = Message::text(MessageId::from("m1"), Role::User, "x".repeat(3_000));
        let new = Message::text(MessageId::from("a9"), Role::Assistant, "x".repeat(1_000));
        for message in [changed, new] {
            world.send(key, &ClientFrame::ChatMessages(vec![message]));
            let frames = world.receive(key);
            assert!(
                frames.iter().any(
                    |frame| matches!(frame, ServerFrame::FrameError { error, .. } if error == full)
                ),
                "{frames:?}"
            );
        }
        assert_eq!(asked(&world), 1);
        world.hibernate();
    }
    world.send(key, &submit(3, "There is room for a short one."));
    assert_eq!(asked(&world), 2);
}

#[test]
fn so_many_submissions_wait_and_no_more() {
    let mut world = world(ConversationLimits {
        queue: 2,
        ..ConversationLimits::DEFAULT
    });
    let key = world.connect();
    for number in 1..=4 {
        world.send(key, &submit(number, "hello"));
    }
    let words = refusal(&world.receive(key));
    assert!(words.contains("2 messages wait"), "{words}");
    assert_eq!(asked(&world), 3);
}

#[test]
fn frames_have_a_rate_and_the_next_one_is_taken_when_it_was_said() {
    let mut world = world(ConversationLimits {
        frames: FrameLimits {
            frames: Rate::per_minute(60),
            ..FrameLimits::DEFAULT
        },
        ..ConversationLimits::DEFAULT
    });
    let (key, other) = (world.connect(), world.connect());
    for _ in 0..60 {
        world.send(key, &ClientFrame::ResumeRequest(None));
    }
    world.send(key, &submit(1, "hello"));
    let words = refusal(&world.receive(key));
    assert!(words.contains("Try again in 1 s"), "{words}");
    // Another connection is not meant.
    world.send(other, &submit(2, "hello"));
    assert_eq!(asked(&world), 1);
    world.pass(Duration::from_secs(1));
    world.send(key, &submit(3, "hello"));
    assert_eq!(asked(&world), 2);
    assert_eq!(outcomes(&world.receive(key)), [] as [(String, Outcome); 0]);
}

#[test]
fn a_client_that_keeps_sending_refused_frames_is_closed() {
    let mut world = world(ConversationLimits {
        frames: FrameLimits {
            frames: Rate::per_minute(1),
            ..FrameLimits::DEFAULT
        },
        ..ConversationLimits::DEFAULT
    });
    let (texts, bytes, other) = (world.connect(), world.connect(), world.connect());
    for _ in 0..102 {
        let text = "{}".to_owned();
        world.input(Input::Received { key: texts, text });
        let frame = vec![0];
        world.input(Input::ReceivedBytes {
            key: bytes,
            bytes: frame,
        });
    }
    for key in [texts, bytes] {
        assert_eq!(
            world.outside.closed.get(&key).map(|(code, _)| *code),
            Some(1008)
        );
    }
    assert_eq!(world.outside.closed.get(&other), None);
}

#[test]
fn so_many_connections_and_no_more() {
    let mut world = world(ConversationLimits {
        connections: 2,
        ..ConversationLimits::DEFAULT
    });
    let first = world.connect();
    assert_eq!(world.has_room_for_connection(), Ok(()));
    world.connect_as("second", ConnectionPolicy::default());
    let words = world.has_room_for_connection().unwrap_err();
    assert!(words.contains("has 2 connections"), "{words}");
    world.disconnect(first);
    assert_eq!(world.has_room_for_connection(), Ok(()));
}
