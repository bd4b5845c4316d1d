//! The transcript as signals: one for the list, one for each message, so that a delta touches one message.

use std::sync::atomic::{AtomicU32, Ordering};

use common::{
    client::{Delivery, Row},
    id::MessageId,
    message::{Message, Part, Role},
    transcript::MessageBuilder,
};
use leptos::prelude::*;

static HANDLES: AtomicU32 = AtomicU32::new(0);

/// A message on screen.
#[derive(Clone, Debug)]
pub struct RowHandle {
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    pub role: Role,
    /// The message as it grows.
    pub builder: ArcRwSignal<MessageBuilder>,
    /// How far its delivery is.
    pub delivery: ArcRwSignal<Delivery>,
    /// Changes when the message is another one or begins anew. Within one generation parts only come and grow.
    pub generation: ArcRwSignal<u32>,
    pub(super) key: u32,
}

/// A part of a message on screen.
#[derive(Clone, Debug)]
pub struct PartHandle {
    builder: ArcRwSignal<MessageBuilder>,
    index: usize,
}

impl RowHandle {
    pub(super) fn new(row: Row) -> Self {
        Self {
            id: row.message.id.clone(),
            role: row.message.role,
            builder: ArcRwSignal::new(MessageBuilder::new(row.message)),
            delivery: ArcRwSignal::new(row.delivery),
            generation: ArcRwSignal::new(0),
            key: HANDLES.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Tells this handle from every other one, also of the same message: the key of a row in a list.
    #[must_use]
    pub const fn key(&self) -> u32 {
        self.key
    }

    /// The part at `index`.
    #[must_use]
    pub fn part(&self, index: usize) -> PartHandle {
        PartHandle {
            builder: self.builder.clone(),
            index,
        }
    }
}

impl PartHandle {
    /// Reads the part as it stands and follows it; `None` when it is gone.
    pub fn with<T>(&self, read: impl FnOnce(&Part) -> T) -> Option<T> {
        self.builder
            .with(|builder| builder.message().parts.get(self.index).map(read))
    }

    /// Reads the part as it stands.
    pub fn with_untracked<T>(&self, read: impl FnOnce(&Part) -> T) -> Option<T> {
        self.builder
            .with_untracked(|builder| builder.message().parts.get(self.index).map(read))
    }
}

/// The rows of a stored transcript.
pub(super) fn stored_rows(messages: Vec<Message>) -> Vec<RowHandle> {
    messages
        .into_iter()
        .map(|message| {
            RowHandle::new(Row {
                message,
                delivery: Delivery::Answered,
            })
        })
        .collect()
}
