//! What the client machine is given and what it asks to be done.

use std::fmt;

use super::Close;
use crate::{
    chunk::Chunk,
    id::{MessageId, ToolCallId},
    message::Message,
    time::Timestamp,
};

/// Every reason the client machine does anything.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The page is interactive.
    Start,
    /// The connection asked for by [`Effect::Open`] is open.
    Opened,
    /// It could not be opened, or it ended.
    Closed(Close),
    /// A text frame came.
    Received(String),
    /// What [`Effect::FetchTranscript`] led to.
    TranscriptFetched(Fetched),
    /// The browser says there is a network again.
    NetworkOnline,
    /// The browser says there is no network.
    NetworkOffline,
    /// The page was frozen or hidden and is shown again, or it got the focus.
    Shown,
    /// The moment asked for by [`Effect::WakeAt`] has come. Early and late calls are harmless.
    DeadlinePassed,
    /// The user sends a message. Blank text is ignored.
    Send(String),
    /// The user stops the running turn.
    Stop,
    /// The user empties the transcript.
    Clear,
    /// The user wants the failed turn again.
    Retry,
    /// The user allows a call that waits for it. One that does not wait, or whose message the conversation has left
    /// behind, stays as it is.
    Approve(ToolCallId),
    /// The user refuses it.
    Deny(ToolCallId),
}

/// What asking for the stored transcript led to.
#[derive(Clone, Debug, PartialEq)]
pub enum Fetched {
    /// It is still the one the entity tag named.
    Unchanged,
    /// The whole stored transcript.
    Transcript(Snapshot),
    /// No answer, or an unusable one; words for the log.
    Failed(String),
}

/// A stored transcript as read at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// The entity tag of the answer; `None` when the server gives none.
    pub etag: Option<String>,
}

/// What the client machine asks to be done, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Open a connection to the agent. The earlier one is gone or was closed by [`Effect::Close`].
    Open,
    /// Close the connection, open or opening, and report nothing more of it.
    Close,
    /// Send a text frame.
    Transmit(String),
    /// `GET …/get-messages`, with `If-None-Match` when there is an entity tag. An earlier one still under way is
    /// given up: nothing more is reported of it.
    FetchTranscript {
        /// The entity tag of the transcript at hand.
        if_none_match: Option<String>,
    },
    /// Call again at this moment; replaces the moment asked for before.
    WakeAt(Timestamp),
    /// Show a change of the transcript.
    Show(ViewChange),
    /// Show the state of the connection.
    ShowConnection(Connection),
    /// Show the state of the turn.
    ShowStatus(Status),
    /// Show or take away the error.
    ShowError(Option<ChatError>),
    /// Write a line to the console.
    Warn(String),
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
    /// The user answered a call of the message ([`MessageBuilder::answer`](crate::transcript::MessageBuilder::answer)).
    Answer {
        /// Which message.
        id: MessageId,
        /// Which call.
        call: ToolCallId,
        /// Yes or no.
        approved: bool,
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
    /// Of a message of our own, or of our answers to its calls; [`Delivery::Taken`] for all others.
    pub delivery: Delivery,
}

/// How far the delivery of a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Not sent: there is no connection.
    Waiting,
    /// Sent; its turn has not begun.
    Queued,
    /// Its turn has begun or is over.
    Taken,
}

/// The state of the connection, apart from that of the turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    /// It is being opened.
    Connecting,
    /// It is open and the agent has answered.
    Connected,
    /// It was lost; the next attempt is at this moment.
    Reconnecting {
        /// When.
        at: Timestamp,
    },
    /// The browser says there is no network.
    Offline,
    /// The server refused it for good; only the user can try again.
    Refused(Close),
}

/// The state of the turn, as far as this client knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing runs.
    Ready,
    /// A message was sent and nothing came back yet.
    Submitted,
    /// An answer is growing.
    Streaming,
    /// The last turn failed.
    Error,
}

/// Why a turn failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatError {
    /// Words for the user: cause and next step.
    pub text: String,
}

impl fmt::Display for ChatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
