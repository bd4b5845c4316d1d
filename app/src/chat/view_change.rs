//! Brings the rows on screen up to date.

use common::{
    client::{Row, ViewChange},
    id::MessageId,
    transcript::MessageBuilder,
};
use leptos::prelude::*;

use super::rows::RowHandle;

/// Makes one change. One of a row that is not there changes nothing.
pub(super) fn show(rows: RwSignal<Vec<RowHandle>>, change: ViewChange) {
    match change {
        ViewChange::Reset(all) => reset(rows, all),
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
        ViewChange::Deliver { id, delivery } => {
            with_row(rows, &id, |row| row.delivery.set(delivery))
        }
    }
}

/// Rows that stay as they were keep their signals, and with them what the reader opened, selected or scrolled.
fn reset(rows: RwSignal<Vec<RowHandle>>, all: Vec<Row>) {
    rows.update(|rows| {
        let mut old: Vec<Option<RowHandle>> = rows.drain(..).map(Some).collect();
        let mut next = 0;
        for row in all {
            let kept = old.iter_mut().skip(next).position(|handle| {
                handle.as_ref().is_some_and(|handle| {
                    handle.id == row.message.id && handle.role == row.message.role
                })
            });
            let handle = kept.and_then(|offset| old.get_mut(next + offset).and_then(Option::take));
            match (kept, handle) {
                (Some(offset), Some(handle)) => {
                    next += offset + 1;
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
    begin_anew(handle, |builder| {
        *builder = MessageBuilder::new(row.message)
    });
    handle.delivery.set(row.delivery);
}

fn begin_anew(row: &RowHandle, change: impl FnOnce(&mut MessageBuilder)) {
    // First the message: whoever hears of the generation must find the message that belongs to it.
    row.builder.update(change);
    row.generation.update(|generation| *generation += 1);
}
