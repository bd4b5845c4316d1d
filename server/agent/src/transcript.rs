//! The order of the transcript. Its contents stay in the store.

use std::collections::{HashMap, HashSet};

use common::{
    id::{MessageId, ToolCallId},
    message::{Message, Role},
};
use store::{ContentHash, IndexEntry, json_bytes};

use super::Position;

/// The messages of the transcript by position, without their contents.
#[derive(Debug, Default)]
pub(super) struct TranscriptIndex {
    /// By position, rising.
    entries: Vec<IndexEntry>,
    positions: HashMap<MessageId, Position>,
    calls: HashMap<ToolCallId, Position>,
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
    pub(super) fn restore(entries: Vec<IndexEntry>, last_turn: Option<Position>) -> Self {
        let last_message = entries.last().map(|entry| entry.position);
        Self {
            next: last_message.max(last_turn).map(Position::next),
            positions: entries
                .iter()
                .map(|entry| (entry.id.clone(), entry.position))
                .collect(),
            calls: entries
                .iter()
                .flat_map(|entry| {
                    let position = entry.position;
                    entry.calls.iter().map(move |id| (id.clone(), position))
                })
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
        self.at(*self.positions.get(id)?)
    }

    /// The message that holds a call.
    pub(super) fn find_call(&self, id: &ToolCallId) -> Option<&IndexEntry> {
        self.at(*self.calls.get(id)?)
    }

    /// The calls of all messages.
    pub(super) fn calls(&self) -> HashSet<ToolCallId> {
        self.calls.keys().cloned().collect()
    }

    fn at(&self, position: Position) -> Option<&IndexEntry> {
        let at = self
            .entries
            .binary_search_by_key(&position, |entry| entry.position)
            .ok()?;
        self.entries.get(at)
    }

    /// The messages in order.
    pub(super) fn entries(&self) -> &[IndexEntry] {
        &self.entries
    }

    /// Notes a message at its position; what stood there is replaced.
    pub(super) fn put(&mut self, position: Position, message: &Message) -> Put {
        let calls: Vec<ToolCallId> = message
            .calls()
            .map(|call| call.tool_call_id.clone())
            .collect();
        let id = message.id.clone();
        self.positions.insert(id.clone(), position);
        self.calls
            .extend(calls.iter().map(|call| (call.clone(), position)));
        let entry = IndexEntry {
            position,
            id,
            role: message.role,
            hash: ContentHash::of(message),
            calls,
            bytes: json_bytes(message),
        };
        match self
            .entries
            .binary_search_by_key(&position, |entry| entry.position)
        {
            Ok(at) => match self.entries.get_mut(at) {
                Some(slot) if is_same(slot, &entry) => {
                    slot.bytes = entry.bytes;
                    return Put::Same;
                }
                Some(slot) => *slot = entry,
                None => {}
            },
            Err(at) => self.entries.insert(at, entry),
        }
        Put::Changed
    }

    /// How many bytes the messages have in the store.
    pub(super) fn bytes(&self) -> usize {
        let bytes = self.entries.iter().map(|entry| entry.bytes);
        bytes.fold(0, usize::saturating_add)
    }

    /// Whether these messages are the transcript's beginning, one by one.
    pub(super) fn begins_with(&self, messages: &[Message]) -> bool {
        messages.len() <= self.entries.len()
            && messages
                .iter()
                .zip(&self.entries)
                .all(|(message, entry)| message.id == entry.id)
    }

    /// How many messages there are up to this one, which counts.
    pub(super) fn count_up_to(&self, id: &MessageId) -> Option<usize> {
        let position = self.positions.get(id)?;
        let found = self
            .entries
            .binary_search_by_key(position, |entry| entry.position);
        found.ok().map(|at| at + 1)
    }

    /// Cuts the transcript off behind `kept` messages and names the positions that are gone.
    pub(super) fn truncate(&mut self, kept: usize) -> Vec<Position> {
        if kept >= self.entries.len() {
            return Vec::new();
        }
        let gone = self.entries.split_off(kept);
        self.forget(gone)
    }

    /// Drops the oldest messages beyond `most` and names their positions.
    pub(super) fn drop_oldest(&mut self, most: usize) -> Vec<Position> {
        let excess = self.entries.len().saturating_sub(most);
        let gone = self.entries.drain(..excess).collect();
        self.forget(gone)
    }

    /// Takes these messages out and names their positions.
    pub(super) fn remove(&mut self, positions: &[Position]) -> Vec<Position> {
        let gone = self
            .entries
            .extract_if(.., |entry| positions.contains(&entry.position))
            .collect();
        self.forget(gone)
    }

    fn forget(&mut self, gone: Vec<IndexEntry>) -> Vec<Position> {
        let mut positions = Vec::with_capacity(gone.len());
        for entry in gone {
            self.positions.remove(&entry.id);
            for call in &entry.calls {
                self.calls.remove(call);
            }
            positions.push(entry.position);
        }
        positions
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.positions.clear();
        self.calls.clear();
    }

    /// Where the last message stands.
    pub(super) fn last(&self) -> Option<Position> {
        self.entries.last().map(|entry| entry.position)
    }

    /// Where the last assistant message stands.
    pub(super) fn last_assistant(&self) -> Option<Position> {
        self.entries
            .iter()
            .rev()
            .find(|entry| entry.role == Role::Assistant)
            .map(|entry| entry.position)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn ends_with_user_message(&self) -> bool {
        self.entries
            .last()
            .is_some_and(|entry| entry.role == Role::User)
    }
}

/// Whether two entries are of the same message. Our own metadata adds bytes to it and changes nothing.
fn is_same(one: &IndexEntry, other: &IndexEntry) -> bool {
    let identity = |entry: &IndexEntry| (entry.position, entry.role);
    identity(one) == identity(other)
        && one.id == other.id
        && one.hash == other.hash
        && one.calls == other.calls
}
