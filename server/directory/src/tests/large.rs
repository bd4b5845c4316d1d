//! A directory with ten thousand conversations.

use std::time::Instant;

use common::directory::{
    Page, PageWanted,
    list::MAX_LISTED,
    search::{Found, MAX_FOUND, SearchWanted},
};

use super::*;

const MANY: u64 = 10_000;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "this test runs on the host alone"
)]
fn ten_thousand_conversations_are_listed_searched_and_deleted() {
    let mut bench = Bench::new();
    let sql = bench.sql.clone();
    // Every moment occurs twice, so that names decide.
    sql::Sql::in_transaction(&sql, || {
        for number in 0..MANY {
            bench.begin(&format!("c{number:05}"), number / 2);
        }
        Ok::<_, sql::SqlError>(())
    })
    .unwrap();
    let tab = bench.connect();
    bench.call(tab, &Call::Pin("c00007".to_owned())).unwrap();
    let list = bench.list();
    assert_eq!((list.total, list.conversations.len()), (MANY, MAX_LISTED));
    assert_eq!(list.conversations[0].name, "c00007");
    let size = bench.directory.state().unwrap().to_string().len();
    assert!(size < 30_000, "{size}");
    let mut seen: Vec<String> = list
        .conversations
        .iter()
        .map(|found| found.name.clone())
        .collect();
    let mut next = list.next;
    let mut slowest = Duration::ZERO;
    while let Some(cursor) = next {
        let wanted = PageWanted {
            cursor: Some(cursor),
            ..PageWanted::default()
        };
        let began = Instant::now();
        let page = bench.call(tab, &Call::Page(wanted)).unwrap();
        slowest = slowest.max(began.elapsed());
        let page = Page::from_json(page).unwrap();
        seen.extend(page.conversations.iter().map(|found| found.name.clone()));
        next = page.next;
    }
    assert_eq!(seen.len() as u64, MANY);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len() as u64, MANY, "each of them once");
    let began = Instant::now();
    bench.push("c00001", 2, head("c00001", MANY));
    slowest = slowest.max(began.elapsed());
    // Ten times the duration in a build without optimisation on a busy machine.
    assert!(slowest < Duration::from_millis(500), "{slowest:?}");
    println!("the slowest took {slowest:?}");
    are_searched(&mut bench, tab);
    are_deleted(&mut bench, tab);
}

#[expect(
    clippy::disallowed_methods,
    reason = "this test runs on the host alone"
)]
fn are_searched(bench: &mut Bench, tab: ConnectionKey) {
    // Every title has the first word, one has the second.
    for (query, count, first) in [
        ("about", MAX_FOUND, "c00007"),
        ("about c04321", 1, "c04321"),
    ] {
        let wanted = SearchWanted {
            query: query.to_owned(),
            limit: None,
        };
        let began = Instant::now();
        let found = bench.call(tab, &Call::Search(wanted)).unwrap();
        let took = began.elapsed();
        let hits = Found::from_json(found).unwrap().hits;
        assert_eq!((hits.len(), &*hits[0].conversation.name), (count, first));
        assert!(took < Duration::from_secs(1), "{query}: {took:?}");
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this test runs on the host alone"
)]
fn are_deleted(bench: &mut Bench, tab: ConnectionKey) {
    let began = Instant::now();
    bench.call(tab, &Call::DeleteAll).unwrap();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!((bench.list().total, bench.names().len()), (0, 0));
    // A few at a time, and all of them in the end.
    let mut gone = 0;
    while !bench.deletes.is_empty() {
        assert!(bench.deletes.len() < 100, "{}", bench.deletes.len());
        for name in std::mem::take(&mut bench.deletes) {
            bench.done(&name, DeletionOutcome::Gone);
            gone += 1;
        }
    }
    assert_eq!(gone, MANY);
}

#[test]
fn names_and_titles_may_be_long_and_hostile() {
    let texts = [
        "n".repeat(10_000),
        "<img src=x onerror=alert(1)> ".repeat(400),
        "\u{202e}\u{200b}\u{7}\u{0}\n".repeat(2_000),
        "日".repeat(10_000),
        "\u{301}".repeat(10_000),
    ];
    let mut bench = Bench::new();
    let tab = bench.connect();
    for (number, text) in (0..).zip(&texts) {
        let reported = Head {
            title: Some(text.clone()),
            last_words: text.clone(),
            model: Some(text.clone()),
            ..head("long", number)
        };
        assert_eq!(bench.push(text, 1, reported), PushAnswer::Taken);
    }
    assert_eq!(bench.list().total, texts.len() as u64);
    for text in &texts {
        // The person's own title is refused with a reason, or is one line.
        let rename = Call::Rename {
            name: text.clone(),
            title: text.clone(),
        };
        let reason = bench.call(tab, &rename).unwrap_err();
        assert!(!reason.is_empty());
        bench.call(tab, &Call::Pin(text.clone())).unwrap();
        bench.call(tab, &Call::Delete(text.clone())).unwrap();
        bench.call(tab, &Call::Undelete(text.clone())).unwrap();
    }
}
