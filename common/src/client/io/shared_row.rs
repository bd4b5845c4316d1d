//! A row of the transcript, held once.

use std::{
    ops::Deref,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use super::view::{Delivery, Row};
use crate::{
    id::MessageId,
    message::{Message, Role},
    transcript::MessageBuilder,
};

/// A row that the machine and its views hold together: the machine changes it while it handles an input, views read it.
/// Copies are the same row; two rows are equal when they are the same one.
#[derive(Clone, Debug)]
pub struct SharedRow(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    id: MessageId,
    role: Role,
    content: RwLock<Content>,
}

#[derive(Debug)]
pub(in crate::client) struct Content {
    pub(in crate::client) builder: MessageBuilder,
    pub(in crate::client) delivery: Delivery,
}

/// The message of a row, while nobody changes it.
pub(in crate::client) struct MessageGuard<'row>(RwLockReadGuard<'row, Content>);

impl SharedRow {
    /// A row with this message.
    #[must_use]
    pub fn new(row: Row) -> Self {
        Self(Arc::new(Shared {
            id: row.message.id.clone(),
            role: row.message.role,
            content: RwLock::new(Content {
                builder: MessageBuilder::new(row.message),
                delivery: row.delivery,
            }),
        }))
    }

    /// The id of its message, which never changes.
    #[must_use]
    pub fn id(&self) -> &MessageId {
        &self.0.id
    }

    /// Who wrote its message, which never changes.
    #[must_use]
    pub fn role(&self) -> Role {
        self.0.role
    }

    /// Reads its message as it stands.
    pub fn with<T>(&self, read: impl FnOnce(&Message) -> T) -> T {
        read(&self.message())
    }

    /// How far the delivery of its message is.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.read().delivery
    }

    /// A copy of it as it stands.
    #[must_use]
    pub fn copied(&self) -> Row {
        let content = self.read();
        Row {
            message: content.builder.message().clone(),
            delivery: content.delivery,
        }
    }

    pub(in crate::client) fn message(&self) -> MessageGuard<'_> {
        MessageGuard(self.read())
    }

    pub(in crate::client) fn write(&self) -> RwLockWriteGuard<'_, Content> {
        let content = self.0.content.write();
        content.unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> RwLockReadGuard<'_, Content> {
        let content = self.0.content.read();
        content.unwrap_or_else(PoisonError::into_inner)
    }
}

impl PartialEq for SharedRow {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for SharedRow {}

impl Deref for MessageGuard<'_> {
    type Target = Message;

    fn deref(&self) -> &Message {
        self.0.builder.message()
    }
}
