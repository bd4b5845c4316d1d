//! What the client machine is given.

use std::time::Duration;

use serde_json::Value;

use super::view::Snapshot;
use crate::{
    client::close::Close,
    id::{MessageId, RpcId, ToolCallId},
    message::ToolOutcome,
};

/// Every reason the client machine does anything.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The page is interactive.
    Start {
        /// What [`Effect::Keep`](super::Effect::Keep) kept for this conversation and nothing took back, in any order.
        kept: Vec<String>,
    },
    /// The connection asked for by [`Effect::Open`](super::Effect::Open) is open.
    Opened,
    /// It could not be opened, or it ended.
    Closed(Close),
    /// A text frame came.
    Received(String),
    /// What [`Effect::FetchTranscript`](super::Effect::FetchTranscript) led to.
    TranscriptFetched(Fetched),
    /// What [`Effect::FetchEarlier`](super::Effect::FetchEarlier) led to.
    EarlierFetched {
        /// The message that was named.
        before: MessageId,
        /// The messages before it, or words for the log.
        result: Result<Snapshot, String>,
    },
    /// The browser keeps nothing: its storage is full, or forbidden.
    NotKept,
    /// The browser says there is a network again.
    NetworkOnline,
    /// The browser says there is no network.
    NetworkOffline,
    /// The page was frozen or hidden and is shown again, or it got the focus.
    Shown,
    /// The moment asked for by [`Effect::WakeAt`](super::Effect::WakeAt) has come. Early and late calls are harmless.
    DeadlinePassed,
    /// The user sends a message. Blank text is ignored.
    Send(String),
    /// The same, to be heard at the next boundary of the running turn, between two steps; it never overtakes a message
    /// sent before it. A server that knows no boundaries takes it as the next turn.
    Steer(String),
    /// The user changes a message of theirs. One that was not sent yet is changed where it waits; one that was is
    /// answered anew, and what came after it is void. Blank text is ignored.
    Edit {
        /// Which message.
        id: MessageId,
        /// What it says now.
        text: String,
    },
    /// The user takes a message back that the agent has not begun to answer.
    Withdraw(MessageId),
    /// The user still wants a message sent that has waited for more than a day.
    SendOverdue(MessageId),
    /// The user stops the running turn.
    Stop,
    /// The user empties the transcript.
    Clear,
    /// The user wants to see what there is before the first message. Where that is loaded, or being loaded, this changes
    /// nothing.
    LoadEarlier,
    /// The user wants the failed turn again.
    Retry,
    /// The user wants another answer to a message of theirs, or in place of an answer; what came after is void.
    Regenerate(MessageId),
    /// The user allows a call that waits for it. One that does not wait, or whose message the conversation has left
    /// behind, stays as it is.
    Approve {
        /// Which call.
        call: ToolCallId,
        /// All later calls of the tool at these paths are allowed, too; a glob. An official server is not told.
        always: Option<String>,
    },
    /// The user refuses it.
    Deny {
        /// Which call.
        call: ToolCallId,
        /// Why. An official server is not told.
        reason: Option<String>,
    },
    /// A tool of the client has run.
    AddToolOutput {
        /// Which call.
        call: ToolCallId,
        /// How it went.
        outcome: ToolOutcome,
    },
    /// The application replaces the synced state.
    SetState(Value),
    /// The application calls a method of the agent. [`Effect::CallEnded`](super::Effect::CallEnded) tells how it went.
    Call(Call),
}

/// A call of a method of the agent (protocol §4).
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// New for each call.
    pub id: RpcId,
    /// The method's name.
    pub method: String,
    /// Its arguments.
    pub args: Vec<Value>,
    /// It fails when it is not over by then. `None`: it may take as long as the connection lasts, as streams do.
    pub within: Option<Duration>,
}

/// What asking for the stored transcript led to.
#[derive(Clone, Debug, PartialEq)]
pub enum Fetched {
    /// It is still the one the entity tag named.
    Unchanged,
    /// The stored transcript, from the message on that was named, or its end.
    Transcript(Snapshot),
    /// No answer, or an unusable one; words for the log.
    Failed(String),
}
