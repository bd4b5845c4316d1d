use common::{
    frame::{Before, Place, ServerFrame, Wanted},
    id::MessageId,
    message::{Message, Role},
};
use test_support::MemorySql;

use super::{CATCH_UP_MESSAGES, PART_BYTES, Span};
use crate::{Audience, Breadth, Position, Store, Write};

/// A store with messages of these sizes, `m1`, `m2` and so on, at every second position.
fn store(sizes: &[usize]) -> (Store<MemorySql>, MemorySql) {
    let sql = MemorySql::new();
    let store = Store::open(sql.clone()).unwrap();
    let add = |(number, size): (i64, &usize)| Write::AddMessage {
        position: Position::new(number * 2),
        message: Message::text(
            MessageId::new(format!("m{number}")),
            Role::User,
            "x".repeat(*size),
        ),
    };
    store
        .write(&(1..).zip(sizes).map(add).collect::<Vec<_>>())
        .unwrap();
    (store, sql)
}

/// The ids of a part, and the number of earlier messages.
fn part(store: &Store<MemorySql>, last: u32, place: Place) -> Option<(Vec<String>, u64)> {
    let span = store.span(&Wanted { last, place }).unwrap()?;
    let json = store.transcript_json(Audience::Client, span, None).unwrap();
    let messages = Message::list_from_json(serde_json::from_str(&json).unwrap());
    let ids = messages.iter().map(|message| message.id.to_string());
    Some((ids.collect(), store.count_before(span.start).unwrap()))
}

fn ids(numbers: std::ops::RangeInclusive<u32>) -> Vec<String> {
    numbers.map(|number| format!("m{number}")).collect()
}

#[test]
fn a_part_is_the_newest_messages_or_those_before_one() {
    let (store, _) = store(&[1; 10]);
    for (last, place, expected) in [
        (3, Place::End, Some((ids(8..=10), 7))),
        (10, Place::End, Some((ids(1..=10), 0))),
        (200, Place::End, Some((ids(1..=10), 0))),
        (3, Place::Before("m8".into()), Some((ids(5..=7), 4))),
        (3, Place::Before("m3".into()), Some((ids(1..=2), 0))),
        (3, Place::Before("m1".into()), Some((Vec::new(), 0))),
        (3, Place::Before("gone".into()), None),
        (3, Place::From("m5".into()), Some((ids(5..=10), 4))),
        (3, Place::From("m10".into()), Some((ids(10..=10), 9))),
        (3, Place::From("gone".into()), Some((ids(8..=10), 7))),
    ] {
        let what = format!("{last} {place:?}");
        assert_eq!(part(&store, last, place), expected, "{what}");
    }
}

#[test]
fn an_empty_transcript_has_an_empty_end() {
    let (store, _) = store(&[]);
    assert_eq!(part(&store, 3, Place::End), Some((Vec::new(), 0)));
    assert_eq!(part(&store, 3, Place::Before("m1".into())), None);
    // A growing answer is nevertheless part of it.
    let span = store.span(&Wanted::page(Place::End)).unwrap().unwrap();
    assert!(span.contains(Position::FIRST));
}

#[test]
fn large_messages_make_a_part_shorter_and_one_always_belongs_to_it() {
    let most = usize::try_from(PART_BYTES).unwrap();
    let (store, _) = store(&[1, most * 2, most / 2, most / 3, most / 3, most * 3]);
    for (place, expected) in [
        // Larger than a part and stored in several rows: it counts as less than half of a part.
        (Place::End, ids(5..=6)),
        (Place::Before("m6".into()), ids(4..=5)),
        (Place::Before("m4".into()), ids(1..=3)),
    ] {
        let (part, _) = part(&store, 50, place.clone()).unwrap();
        assert_eq!(part, expected, "{place:?}");
    }
}

#[test]
fn a_part_of_very_large_messages_is_small_all_the_same() {
    let most = usize::try_from(PART_BYTES).unwrap();
    let (store, _) = store(&[most * 8; 4]);
    let span = store.span(&Wanted::page(Place::End)).unwrap().unwrap();
    let json = |audience| store.transcript_json(audience, span, None).unwrap();
    assert_eq!(json(Audience::Client).len() / most, 16, "two of them");
    let page = json(Audience::Page);
    assert!(page.len() < most / 5, "{}", page.len());
    let page = Message::list_from_json(serde_json::from_str(&page).unwrap());
    for message in &page {
        assert!(message.whole_bytes().is_some_and(|bytes| bytes > 8_000_000));
        let whole = store.message(&message.id).unwrap().unwrap();
        assert_eq!(whole.plain_text().len(), most * 8);
    }
    let text = store.transcript_frame(Breadth::End, None).unwrap();
    assert!(text.len() < most / 5, "{}", text.len());
    assert_eq!(store.message(&"gone".into()).unwrap(), None);
}

#[test]
fn a_client_that_missed_too_much_gets_the_end() {
    let count = CATCH_UP_MESSAGES + 1;
    let (store, _) = store(&vec![1; count as usize]);
    let (all, _) = part(&store, 5, Place::From("m2".into())).unwrap();
    assert_eq!(all, ids(2..=count));
    let (end, earlier) = part(&store, 5, Place::From("m1".into())).unwrap();
    assert_eq!(
        (end, earlier),
        (ids(count - 4..=count), u64::from(count) - 5)
    );
}

#[test]
fn rows_outside_of_a_part_are_not_read() {
    let (store, sql) = store(&[1; 10]);
    // An unreadable message breaks neither a part without it nor one with it.
    sql::Sql::run(&sql, "UPDATE messages SET json = '{' WHERE id = 'm2'", &[]).unwrap();
    assert_eq!(part(&store, 3, Place::End), Some((ids(8..=10), 7)));
    let before = part(&store, 3, Place::Before("m4".into())).unwrap();
    assert_eq!(before, (vec!["m1".to_owned(), "m3".to_owned()], 0));
}

#[test]
fn a_growing_answer_belongs_to_the_part_around_its_place() {
    let (store, _) = store(&[1; 10]);
    let growing = Message::empty_assistant("grows".into());
    let read = |span: Span, position: i64| {
        let growing = Some((Position::new(position), &growing));
        let json = store.transcript_json(Audience::Page, span, growing);
        json.unwrap().contains("grows")
    };
    let end = Wanted {
        last: 2,
        place: Place::End,
    };
    let end = store.span(&end).unwrap().unwrap();
    assert!(read(end, 21) && read(end, 19));
    assert!(!read(end, 3), "far before the end");
    let before = Wanted::page(Place::Before("m3".into()));
    assert!(!read(store.span(&before).unwrap().unwrap(), 21));
}

#[test]
fn frames_tell_as_much_as_a_connection_wants() {
    let (store, _) = store(&[1; 60]);
    let frame = |breadth| {
        let text = store.transcript_frame(breadth, None).unwrap();
        let ServerFrame::ChatMessages {
            messages, before, ..
        } = ServerFrame::decode(&text).unwrap()
        else {
            panic!("{text}");
        };
        (messages.len(), before)
    };
    assert_eq!(frame(Breadth::Whole), (60, None));
    let before = Before {
        count: 10,
        last: "m10".into(),
    };
    assert_eq!(frame(Breadth::End), (50, Some(before)));
    let text = store.message_frame(Position::new(2)).unwrap().unwrap();
    let ServerFrame::MessageUpdated(message) = ServerFrame::decode(&text).unwrap() else {
        panic!("{text}");
    };
    assert_eq!(message.id, "m1".into());
    assert_eq!(store.message_frame(Position::new(1)).unwrap(), None);
}
