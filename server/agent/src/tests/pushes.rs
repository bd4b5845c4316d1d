//! Pushes to the directory of the owner, and those that are lost.

use std::time::Duration;

use common::{
    directory::{ConversationState, TitleBy},
    frame::ClientFrame,
    id::RpcId,
};
use serde_json::json;
use store::PushedTexts;

use super::{state, submit};
use crate::{Effect, Input, PUSH_TIME, SummaryPush, testing::World};

fn pushes(world: &World) -> Vec<SummaryPush> {
    let push = |effect: &Effect| match effect {
        Effect::PushSummary(push) => Some(push.clone()),
        _ => None,
    };
    world.done.iter().filter_map(push).collect()
}

#[test]
fn a_conversation_is_listed_when_it_begins_and_when_its_turn_ends() {
    let mut world = World::new();
    let tab = world.connect();
    assert_eq!(world.listed(), None, "nobody has said anything");
    world.send(tab, &submit(1, "## Reverse a list\nplease"));
    let listed = world.listed().unwrap();
    assert_eq!(listed.title.as_deref(), Some("Reverse a list"));
    assert_eq!(listed.title_by, TitleBy::Start);
    assert_eq!(listed.state, ConversationState::Running);
    assert_eq!((listed.messages, listed.is_unread), (1, false));
    assert!(listed.last_words.contains("Reverse a list"));
    let began = listed.active;
    world.pass(Duration::from_secs(1));
    world.settle();
    let listed = world.listed().unwrap();
    assert_eq!(listed.state, ConversationState::Idle);
    assert_eq!((listed.messages, listed.is_unread), (2, true));
    assert!(listed.last_words.starts_with("word1"), "{listed:?}");
    assert!(listed.active > began && listed.created == began);
    assert_eq!(
        pushes(&world).len(),
        2,
        "one when it begins, one when it ends"
    );
    let numbers: Vec<u64> = pushes(&world).iter().map(|push| push.number).collect();
    assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
}

#[test]
fn waiting_and_failed_conversations_are_listed_as_such() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, r#"call write {"path":"a","text":""}"#));
    world.settle();
    assert_eq!(world.listed().unwrap().state, ConversationState::Waiting);
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hang"));
    world.fail_model();
    let listed = world.listed().unwrap();
    assert_eq!(listed.state, ConversationState::Failed);
    assert!(listed.is_unread);
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hang"));
    world.send(tab, &ClientFrame::ChatCancel("r1".into()));
    assert!(
        !world.listed().unwrap().is_unread,
        "who stops it has seen it"
    );
}

#[test]
fn a_clear_and_a_rename_are_pushed() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    world.settle();
    let active = world.listed().unwrap().active;
    let rename = |title: &str| ClientFrame::Rpc {
        id: RpcId::from("r"),
        method: "renameConversation".to_owned(),
        args: vec![json!(title)],
    };
    world.pass(Duration::from_secs(5));
    world.send(tab, &rename(" Lists\n\u{202e}"));
    let listed = world.listed().unwrap();
    assert_eq!(listed.title.as_deref(), Some("Lists"));
    assert_eq!(listed.title_by, TitleBy::User);
    assert_eq!(listed.active, active, "a title is no activity");
    world.send(tab, &rename(&"x".repeat(10_000)));
    world.send(tab, &rename(" "));
    assert_eq!(world.listed().unwrap().title.as_deref(), Some("Lists"));
    world.input(Input::Titled("Sums".to_owned()));
    assert_eq!(world.listed().unwrap().title.as_deref(), Some("Sums"));
    world.send(tab, &state(&json!({"title": "Others"})));
    assert_eq!(world.listed().unwrap().title.as_deref(), Some("Others"));
    world.send(tab, &ClientFrame::ChatClear);
    let listed = world.listed().unwrap();
    assert_eq!((listed.messages, listed.last_words.as_str()), (0, ""));
    world.assert_listed();
}

#[test]
fn a_short_turn_is_pushed_once_as_it_is_when_the_push_is_sent() {
    let mut world = World::new();
    let tab = world.connect();
    world.holds_pushes = true;
    world.send(tab, &submit(1, "hello"));
    world.settle();
    assert_eq!(pushes(&world), []);
    world.holds_pushes = false;
    // The next input finds that the time has come.
    world.receive(tab);
    world.disconnect(tab);
    let pushed = pushes(&world);
    assert_eq!(pushed.len(), 1, "{pushed:?}");
    assert_eq!(pushed[0].head.state, ConversationState::Idle);
    world.assert_listed();
}

#[test]
fn a_push_whose_time_never_comes_is_made_good() {
    let mut world = World::new();
    let tab = world.connect();
    world.holds_pushes = true;
    world.send(tab, &submit(1, "hello"));
    world.settle();
    world.outside.later_pushes.clear();
    world.holds_pushes = false;
    world.pass(PUSH_TIME * 2);
    world.assert_listed();
}

#[test]
fn lost_pushes_are_made_good_and_nothing_waits_for_them() {
    let mut world = World::new();
    world.is_directory_down = true;
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    assert_eq!(world.transcript().len(), 2, "the answer is there");
    world.pass(Duration::from_secs(3_600));
    let sent = pushes(&world).len();
    assert!((8..16).contains(&sent), "the waits grow: {sent}");
    // An eviction, and nobody who looks.
    world.disconnect(tab);
    world.stop();
    world.is_directory_down = false;
    assert_eq!(world.listed(), None);
    world.pass(Duration::from_secs(16 * 60));
    world.assert_listed();
    assert_eq!(world.listed().unwrap().messages, 2);
    world.pass(PUSH_TIME);
    assert!(!world.has_alarm(), "nothing is left to be pushed");
}

#[test]
fn an_answer_that_comes_too_late_is_ignored() {
    let mut world = World::new();
    world.is_directory_down = true;
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    let call = pushes(&world)[0].call;
    world.settle();
    world.pass(PUSH_TIME * 2);
    let done = world.done.len();
    world.input(Input::SummaryPushed {
        call,
        result: Ok(PushedTexts::default()),
    });
    assert_eq!(world.done.len(), done);
    world.is_directory_down = false;
    world.pass(PUSH_TIME);
    world.assert_listed();
}

#[test]
fn a_conversation_from_before_there_was_a_list_appears_when_it_is_opened() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    let began = world.now;
    world.stop();
    world.forget_pushes();
    world.pass(Duration::from_secs(90_000));
    world.connect();
    let listed = world.listed().unwrap();
    assert!(listed.active <= began, "opening it is no activity");
    assert_eq!(
        listed.title_by,
        TitleBy::User,
        "who gave the title is not known"
    );
    world.assert_listed();
}
