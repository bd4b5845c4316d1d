//! The outbox outlives the page.

use std::time::Duration;

use super::{
    World,
    world::{assistant, seconds, user},
};
use crate::{
    client::{ChatError, Delivery, Effect, Input, Status},
    frame::{ClientFrame, HEARTBEAT_ANSWER, Outcome, ServerFrame},
    id::{MessageId, ToolCallId},
};

const HOURS: Duration = Duration::from_secs(5 * 3600);
const TWO_DAYS: Duration = Duration::from_secs(2 * 24 * 3600);

/// A page without a connection, with these unsent messages.
fn offline(texts: &[&str]) -> World {
    let mut world = World::open(vec![]);
    world.close(1006);
    for text in texts {
        world.send(text);
    }
    world
}

#[test]
fn unsent_messages_are_sent_after_a_reload_in_their_order() {
    let world = offline(&["one", "two", "three"]);
    let ids = world.messages();
    let mut world = world.reload(HOURS, vec![]);
    assert_eq!(world.view(), ["~u:one", "~u:two", "~u:three"]);
    assert_eq!(world.messages(), ids, "under the same ids");
    world.give(Input::Opened);
    assert_eq!(world.submitted(), ["one", "two", "three"]);
}

#[test]
fn confirmed_messages_are_removed_from_the_storage() {
    let mut world = World::open(vec![]);
    world.send("hi");
    assert_eq!(world.kept.len(), 1);
    let id = world.request();
    world.stream(&id, "a1", 1);
    assert_eq!(world.kept.len(), 0);
}

#[test]
fn a_message_that_was_sent_is_not_sent_again_when_the_transcript_has_it() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let stored = world.messages();
    let mut again = world.reload(seconds(1), vec![]);
    again.give(Input::Opened);
    assert_eq!(again.submitted(), [""; 0], "the transcript will tell");
    again.fetched(stored.clone());
    again.answer_idle();
    assert_eq!(again.submitted(), [""; 0]);
    assert_eq!(again.view(), ["u:hi"]);
    assert_eq!(again.kept.len(), 0);
    assert_eq!(again.status(), Status::Ready);
}

#[test]
fn a_message_that_was_sent_and_lost_is_sent_again_under_the_same_ids() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let (id, messages) = (world.request(), world.messages());
    let mut world = world.reload(seconds(1), vec![]);
    world.give(Input::Opened);
    world.fetched(vec![]);
    assert_eq!(world.request(), id);
    assert_eq!(world.messages(), messages);
}

#[test]
fn a_page_rendered_with_the_message_does_not_show_it_twice() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let stored = world.messages();
    let world = world.reload(seconds(1), stored);
    assert_eq!(world.view(), ["?u:hi"]);
}

#[test]
fn after_a_day_the_user_is_asked() {
    let world = offline(&["old"]);
    let mut world = world.reload(TWO_DAYS, vec![]);
    world.give(Input::Opened);
    world.answer_idle();
    world.fetched(vec![]);
    assert_eq!(world.submitted(), [""; 0]);
    assert_eq!(world.client.rows()[0].delivery, Delivery::Overdue);
    let id = world.messages()[0].id.clone();
    world.give(Input::SendOverdue(id));
    world.fetched(vec![]);
    assert_eq!(world.submitted(), ["old"]);
}

#[test]
fn a_page_that_stays_open_for_a_day_asks_too() {
    let mut world = offline(&["old"]);
    world.freeze(TWO_DAYS);
    world.send("new");
    world.reopen();
    assert_eq!(world.submitted(), ["new"]);
    assert_eq!(world.view(), ["~u:old", "?u:new"]);
    let old = world.messages()[0].id.clone();
    world.give(Input::Withdraw(old));
    assert_eq!(world.view(), ["?u:new"]);
}

#[test]
fn a_stop_outlives_the_page_until_its_turn_ends() {
    let mut world = World::open(vec![user("u1", "go")]);
    world.stream("r", "a1", 2);
    world.close(1006);
    world.give(Input::Stop);
    assert_eq!(world.kept.len(), 1);
    let mut world = world.reload(seconds(1), vec![user("u1", "go")]);
    world.give(Input::Opened);
    world.asked();
    world.resuming("r");
    assert!(world.sent().contains(&ClientFrame::ChatCancel("r".into())));
    assert_eq!(world.kept.len(), 1, "the cancel may be lost");
    world.reconnect();
    world.resuming("r");
    assert!(world.sent().contains(&ClientFrame::ChatCancel("r".into())));
    world.done("r", Outcome::Aborted);
    assert_eq!(world.kept.len(), 0);
}

#[test]
fn a_clear_outlives_the_page_and_comes_before_what_was_written_after_it() {
    let mut world = World::open(vec![user("u1", "old"), assistant("a1", "old")]);
    world.close(1006);
    world.give(Input::Clear);
    world.send("new");
    let stored = vec![user("u1", "old"), assistant("a1", "old")];
    let mut world = world.reload(seconds(500), stored);
    assert_eq!(world.view(), ["~u:new"]);
    world.give(Input::Opened);
    let sent = world.sent();
    let place = |wanted: fn(&ClientFrame) -> bool| sent.iter().position(wanted);
    let clear = place(|frame| matches!(frame, ClientFrame::ChatClear));
    let submission = place(|frame| matches!(frame, ClientFrame::ChatRequest(_)));
    assert!(clear.is_some() && clear < submission, "{sent:?}");
    world.answer_idle();
    assert!(!world.kept.contains_key("clear"));
}

#[test]
fn a_clear_that_waited_for_long_is_not_carried_out_unasked() {
    let stored = vec![user("u1", "old"), assistant("a1", "old")];
    let mut world = World::open(stored.clone());
    world.close(1006);
    world.give(Input::Clear);
    let mut again = world.reload(HOURS, stored.clone());
    again.give(Input::Opened);
    assert_eq!(again.count(&Effect::Report(ChatError::NotCleared)), 1);
    assert!(!again.sent().contains(&ClientFrame::ChatClear));
    again.fetched(stored);
    assert_eq!(again.view(), ["u:old", "a:old"]);
    assert!(!again.kept.contains_key("clear"));
}

#[test]
fn an_answer_to_an_approval_outlives_the_page_with_all_it_says() {
    let message = serde_json::json!({"id": "a1", "role": "assistant", "parts": [{
        "type": "tool-write", "toolCallId": "c1", "state": "approval-requested",
        "input": {}, "approval": {"id": "q"},
    }]});
    let asked = || serde_json::from_value(message.clone()).unwrap();
    let call = ToolCallId::from("c1");
    let allowed = Input::Approve {
        call: call.clone(),
        always: Some("src/**".to_owned()),
    };
    let refused = Input::Deny {
        call,
        reason: Some("No.".to_owned()),
    };
    for (answer, field, text) in [(allowed, "always", "src/**"), (refused, "reason", "No.")] {
        let mut world = World::open(vec![user("u1", "go"), asked()]);
        world.close(1006);
        world.give(answer);
        let mut world = world.reload(HOURS, vec![user("u1", "go"), asked()]);
        assert_eq!(world.client.rows()[1].delivery, Delivery::Stored);
        world.give(Input::Opened);
        world.give(Input::Received(HEARTBEAT_ANSWER.to_owned()));
        let sent = world.sent();
        let note = sent.iter().position(
            |frame| matches!(frame, ClientFrame::Rpc { args, .. } if args[0][field] == text),
        );
        let is_answer = |frame: &&ClientFrame| matches!(frame, ClientFrame::ToolApproval(_));
        let answer = sent.iter().position(|frame| is_answer(&frame));
        assert!(note.is_some() && note < answer, "{sent:?}");
        assert_eq!(sent.iter().filter(is_answer).count(), 1);
    }
}

#[test]
fn an_edit_outlives_the_page() {
    let stored = vec![user("u1", "one"), assistant("a1", "1")];
    let mut world = World::open(stored.clone());
    world.close(1006);
    world.give(Input::Edit {
        id: MessageId::from("u1"),
        text: "uno".to_owned(),
    });
    let mut world = world.reload(HOURS, stored.clone());
    world.give(Input::Opened);
    world.fetched(stored);
    world.answer_idle();
    assert_eq!(world.view(), ["?u:uno"]);
    assert_eq!(world.submitted(), ["uno"]);
}

#[test]
fn a_browser_that_keeps_nothing_is_said_once_and_the_message_goes_all_the_same() {
    let mut world = World::open(vec![]);
    world.send("one");
    world.give(Input::NotKept);
    world.send("two");
    world.give(Input::NotKept);
    let reports = |effect: &Effect| *effect == Effect::Report(ChatError::NotKept);
    let asked = world.asked();
    assert_eq!(asked.iter().filter(|effect| reports(effect)).count(), 1);
    let texts = asked
        .iter()
        .filter(|effect| matches!(effect, Effect::Transmit(_)));
    assert_eq!(texts.count(), 2);
}

#[test]
fn entries_that_cannot_be_read_change_nothing() {
    let mut world = World::open(vec![]);
    world.kept.insert("message.x".to_owned(), "{".to_owned());
    world
        .kept
        .insert("message.y".to_owned(), r#"{"at":1,"order":2}"#.to_owned());
    let mut world = world.reload(seconds(1), vec![user("u1", "hi")]);
    assert_eq!(world.view(), ["u:hi"]);
    world.give(Input::Opened);
    world.receive(&ServerFrame::no_mcp_servers());
    assert_eq!(world.submitted(), [""; 0]);
}
