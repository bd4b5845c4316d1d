//! The transcript: its order, and the messages whose contents matter. All other contents stay in the store.

use std::collections::{BTreeMap, HashMap, HashSet};

use common::{
    id::{MessageId, ToolCallId},
    message::{Message, Role, ToolAnswer, ToolState},
};
use store::{ContentHash, IndexEntry, Position, Turn, TurnKind, json_bytes};

/// The messages of the transcript by position.
#[derive(Debug)]
pub(super) struct Transcript {
    /// By position, rising.
    entries: Vec<IndexEntry>,
    positions: HashMap<MessageId, Position>,
    calls: HashMap<ToolCallId, Position>,
    next: Option<Position>,
    /// The messages whose contents matter: they hold calls that are not settled, a turn continues them, or (when
    /// overlapping messages are merged) they wait for their answer.
    open: BTreeMap<Position, Message>,
}

/// Whether putting a message changed the transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// The message is new, or another one than before.
    Changed,
    /// The same message was there.
    Same,
}

impl Transcript {
    /// `last_given`: the last position that was given to the answer of a turn, or to a message of a kept branch.
    pub(super) fn restore(
        entries: Vec<IndexEntry>,
        open: Vec<(Position, Message)>,
        last_given: Option<Position>,
    ) -> Self {
        let last_message = entries.last().map(|entry| entry.position);
        Self {
            next: last_message.max(last_given).map(Position::next),
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
            open: open.into_iter().collect(),
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

    /// The messages before a position, in order.
    pub(super) fn before(&self, end: Position) -> &[IndexEntry] {
        let count = self.entries.partition_point(|entry| entry.position < end);
        self.entries.get(..count).unwrap_or_default()
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

    /// Cuts the transcript off behind `kept` messages and returns what was there.
    pub(super) fn truncate(&mut self, kept: usize) -> Vec<IndexEntry> {
        if kept >= self.entries.len() {
            return Vec::new();
        }
        let gone = self.entries.split_off(kept);
        self.forget(&gone);
        gone
    }

    /// Appends messages that are stored.
    pub(super) fn append(&mut self, entries: Vec<IndexEntry>) {
        for entry in &entries {
            self.positions.insert(entry.id.clone(), entry.position);
            let calls = entry.calls.iter().cloned();
            self.calls.extend(calls.map(|call| (call, entry.position)));
        }
        self.entries.extend(entries);
    }

    /// How many messages there are up to a position.
    pub(super) fn count_to(&self, position: Position) -> usize {
        self.entries
            .partition_point(|entry| entry.position <= position)
    }

    /// The id of the message at a position; empty for the beginning.
    pub(super) fn id_at(&self, position: Position) -> Option<MessageId> {
        if position == Position::START {
            return Some(MessageId::from(""));
        }
        self.at(position).map(|entry| entry.id.clone())
    }

    /// The contents of the open messages behind a position.
    pub(super) fn open_after(&self, after: Position) -> Vec<(Position, Message)> {
        let open = self.open.range(after.next()..);
        open.map(|(position, message)| (*position, message.clone()))
            .collect()
    }

    /// Drops the oldest messages beyond `most` and names their positions.
    pub(super) fn drop_oldest(&mut self, most: usize) -> Vec<Position> {
        let excess = self.entries.len().saturating_sub(most);
        let gone: Vec<IndexEntry> = self.entries.drain(..excess).collect();
        self.forget(&gone)
    }

    /// Takes these messages out and names their positions.
    pub(super) fn remove(&mut self, positions: &[Position]) -> Vec<Position> {
        let gone: Vec<IndexEntry> = self
            .entries
            .extract_if(.., |entry| positions.contains(&entry.position))
            .collect();
        self.forget(&gone)
    }

    /// Moves a message behind all others, to a position of its own, which is returned; `None`: there is none at `from`.
    pub(super) fn move_to_end(&mut self, from: Position) -> Option<Position> {
        let at = self
            .entries
            .binary_search_by_key(&from, |entry| entry.position);
        let mut entry = self.entries.remove(at.ok()?);
        let to = self.reserve();
        entry.position = to;
        self.positions.insert(entry.id.clone(), to);
        for call in &entry.calls {
            self.calls.insert(call.clone(), to);
        }
        if let Some(message) = self.open.remove(&from) {
            self.open.insert(to, message);
        }
        self.entries.push(entry);
        Some(to)
    }

    fn forget(&mut self, gone: &[IndexEntry]) -> Vec<Position> {
        let mut positions = Vec::with_capacity(gone.len());
        for entry in gone {
            self.positions.remove(&entry.id);
            self.open.remove(&entry.position);
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
        self.open.clear();
    }

    /// The contents of a message, where they are at hand.
    pub(super) fn open(&self, position: Position) -> Option<&Message> {
        self.open.get(&position)
    }

    pub(super) fn is_open(&self, position: Position) -> bool {
        self.open.contains_key(&position)
    }

    /// Keeps the contents of a message at hand.
    pub(super) fn keep_open(&mut self, position: Position, message: Message) {
        self.open.insert(position, message);
    }

    /// Forgets the contents of a message, and hands them over.
    pub(super) fn close(&mut self, position: Position) -> Option<Message> {
        self.open.remove(&position)
    }

    /// Forgets the contents of the user messages that a turn answers: they can no longer be merged into others.
    pub(super) fn close_questions(&mut self, turn: &Turn) {
        for id in turn.message_ids() {
            if let Some(position) = self.positions.get(id) {
                self.open.remove(position);
            }
        }
    }

    /// The open message that holds a call.
    pub(super) fn open_with_call(&self, id: &ToolCallId) -> Option<Position> {
        let mut open = self.open.iter();
        let found = open.find(|(_, message)| message.holds_call(id));
        found.map(|(position, _)| *position)
    }

    /// Answers a call of an open message. Returns the message as it is then; `None`: the call takes no answer.
    pub(super) fn answer_call(
        &mut self,
        position: Position,
        id: &ToolCallId,
        answer: &ToolAnswer,
    ) -> Option<Message> {
        let message = self.open.get_mut(&position)?;
        let call = message.call_mut(id)?;
        call.state = call.state.answered(id, answer)?;
        let message = message.clone();
        self.put(position, &message);
        Some(message)
    }

    /// Takes an open message out of the conversation, or back in.
    pub(super) fn set_left_out(&mut self, position: Position, left_out: bool) {
        if let Some(message) = self.open.get_mut(&position) {
            message.set_left_out(left_out);
        }
    }

    /// Pins an open message, or unpins it.
    pub(super) fn set_pinned(&mut self, position: Position, is_pinned: bool) {
        if let Some(message) = self.open.get_mut(&position) {
            message.set_pinned(is_pinned);
        }
    }

    /// Marks an open message by whether its changes are undone.
    pub(super) fn set_undone(&mut self, position: Position, is_undone: bool) {
        if let Some(message) = self.open.get_mut(&position) {
            message.set_undone(is_undone);
        }
    }

    /// Whether a queued turn may start by itself: not one that waits for an answer of the user or of a client.
    pub(super) fn lets_start(&self, turn: &Turn) -> bool {
        match turn.kind {
            TurnKind::Answer(_) | TurnKind::Compaction { .. } => true,
            TurnKind::Continuation => {
                let message = self.open(turn.answer_position);
                message.is_some_and(|message| !waits_for_others(message))
            }
        }
    }

    /// Whether a turn continues a message that is gone, or is no longer the last answer.
    pub(super) fn makes_needless(&self, turn: &Turn) -> bool {
        let position = turn.answer_position;
        turn.is_continuation()
            && (self.last_assistant() != Some(position) || !self.is_open(position))
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

/// Whether a message has calls that the user or a client has to answer.
pub(super) fn waits_for_others(message: &Message) -> bool {
    message.calls().any(|call| call.state.is_unanswered())
}

/// Changes the state of a call, where it can be.
pub(super) fn change_call(
    message: &mut Message,
    id: &ToolCallId,
    next: impl FnOnce(&ToolState) -> Option<ToolState>,
) {
    if let Some(call) = message.call_mut(id)
        && let Some(state) = next(&call.state)
    {
        call.state = state;
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
