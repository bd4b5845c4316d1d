//! The order of the transcript. Its contents stay in the store.

use std::collections::HashMap;

use common::{
    id::MessageId,
    message::{Message, Role},
};

use super::{Position, Turn};
use crate::store::{IndexEntry, content_hash};

/// The messages of the transcript by position, without their contents.
#[derive(Debug, Default)]
pub(super) struct TranscriptIndex {
    /// By position, rising.
    entries: Vec<IndexEntry>,
    positions: HashMap<MessageId, Position>,
    next: Option<Position>,
}

/// Whether a message that was put is another one than what stood there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// It is, or nothing stood there.
    Changed,
    /// It is the same.
    Same,
}

impl TranscriptIndex {
    pub(super) fn restore(entries: Vec<IndexEntry>, turns: &[Turn]) -> Self {
        let last_message = entries.last().map(|entry| entry.position);
        let last_turn = turns.iter().map(|turn| turn.answer_position).max();
        Self {
            next: last_message.max(last_turn).map(Position::next),
            positions: entries
                .iter()
                .map(|entry| (entry.id.clone(), entry.position))
                .collect(),
            entries,
        }
    }

    /// The next free position.
    pub(super) fn reserve(&mut self) -> Position {
        let position = self.next.unwrap_or(Position::FIRST);
        self.next = Some(position.next());
        position
    }

    pub(super) fn find(&self, id: &MessageId) -> Option<&IndexEntry> {
        let position = self.positions.get(id)?;
        let at = self
            .entries
            .binary_search_by_key(position, |entry| entry.position)
            .ok()?;
        self.entries.get(at)
    }

    /// Notes a message at its position; what stood there is replaced.
    pub(super) fn put(&mut self, position: Position, message: &Message) -> Put {
        let id = message.id.clone();
        self.positions.insert(id.clone(), position);
        let entry = IndexEntry {
            position,
            id,
            role: message.role,
            hash: hash_of(message),
        };
        match self
            .entries
            .binary_search_by_key(&position, |entry| entry.position)
        {
            Ok(at) => match self.entries.get_mut(at) {
                Some(slot) if *slot == entry => return Put::Same,
                Some(slot) => *slot = entry,
                None => {}
            },
            Err(at) => self.entries.insert(at, entry),
        }
        Put::Changed
    }

    /// Whether these messages are the transcript's beginning, one by one.
    pub(super) fn begins_with(&self, messages: &[Message]) -> bool {
        messages.len() <= self.entries.len()
            && messages
                .iter()
                .zip(&self.entries)
                .all(|(message, entry)| message.id == entry.id)
    }

    /// Cuts the transcript off behind `kept` messages and names the positions that are gone.
    pub(super) fn truncate(&mut self, kept: usize) -> Vec<Position> {
        if kept >= self.entries.len() {
            return Vec::new();
        }
        let mut gone = Vec::new();
        for entry in self.entries.split_off(kept) {
            self.positions.remove(&entry.id);
            gone.push(entry.position);
        }
        gone
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.positions.clear();
    }

    /// Where the last message stands.
    pub(super) fn last(&self) -> Option<Position> {
        self.entries.last().map(|entry| entry.position)
    }

    pub(super) fn ends_with_user_message(&self) -> bool {
        self.entries
            .last()
            .is_some_and(|entry| entry.role == Role::User)
    }
}

/// Of a message's JSON, as [`IndexEntry::hash`].
fn hash_of(message: &Message) -> String {
    content_hash(&serde_json::to_string(message).unwrap_or_default())
}
