//! The transcript on screen, and its changes.

use crate::{
    chunk::Chunk,
    id::{MessageId, ToolCallId},
    message::{Message, ToolAnswer},
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

/// A change of the transcript on screen. Applied in order to a copy of the transcript, changes keep it equal to the
/// machine's. A row's id never changes, no two rows share one, and every id in a change is that of a loaded row. A
/// growing row needs a [`MessageBuilder`](crate::transcript::MessageBuilder): `new` when the row is inserted or its
/// message replaced, `restart` on [`ViewChange::Rebuild`], `continuing` on [`ViewChange::Continue`]. A row whose
/// message is unchanged after a [`ViewChange::Reset`] keeps its builder.
#[derive(Clone, Debug, PartialEq)]
pub enum ViewChange {
    /// Replaces all rows.
    Reset(Vec<Row>),
    /// Inserts rows before all others.
    Prepend(Vec<Row>),
    /// Inserts a row at `index`.
    Insert {
        /// The position; at most the number of rows.
        index: usize,
        /// The row.
        row: Row,
    },
    /// Replaces the row with the same message id.
    Replace(Row),
    /// Applies a chunk to a message with the fold ([`crate::transcript`]).
    Grow {
        /// The message's id.
        id: MessageId,
        /// The chunk.
        chunk: Chunk,
    },
    /// Empties a message before a replay.
    Rebuild {
        /// The message's id.
        id: MessageId,
    },
    /// Lets a message grow from where it was cut off: a continuation follows.
    Continue {
        /// The message's id.
        id: MessageId,
    },
    /// Answers a call of the message ([`MessageBuilder::answer`](crate::transcript::MessageBuilder::answer)).
    Answer {
        /// The message's id.
        id: MessageId,
        /// The call's id.
        call: ToolCallId,
        /// The answer.
        answer: ToolAnswer,
    },
    /// Changes the delivery of the user's message, or of the user's answers to its calls.
    Deliver {
        /// The message's id.
        id: MessageId,
        /// The new delivery.
        delivery: Delivery,
    },
    /// Removes a message.
    Remove(MessageId),
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
