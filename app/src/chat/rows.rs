//! The transcript as signals: one for the list, some for each message and one for each part, so that a delta touches one
//! part. The messages themselves are those of the client machine.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU32, Ordering},
    },
};

#[cfg(any(feature = "hydrate", test))]
use common::client::MessageChange;
use common::{
    client::{Delivery, SharedRow},
    id::MessageId,
    message::{Message, Part, Role},
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
    pub(super) row: SharedRow,
    key: u32,
    /// Changes when the message is another one or begins anew. Within one generation parts only come and grow.
    generation: ArcRwSignal<u32>,
    /// Something other than the text of a part has changed.
    changed: ArcTrigger,
    delivered: ArcTrigger,
    parts: Parts,
}

/// What tells of changes of single parts, for those parts that somebody looks at.
type Parts = Arc<RwLock<BTreeMap<usize, ArcTrigger>>>;

/// A part of a message on screen.
#[derive(Clone, Debug)]
pub struct PartHandle {
    row: SharedRow,
    index: usize,
    changed: ArcTrigger,
}

impl RowHandle {
    pub(super) fn new(row: SharedRow) -> Self {
        Self {
            id: row.id().clone(),
            role: row.role(),
            row,
            key: HANDLES.fetch_add(1, Ordering::Relaxed),
            generation: ArcRwSignal::new(0),
            changed: ArcTrigger::new(),
            delivered: ArcTrigger::new(),
            parts: Parts::default(),
        }
    }

    /// Tells this handle from every other one, also of the same message: the key of a row in a list.
    #[must_use]
    pub const fn key(&self) -> u32 {
        self.key
    }

    /// Reads the message as it stands, and follows all of it but the texts of its parts: [`Self::part`], and
    /// [`Self::with_texts`].
    pub fn with<T>(&self, read: impl FnOnce(&Message) -> T) -> T {
        follow(&self.changed);
        self.row.with(read)
    }

    /// Reads the message as it stands, and follows all of it.
    pub fn with_texts<T>(&self, read: impl FnOnce(&Message) -> T) -> T {
        let count = self.with(|message| message.parts.len());
        (0..count).for_each(|index| follow(&self.part_changed(index)));
        self.row.with(read)
    }

    /// Reads the message as it stands.
    pub fn with_untracked<T>(&self, read: impl FnOnce(&Message) -> T) -> T {
        self.row.with(read)
    }

    /// How far the delivery of the message is.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        follow(&self.delivered);
        self.row.delivery()
    }

    /// The part at `index`.
    #[must_use]
    pub fn part(&self, index: usize) -> PartHandle {
        PartHandle {
            row: self.row.clone(),
            index,
            changed: self.part_changed(index),
        }
    }

    /// Which message this is, among those that the row has had.
    pub(super) fn generation(&self) -> u32 {
        self.generation.get()
    }

    fn part_changed(&self, index: usize) -> ArcTrigger {
        let mut parts = self.parts.write().unwrap_or_else(PoisonError::into_inner);
        parts.entry(index).or_default().clone()
    }

    /// Tells those who follow the delivery.
    #[cfg(any(feature = "hydrate", test))]
    pub(super) fn deliver(&self) {
        self.delivered.notify();
    }

    /// Tells those who follow what has changed.
    #[cfg(any(feature = "hydrate", test))]
    pub(super) fn change(&self, change: MessageChange) {
        match change {
            MessageChange::Text(index) => self.change_part(index),
            MessageChange::Part(index) => {
                self.change_part(index);
                self.changed.notify();
            }
            MessageChange::Parts => self.changed.notify(),
            MessageChange::Grown => {
                self.change_parts();
                self.changed.notify();
            }
            MessageChange::Replaced => {
                self.generation.update(|generation| *generation += 1);
                self.change_parts();
                self.changed.notify();
            }
        }
    }

    #[cfg(any(feature = "hydrate", test))]
    fn change_part(&self, index: usize) {
        let parts = self.parts.read().unwrap_or_else(PoisonError::into_inner);
        let changed = parts.get(&index).cloned();
        drop(parts);
        if let Some(changed) = changed {
            changed.notify();
        }
    }

    #[cfg(any(feature = "hydrate", test))]
    fn change_parts(&self) {
        let parts = self.parts.read().unwrap_or_else(PoisonError::into_inner);
        let all: Vec<ArcTrigger> = parts.values().cloned().collect();
        drop(parts);
        all.iter().for_each(Notify::notify);
    }
}

impl PartHandle {
    /// Which part of its message it is.
    pub(super) const fn index(&self) -> usize {
        self.index
    }

    /// Reads the part as it stands and follows it; `None` when it is gone.
    pub fn with<T>(&self, read: impl FnOnce(&Part) -> T) -> Option<T> {
        follow(&self.changed);
        self.with_untracked(read)
    }

    /// Reads the part as it stands.
    pub fn with_untracked<T>(&self, read: impl FnOnce(&Part) -> T) -> Option<T> {
        self.row
            .with(|message| message.parts.get(self.index).map(read))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a trigger has no value that could be read"
)]
fn follow(trigger: &ArcTrigger) {
    trigger.track();
}
