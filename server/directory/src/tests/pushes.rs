//! Reports of conversations, in any order.

use common::{
    directory::{ConversationState, push::News},
    frame::ServerFrame,
};

use super::*;

#[test]
fn a_new_client_gets_the_list_and_everyone_its_changes() {
    let mut bench = Bench::new();
    bench.begin("a", 10);
    let tab = bench.connect();
    let frames = &bench.inboxes[&tab];
    assert!(
        matches!(&frames[0], ServerFrame::Identity { name, agent, state_follows: true, .. }
            if name == "me" && agent == "directory")
    );
    assert!(matches!(frames[1], ServerFrame::State(_)));
    assert!(matches!(frames[2], ServerFrame::McpServers(_)));
    let before = bench.reported(tab);
    let silent = bench.connect_as(Access::Full, Protocol::Withheld, Some(Caller::local()));
    bench.begin("b", 20);
    let after = bench.reported(tab);
    assert!(after.revision > before.revision);
    assert_eq!((before.total, after.total), (1, 2));
    assert_eq!(bench.names(), ["b", "a"], "the newest first");
    assert_eq!(bench.inboxes[&silent], []);
}

#[test]
fn older_and_repeated_pushes_change_nothing() {
    let mut bench = Bench::new();
    let running = Head {
        state: ConversationState::Running,
        ..head("a", 10)
    };
    assert_eq!(bench.push("a", 5, running.clone()), PushAnswer::Taken);
    let revision = bench.list().revision;
    assert_eq!(bench.push("a", 5, running), PushAnswer::Taken);
    assert_eq!(bench.push("a", 4, head("a", 9)), PushAnswer::Taken);
    assert_eq!(bench.list().revision, revision);
    assert_eq!(
        bench.list().conversations[0].state,
        ConversationState::Running
    );
    assert_eq!(bench.push("a", 6, head("a", 11)), PushAnswer::Taken);
    assert_eq!(bench.list().conversations[0].state, ConversationState::Idle);
}

#[test]
fn pushes_from_before_a_deletion_bring_nothing_back() {
    let mut bench = Bench::new();
    bench.begin("a", 10);
    bench.push_news("a", 8, News::Deleted);
    assert_eq!(bench.names(), [""; 0]);
    bench.push("a", 7, head("a", 12));
    assert_eq!(bench.names(), [""; 0]);
    bench.restart();
    bench.push("a", 7, head("a", 12));
    assert_eq!(bench.names(), [""; 0]);
    // Another conversation of the same name.
    bench.push("a", 9, head("a", 13));
    assert_eq!(bench.names(), ["a"]);
    // A deletion that arrives before any other report.
    bench.push_news("b", 5, News::Deleted);
    bench.push("b", 4, head("b", 1));
    assert_eq!(bench.names(), ["a"]);
    // It is not remembered forever.
    bench.alarm = Some(bench.now);
    bench.pass(Duration::from_secs(8 * 24 * 60 * 60));
    let rows = sql::Sql::run(&bench.sql, "SELECT name FROM conversations", &[]);
    assert_eq!(rows.unwrap().len(), 1);
}

#[test]
fn a_new_conversation_of_an_old_name_is_neither_pinned_nor_seen() {
    let mut bench = Bench::new();
    let tab = bench.connect();
    bench.begin("a", 10);
    for call in [Call::Pin("a".to_owned()), Call::Read("a".to_owned())] {
        bench.call(tab, &call).unwrap();
    }
    bench.push_news("a", 8, News::Deleted);
    bench.push("a", 9, head("a", 2_000_000));
    let again = &bench.list().conversations[0];
    assert!(!again.is_pinned && again.is_unread);
}

#[test]
fn a_store_that_fails_is_said_and_nothing_else_breaks() {
    let mut bench = Bench::new();
    let tab = bench.connect();
    bench.begin("a", 10);
    sql::Sql::run(&bench.sql, "DROP TABLE conversations", &[]).unwrap();
    assert!(matches!(
        bench.push("a", 2, head("a", 11)),
        PushAnswer::Failed(_)
    ));
    let error = bench.call(tab, &Call::Pin("a".to_owned())).unwrap_err();
    assert!(error.contains("no such table"), "{error}");
    let late = bench.connect();
    assert!(!bench.inboxes.contains_key(&late));
    assert_eq!(bench.closed.len(), 1);
}
