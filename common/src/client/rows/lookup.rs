//! Finds rows and their messages.

use super::Rows;
use crate::{
    client::{
        io::{Delivery, Earlier, SharedRow},
        link::Peer,
    },
    id::{MessageId, ToolCallId},
    message::{Message, Role},
};

impl Rows {
    /// How far the message is, once its turn is over.
    pub(in crate::client) fn settled_delivery(&self, id: &MessageId) -> Delivery {
        match self.entry(id).map(SharedRow::delivery) {
            Some(Delivery::Failed) => Delivery::Failed,
            Some(
                Delivery::Stored
                | Delivery::Overdue
                | Delivery::Sent
                | Delivery::Accepted
                | Delivery::Running
                | Delivery::Answered,
            )
            | None => Delivery::Answered,
        }
    }

    pub(in crate::client) fn ids(&self) -> impl DoubleEndedIterator<Item = &MessageId> {
        self.entries.iter().map(SharedRow::id)
    }

    /// The messages up to this one, which is the last of them.
    pub(in crate::client) fn up_to(&self, id: &MessageId) -> Vec<Message> {
        let count = self.position(id).map_or(0, |index| index + 1);
        let rows = self.entries.iter().take(count);
        rows.map(|row| row.message().clone()).collect()
    }

    /// What a server gets with a new message. An official one takes the list for the whole transcript: it shows it to
    /// the other clients, stores answers where they stand in it, and when it knows all of it deletes the rest. Ours
    /// needs the message alone.
    pub(in crate::client) fn reported(&self, id: &MessageId, peer: Peer) -> Vec<Message> {
        match peer {
            Peer::Ours => self.alone(id),
            Peer::Asked | Peer::Unknown => match self.earlier {
                Earlier::None => self.up_to(id),
                // An official server would take the rows for the whole.
                Earlier::Stored { .. } => self.alone(id),
            },
        }
    }

    /// The message and no other.
    pub(in crate::client) fn alone(&self, id: &MessageId) -> Vec<Message> {
        let message = self.message(id).map(|message| message.clone());
        message.into_iter().collect()
    }

    /// The last message of this role.
    pub(in crate::client) fn last(&self, role: Role) -> Option<&MessageId> {
        let found = |row: &&SharedRow| row.role() == role;
        self.entries.iter().rfind(found).map(SharedRow::id)
    }

    /// The last message with this tool call.
    pub(in crate::client) fn with_call(&self, call: &ToolCallId) -> Option<&MessageId> {
        let found = |row: &&SharedRow| row.message().holds_call(call);
        self.entries.iter().rfind(found).map(SharedRow::id)
    }

    /// Whether it is only supposed that the row is where the store has it.
    pub(in crate::client) fn is_guessed(&self, id: &MessageId) -> bool {
        self.guessed.contains(id.as_str())
    }
}
