//! Summaries and branches: each branch has its own.

use common::{frame::Trigger, id::MessageId, message::Message, message::Role};

use super::*;
use crate::tests::request;

/// Summarises everything there is, with these words in the summary.
fn compact(world: &mut World, tab: ConnectionKey, words: &str) {
    call(world, tab, "compact", vec![json!({"keep": words})]).unwrap();
    world.settle();
}

/// Sends a message again with another text, which begins another branch.
fn edit(world: &mut World, tab: ConnectionKey, id: &str, text: &str) {
    let message = Message::text(MessageId::from(id), Role::User, text);
    let name = format!("edit of {id}: {text}");
    let ClientFrame::ChatRequest(mut edited) = request(&name, Trigger::Submit, vec![message])
    else {
        panic!("a submission")
    };
    edited.after = Some(MessageId::from(id));
    world.send(tab, &ClientFrame::ChatRequest(edited));
    world.settle();
}

fn switch(world: &mut World, tab: ConnectionKey, after: &MessageId, to: u32) {
    let to = json!({"after": after.as_str(), "to": to});
    call(world, tab, "switchBranch", vec![to]).unwrap();
}

/// What the last request for an answer has, and has not.
#[track_caller]
fn last_request(world: &World, has: &[&str], has_not: &[&str]) {
    let last = requests(world).pop().unwrap();
    for words in has {
        assert!(last.contains(words), "no {words:?}: {last}");
    }
    for words in has_not {
        assert!(!last.contains(words), "{words:?}: {last}");
    }
}

#[test]
fn each_branch_has_its_own_summary() {
    let (mut world, tab) = talk(3);
    let after = world.transcript()[1].id.clone();
    compact(&mut world, tab, "All about tides.");
    let tides = compacted(&mut world).after;
    assert_eq!(tides.as_ref(), Some(&world.transcript()[5].id));
    ask(&mut world, tab, 4);
    last_request(&world, &["All about tides."], &["question 2", "question 3"]);

    // The other branch begins before the summarised messages end: it gets what it shares with the first one in full.
    edit(&mut world, tab, "m2", "What of the winds?");
    assert_eq!(compacted(&mut world).after, None);
    assert_eq!(text(&mut world, tab), "");
    let both = ["question 1", "What of the winds?"];
    last_request(
        &world,
        &both,
        &["<summary>", "question 2", "question 3", "question 4"],
    );
    compact(&mut world, tab, "All about winds.");
    ask(&mut world, tab, 5);
    last_request(
        &world,
        &["All about winds.", "question 5"],
        &["tides.\\", "question 4"],
    );

    // Back and forth, also after an eviction.
    for _ in 0..2 {
        world.stop();
        let tab = world.connect();
        switch(&mut world, tab, &after, 1);
        assert_eq!(compacted(&mut world).after, tides);
        assert!(text(&mut world, tab).contains("All about tides."));
        let next = u32::try_from(world.transcript().len()).unwrap() + 60;
        ask(&mut world, tab, next);
        last_request(
            &world,
            &["All about tides.", "question 4"],
            &["All about winds.", "question 5"],
        );
        switch(&mut world, tab, &after, 2);
        assert!(text(&mut world, tab).contains("All about winds."));
        let next = u32::try_from(world.transcript().len()).unwrap() + 80;
        ask(&mut world, tab, next);
        last_request(
            &world,
            &["All about winds.", "question 5"],
            &["All about tides.", "question 4"],
        );
    }
}

#[test]
fn what_was_summarised_stays_readable_in_its_branch() {
    let (mut world, tab) = talk(3);
    let before = world.transcript();
    compact(&mut world, tab, "All about tides.");
    edit(&mut world, tab, "m1", "Hello.");
    compact(&mut world, tab, "A greeting.");
    assert_eq!(world.transcript().len(), 2);
    let readable = |world: &mut World, tab| {
        let messages = call(world, tab, "getMessages", vec![]);
        messages.unwrap().to_string()
    };
    assert!(!readable(&mut world, tab).contains("question 2"));
    switch(&mut world, tab, &MessageId::from(""), 1);
    assert_eq!(world.transcript(), before);
    let messages = readable(&mut world, tab);
    for words in [RULE, "question 1", "question 2", "question 3"] {
        assert!(messages.contains(words), "{words}");
    }
    // An edit within what is summarised: its summary goes, and that of the greeting is not taken for it.
    edit(&mut world, tab, "m3", "And the moon?");
    let has = ["question 1", "question 2", "And the moon?"];
    last_request(&world, &has, &["<summary>", "question 3", "A greeting."]);
}

#[test]
fn branches_share_the_summary_of_what_they_share() {
    let (mut world, tab) = talk(2);
    let after = world.transcript()[3].id.clone();
    compact(&mut world, tab, "The beginning.");
    ask(&mut world, tab, 3);
    edit(&mut world, tab, "m3", "Another third question.");
    last_request(
        &world,
        &["The beginning.", "Another third"],
        &["question 3"],
    );
    compact(&mut world, tab, "All of the second branch.");
    switch(&mut world, tab, &after, 1);
    assert!(text(&mut world, tab).contains("The beginning."));
    ask(&mut world, tab, 4);
    last_request(
        &world,
        &["The beginning.", "question 3"],
        &["second branch"],
    );
}
