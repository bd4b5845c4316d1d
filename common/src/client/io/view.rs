//! The transcript on screen, and its changes.

use super::shared_row::SharedRow;
use crate::{
    id::MessageId,
    message::{Message, Part},
    transcript::Growth,
};

/// A stored transcript, or a part of it, as read at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// The number of stored messages before the first of these.
    pub earlier: u64,
    /// The entity tag of the response, which identifies the state of the whole transcript; `None` when the server
    /// gives none.
    pub etag: Option<String>,
}

/// The messages before the first loaded one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Earlier {
    /// None: the transcript is loaded from its beginning.
    #[default]
    None,
    /// Stored messages that are not loaded.
    Stored {
        /// The loaded stored message that follows them.
        before: MessageId,
        /// How far their loading is.
        load: Load,
    },
}

/// The progress of loading earlier messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// Not requested.
    Idle,
    /// In progress.
    Underway,
    /// Failed; the user can try again.
    Failed,
}

/// A change of the transcript on screen. Views read the rows themselves, which are up to date when they hear of the first
/// change. No two rows share an id, and every id named here is that of a row at hand.
#[derive(Clone, Debug, PartialEq)]
pub enum ViewChange {
    /// The rows are these, in this order. A row that stays is the same [`SharedRow`].
    Rows(Vec<SharedRow>),
    /// The message of a row changed.
    Message {
        /// Which message.
        id: MessageId,
        /// How.
        change: MessageChange,
    },
    /// The delivery of the user's message, or of the user's answers to its calls, got further.
    Delivery(MessageId),
}

/// How a message changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageChange {
    /// The text of the part with this index became longer.
    Text(usize),
    /// The part with this index changed otherwise.
    Part(usize),
    /// Parts came in at the end, or what is said about the whole message changed.
    Parts,
    /// Parts came in and changed; none became another one.
    Grown,
    /// It is another message, or begins anew.
    Replaced,
}

impl MessageChange {
    /// How a message changed that was `before`.
    pub(in crate::client) fn between(before: &Message, after: &Message) -> Self {
        if has_grown(before, after) {
            Self::Grown
        } else {
            Self::Replaced
        }
    }
}

impl From<Growth> for MessageChange {
    fn from(growth: Growth) -> Self {
        match growth {
            Growth::Text(index) => Self::Text(index),
            Growth::Part(index) => Self::Part(index),
            Growth::Parts => Self::Parts,
        }
    }
}

/// Whether parts of a message only came and grew.
fn has_grown(before: &Message, after: &Message) -> bool {
    let grows = |(before, after): (&Part, &Part)| match (before, after) {
        (Part::Text(before), Part::Text(after)) => after.text.starts_with(&before.text),
        (Part::Reasoning(before), Part::Reasoning(after)) => after.text.starts_with(&before.text),
        (Part::Tool(before), Part::Tool(after)) => {
            (&before.tool_call_id, &before.name) == (&after.tool_call_id, &after.name)
        }
        // The details of a call come again when the call has run.
        (Part::Data(before), Part::Data(after)) if before.id.is_some() => {
            (&before.name, &before.id) == (&after.name, &after.id)
        }
        (before, after) => before == after,
    };
    before.parts.len() <= after.parts.len() && before.parts.iter().zip(&after.parts).all(grows)
}

/// A message and its delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The message.
    pub message: Message,
    /// The delivery of an own message, or of own answers to its calls; [`Delivery::Answered`] for all others.
    pub delivery: Delivery,
}

/// How far a message of the user has come on its way to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Stored in the browser; sent as soon as there is a connection. Until then it can be changed and withdrawn.
    Stored,
    /// Waiting for more than a day: the user decides whether it is still to be sent.
    Overdue,
    /// Sent, without a reply so far.
    Sent,
    /// Accepted by the server; its turn has not begun.
    Accepted,
    /// Its turn runs.
    Running,
    /// Its turn is over.
    Answered,
    /// Its turn failed, or the server refused it. It stays in the transcript.
    Failed,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn parts_that_come_and_change_are_growth() {
        let message = |parts: Value| -> Message {
            let message = json!({"id": "a", "role": "assistant", "parts": parts});
            serde_json::from_value(message).unwrap()
        };
        let call = |id: &str, state: &str| json!({"type": "tool-write", "toolCallId": id, "state": state, "input": {}, "output": 1});
        let text = |text: &str| json!({"type": "text", "text": text});
        let said =
            |id: &str, took: u64| json!({"type": "data-call", "id": id, "data": {"took": took}});
        let check = |before: Value, after: Value, expected| {
            let change = MessageChange::between(&message(before), &message(after));
            assert_eq!(change, expected);
        };
        let (grown, replaced) = (MessageChange::Grown, MessageChange::Replaced);
        let waits = json!([call("c", "input-available")]);
        let done = json!([call("c", "output-available"), text("hi")]);
        check(waits.clone(), done.clone(), grown);
        check(done, waits.clone(), replaced);
        check(waits, json!([call("d", "input-available")]), replaced);
        check(json!([said("c", 1)]), json!([said("c", 2)]), grown);
        check(json!([said("c", 1)]), json!([said("d", 2)]), replaced);
        check(json!([text("B")]), json!([text("B and more")]), grown);
        check(json!([text("B")]), json!([text("X")]), replaced);
    }
}
