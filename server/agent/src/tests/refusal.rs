//! Request ids that come again, and submissions of which a part cannot be read.

use common::{
    frame::{ClientFrame, Outcome, ResponseKind, ServerFrame, Trigger},
    id::MessageId,
    message::{Message, Role},
};
use serde_json::json;
use store::{StoredTurn, TurnKind};

use super::{chat, kinds, outcomes, request, responses, submit};
use crate::testing::World;

fn user(id: &str, text: &str) -> Message {
    Message::text(MessageId::from(id), Role::User, text)
}

fn again(id: &str, messages: Vec<Message>) -> ClientFrame {
    request(id, Trigger::Submit, messages)
}

/// The words under this id, if that is all there is.
fn refusal(frames: &[ServerFrame], id: &str) -> String {
    match &responses(frames)[..] {
        [response] if response.id.as_str() == id => match &response.kind {
            ResponseKind::Refused(words) => words.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_message_under_a_known_request_id_is_refused_to_its_sender() {
    for known in ["running", "queued", "settled"] {
        let mut world = World::new();
        let (tab, other) = (world.connect(), world.connect());
        if known == "queued" {
            world.send(tab, &submit(0, "zero"));
        }
        world.send(tab, &submit(1, "one"));
        world.step_model();
        if known == "settled" {
            world.settle();
        }
        let before = world.transcript();
        for frame in [
            again("r1", vec![user("m9", "another")]),
            again("r1", vec![user("m1", "one, in other words")]),
            again("r1", vec![user("m1", "one"), user("m9", "another")]),
            again("r1", vec![user("m9", "another"), user("m1", "one")]),
        ] {
            world.receive(tab);
            world.receive(other);
            world.send(tab, &frame);
            let words = refusal(&chat(world.receive(tab)), "r1");
            assert!(words.contains("under a new id"), "{known}: {words}");
            assert_eq!(chat(world.receive(other)), [], "{known}");
            assert_eq!(world.transcript(), before, "{known}");
        }
        world.settle();
        let ends = outcomes(&world.receive(other));
        let is_done =
            |(id, outcome): &(String, Outcome)| id == "r1" && *outcome == Outcome::Completed;
        assert_eq!(ends.iter().any(is_done), known != "settled", "{known}");
        let said = world
            .lines()
            .iter()
            .filter(|line| line.contains("other"))
            .count();
        assert_eq!(said, 0, "{known}");
    }
}

#[test]
fn the_same_message_under_its_request_id_stays_harmless() {
    let same = |world: &World| {
        let mut all = world.transcript();
        all.retain(|message| message.id.as_str() != "m1" && message.role != Role::Assistant);
        vec![
            again("r1", vec![user("m1", "one")]),
            again("r1", [all.clone(), vec![user("m1", "one")]].concat()),
            again("r1", vec![]),
            again(
                "r1",
                vec![Message {
                    metadata: Some(json!({"seen": true})),
                    ..user("m1", "one")
                }],
            ),
            request("r1", Trigger::Regenerate, vec![user("m1", "one")]),
        ]
    };
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(0, "zero"));
    world.send(tab, &submit(1, "one"));
    world.receive(tab);
    for frame in same(&world) {
        world.send(tab, &frame);
        assert_eq!(chat(world.receive(tab)), [], "queued");
    }
    world.settle();
    world.hibernate();
    let stored = world.transcript();
    world.receive(tab);
    for frame in same(&world) {
        world.send(tab, &frame);
        assert_eq!(
            kinds(&world.receive(tab)),
            ["ChatMessages", "done"],
            "settled"
        );
    }
    assert_eq!(world.transcript(), stored);

    // The message was changed since, by a submission of its own; the first one may still be on its way twice.
    world.send(
        tab,
        &again(
            "r2",
            vec![user("m0", "zero"), user("m1", "one"), user("m2", "two")],
        ),
    );
    world.settle();
    world.send(tab, &again("r3", vec![user("m2", "two, in other words")]));
    world.settle();
    world.receive(tab);
    world.send(tab, &again("r2", vec![user("m2", "two")]));
    assert_eq!(
        outcomes(&world.receive(tab)),
        [("r2".to_owned(), Outcome::Completed)]
    );
    world.send(tab, &again("r2", vec![user("m2", "three")]));
    refusal(&chat(world.receive(tab)), "r2");
}

#[test]
fn a_request_that_cannot_be_read_starts_no_turn_about_what_was_said_before() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.fail_model();
    let stored = world.transcript();
    for entries in [r#"[{\"role\":\"user\"}]"#, "[null]", r#"\"two\""#, "{}"] {
        world.receive(tab);
        world.send_text(
            tab,
            &format!(r#"{{"type":"cf_agent_use_chat_request","id":"r2","init":{{"method":"POST","body":"{{\"messages\":{entries}}}"}}}}"#),
        );
        refusal(&chat(world.receive(tab)), "r2");
        assert!(!world.has_model_call(), "{entries}");
        assert_eq!(world.transcript(), stored, "{entries}");
    }
    // Its id was not used up.
    world.send(tab, &again("r2", vec![user("m2", "two")]));
    world.settle();
    assert_eq!(
        outcomes(&world.receive(tab)),
        [("r2".to_owned(), Outcome::Completed)]
    );
}

#[test]
fn turns_of_an_older_version_do_not_say_what_was_asked() {
    let turn: StoredTurn = serde_json::from_value(json!({
        "request_id": "r1", "kind": "answer", "requester": null, "answer_id": "a1", "answer_position": 2,
        "message_ids": ["m1"], "phase": {"settled": "completed"},
    }))
    .unwrap();
    let TurnKind::Answer(asked) = &turn.turn().kind else {
        panic!("{turn:?}")
    };
    assert_eq!(asked.submitted, []);
}
