//! Brings the rows on screen up to date.

use common::{
    client::{Row, ViewChange},
    id::MessageId,
    message::{Message, Part},
    transcript::MessageBuilder,
};
use leptos::prelude::*;

use super::rows::RowHandle;

/// Makes one change. One of a row that is not there changes nothing.
pub(super) fn show(rows: RwSignal<Vec<RowHandle>>, change: ViewChange) {
    match change {
        ViewChange::Reset(all) => reset(rows, all),
        ViewChange::Prepend(earlier) => rows.update(|rows| {
            rows.splice(..0, earlier.into_iter().map(RowHandle::new));
        }),
        ViewChange::Insert { index, row } => rows.update(|rows| {
            let index = index.min(rows.len());
            rows.insert(index, RowHandle::new(row));
        }),
        ViewChange::Remove(id) => rows.update(|rows| rows.retain(|row| row.id != id)),
        ViewChange::Replace(row) => {
            let id = row.message.id.clone();
            with_row(rows, &id, |handle| replace(handle, row));
        }
        ViewChange::Grow { id, chunk } => {
            with_row(rows, &id, |row| {
                row.builder.update(|builder| builder.apply(&chunk))
            });
        }
        ViewChange::Rebuild { id } => {
            with_row(rows, &id, |row| begin_anew(row, MessageBuilder::restart))
        }
        ViewChange::Continue { id } => with_row(rows, &id, |row| {
            row.builder
                .update(|builder| *builder = MessageBuilder::continuing(builder.message().clone()));
        }),
        ViewChange::Answer { id, call, answer } => with_row(rows, &id, |row| {
            row.builder.update(|builder| builder.answer(&call, &answer));
        }),
        ViewChange::Deliver { id, delivery } => {
            with_row(rows, &id, |row| row.delivery.set(delivery))
        }
    }
}

/// Messages that stay keep their signals, wherever they stand now, and with them what the reader opened, selected or
/// scrolled.
fn reset(rows: RwSignal<Vec<RowHandle>>, all: Vec<Row>) {
    rows.update(|rows| {
        let mut old: Vec<Option<RowHandle>> = rows.drain(..).map(Some).collect();
        let mut next = 0;
        for row in all {
            let is_it = |handle: &Option<RowHandle>| {
                handle.as_ref().is_some_and(|handle| {
                    handle.id == row.message.id && handle.role == row.message.role
                })
            };
            // Nearly always it is the one that comes next.
            let behind = old.iter().skip(next).position(is_it);
            let place = behind
                .map(|offset| next + offset)
                .or_else(|| old.iter().position(is_it));
            let handle = place.and_then(|place| old.get_mut(place).and_then(Option::take));
            match (place, handle) {
                (Some(place), Some(handle)) => {
                    next = next.max(place + 1);
                    if handle
                        .builder
                        .with_untracked(|builder| *builder.message() == row.message)
                    {
                        handle.delivery.set(row.delivery);
                    } else {
                        replace(&handle, row);
                    }
                    rows.push(handle);
                }
                _ => rows.push(RowHandle::new(row)),
            }
        }
    });
}

/// The row that changes is nearly always one of the last, so the search is short however long the transcript is.
fn with_row(rows: RwSignal<Vec<RowHandle>>, id: &MessageId, change: impl FnOnce(&RowHandle)) {
    let row = rows.with_untracked(|rows| rows.iter().rfind(|row| row.id == *id).cloned());
    if let Some(row) = row {
        change(&row);
    }
}

fn replace(handle: &RowHandle, row: Row) {
    let grows = handle
        .builder
        .with_untracked(|builder| has_grown(builder.message(), &row.message));
    let change = |builder: &mut MessageBuilder| *builder = MessageBuilder::new(row.message);
    if grows {
        // What the reader opened, selected or has the focus on stays.
        handle.builder.update(change);
    } else {
        begin_anew(handle, change);
    }
    handle.delivery.set(row.delivery);
}

/// Whether a message is another one whose parts have only come and grown.
fn has_grown(before: &Message, after: &Message) -> bool {
    let grows = |(before, after): (&Part, &Part)| match (before, after) {
        (Part::Text(before), Part::Text(after)) => after.text.starts_with(&before.text),
        (Part::Reasoning(before), Part::Reasoning(after)) => after.text.starts_with(&before.text),
        (Part::Tool(before), Part::Tool(after)) => {
            (&before.tool_call_id, &before.name) == (&after.tool_call_id, &after.name)
        }
        // The details of a call come again when the call has run.
        (Part::Data(before), Part::Data(after)) if before.id.is_some() => {
            (&before.name, &before.id) == (&after.name, &after.id)
        }
        (before, after) => before == after,
    };
    before.parts.len() <= after.parts.len() && before.parts.iter().zip(&after.parts).all(grows)
}

fn begin_anew(row: &RowHandle, change: impl FnOnce(&mut MessageBuilder)) {
    // First the message: whoever hears of the generation must find the message that belongs to it.
    row.builder.update(change);
    row.generation.update(|generation| *generation += 1);
}

#[cfg(test)]
mod tests {
    use common::{chunk::Chunk, client::Delivery, id::PartId, message::Role};

    use super::*;

    fn row(id: &str, text: &str) -> Row {
        Row {
            message: Message::text(MessageId::from(id), Role::Assistant, text),
            delivery: Delivery::Answered,
        }
    }

    /// What the reader sees after `changes`: id, text and generation of each row.
    fn shown(rows: RwSignal<Vec<RowHandle>>) -> Vec<(String, String, u32)> {
        let read = |row: &RowHandle| {
            let text = row
                .builder
                .with_untracked(|builder| builder.message().plain_text());
            (row.id.to_string(), text, row.generation.get_untracked())
        };
        rows.with_untracked(|rows| rows.iter().map(read).collect())
    }

    fn check(changes: Vec<ViewChange>, expected: &[(&str, &str, u32)]) {
        Owner::new().with(|| {
            let rows = RwSignal::new(Vec::new());
            show(rows, ViewChange::Reset(vec![row("a", "A"), row("b", "B")]));
            for change in changes {
                show(rows, change);
            }
            let expected: Vec<_> = expected
                .iter()
                .map(|(id, text, generation)| ((*id).to_owned(), (*text).to_owned(), *generation))
                .collect();
            assert_eq!(shown(rows), expected);
        });
    }

    #[test]
    fn rows_follow_the_changes() {
        let b = || MessageId::from("b");
        let grow = |chunk| ViewChange::Grow { id: b(), chunk };
        check(vec![], &[("a", "A", 0), ("b", "B", 0)]);
        check(
            vec![ViewChange::Insert {
                index: 1,
                row: row("c", "C"),
            }],
            &[("a", "A", 0), ("c", "C", 0), ("b", "B", 0)],
        );
        check(
            vec![ViewChange::Prepend(vec![row("x", "X"), row("y", "Y")])],
            &[("x", "X", 0), ("y", "Y", 0), ("a", "A", 0), ("b", "B", 0)],
        );
        check(
            vec![ViewChange::Insert {
                index: 9,
                row: row("c", "C"),
            }],
            &[("a", "A", 0), ("b", "B", 0), ("c", "C", 0)],
        );
        check(
            vec![ViewChange::Remove(MessageId::from("a"))],
            &[("b", "B", 0)],
        );
        check(
            vec![ViewChange::Replace(row("b", "X"))],
            &[("a", "A", 0), ("b", "X", 1)],
        );
        check(
            vec![ViewChange::Rebuild { id: b() }],
            &[("a", "A", 0), ("b", "", 1)],
        );
        check(
            vec![ViewChange::Rebuild {
                id: MessageId::from("gone"),
            }],
            &[("a", "A", 0), ("b", "B", 0)],
        );
        check(
            vec![
                grow(Chunk::text_start(PartId::from("t"))),
                grow(Chunk::text_delta(PartId::from("t"), "C".to_owned())),
                grow(Chunk::text_delta(PartId::from("t"), "D".to_owned())),
            ],
            &[("a", "A", 0), ("b", "B\n\nCD", 0)],
        );
    }

    #[test]
    fn a_message_that_only_grew_keeps_its_views() {
        check(
            vec![ViewChange::Replace(row("b", "B and more"))],
            &[("a", "A", 0), ("b", "B and more", 0)],
        );
        let message = |parts: serde_json::Value| -> Message {
            let message = serde_json::json!({"id": "a", "role": "assistant", "parts": parts});
            serde_json::from_value(message).unwrap()
        };
        let call = |id: &str, state: &str| {
            serde_json::json!({"type": "tool-write", "toolCallId": id, "state": state,
                "input": {}, "output": 1})
        };
        let text = serde_json::json!({"type": "text", "text": "hi"});
        let waits = message(serde_json::json!([call("c", "input-available")]));
        let done = message(serde_json::json!([call("c", "output-available"), text]));
        let other = message(serde_json::json!([call("d", "input-available")]));
        assert!(has_grown(&waits, &done));
        assert!(!has_grown(&done, &waits));
        assert!(!has_grown(&waits, &other));
        let told = |id: &str, took: u64| serde_json::json!({"type": "data-call", "id": id, "data": {"took": took}});
        let before = message(serde_json::json!([told("c", 1)]));
        let after = message(serde_json::json!([told("c", 2)]));
        let other = message(serde_json::json!([told("d", 2)]));
        assert!(has_grown(&before, &after));
        assert!(!has_grown(&before, &other));
    }

    #[test]
    fn an_answer_changes_its_call_and_nothing_else() {
        let asked = serde_json::json!({"id": "a", "role": "assistant", "parts": [
            {"type": "tool-write", "toolCallId": "c1", "state": "approval-requested", "input": {}},
        ]});
        let message: Message = serde_json::from_value(asked).unwrap();
        Owner::new().with(|| {
            let rows = RwSignal::new(Vec::new());
            show(rows, ViewChange::Reset(vec![Row::taken(message)]));
            let answer = ViewChange::Answer {
                id: MessageId::from("a"),
                call: "c1".into(),
                answer: common::message::ToolAnswer::Allow { always: None },
            };
            show(rows, answer);
            let row = rows.with_untracked(|rows| rows[0].clone());
            let state = row.builder.with_untracked(|builder| {
                let call = builder.message().calls().next();
                call.map(|call| call.state.as_str())
            });
            assert_eq!(state, Some("approval-responded"));
            assert_eq!(row.generation.get_untracked(), 0);
        });
    }

    #[test]
    fn a_message_that_went_and_came_back_has_a_view_of_its_own() {
        Owner::new().with(|| {
            let rows = RwSignal::new(Vec::new());
            show(rows, ViewChange::Reset(vec![row("a", "A")]));
            let key = || rows.with_untracked(|rows| rows[0].key);
            let before = key();
            // Both before the list is drawn.
            show(rows, ViewChange::Remove(MessageId::from("a")));
            let (index, row) = (0, row("a", "B"));
            show(rows, ViewChange::Insert { index, row });
            assert_ne!(key(), before);
        });
    }

    #[test]
    fn reset_keeps_what_stays() {
        check(
            vec![ViewChange::Reset(vec![
                row("x", "X"),
                row("a", "A"),
                row("b", "other"),
            ])],
            &[("x", "X", 0), ("a", "A", 0), ("b", "other", 1)],
        );
        Owner::new().with(|| {
            let rows = RwSignal::new(Vec::new());
            show(rows, ViewChange::Reset(vec![row("a", "A"), row("b", "B")]));
            let keys = || rows.with_untracked(|rows| rows.iter().map(|row| row.key).collect());
            let before: Vec<u32> = keys();
            let moved = vec![row("b", "B"), row("a", "A and more")];
            show(rows, ViewChange::Reset(moved));
            let after: Vec<u32> = keys();
            assert_eq!(after, [before[1], before[0]], "the same signals");
            assert_eq!(shown(rows)[1].1, "A and more");
        });
    }
}
