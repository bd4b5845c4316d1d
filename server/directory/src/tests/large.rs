//! A directory with ten thousand conversations.

use std::time::Instant;

use common::directory::{Page, PageWanted, list::MAX_LISTED};

use super::*;

const MANY: u64 = 10_000;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "this test runs on the host alone"
)]
fn ten_thousand_conversations_are_listed_part_by_part() {
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
}
