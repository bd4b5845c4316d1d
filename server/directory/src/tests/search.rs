//! The search in titles and messages.

use std::time::Instant;

use common::{
    directory::{
        push::{ChangedText, News, Texts},
        search::{Found, SearchWanted},
    },
    id::MessageId,
};
use serde_json::json;

use super::*;

fn text(position: i64, text: &str) -> ChangedText {
    ChangedText {
        position,
        message: MessageId::new(format!("m{position}")),
        text: text.to_owned(),
    }
}

impl Bench {
    fn says(&mut self, name: &str, number: u64, changed: Vec<ChangedText>) {
        self.says_all(
            name,
            number,
            Texts {
                is_cleared: false,
                changed,
            },
        );
    }

    fn says_all(&mut self, name: &str, number: u64, texts: Texts) {
        let news = News::Is(Box::new(head(name, number)));
        let name = name.to_owned();
        self.input(Input::Pushed(Push {
            name,
            number,
            news,
            texts,
        }));
        assert_eq!(self.answers.pop(), Some(PushAnswer::Taken));
    }

    fn search(&mut self, query: &str) -> Found {
        let tab = self.connect();
        let wanted = SearchWanted {
            query: query.to_owned(),
            limit: None,
        };
        let found = self.call(tab, &Call::Search(wanted)).unwrap();
        self.inboxes.remove(&tab);
        self.input(Input::Disconnected(tab));
        Found::from_json(found).unwrap()
    }

    fn finds(&mut self, query: &str) -> Vec<String> {
        let hits = self.search(query).hits.into_iter();
        hits.map(|hit| hit.conversation.name).collect()
    }
}

#[test]
fn words_of_titles_and_messages_are_found() {
    let mut bench = Bench::new();
    bench.says(
        "a",
        1,
        vec![text(1, "Remember the green door."), text(2, "It is locked")],
    );
    bench.says(
        "b",
        2,
        vec![text(1, "A red door, über Äpfel; 日本語のテスト")],
    );
    assert_eq!(bench.finds("door"), ["b", "a"], "the newest first");
    assert_eq!(
        bench.finds("GREEN doo"),
        ["a"],
        "all words, and parts of them"
    );
    assert_eq!(bench.finds("green locked"), [""; 0], "in one message");
    assert_eq!(bench.finds("äpfel"), ["b"]);
    assert_eq!(bench.finds("本語の"), ["b"]);
    assert_eq!(bench.finds("本語"), ["b"], "too short for the index");
    assert_eq!(bench.finds("re door"), ["b", "a"]);
    assert_eq!(bench.finds("about"), ["b", "a"], "titles");
    let found = bench.search("locked");
    assert!(found.is_complete);
    assert_eq!(found.hits[0].snippets[0].message.as_str(), "m2");
    let hits: Vec<&str> = found.hits[0].snippets[0]
        .pieces
        .iter()
        .filter(|piece| piece.is_hit)
        .map(|piece| piece.text.as_str())
        .collect();
    assert_eq!(hits, ["locked"]);
}

#[test]
fn changed_cleared_and_deleted_messages_are_not_found() {
    let mut bench = Bench::new();
    bench.says(
        "a",
        1,
        vec![text(1, "one green door"), text(2, "two green doors")],
    );
    bench.says("a", 2, vec![text(1, "a window"), text(2, "")]);
    assert_eq!(bench.finds("green"), [""; 0]);
    assert_eq!(bench.finds("window"), ["a"]);
    // The same again, and an older one.
    bench.says("a", 2, vec![text(1, "a window")]);
    bench.says("a", 1, vec![text(1, "one green door")]);
    assert_eq!(bench.finds("green"), [""; 0]);
    assert_eq!(bench.finds("window"), ["a"]);
    let changed = vec![text(9, "a roof")];
    bench.says_all(
        "a",
        3,
        Texts {
            is_cleared: true,
            changed,
        },
    );
    assert_eq!(
        (bench.finds("window"), bench.finds("roof")),
        (vec![], vec!["a".to_owned()])
    );
    let tab = bench.connect();
    bench.call(tab, &Call::Archive("a".to_owned())).unwrap();
    assert_eq!(bench.finds("roof"), ["a"], "an archive is searched");
    bench.call(tab, &Call::Delete("a".to_owned())).unwrap();
    assert_eq!(bench.finds("roof"), [""; 0], "hidden");
    bench.call(tab, &Call::Undelete("a".to_owned())).unwrap();
    assert_eq!(bench.finds("roof"), ["a"]);
    bench
        .call(tab, &Call::DeleteForGood("a".to_owned()))
        .unwrap();
    bench.done("a", DeletionOutcome::Gone);
    bench.says("b", 1, vec![text(1, "a roof")]);
    bench.push_news("b", 2, News::Deleted);
    let count = |table: &str| {
        let rows = sql::Sql::run(&bench.sql, &format!("SELECT count(*) FROM {table}"), &[]);
        rows.unwrap()[0][0].as_integer()
    };
    assert_eq!(count("texts"), 0);
    let check = "INSERT INTO found (found, rank) VALUES ('integrity-check', 1)";
    sql::Sql::run(&bench.sql, check, &[]).unwrap();
}

#[test]
fn no_query_is_an_error_and_none_finds_what_is_not_there() {
    let mut bench = Bench::new();
    bench.says(
        "a",
        1,
        vec![text(1, r#"say "hello" OR NOT * (x) c++ %_ '; --"#)],
    );
    for query in [
        "",
        " ",
        "\"",
        "\"\"\"",
        "*",
        "NEAR(",
        "a AND",
        "NOT",
        "col:x",
        "^x",
        "{",
        "\u{0}",
        "\u{202e}",
        "'; DROP TABLE texts; --",
        &"\"(*".repeat(5_000),
        &"x".repeat(10_000),
    ] {
        bench.search(query);
    }
    for query in ["\"hello\"", "*", "c++", "%_", "(x)", "OR NOT", "';"] {
        assert_eq!(bench.finds(query), ["a"], "{query}");
    }
    for query in ["h_llo", "h%o", "hel*", "hello AND", "say \"hello q"] {
        assert_eq!(bench.finds(query), [""; 0], "{query}");
    }
    let tab = bench.connect();
    assert!(
        bench
            .call_raw(tab, "search", vec![json!("x")])
            .unwrap_err()
            .starts_with("`search` takes")
    );
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "this test runs on the host alone"
)]
fn ten_thousand_conversations_are_searched_at_once() {
    let mut bench = Bench::new();
    let sql = bench.sql.clone();
    sql::Sql::in_transaction(&sql, || {
        for number in 0..10_000 {
            let words = format!(
                "the quick brown fox number{number} jumps over the lazy dog, {}",
                "and on ".repeat(20)
            );
            bench.says(
                &format!("c{number}"),
                1,
                vec![text(1, &words), text(2, "Done it")],
            );
        }
        Ok::<_, sql::SqlError>(())
    })
    .unwrap();
    let mut slowest = Duration::ZERO;
    for (query, found, is_complete) in [
        ("number9999", 1, true),
        ("the quick", 20, false),
        ("number1 fox", 20, false),
        ("about c77", 20, false),
        ("it", 20, false),
        ("zz", 0, false),
        ("zzz", 0, true),
    ] {
        let began = Instant::now();
        let answer = bench.search(query);
        slowest = slowest.max(began.elapsed());
        println!("{query}: {:?}", began.elapsed());
        assert_eq!(
            (answer.hits.len(), answer.is_complete),
            (found, is_complete),
            "{query}"
        );
    }
    // Ten times the duration in a build without optimisation on a busy machine.
    assert!(slowest < Duration::from_millis(500), "{slowest:?}");
}
