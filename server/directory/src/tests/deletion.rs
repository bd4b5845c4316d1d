//! Deleting conversations.

use common::directory::{Deleted, DeletedAll, push::News};

use super::*;
use crate::GRACE;

fn named(call: fn(String) -> Call) -> Call {
    call("a".to_owned())
}

#[test]
fn a_deletion_can_be_taken_back_until_it_is_for_good() {
    let mut bench = Bench::new();
    let tab = bench.connect();
    bench.begin("a", 10);
    bench.call(tab, &Call::Archive("a".to_owned())).unwrap();
    let until = bench.call(tab, &named(Call::Delete)).unwrap();
    let until = Deleted::from_json(&until).unwrap().until;
    assert_eq!(until, bench.now + GRACE);
    assert_eq!((bench.list().total, bench.list().archived), (0, 0));
    bench.pass(GRACE / 2);
    // A later report does not show it again, and a second deletion postpones nothing.
    bench.push("a", 2, head("a", 20));
    assert_eq!(bench.list().archived, 0);
    let again = bench.call(tab, &named(Call::Delete)).unwrap();
    assert_eq!(Deleted::from_json(&again).unwrap().until, until);
    bench.call(tab, &named(Call::Undelete)).unwrap();
    assert_eq!(bench.list().archived, 1, "it is where it was");
    bench.pass(GRACE * 2);
    assert_eq!(bench.deletes, [""; 0]);
    bench.call(tab, &named(Call::Delete)).unwrap();
    bench.pass(GRACE);
    assert_eq!(bench.deletes, ["a"]);
    let error = bench.call(tab, &named(Call::Undelete)).unwrap_err();
    assert_eq!(error, "The conversation is being deleted");
    bench.done("a", DeletionOutcome::Gone);
    let error = bench.call(tab, &named(Call::Undelete)).unwrap_err();
    assert_eq!(error, "The conversation was deleted");
}

#[test]
fn a_deletion_that_fails_is_made_again_and_survives_a_restart() {
    let mut bench = Bench::new();
    let tab = bench.connect();
    bench.begin("a", 10);
    bench.call(tab, &named(Call::DeleteForGood)).unwrap();
    assert_eq!(bench.deletes, ["a"], "at once");
    bench.done("a", DeletionOutcome::Failed("the disk is full".to_owned()));
    assert_eq!(bench.deletes, ["a"], "not at once again");
    bench.pass(Duration::from_secs(61));
    assert_eq!(bench.deletes, ["a", "a"]);
    bench.restart();
    assert!(bench.alarm.is_some());
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.deletes, ["a"], "the report was lost");
    // The conversation reports its deletion before the result arrives.
    bench.push_news("a", 9, News::Deleted);
    bench.done("a", DeletionOutcome::Gone);
    bench.push("a", 8, head("a", 30));
    assert_eq!(bench.names(), [""; 0]);
    bench.push("a", 10, head("a", 30));
    assert_eq!(bench.names(), ["a"], "a new one of the same name");
    bench.done("a", DeletionOutcome::Gone);
    assert_eq!(bench.names(), ["a"], "a late report deletes nothing");
}

#[test]
fn many_conversations_are_deleted_a_few_at_a_time() {
    let mut bench = Bench::new();
    let tab = bench.connect();
    for number in 0..20 {
        let name = format!("c{number}");
        bench.begin(&name, number);
        bench.call(tab, &Call::Delete(name)).unwrap();
    }
    bench.pass(GRACE);
    assert_eq!(bench.deletes.len(), 8);
    let mut done = 0;
    while let Some(name) = bench.deletes.pop() {
        bench.done(&name, DeletionOutcome::Gone);
        done += 1;
    }
    assert_eq!(done, 20);
    assert_eq!(bench.list().total, 0);
}

#[test]
fn all_conversations_are_deleted_at_once() {
    let mut bench = Bench::new();
    let tab = bench.connect();
    let none = bench.call(tab, &Call::DeleteAll).unwrap();
    assert_eq!(DeletedAll::from_json(none).unwrap().count, 0);
    for name in ["a", "b", "c"] {
        bench.begin(name, 10);
    }
    bench.call(tab, &Call::Archive("b".to_owned())).unwrap();
    bench.call(tab, &Call::Delete("c".to_owned())).unwrap();
    let all = bench.call(tab, &Call::DeleteAll).unwrap();
    assert_eq!(DeletedAll::from_json(all).unwrap().count, 3);
    assert_eq!((bench.list().total, bench.list().archived), (0, 0));
    let mut deletes = std::mem::take(&mut bench.deletes);
    deletes.sort();
    assert_eq!(deletes, ["a", "b", "c"]);
    let error = bench
        .call(tab, &Call::Undelete("a".to_owned()))
        .unwrap_err();
    assert_eq!(error, "The conversation is being deleted");
    for name in ["a", "b", "c"] {
        bench.done(name, DeletionOutcome::Gone);
    }
    bench.begin("d", 20);
    assert_eq!(bench.names(), ["d"], "later ones stay");
}
