//! The transcript on screen, and how it changes.

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
    /// How many stored messages come before the first of these.
    pub earlier: u64,
    /// The entity tag of the answer, which names the state of the whole transcript; `None` when the server gives none.
    pub etag: Option<String>,
}

/// What there is before the first message at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Earlier {
    /// Nothing: the transcript at hand has its beginning.
    #[default]
    None,
    /// Stored messages that are not at hand.
    Stored {
        /// The stored message at hand that they come before.
        before: MessageId,
        /// Whether they are being loaded.
        load: Load,
    },
}

/// How far the loading of earlier messages is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// Nobody has asked for them.
    Idle,
    /// Under way.
    Underway,
    /// They could not be loaded; the user can ask again.
    Failed,
}

/// A change of the transcript on screen. Applied in order to a copy of the transcript, they keep it equal to the
/// machine's. A row's id never changes, no two rows share one, and every id named here is that of a row at hand.
///
/// A row that grows needs its [`MessageBuilder`](crate::transcript::MessageBuilder): `new` when the row comes or its
/// message is replaced, `restart` on [`ViewChange::Rebuild`], `continuing` on [`ViewChange::Continue`]. A row whose
/// message is the same after a [`ViewChange::Reset`] keeps its builder.
#[derive(Clone, Debug, PartialEq)]
pub enum ViewChange {
    /// All of it is this.
    Reset(Vec<Row>),
    /// These come in before all others.
    Prepend(Vec<Row>),
    /// A message comes in at `index`.
    Insert {
        /// Where; at most the number of rows.
        index: usize,
        /// The message.
        row: Row,
    },
    /// The row with this message's id is this now.
    Replace(Row),
    /// The message grows by a chunk: apply it with the fold ([`crate::transcript`]).
    Grow {
        /// Which message.
        id: MessageId,
        /// By what.
        chunk: Chunk,
    },
    /// The message begins anew, empty: a replay follows.
    Rebuild {
        /// Which message.
        id: MessageId,
    },
    /// The message grows on from where it was cut off: a continuation follows.
    Continue {
        /// Which message.
        id: MessageId,
    },
    /// A call of the message was answered ([`MessageBuilder::answer`](crate::transcript::MessageBuilder::answer)).
    Answer {
        /// Which message.
        id: MessageId,
        /// Which call.
        call: ToolCallId,
        /// What was said.
        answer: ToolAnswer,
    },
    /// How far the delivery of the user's message, or of the user's answers to its calls, is.
    Deliver {
        /// Which message.
        id: MessageId,
        /// How far.
        delivery: Delivery,
    },
    /// The message is gone.
    Remove(MessageId),
}

/// A message and how far its delivery is.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The message.
    pub message: Message,
    /// Of a message of our own, or of our answers to its calls; [`Delivery::Answered`] for all others.
    pub delivery: Delivery,
}

/// How far a message of the user is on its way to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It is kept here and will be sent as soon as there is a connection. Until then it can be changed and withdrawn.
    Stored,
    /// It has waited for more than a day: the user is to say whether it is still to be sent.
    Overdue,
    /// It was sent; nothing was heard of it.
    Sent,
    /// The server has it; its turn has not begun.
    Accepted,
    /// It is being answered.
    Running,
    /// Its turn is over.
    Answered,
    /// Its turn failed, or the server did not take it. It stays in the transcript.
    Failed,
}
