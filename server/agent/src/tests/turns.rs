use common::{
    chunk::Chunk,
    frame::{ClientFrame, Outcome, ResponseKind, ServerFrame, Trigger},
    id::{MessageId, RequestId},
    message::{Message, Role},
};
use std::time::Duration;

use super::{kinds, outcomes, request, responses, seqs, submit};
use crate::{
    Effect, GATHER, HEARTBEAT_INTERVAL, ModelOptions,
    testing::{ScriptedModel, World},
};

fn answer(question: &str) -> String {
    format!("assistant: {}", ScriptedModel::answer_to(question))
}

#[test]
fn a_request_is_answered_chunk_by_chunk_and_once_done() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &submit(1, "hello"));
    world.settle();
    let frames = world.receive(tab);
    assert_eq!(outcomes(&frames), [("r1".to_owned(), Outcome::Completed)]);
    let count = responses(&frames).len() as u64;
    assert_eq!(
        seqs(&frames),
        (0..count - 1).collect::<Vec<_>>(),
        "seq counts every chunk from 0"
    );
    assert_eq!(world.lines(), ["user: hello".to_owned(), answer("hello")]);
}

#[test]
fn the_first_chunk_names_the_stored_message() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &submit(1, "hello"));
    world.settle();
    let frames = world.receive(tab);
    let ResponseKind::Chunk {
        chunk: Chunk::Start {
            message_id: Some(id),
            ..
        },
        ..
    } = &responses(&frames)[0].kind
    else {
        panic!("{frames:?}")
    };
    assert_eq!(*id, world.transcript()[1].id);
}

#[test]
fn the_other_tab_gets_everything_and_the_sender_no_transcript() {
    let mut world = World::new();
    let (sender, other) = (world.connect(), world.connect());
    world.receive(sender);
    world.receive(other);
    world.send(sender, &submit(1, "hello"));
    world.settle();
    let sent = kinds(&world.receive(sender));
    assert!(!sent.contains(&"ChatMessages".to_owned()), "{sent:?}");
    let observed = kinds(&world.receive(other));
    assert_eq!(observed.first().unwrap(), "ChatMessages");
    assert_eq!(
        observed[observed.len() - 2..],
        ["ChatMessages", "done"],
        "ch_28: the transcript before the end"
    );
}

#[test]
fn turns_run_one_after_the_other_and_answers_follow_their_questions() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &submit(1, "one"));
    world.send(tab, &submit(2, "two"));
    world.send(tab, &submit(3, "three"));
    world.settle();
    let frames = world.receive(tab);
    let ended: Vec<_> = outcomes(&frames).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ended, ["r1", "r2", "r3"]);
    let expected = [
        "user: one".to_owned(),
        answer("one"),
        "user: two".to_owned(),
        answer("two"),
    ];
    assert_eq!(world.lines()[..4], expected);
}

#[test]
fn terminal_frames_name_the_messages_they_answer() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    let messages = ["u1", "u2"]
        .map(|id| Message::text(MessageId::from(id), Role::User, id))
        .to_vec();
    world.send(tab, &request("r", Trigger::Submit, messages));
    world.settle();
    let frames = world.receive(tab);
    let ResponseKind::Done { message_ids, .. } = &responses(&frames).last().unwrap().kind else {
        panic!()
    };
    assert_eq!(*message_ids, ["u1", "u2"].map(MessageId::from));
}

#[test]
fn a_submission_sent_twice_is_run_once() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &submit(1, "hello"));
    world.step_model();
    world.send(tab, &submit(1, "hello"));
    world.settle();
    world.send(tab, &submit(1, "hello"));
    world.settle();
    let frames = world.receive(tab);
    assert_eq!(
        outcomes(&frames).len(),
        2,
        "the answer's end, and how it ended for the late one"
    );
    assert_eq!(world.lines(), ["user: hello".to_owned(), answer("hello")]);
}

#[test]
fn an_error_is_reported_and_the_partial_answer_is_kept() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &submit(1, "drop this"));
    world.settle();
    let frames = world.receive(tab);
    let [(_, Outcome::Error(Some(text)))] = &outcomes(&frames)[..] else {
        panic!("{frames:?}")
    };
    assert!(!text.is_empty());
    let lines = world.lines();
    assert!(lines[1].starts_with("assistant: word1"), "{lines:?}");
    world.send(tab, &submit(2, "next"));
    world.settle();
    assert_eq!(world.lines().last().unwrap(), &answer("next"));
}

#[test]
fn regenerate_cuts_the_transcript_back() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "fail first"));
    world.settle();
    world.send(tab, &submit(2, "two"));
    world.settle();
    let first_answer = world.transcript().last().unwrap().id.clone();
    let kept = world.transcript()[..2].to_vec();
    world.send(tab, &request("again", Trigger::Regenerate, kept));
    world.settle();
    assert_eq!(
        world.lines(),
        [
            "user: fail first".to_owned(),
            "user: two".to_owned(),
            answer("two")
        ]
    );
    assert_ne!(world.transcript().last().unwrap().id, first_answer);
}

#[test]
fn a_list_with_something_new_deletes_nothing() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    let mut list = vec![world.transcript()[0].clone()];
    list.push(Message::text(MessageId::from("new"), Role::User, "new"));
    world.send(tab, &request("r9", Trigger::Submit, list));
    world.settle();
    assert_eq!(
        world.lines(),
        [
            "user: one".to_owned(),
            answer("one"),
            "user: new".to_owned(),
            answer("new")
        ]
    );
}

#[test]
fn a_list_that_is_not_the_beginning_deletes_nothing() {
    let mut world = World::new();
    let tab = world.connect();
    for (number, text) in [(1, "one"), (2, "two")] {
        world.send(tab, &submit(number, text));
        world.settle();
    }
    let late = vec![world.transcript()[2].clone()];
    world.send(tab, &request("r9", Trigger::Regenerate, late));
    assert_eq!(world.lines()[..2], ["user: one".to_owned(), answer("one")]);
    assert_eq!(world.lines().len(), 4);
}

#[test]
fn messages_without_a_turn_are_stored_and_sent_to_the_others() {
    let mut world = World::new();
    let (sender, other) = (world.connect(), world.connect());
    world.receive(sender);
    world.receive(other);
    let messages = ["a", "b"]
        .map(|id| Message::text(MessageId::from(id), Role::User, id))
        .to_vec();
    world.send(sender, &ClientFrame::ChatMessages(messages.clone()));
    world.send(sender, &ClientFrame::ChatMessages(messages[..1].to_vec()));
    assert_eq!(world.lines(), ["user: a", "user: b"]);
    assert_eq!(
        kinds(&world.receive(other)),
        ["ChatMessages"],
        "nothing changed the second time"
    );
    assert_eq!(kinds(&world.receive(sender)), Vec::<String>::new());
}

#[test]
fn an_empty_submission_ends_in_words() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &request("r", Trigger::Submit, vec![]));
    let frames = world.receive(tab);
    assert!(
        matches!(&outcomes(&frames)[..], [(_, Outcome::Error(Some(_)))]),
        "{frames:?}"
    );
    assert!(!world.has_model_call());
}

#[test]
fn cancel_keeps_what_there_was() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &submit(1, "long"));
    world.step_model();
    world.step_model();
    world.send(tab, &ClientFrame::ChatCancel(RequestId::from("r1")));
    world.settle();
    assert!(!world.has_model_call());
    assert_eq!(
        outcomes(&world.receive(tab)),
        [("r1".to_owned(), Outcome::Aborted)]
    );
    let partial = world.lines()[1].clone();
    assert!(
        answer("long").starts_with(&partial) && partial.len() > 12,
        "{partial}"
    );
}

#[test]
fn cancel_of_an_unknown_turn_changes_nothing() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &ClientFrame::ChatCancel(RequestId::from("nothing")));
    assert_eq!(world.receive(tab), []);
}

#[test]
fn a_queued_turn_can_be_cancelled() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &submit(1, "one"));
    world.send(tab, &submit(2, "two"));
    world.send(tab, &ClientFrame::ChatCancel(RequestId::from("r2")));
    world.settle();
    let ended = outcomes(&world.receive(tab));
    assert_eq!(
        ended,
        [
            ("r2".to_owned(), Outcome::Skipped),
            ("r1".to_owned(), Outcome::Completed)
        ]
    );
    assert_eq!(
        world.lines(),
        [
            "user: one".to_owned(),
            answer("one"),
            "user: two".to_owned()
        ]
    );
}

#[test]
fn clear_empties_and_nothing_comes_back() {
    let mut world = World::new();
    let (tab, other) = (world.connect(), world.connect());
    world.send(tab, &submit(1, "one"));
    world.send(tab, &submit(2, "two"));
    world.step_model();
    world.receive(tab);
    world.receive(other);
    world.send(tab, &ClientFrame::ChatClear);
    world.settle();
    assert_eq!(world.transcript(), []);
    let ended = [
        ("r1".to_owned(), Outcome::Aborted),
        ("r2".to_owned(), Outcome::Skipped),
    ];
    let (seen, observed) = (world.receive(tab), world.receive(other));
    assert_eq!(outcomes(&seen), ended);
    assert!(!seen.contains(&ServerFrame::ChatClear));
    assert!(observed.contains(&ServerFrame::ChatClear));
    world.send(tab, &submit(3, "three"));
    world.settle();
    assert_eq!(world.lines(), ["user: three".to_owned(), answer("three")]);
}

#[test]
fn a_silent_provider_is_given_up() {
    let mut world = World::new();
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &submit(1, "hang please"));
    world.settle();
    let pause = ModelOptions::default().pause;
    world.pass(pause - Duration::from_secs(1));
    assert!(world.has_model_call());
    world.pass(Duration::from_secs(1));
    assert!(!world.has_model_call());
    let frames = world.receive(tab);
    let [(_, Outcome::Error(Some(text)))] = &outcomes(&frames)[..] else {
        panic!("{frames:?}")
    };
    assert!(text.contains("120"), "{text}");
    assert!(world.lines()[1].starts_with("assistant: word1"));
}

#[test]
fn an_unchanged_transcript_sent_again_writes_nothing() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    let transcript = world.transcript();
    world.done.clear();
    world.send(tab, &ClientFrame::ChatMessages(transcript));
    assert_eq!(world.done, []);
}

#[test]
fn a_stale_client_cannot_overwrite_an_answer() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    let mut stale = world.transcript();
    stale[1] = Message::text(stale[1].id.clone(), Role::Assistant, "made up");
    world.send(tab, &ClientFrame::ChatMessages(stale));
    assert_eq!(world.lines()[1], answer("one"));
}

#[test]
fn the_answer_that_grows_is_not_stored_when_a_client_sends_it_along() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.step_model();
    world.step_model();
    let answer_id = responses(&world.receive(tab))
        .into_iter()
        .find_map(|response| {
            let ResponseKind::Chunk { chunk, .. } = &response.kind else {
                return None;
            };
            let Chunk::Start { message_id, .. } = chunk else {
                return None;
            };
            message_id.clone()
        })
        .unwrap();
    let mut seen = world.transcript();
    seen.push(Message::text(answer_id, Role::Assistant, "The beg"));
    world.send(tab, &ClientFrame::ChatMessages(seen.clone()));
    seen.push(Message::text(MessageId::from("m2"), Role::User, "two"));
    world.send(tab, &request("r2", Trigger::Submit, seen));
    world.settle();
    let expected = [
        "user: one".to_owned(),
        answer("one"),
        "user: two".to_owned(),
        answer("two"),
    ];
    assert_eq!(world.lines(), expected);
}

#[test]
fn nothing_is_sent_before_it_is_stored() {
    let mut world = World::new();
    let (tab, _other) = (world.connect(), world.connect());
    world.done.clear();
    world.send(tab, &submit(1, "one"));
    world.settle();
    let mut stored_seq = 0;
    for effect in &world.done {
        match effect {
            Effect::Persist(writes) => {
                for write in writes {
                    if let store::Write::AppendChunks {
                        first_seq, chunks, ..
                    } = write
                    {
                        stored_seq = first_seq + chunks.len() as u64;
                    }
                }
            }
            Effect::Send { text, .. } => {
                if let Ok(ServerFrame::ChatResponse(response)) = ServerFrame::decode(text)
                    && let ResponseKind::Chunk { seq: Some(seq), .. } = response.kind
                {
                    assert!(
                        seq < stored_seq,
                        "chunk {seq} was sent before it was stored"
                    );
                }
            }
            _ => {}
        }
    }
}

#[test]
fn chunks_are_stored_and_sent_in_groups_and_the_first_words_do_not_wait() {
    let mut world = World::new();
    world.model_pace = Duration::ZERO;
    let tab = world.connect();
    world.receive(tab);
    world.send(tab, &submit(1, "hello"));
    world.step_model();
    assert!(!seqs(&world.receive(tab)).is_empty(), "the first words");
    for _ in 0..4 {
        world.step_model();
    }
    assert_eq!(world.receive(tab), [], "the next ones are gathered");
    world.pass(GATHER);
    let together = world.receive(tab);
    assert_eq!(seqs(&together).len(), 1, "one chunk: {together:?}");
    world.settle();
    assert_eq!(world.lines()[1], answer("hello"));
}

#[test]
fn a_message_without_content_is_not_answered() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    world.receive(tab);
    let empty = Message {
        id: MessageId::from("e"),
        role: Role::User,
        parts: vec![],
        metadata: None,
    };
    for messages in [vec![], vec![empty]] {
        world.send(tab, &request("r9", Trigger::Submit, messages));
        assert!(matches!(
            &outcomes(&world.receive(tab))[..],
            [(_, Outcome::Error(Some(_)))]
        ));
    }
    assert!(!world.has_model_call());
    assert_eq!(world.transcript().len(), 2);
}

#[test]
fn regenerate_behind_a_clear_brings_nothing_back() {
    let mut world = World::new();
    let (tab, other) = (world.connect(), world.connect());
    world.send(tab, &submit(1, "one"));
    world.settle();
    let prefix = world.transcript()[..1].to_vec();
    world.send(other, &ClientFrame::ChatClear);
    world.send(tab, &request("again", Trigger::Regenerate, prefix));
    world.settle();
    assert_eq!(world.transcript(), []);
    assert!(matches!(
        outcomes(&world.receive(tab)).last(),
        Some((_, Outcome::Error(Some(_))))
    ));
}

#[test]
fn cutting_back_ends_the_turns_whose_place_is_gone() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    world.send(tab, &submit(2, "two"));
    world.send(tab, &submit(3, "three"));
    world.step_model();
    world.receive(tab);
    let prefix = world.transcript()[..1].to_vec();
    world.send(tab, &request("again", Trigger::Regenerate, prefix));
    world.settle();
    let ended = [
        ("r2", Outcome::Aborted),
        ("r3", Outcome::Skipped),
        ("again", Outcome::Completed),
    ];
    assert_eq!(
        outcomes(&world.receive(tab)),
        ended.map(|(id, outcome)| (id.to_owned(), outcome))
    );
    assert_eq!(world.lines(), ["user: one".to_owned(), answer("one")]);
    world.stop();
    world.connect();
    assert!(!world.has_model_call(), "nor do they come back");
}

#[test]
fn a_running_turn_always_has_an_alarm_and_sets_it_no_more_often_than_needed() {
    let mut world = World::new();
    let tab = world.connect();
    for number in 1..=5 {
        world.send(tab, &submit(number, "quick"));
        assert!(world.has_alarm());
        world.settle();
    }
    let alarms = world
        .done
        .iter()
        .filter(|effect| matches!(effect, Effect::WakeAt(_)))
        .count();
    assert_eq!(alarms, 1);
    world.send(tab, &submit(9, "hang please"));
    world.settle();
    for _ in 0..5 {
        world.pass(HEARTBEAT_INTERVAL);
        assert!(world.has_alarm(), "as long as it runs");
    }
}

#[test]
fn a_submission_sent_again_after_its_id_was_forgotten_cuts_nothing_off() {
    let mut world = World::new();
    let tab = world.connect();
    for number in 1..=103 {
        world.send(tab, &submit(number, "hello"));
        world.settle();
    }
    world.receive(tab);
    for number in [1, 2] {
        world.send(tab, &submit(number, "hello"));
        let frames = world.receive(tab);
        assert_eq!(kinds(&frames), ["ChatMessages", "done"]);
        assert_eq!(
            outcomes(&frames),
            [(format!("r{number}"), Outcome::Completed)]
        );
    }
    assert!(!world.has_model_call());
    assert_eq!(world.transcript().len(), 206);
}

#[test]
fn an_edited_message_cuts_off_what_answered_the_old_one() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.send(tab, &submit(2, "two"));
    world.settle();
    let edited = Message::text(MessageId::from("m1"), Role::User, "once");
    world.send(tab, &request("r3", Trigger::Submit, vec![edited]));
    world.settle();
    assert_eq!(world.lines(), ["user: once".to_owned(), answer("once")]);
}

#[test]
fn a_client_that_clears_anothers_turn_is_answered_before_the_turn_ends() {
    let mut world = World::new();
    let (tab, other) = (world.connect(), world.connect());
    world.send(tab, &submit(1, "hello"));
    world.step_model();
    world.receive(tab);
    world.receive(other);
    world.send(other, &ClientFrame::ChatClear);
    assert_eq!(kinds(&world.receive(other)), ["ChatClear", "done"]);
    assert_eq!(kinds(&world.receive(tab)), ["ChatClear", "done"]);
    world.send(other, &ClientFrame::ChatClear);
    assert_eq!(kinds(&world.receive(other)), Vec::<String>::new(), "cn_06");
}

#[test]
fn the_transcript_is_there_in_order_after_a_reconnect() {
    let mut world = World::new();
    let tab = world.connect();
    for (number, text) in [(1, "one"), (2, "two")] {
        world.send(tab, &submit(number, text));
        world.settle();
    }
    world.stop();
    world.connect();
    let expected = [
        "user: one".to_owned(),
        answer("one"),
        "user: two".to_owned(),
        answer("two"),
    ];
    assert_eq!(world.lines(), expected);
}

#[test]
fn why_the_model_stopped_is_in_the_metadata() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    world.settle();
    let frames = world.receive(tab);
    let finish = responses(&frames)
        .into_iter()
        .find_map(|response| match &response.kind {
            ResponseKind::Chunk { chunk, .. } => match chunk {
                Chunk::Finish { .. } => Some(serde_json::to_value(chunk).unwrap()),
                _ => None,
            },
            _ => None,
        });
    let expected =
        serde_json::json!({"type": "finish", "messageMetadata": {"finishReason": "stop"}});
    assert_eq!(finish, Some(expected));
}

#[test]
fn a_large_message_is_stored_whole() {
    let mut world = World::new();
    let tab = world.connect();
    for (number, bytes) in [(1, 10_000), (2, 3_000_000)] {
        let text = "ä".repeat(bytes / 2);
        world.send(tab, &submit(number, &text));
        world.send(
            tab,
            &ClientFrame::ChatCancel(RequestId::new(format!("r{number}"))),
        );
        assert_eq!(world.transcript().last().unwrap().plain_text(), text);
    }
    let ended = outcomes(&world.receive(tab));
    assert_eq!(ended.len(), 2);
}

#[test]
fn clear_forgets_the_error_of_the_last_turn() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "drop"));
    world.settle();
    world.send(tab, &ClientFrame::ChatClear);
    for hibernates in [false, true] {
        if hibernates {
            world.hibernate();
        }
        world.receive(tab);
        world.send(tab, &ClientFrame::ResumeRequest(None));
        assert_eq!(kinds(&world.receive(tab)), ["StreamResumeNone"]);
    }
}
