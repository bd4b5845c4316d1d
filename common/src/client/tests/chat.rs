//! Sending, streaming, stopping, clearing, retrying.

use serde_json::json;

use super::{
    World,
    world::{assistant, chunks, seconds, user},
};
use crate::{
    client::{ChatError, Effect, Input, Status},
    frame::{ChatResponse, ClientFrame, Outcome, ServerFrame, Trigger},
    id::RequestId,
};

#[test]
fn a_message_is_sent_answered_and_done() {
    let mut world = World::open(vec![]);
    world.send("hi");
    assert_eq!(world.view(), ["?u:hi"]);
    assert_eq!(world.status(), Status::Submitted);
    assert_eq!(world.submitted(), ["hi"]);
    let id = world.request();
    world.stream(&id, "a1", 3);
    assert_eq!(world.status(), Status::Streaming);
    assert_eq!(world.view(), ["u:hi", "a:Hel"]);
    for (seq, chunk) in chunks("a1").iter().enumerate().skip(3) {
        world.chunk(&id, seq as u64, chunk);
    }
    world.done(&id, Outcome::Completed);
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
    assert_eq!(world.status(), Status::Ready);
    assert_eq!(world.ids()[1].as_str(), "a1");
    assert_eq!(world.fetches(), 0, "nothing is missing");
}

#[test]
fn only_the_new_message_is_sent() {
    let mut world = World::open(vec![user("u1", "old"), assistant("a1", "older")]);
    world.send("new");
    let [request] = &world.requests()[..] else {
        panic!("{:?}", world.sent());
    };
    assert_eq!(request.trigger, Trigger::Submit);
    assert_eq!(request.messages, world.messages()[2..]);
}

#[test]
fn a_server_that_is_not_ours_is_sent_the_whole_transcript() {
    let stored = vec![user("u1", "old"), assistant("a1", "older")];
    let mut world = World::new(stored.clone(), None);
    world.give(Input::Opened);
    world.receive(&ServerFrame::no_mcp_servers());
    world.answer_idle();
    world.fetched(stored);
    world.asked();
    world.send("new");
    let new = world.request();
    assert_eq!(world.requests()[0].messages, world.messages());
    // It stores an answer at the position that its client's list implies.
    world.stream(&new, "a2", 3);
    world.send("newer");
    assert_eq!(world.requests().last().unwrap().messages, world.messages());
    assert_eq!(world.messages().len(), 5);
}

#[test]
fn a_transcript_beyond_the_platforms_limit_is_not_sent() {
    let stored = vec![user("u1", &"\"".repeat(9 * 1024 * 1024))];
    let mut world = World::new(stored.clone(), None);
    world.give(Input::Opened);
    world.answer_idle();
    world.fetched(stored);
    world.asked();
    world.send("new");
    assert_eq!(world.submitted(), ["new"]);
    assert_eq!(world.requests()[0].messages.len(), 1);
}

#[test]
fn blank_text_is_not_sent() {
    let mut world = World::open(vec![]);
    world.send(" \n\t");
    assert_eq!(world.asked(), []);
    assert_eq!(world.view(), [""; 0]);
}

#[test]
fn a_message_beyond_the_platforms_limit_is_refused_at_once() {
    let mut world = World::open(vec![]);
    let text = "\"".repeat(12 * 1024 * 1024);
    world.send(&text);
    let reported = [
        Effect::GiveBack(text.into()),
        Effect::Report(ChatError::MessageTooLong),
    ];
    assert!(
        world.asked() == reported,
        "it goes back to where it was written"
    );
    assert_eq!(world.status(), Status::Ready);
    world.send("short");
    assert_eq!(world.submitted(), ["short"]);
    assert_eq!(world.error(), None);
}

#[test]
fn messages_sent_while_busy_queue_behind_the_answer() {
    let mut world = World::open(vec![]);
    world.send("one");
    let one = world.request();
    world.stream(&one, "a1", 3);
    world.send("two");
    let two = world.request();
    assert_eq!(world.submitted(), ["one", "two"]);
    assert_eq!(world.view(), ["u:one", "a:Hel", "?u:two"]);
    world.chunk(&one, 3, &chunks("a1")[3]);
    world.done(&one, Outcome::Completed);
    assert_eq!(world.view(), ["u:one", "a:Hello", "?u:two"]);
    assert_eq!(world.status(), Status::Submitted);
    world.stream(&two, "a2", 6);
    world.done(&two, Outcome::Completed);
    assert_eq!(world.view(), ["u:one", "a:Hello", "u:two", "a:Hello"]);
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn an_answer_comes_behind_one_that_is_stored_behind_its_question() {
    let mut world = World::open(vec![user("u1", "theirs")]);
    world.stream("r1", "a1", 3);
    world.send("mine");
    let mine = world.request();
    world.chunk("r1", 3, &chunks("a1")[3]);
    // An official server stores an answer at its end, not where its turn began.
    let mut stored = world.messages();
    stored.retain(|message| message.id.as_str() != "a1");
    stored.push(assistant("a1", "Hello"));
    world.done("r1", Outcome::Completed);
    world.transcript(stored);
    assert_eq!(world.view()[2], "a:Hello");
    world.stream(&mine, "a2", 3);
    let ids = world.ids();
    assert_eq!([ids[2].as_str(), ids[3].as_str()], ["a1", "a2"]);
}

#[test]
fn another_clients_answer_stays_before_what_we_queue() {
    let mut world = World::open(vec![user("u1", "theirs")]);
    world.send("mine");
    let mine = world.request();
    world.stream("other", "a1", 6);
    assert_eq!(world.view(), ["u:theirs", "a:Hello", "?u:mine"]);
    world.done("other", Outcome::Completed);
    world.stream(&mine, "a2", 6);
    assert_eq!(world.view(), ["u:theirs", "a:Hello", "u:mine", "a:Hello"]);
}

#[test]
fn an_answer_found_out_of_place_at_its_end_is_put_right() {
    let theirs = vec![user("u1", "one"), user("u2", "two")];
    let mut world = World::open(theirs.clone());
    world.stream("r1", "a1", 6);
    assert_eq!(
        world.view(),
        ["u:one", "u:two", "a:Hello"],
        "nobody said what it answers"
    );
    world.asked();
    world.response("r1", &json!({"done": true, "messageIds": ["u1"]}));
    assert_eq!(world.fetches(), 1);
    world.fetched(vec![
        theirs[0].clone(),
        assistant("a1", "Hello"),
        theirs[1].clone(),
    ]);
    assert_eq!(world.view(), ["u:one", "a:Hello", "u:two"]);
}

#[test]
fn an_answer_without_a_start_gets_an_id_of_ours() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    let text = |delta: &str| json!({"body": json!({"type": "text-delta", "id": id, "delta": delta}).to_string()});
    world.response(&id, &text("Hel"));
    world.response(&id, &text("lo"));
    world.done(&id, Outcome::Completed);
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
    // The transcript contains the server's id.
    let question = world.messages().remove(0);
    world.transcript(vec![question, assistant("server", "Hello")]);
    assert_eq!(world.ids()[1].as_str(), "server");
    assert_eq!(world.view().len(), 2);
}

#[test]
fn ui_15_an_error_keeps_what_there_is_and_a_later_end_is_tolerated() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    world.stream(&id, "a1", 3);
    world.response(&id, &json!({"error": true, "body": "no credit"}));
    assert_eq!(world.status(), Status::Error);
    assert_eq!(world.error().as_deref(), Some("no credit"));
    assert_eq!(world.view(), ["u:hi", "a:Hel"]);
    world.done(&id, Outcome::Error(None));
    assert_eq!(world.error().as_deref(), Some("no credit"));
    assert_eq!(world.view(), ["u:hi", "a:Hel"]);
}

#[test]
fn an_error_always_has_words() {
    for frame in [
        json!({"error": true}),
        json!({"error": true, "done": true}),
        json!({"done": true, "outcome": "error"}),
    ] {
        let mut world = World::open(vec![]);
        world.send("hi");
        let id = world.request();
        world.response(&id, &frame);
        let words = "The turn failed and the server gave no reason. Try again.";
        assert_eq!(world.error().as_deref(), Some(words), "{frame}");
        assert_eq!(world.view(), ["u:hi"]);
    }
}

#[test]
fn an_error_chunk_ends_the_turn() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    world.chunk(&id, 0, &json!({"type": "error", "errorText": "broken"}));
    assert_eq!(world.error().as_deref(), Some("broken"));
}

#[test]
fn an_answer_that_never_began_leaves_no_row() {
    for outcome in [Outcome::Aborted, Outcome::Error(None)] {
        let mut world = World::open(vec![]);
        world.send("hi");
        let id = world.request();
        world.stream(&id, "a1", 1);
        assert_eq!(world.view(), ["u:hi", "a:"]);
        world.done(&id, outcome);
        assert_eq!(world.view(), ["u:hi"]);
    }
}

#[test]
fn an_error_goes_when_something_new_begins() {
    let mut world = World::open(vec![user("u1", "hi")]);
    world.stream("other", "a1", 3);
    world.done("other", Outcome::Error(Some("no".to_owned())));
    assert_eq!(world.status(), Status::Error);
    world.stream("next", "a2", 3);
    assert_eq!(world.error(), None);
}

#[test]
fn a_retry_asks_again_for_the_last_message() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    world.stream(&id, "a1", 3);
    world.done(&id, Outcome::Error(Some("no".to_owned())));
    world.asked();
    world.give(Input::Retry);
    assert_eq!(world.view(), ["?u:hi"]);
    assert_eq!(world.error(), None);
    assert_eq!(world.status(), Status::Submitted);
    let [request] = &world.requests()[..] else {
        panic!("{:?}", world.sent());
    };
    assert_eq!(request.trigger, Trigger::Regenerate);
    assert_eq!(request.messages, world.messages());
    let again = world.request();
    assert_ne!(again, id);
    // An older transcript does not bring the old answer back.
    let question = world.messages().remove(0);
    world.transcript(vec![question, assistant("a1", "Hel")]);
    assert_eq!(world.view(), ["u:hi"]);
    world.stream(&again, "a2", 6);
    world.done(&again, Outcome::Completed);
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn a_retry_without_an_error_does_nothing() {
    let mut world = World::open(vec![user("u1", "hi")]);
    world.give(Input::Retry);
    assert_eq!(world.asked(), []);
}

#[test]
fn cn_12_a_stop_cancels_the_running_turn_and_the_queue_continues() {
    let mut world = World::open(vec![]);
    world.give(Input::Stop);
    assert_eq!(world.asked(), [], "nothing runs");
    world.send("one");
    let one = world.request();
    world.stream(&one, "a1", 3);
    world.send("two");
    world.asked();
    world.give(Input::Stop);
    let cancel = ClientFrame::ChatCancel(RequestId::new(one.clone()));
    assert_eq!(world.sent(), [cancel]);
    assert_eq!(
        world.status(),
        Status::Streaming,
        "until the server says so"
    );
    world.done(&one, Outcome::Aborted);
    assert_eq!(world.status(), Status::Submitted);
    assert_eq!(world.view(), ["u:one", "a:Hel", "?u:two"]);
}

#[test]
fn a_stop_reaches_a_turn_that_has_not_begun_and_anothers() {
    let mut world = World::open(vec![]);
    world.send("one");
    let one = RequestId::new(world.request());
    world.asked();
    world.give(Input::Stop);
    assert_eq!(world.sent(), [ClientFrame::ChatCancel(one)]);

    let mut world = World::open(vec![user("u1", "hi")]);
    world.stream("other", "a1", 3);
    world.give(Input::Stop);
    let other = RequestId::from("other");
    assert_eq!(world.sent(), [ClientFrame::ChatCancel(other)]);
}

#[test]
fn a_stop_waits_for_the_connection() {
    let mut world = World::open(vec![]);
    world.send("one");
    let one = RequestId::new(world.request());
    world.stream(one.as_str(), "a1", 3);
    world.close(1006);
    world.give(Input::Stop);
    world.asked();
    world.reopen();
    assert_eq!(world.sent()[0], ClientFrame::ChatCancel(one.clone()));
    world.asked();

    // A submission that may not have reached the server is sent again first.
    world.done(one.as_str(), Outcome::Aborted);
    world.send("two");
    let two = RequestId::new(world.request());
    world.close(1006);
    world.give(Input::Stop);
    world.reopen();
    world.asked();
    world.fetched(vec![]);
    assert_eq!(world.submitted(), ["two"]);
    assert_eq!(world.sent()[1], ClientFrame::ChatCancel(two));
}

#[test]
fn a_skipped_turn_has_no_answer() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    world.done(&id, Outcome::Skipped);
    assert_eq!(world.view(), ["u:hi"]);
    assert_eq!(world.status(), Status::Ready);
    assert_eq!(world.fetches(), 1, "whether it is stored is another matter");
}

#[test]
fn a_recovering_turn_is_still_waited_for() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    world.stream(&id, "a1", 3);
    world.done(&id, Outcome::Recovering);
    assert_eq!(world.status(), Status::Submitted);
    assert_eq!(world.view(), ["u:hi", "a:Hel"]);
    let delta = json!({"type": "text-delta", "id": "t", "delta": "lo"});
    let body = delta.to_string();
    world.response(
        "next",
        &json!({"body": body, "seq": 0, "continuation": true}),
    );
    assert_eq!(world.status(), Status::Streaming);
    world.response("next", &json!({"done": true, "continuation": true}));
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn a_clear_empties_at_once_and_what_ran_stays_gone() {
    let mut world = World::open(vec![user("u0", "old")]);
    world.send("hi");
    let id = world.request();
    world.stream(&id, "a1", 3);
    world.asked();
    world.give(Input::Clear);
    assert_eq!(world.view(), [""; 0]);
    assert_eq!(world.status(), Status::Ready);
    assert_eq!(world.sent()[0], ClientFrame::ChatClear);
    world.chunk(&id, 3, &chunks("a1")[3]);
    world.done(&id, Outcome::Aborted);
    assert_eq!(world.view(), [""; 0]);
    world.send("new");
    assert_eq!(world.submitted(), ["new"]);
}

#[test]
fn frames_sent_before_a_clear_reached_the_server_are_void() {
    let mut world = World::open(vec![user("u0", "old")]);
    world.asked();
    world.give(Input::Clear);
    world.transcript(vec![user("u0", "old"), user("u1", "theirs")]);
    world.stream("theirs", "a1", 3);
    world.resuming("theirs");
    assert_eq!(world.view(), [""; 0]);
    assert_eq!(world.status(), Status::Ready);
    assert_eq!(world.fetches(), 0, "it may be the old one yet");
    world.answer_idle();
    assert_eq!(world.fetches(), 1);
    world.fetched(vec![]);
    world.transcript(vec![user("u2", "new")]);
    assert_eq!(world.view(), ["u:new"]);
}

#[test]
fn a_clear_that_may_be_lost_is_sent_again() {
    let mut world = World::open(vec![user("u0", "old")]);
    world.give(Input::Clear);
    world.send("new");
    world.close(1006);
    world.asked();
    world.reopen();
    assert_eq!(world.sent()[0], ClientFrame::ChatClear);
    assert_eq!(world.submitted(), [""; 0], "the server may have it");
    world.answer_idle();
    world.fetched(vec![]);
    assert_eq!(world.submitted(), ["new"]);
}

#[test]
fn a_clear_without_a_connection_goes_before_later_messages() {
    let mut world = World::open(vec![user("u0", "old")]);
    world.close(1006);
    world.send("lost");
    world.give(Input::Clear);
    world.send("new");
    assert_eq!(world.view(), ["~u:new"]);
    world.asked();
    world.reopen();
    assert_eq!(world.sent()[0], ClientFrame::ChatClear);
    assert_eq!(world.submitted(), ["new"]);
    assert_eq!(world.fetches(), 0, "an old transcript must not come back");
    world.answer_idle();
    assert_eq!(world.fetches(), 1);
}

#[test]
fn a_transcript_asked_for_before_a_clear_does_not_bring_it_back() {
    let mut world = World::new(vec![user("u0", "old")], None);
    world.give(Input::Opened);
    world.give(Input::Clear);
    world.fetched(vec![user("u0", "old")]);
    assert_eq!(world.view(), [""; 0]);
}

#[test]
fn ui_16_a_clear_by_another_client_removes_even_what_grows() {
    let mut world = World::open(vec![user("u0", "old")]);
    world.stream("other", "a1", 3);
    world.receive(&ServerFrame::ChatClear);
    assert_eq!(world.view(), [""; 0]);
    assert_eq!(world.status(), Status::Ready);
    world.chunk("other", 3, &chunks("a1")[3]);
    assert_eq!(world.view(), [""; 0]);
}

#[test]
fn a_turn_that_a_clear_made_void_may_come_back() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    world.stream(&id, "a1", 3);
    world.receive(&ServerFrame::ChatClear);
    world.chunk(&id, 3, &chunks("a1")[3]);
    assert_eq!(world.status(), Status::Ready);
    // Sent before and after the clear, it reached the server again after it.
    world.stream(&id, "a2", 3);
    assert_eq!(world.view(), ["a:Hel"]);
}

#[test]
fn a_clear_by_another_client_keeps_what_the_server_has_not_got() {
    let mut world = World::open(vec![user("u0", "old")]);
    world.send("mine");
    world.receive(&ServerFrame::ChatClear);
    assert_eq!(world.view(), ["?u:mine"]);
    let id = world.request();
    world.stream(&id, "a1", 6);
    assert_eq!(world.view(), ["u:mine", "a:Hello"]);
}

#[test]
fn silence_after_a_submission_is_asked_after() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    for _ in 0..2 {
        world.hush(seconds(59));
        world.asked();
        world.hush(seconds(2));
        assert_eq!(world.probes().len(), 1);
        world.answer_idle();
        assert_eq!(world.fetches(), 1);
        world.fetched(vec![]);
        assert_eq!(world.request(), id, "sent again under the same id");
        assert_eq!(world.status(), Status::Submitted);
    }
    // A server that does not accept it is not tried forever.
    world.hush(seconds(61));
    world.answer_idle();
    assert_eq!(world.status(), Status::Error);
    world.asked();
    world.give(Input::Retry);
    assert_eq!(world.submitted(), ["hi"]);
}

#[test]
fn ui_08_a_result_for_an_earlier_messages_call_goes_there() {
    let call = json!({"id": "a0", "role": "assistant", "parts": [
        {"type": "tool-read", "toolCallId": "c1", "state": "input-available", "input": {}},
    ]});
    let mut world = World::open(vec![
        serde_json::from_value(call).unwrap(),
        user("u1", "go"),
    ]);
    world.stream("r", "a1", 3);
    let output = json!({"type": "tool-output-available", "toolCallId": "c1", "output": 7});
    world.chunk("r", 3, &output);
    let messages = world.messages();
    let settled = messages[0].calls().next().unwrap().state.is_settled();
    assert!(settled);
    assert_eq!(messages[2].parts.len(), 1);
    // A call that is not in the transcript changes nothing.
    let output = json!({"type": "tool-output-available", "toolCallId": "c9", "output": 7});
    world.chunk("r", 4, &output);
    assert_eq!(world.messages(), messages);
}

#[test]
fn ui_17_an_updated_message_replaces_by_id_then_by_call() {
    let part = |state: &str| json!({"type": "tool-read", "toolCallId": "c1", "state": state, "input": {}, "output": 1});
    let message = |id: &str, state: &str| {
        serde_json::from_value(json!({"id": id, "role": "assistant", "parts": [part(state)]}))
            .unwrap()
    };
    let mut world = World::open(vec![message("local", "input-available")]);
    let update = |world: &mut World, message| world.receive(&ServerFrame::MessageUpdated(message));
    update(&mut world, message("local", "output-available"));
    assert_eq!(world.messages(), [message("local", "output-available")]);
    update(&mut world, message("stored", "input-available"));
    assert_eq!(world.messages(), [message("local", "input-available")]);
    update(&mut world, assistant("unknown", "x"));
    assert_eq!(world.messages(), [message("local", "input-available")]);
}

#[test]
fn frames_that_are_none_change_nothing() {
    let mut world = World::open(vec![user("u1", "hi")]);
    let before = world.messages();
    for text in [
        "",
        "null",
        "[]",
        "{}",
        "pong!",
        "{\"type\":null}",
        "{\"type\":\"weather\"}",
        "{\"error\":\"stack\"}",
        "{\"type\":\"cf_agent_chat_messages\"}",
        "{\"type\":\"cf_agent_use_chat_response\"}",
        "{\"type\":\"cf_agent_use_chat_response\",\"id\":\"x\",\"body\":\"\",\"done\":true}",
        "{\"type\":\"cf_agent_use_chat_response\",\"id\":\"x\",\"body\":\"words\",\"done\":false}",
    ] {
        world.give(Input::Received(text.to_owned()));
        assert_eq!(world.messages(), before, "{text}");
        assert_eq!(world.status(), Status::Ready, "{text}");
    }
}

/// A frame with which the agent refuses a submission.
fn refused(id: &str) -> ServerFrame {
    ServerFrame::ChatResponse(ChatResponse::refused(
        RequestId::from(id),
        "Not taken.".to_owned(),
    ))
}

#[test]
fn a_refused_message_is_shown_as_such_and_can_be_sent_again() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    world.receive(&refused(&id));
    assert_eq!(world.status(), Status::Error);
    let error = ChatError::MessageRefused("Not taken.".to_owned());
    assert_eq!(world.client.error(), Some(&error));
    assert_eq!(world.view(), ["u:hi"]);
    assert_eq!(world.kept.len(), 0);
    world.asked();
    world.give(Input::Retry);
    assert_eq!(world.submitted(), ["hi"]);
    assert_eq!(world.requests()[0].trigger, Trigger::Submit);
    assert_ne!(world.request(), id);
}

#[test]
fn a_refusal_ends_no_turn_that_runs_under_the_same_id() {
    let mut world = World::open(vec![]);
    world.send("hi");
    let id = world.request();
    world.stream(&id, "a1", 3);
    world.asked();
    world.receive(&refused(&id));
    let error = ChatError::MessageRefused("Not taken.".to_owned());
    assert!(world.asked().contains(&Effect::Report(error)));
    assert_eq!(world.status(), Status::Streaming);
    for (seq, chunk) in chunks("a1").iter().enumerate().skip(3) {
        world.chunk(&id, seq as u64, chunk);
    }
    world.done(&id, Outcome::Completed);
    assert_eq!(world.view(), ["u:hi", "a:Hello"]);
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn frames_that_the_agent_could_not_read_are_logged() {
    let mut world = World::open(vec![]);
    world.receive(&ServerFrame::FrameError {
        frame: Some("cf_agent_chat_request_cancel".to_owned()),
        id: None,
        error: "The frame was not taken.".to_owned(),
    });
    world.give(Input::Received("{\"type\":".to_owned()));
    let warnings = world.asked();
    let warnings = warnings
        .iter()
        .filter(|effect| matches!(effect, Effect::Warn(_)));
    assert_eq!(warnings.count(), 2);
}
