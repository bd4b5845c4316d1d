//! Brings the rows on screen up to date.

use common::client::{SharedRow, ViewChange};
use leptos::prelude::*;

use super::rows::RowHandle;

/// Shows one change. One of a row that is not there changes nothing.
pub(super) fn show(rows: RwSignal<Vec<RowHandle>>, change: ViewChange) {
    let row = |id| {
        // Nearly always one of the last, so that the search is short however long the transcript is.
        rows.with_untracked(|rows| rows.iter().rfind(|row| row.id == id).cloned())
    };
    match change {
        ViewChange::Rows(all) => rows.update(|rows| arrange(rows, all)),
        ViewChange::Message { id, change } => {
            if let Some(row) = row(id) {
                row.change(change);
            }
        }
        ViewChange::Delivery(id) => {
            if let Some(row) = row(id) {
                row.deliver();
            }
        }
    }
}

/// Whether a change puts rows before the first one on screen.
#[cfg(feature = "hydrate")]
pub(super) fn prepends(rows: RwSignal<Vec<RowHandle>>, change: &ViewChange) -> bool {
    let ViewChange::Rows(all) = change else {
        return false;
    };
    let first = rows.with_untracked(|rows| rows.first().map(|row| row.row.clone()));
    first.is_some_and(|first| all.iter().skip(1).any(|row| *row == first))
}

/// Rows that stay keep their signals, wherever they stand now, and with them what the reader opened, selected or scrolled.
fn arrange(rows: &mut Vec<RowHandle>, all: Vec<SharedRow>) {
    let mut old: Vec<Option<RowHandle>> = rows.drain(..).map(Some).collect();
    let mut next = 0;
    for row in all {
        let is_it =
            |handle: &Option<RowHandle>| handle.as_ref().is_some_and(|handle| handle.row == row);
        // Nearly always it is the one that comes next.
        let behind = old.iter().skip(next).position(is_it);
        let place = behind
            .map(|offset| next + offset)
            .or_else(|| old.iter().take(next).position(is_it));
        let handle = place.and_then(|place| {
            next = place + 1;
            old.get_mut(place)?.take()
        });
        rows.push(handle.unwrap_or_else(|| RowHandle::new(row)));
    }
}

#[cfg(test)]
mod tests {
    use common::{
        client::{MessageChange, Row},
        id::MessageId,
        message::{Message, Role},
    };

    use super::*;

    fn row(id: &str) -> SharedRow {
        let message = Message::text(MessageId::from(id), Role::Assistant, id);
        SharedRow::new(Row::taken(message))
    }

    #[test]
    fn rows_that_stay_keep_their_signals() {
        Owner::new().with(|| {
            let rows = RwSignal::new(Vec::new());
            let keys = || -> Vec<u32> {
                rows.with_untracked(|rows| rows.iter().map(RowHandle::key).collect())
            };
            let [a, b, c, d] = ["a", "b", "c", "d"].map(row);
            let list = |all: &[&SharedRow]| {
                let all = all.iter().map(|row| (*row).clone()).collect();
                show(rows, ViewChange::Rows(all));
            };
            list(&[&a, &b, &c]);
            let [of_a, of_b, of_c] = keys()[..] else {
                panic!("{:?}", keys());
            };
            list(&[&c, &d, &a]);
            let [first, of_d, third] = keys()[..] else {
                panic!("{:?}", keys());
            };
            assert_eq!([first, third], [of_c, of_a]);
            assert!(![of_a, of_b, of_c].contains(&of_d));
            // It went and came back, or another one came in its place.
            list(&[&b, &c, &row("d"), &a]);
            let now = keys();
            assert_eq!([now[1], now[3]], [of_c, of_a]);
            assert!(![of_b, of_d].contains(&now[0]) && ![of_b, of_d].contains(&now[2]));
        });
    }

    /// How often each follower runs: of the whole message, of the part 0, of the part 1, of the generation.
    #[test]
    fn a_change_is_heard_by_those_who_follow_what_changed() {
        Owner::new().with(|| {
            let rows = RwSignal::new(Vec::new());
            let row = row("a");
            show(rows, ViewChange::Rows(vec![row.clone()]));
            let handle = rows.with_untracked(|rows| rows[0].clone());
            let runs = RwSignal::new([0_u32; 4]);
            let count = move |place: usize| {
                runs.update_untracked(|runs| runs[place] += 1);
                runs.with_untracked(|runs| runs[place])
            };
            let (first, second) = (handle.part(0), handle.part(1));
            let followers = [
                Memo::new({
                    let handle = handle.clone();
                    move |_| handle.with(|_| count(0))
                }),
                Memo::new(move |_| {
                    first.with(|_| ());
                    count(1)
                }),
                Memo::new(move |_| {
                    second.with(|_| ());
                    count(2)
                }),
                Memo::new(move |_| {
                    handle.generation();
                    count(3)
                }),
            ];
            let heard = |change| {
                let before = followers.map(|follower| follower.get_untracked());
                let id = MessageId::from("a");
                show(rows, ViewChange::Message { id, change });
                let after = followers.map(|follower| follower.get_untracked());
                std::array::from_fn(|place| after[place] != before[place])
            };
            for (change, expected) in [
                (MessageChange::Text(0), [false, true, false, false]),
                (MessageChange::Text(1), [false, false, true, false]),
                (MessageChange::Part(0), [true, true, false, false]),
                (MessageChange::Parts, [true, false, false, false]),
                (MessageChange::Grown, [true, true, true, false]),
                (MessageChange::Replaced, [true, true, true, true]),
            ] {
                assert_eq!(heard(change), expected, "{change:?}");
            }
        });
    }
}
