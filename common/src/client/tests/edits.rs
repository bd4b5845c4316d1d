//! Editing, withdrawing and regenerating; the states of queue and run.

use serde_json::json;

use super::{
    World,
    world::{assistant, user},
};
use crate::{
    attachments::Draft,
    client::{ChatError, Delivery, Effect, Input, Run},
    frame::{Outcome, Trigger},
    id::MessageId,
    message::FilePart,
};

fn edit(id: &str, text: &str) -> Input {
    Input::Edit {
        id: MessageId::from(id),
        text: text.to_owned(),
    }
}

fn asked_and_answered() -> World {
    World::open(vec![
        user("u1", "one"),
        assistant("a1", "1"),
        user("u2", "two"),
        assistant("a2", "2"),
    ])
}

#[test]
fn an_edit_cuts_off_what_came_after_and_sends_the_transcript_up_to_it() {
    let mut world = asked_and_answered();
    world.give(edit("u1", "uno"));
    assert_eq!(world.view(), ["?u:uno"]);
    let [request] = &world.requests()[..] else {
        panic!("{:?}", world.sent());
    };
    assert_eq!(request.trigger, Trigger::Submit);
    assert_eq!(request.messages, [user("u1", "uno")]);
    // A transcript that does not contain it yet.
    world.transcript(vec![user("u1", "one"), assistant("a1", "1")]);
    assert_eq!(world.view(), ["?u:uno"]);
    let id = world.request();
    world.stream(&id, "a3", 6);
    world.done(&id, Outcome::Completed);
    world.fetched(vec![user("u1", "uno"), assistant("a3", "Hello")]);
    assert_eq!(world.view(), ["u:uno", "a:Hello"]);
}

fn with_file(text: &str) -> Draft {
    let file = FilePart {
        media_type: "image/png".to_owned(),
        url: "/a.png".to_owned(),
        filename: None,
        provider_metadata: None,
    };
    Draft {
        text: text.to_owned(),
        files: vec![file],
    }
}

#[test]
fn an_edit_changes_the_text_and_keeps_the_files() {
    for is_sent in [true, false] {
        let mut world = World::open(vec![]);
        if !is_sent {
            world.close(1006);
        }
        world.give(Input::Send(with_file("one")));
        let id = world.client.rows()[0].message.id.clone();
        if is_sent {
            let request = world.request();
            world.stream(&request, "a", 6);
            world.done(&request, Outcome::Completed);
        }
        for text in ["uno", ""] {
            world.give(edit(id.as_str(), text));
            let message = world.client.rows()[0].message.clone();
            assert_eq!(message.draft(), with_file(text), "{is_sent}");
            if is_sent {
                world.request();
                break;
            }
        }
    }
}

#[test]
fn a_message_of_files_alone_is_sent_and_one_of_nothing_is_not() {
    let mut world = World::open(vec![]);
    world.give(Input::Send(Draft::default()));
    world.give(Input::Send(with_file("")));
    let [request] = &world.requests()[..] else {
        panic!("{:?}", world.sent());
    };
    assert_eq!(request.messages[0].draft(), with_file(""));
}

#[test]
fn an_edit_that_was_cut_off_is_sent_again() {
    let mut world = asked_and_answered();
    world.give(edit("u2", "dos"));
    let id = world.request();
    world.reconnect();
    world.asked();
    world.fetched(vec![
        user("u1", "one"),
        assistant("a1", "1"),
        user("u2", "two"),
        assistant("a2", "2"),
    ]);
    assert_eq!(world.view(), ["u:one", "a:1", "?u:dos"]);
    world.receive(&crate::frame::ServerFrame::StreamResumeNone {
        reason: None,
        probe_id: None,
    });
    assert_eq!(world.request(), id);
}

#[test]
fn unsent_messages_are_changed_and_withdrawn_in_the_outbox() {
    let mut world = World::open(vec![]);
    world.close(1006);
    world.send("first");
    world.send("second");
    let ids = world.client.rows();
    let (first, second) = (&ids[0].message.id, &ids[1].message.id);
    assert_eq!(world.queue(), [first.as_str(), second.as_str()]);
    world.give(edit(first.as_str(), "changed"));
    world.give(Input::Withdraw(second.clone()));
    assert_eq!(world.view(), ["~u:changed"]);
    assert_eq!(world.queue(), [first.as_str()]);
    assert_eq!(world.kept.len(), 1);
    world.reopen();
    assert_eq!(world.submitted(), ["changed"]);
}

#[test]
fn sent_messages_are_not_withdrawn() {
    let mut world = World::open(vec![]);
    world.send("sent");
    world.asked();
    let id = world.client.rows()[0].message.id.clone();
    world.give(Input::Withdraw(id));
    assert_eq!(
        world.asked(),
        [Effect::Report(ChatError::TooLateToWithdraw)]
    );
    assert_eq!(world.view(), ["?u:sent"]);
}

#[test]
fn another_answer_is_requested() {
    let mut world = asked_and_answered();
    world.give(Input::Regenerate(MessageId::from("a1")));
    assert_eq!(world.view(), ["?u:one"]);
    let [request] = &world.requests()[..] else {
        panic!("{:?}", world.sent());
    };
    assert_eq!(request.trigger, Trigger::Regenerate);
    assert_eq!(request.messages, [user("u1", "one")]);
}

#[test]
fn while_a_turn_runs_nothing_is_cut_off() {
    let mut world = asked_and_answered();
    world.send("three");
    world.asked();
    world.give(Input::Regenerate(MessageId::from("a1")));
    world.give(edit("u1", "uno"));
    let reported = [
        Effect::Report(ChatError::Busy),
        Effect::GiveBack("uno".into()),
        Effect::Report(ChatError::Busy),
    ];
    assert_eq!(world.asked(), reported);
    assert_eq!(world.view().len(), 5);
}

#[test]
fn a_message_that_steers_says_so() {
    let mut world = World::open(vec![]);
    world.give(Input::Steer("left".into()));
    let [request] = &world.requests()[..] else {
        panic!("{:?}", world.sent());
    };
    assert_eq!(request.body["steer"], json!(true));
}

#[test]
fn the_delivery_of_a_message_goes_from_stored_to_answered() {
    let mut world = World::open(vec![]);
    let delivery = |world: &World| world.client.rows()[0].delivery;
    world.close(1006);
    world.send("hi");
    assert_eq!(delivery(&world), Delivery::Stored);
    world.reopen();
    assert_eq!(delivery(&world), Delivery::Sent);
    let id = world.request();
    world.text(json!({"type": "cf_agent_stream_pending", "id": id}));
    assert_eq!(delivery(&world), Delivery::Accepted);
    world.stream(&id, "a1", 3);
    assert_eq!(delivery(&world), Delivery::Running);
    world.done(&id, Outcome::Completed);
    assert_eq!(delivery(&world), Delivery::Answered);
}

#[test]
fn a_failed_message_stays_marked_until_it_is_tried_again() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    let message = world.messages();
    world.done(&id, Outcome::Error(Some("no credit".to_owned())));
    assert_eq!(world.client.rows()[0].delivery, Delivery::Failed);
    world.transcript(message);
    assert_eq!(world.client.rows()[0].delivery, Delivery::Failed);
    assert_eq!(
        *world.run(),
        Run::Failed(ChatError::TurnFailed("no credit".to_owned()))
    );
    world.give(Input::Retry);
    assert_eq!(world.client.rows()[0].delivery, Delivery::Sent);
}

#[test]
fn the_run_says_what_the_agent_is_at() {
    let mut world = World::open(vec![]);
    assert_eq!(*world.run(), Run::Idle);
    world.send("hi");
    assert_eq!(*world.run(), Run::Thinking);
    let id = world.request();
    world.stream(&id, "a1", 3);
    assert_eq!(*world.run(), Run::Writing);
    let call =
        json!({"type": "tool-input-available", "toolCallId": "c", "toolName": "grep", "input": {}});
    world.chunk(&id, 3, &call);
    assert_eq!(*world.run(), Run::CallingTool("grep".to_owned()));
    let output = json!({"type": "tool-output-available", "toolCallId": "c", "output": "x"});
    world.chunk(&id, 4, &output);
    assert_eq!(*world.run(), Run::Thinking);
    let asks = json!({"type": "tool-input-available", "toolCallId": "d", "toolName": "write", "input": {}});
    world.chunk(&id, 5, &asks);
    let asks = json!({"type": "tool-approval-request", "toolCallId": "d", "approvalId": "q"});
    world.chunk(&id, 6, &asks);
    world.done(&id, Outcome::Completed);
    assert_eq!(*world.run(), Run::WaitingForUser);
    world.text(json!({"type": "cf_agent_chat_recovering", "recovering": true}));
    assert_eq!(*world.run(), Run::Recovering);
}

#[test]
fn messages_behind_the_turn_of_another_are_queued() {
    let mut world = World::open(vec![user("u1", "theirs")]);
    world.text(json!({"type": "cf_agent_stream_pending", "id": "other"}));
    world.send("mine");
    assert_eq!(*world.run(), Run::Queued(1));
}
