//! Messages of clients are stored, and the other clients receive them.

use common::{
    id::MessageId,
    message::{Message, Role},
};
use store::{Breadth, Position, Write};

use super::Parts;
use crate::{attached::ConnectionKey, context::Context, io::Effect, transcript::Put};

impl Parts {
    /// Stores messages without a turn; never deletes.
    pub(super) fn store_messages(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        messages: Vec<Message>,
    ) {
        if let Err(too_much) = self.has_room_for_messages(&messages) {
            return self.refuse_messages(cx, key, &too_much);
        }
        let messages = self.prepare(messages);
        if let Err(too_much) = self.has_room_for_bytes(&messages) {
            return self.refuse_messages(cx, key, &too_much);
        }
        let mut writes = self.put_messages(&messages);
        if writes.is_empty() {
            return;
        }
        self.trim(&mut writes);
        let replaced = replaced(&writes);
        cx.persist(writes);
        let observers = self.connections.notified_except(key);
        self.connections.send_transcript(cx, &observers);
        self.send_replaced(cx, &replaced, key);
    }

    /// Sends messages that were changed in their places. Who is sent the end of the transcript may not find them there.
    pub(super) fn send_replaced(
        &self,
        cx: &mut Context<'_>,
        replaced: &[Position],
        key: ConnectionKey,
    ) {
        let hearing = self.connections.hearing();
        let mut others = self.connections.of_breadth(&hearing, Breadth::End);
        others.retain(|other| *other != key);
        for position in replaced {
            if !others.is_empty() {
                cx.push(Effect::SendMessage {
                    to: others.clone(),
                    position: *position,
                });
            }
        }
    }

    /// Sends everyone a message that was changed in its place.
    pub(super) fn send_changed(&mut self, cx: &mut Context<'_>, position: Position) {
        let hearing = self.connections.notified();
        let whole = self.connections.of_breadth(&hearing, Breadth::Whole);
        self.connections.send_transcript(cx, &whole);
        // It may stand before the end of the transcript.
        let to = self.connections.of_breadth(&hearing, Breadth::End);
        if !to.is_empty() {
            cx.push(Effect::SendMessage { to, position });
        }
    }

    /// Appends what is new and replaces what the user changed. What the agent wrote, or is writing, stays as it is.
    pub(super) fn put_messages(&mut self, messages: &[Message]) -> Vec<Write> {
        let mut writes = Vec::new();
        for message in messages {
            let known = self.transcript.find(&message.id);
            match known.map(|entry| (entry.position, entry.role)) {
                // A client that sends all it has sends the answer that grows, too.
                None if self.is_to_come(&message.id) => {}
                None => {
                    let position = self.transcript.reserve();
                    self.transcript.put(position, message);
                    self.hold(position, message);
                    writes.push(Write::AddMessage {
                        position,
                        message: message.clone(),
                    });
                }
                // A page has no more of a message that is too large for it.
                Some((_, Role::User)) if message.whole_bytes().is_some() => {}
                Some((position, Role::User)) if message.role == Role::User => {
                    if self.transcript.put(position, message) == Put::Changed {
                        writes.push(Write::ReplaceMessage {
                            position,
                            message: message.clone(),
                        });
                        writes.extend(self.compactions.changed(position));
                    }
                }
                Some((_, Role::User | Role::Assistant | Role::System)) => {}
            }
        }
        writes
    }

    /// Whether a turn that is not settled will store its answer under this id.
    pub(super) fn is_to_come(&self, id: &MessageId) -> bool {
        self.unsettled().any(|turn| turn.answer_id == *id)
    }

    /// Drops the oldest messages beyond the most that are kept.
    pub(super) fn trim(&mut self, writes: &mut Vec<Write>) {
        let Some(most) = self.options.max_messages else {
            return;
        };
        for position in self
            .transcript
            .drop_oldest(usize::try_from(most).unwrap_or(usize::MAX))
        {
            writes.push(Write::DeleteMessage(position));
        }
    }
}

/// Where messages are replaced.
pub(super) fn replaced(writes: &[Write]) -> Vec<Position> {
    let position = |write: &Write| {
        if let Write::ReplaceMessage { position, .. } = write {
            Some(*position)
        } else {
            None
        }
    };
    writes.iter().filter_map(position).collect()
}
