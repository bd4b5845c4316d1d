//! Which stored message each of a client's messages is.

use std::collections::HashSet;

use common::message::{Message, Role};
use store::{ContentHash, Position, sanitize};

use super::Parts;

impl Parts {
    /// A client's messages as they can be stored: sanitised, under the ids they are stored by, and without those that
    /// say nothing or are a copy of what the agent wrote.
    pub(super) fn prepare(&self, messages: Vec<Message>) -> Vec<Message> {
        let mut claimed: HashSet<Position> = messages
            .iter()
            .filter_map(|message| self.transcript.find(&message.id))
            .map(|entry| entry.position)
            .collect();
        let mut prepared = Vec::with_capacity(messages.len());
        for mut message in messages {
            let is_known = self.transcript.find(&message.id).is_some();
            if !is_known || message.role == Role::User {
                sanitize(&mut message);
            }
            if (is_known || self.adopt(&mut message, &mut claimed)) && says_something(&message) {
                prepared.push(message);
            }
        }
        self.without_forgotten(prepared)
    }

    /// Gives an assistant message that a client knows by an id of its own the stored one. `false`: it is a copy of
    /// another message's calls, and not a message.
    fn adopt(&self, message: &mut Message, claimed: &mut HashSet<Position>) -> bool {
        if message.role != Role::Assistant {
            return true;
        }
        let known_call = message
            .calls()
            .find_map(|call| self.transcript.find_call(&call.tool_call_id));
        if let Some(entry) = known_call {
            if claimed.insert(entry.position) {
                message.id = entry.id.clone();
                return true;
            }
            return false;
        }
        if message.calls().next().is_some() || message.parts.is_empty() {
            return true;
        }
        let hash = ContentHash::of(message);
        let same = self.transcript.entries().iter().find(|entry| {
            entry.role == Role::Assistant
                && entry.hash.is_of_same_parts(&hash)
                && !claimed.contains(&entry.position)
        });
        if let Some(entry) = same {
            claimed.insert(entry.position);
            message.id = entry.id.clone();
        }
        true
    }

    /// Where only the newest messages are kept: without those that stand before one that is, since they were dropped.
    fn without_forgotten(&self, messages: Vec<Message>) -> Vec<Message> {
        let is_known = |message: &Message| self.transcript.find(&message.id).is_some();
        match (
            self.options.max_messages,
            messages.iter().rposition(is_known),
        ) {
            (Some(_), Some(last_known)) => messages
                .into_iter()
                .enumerate()
                .filter(|(at, message)| *at > last_known || is_known(message))
                .map(|(_, message)| message)
                .collect(),
            (None, _) | (_, None) => messages,
        }
    }
}

/// A user message without content would be stored, and no model could answer it.
fn says_something(message: &Message) -> bool {
    message.role != Role::User || !message.parts.is_empty()
}
