//! The inputs of the client machine.

use std::time::Duration;

use serde_json::Value;

use super::view::Snapshot;
use crate::{
    attachments::Draft,
    client::close::Close,
    id::{MessageId, RpcId, ToolCallId},
    message::ToolOutcome,
    state::Choices,
};

/// Every event that the client machine reacts to.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The page is interactive.
    Start {
        /// The texts that [`Effect::Keep`](super::Effect::Keep) stored for this conversation and that were not
        /// deleted, in any order.
        kept: Vec<String>,
    },
    /// The connection requested by [`Effect::Open`](super::Effect::Open) is open.
    Opened,
    /// The connection could not be opened, or it ended.
    Closed(Close),
    /// A text frame arrived.
    Received(String),
    /// The result of [`Effect::FetchTranscript`](super::Effect::FetchTranscript).
    TranscriptFetched(Fetched),
    /// The result of [`Effect::FetchEarlier`](super::Effect::FetchEarlier).
    EarlierFetched {
        /// The message named in the request.
        before: MessageId,
        /// The messages before it, or an error text for the log.
        result: Result<Snapshot, String>,
    },
    /// The browser cannot store a text: its storage is full or disabled.
    NotKept,
    /// The browser reports a network again.
    NetworkOnline,
    /// The browser reports that there is no network.
    NetworkOffline,
    /// The page is visible again after it was frozen or hidden, or it got the focus.
    Shown,
    /// The moment of [`Effect::WakeAt`](super::Effect::WakeAt) has come. Early and late calls are harmless.
    DeadlinePassed,
    /// What the user chose for a new conversation; it goes with the next message.
    Choose(Choices),
    /// The user sends a message. A blank one is ignored.
    Send(Draft),
    /// The user sends a message that the running turn takes in at its next boundary, between two steps. It never
    /// overtakes a message sent before it. A server without this feature makes it the next turn.
    Steer(Draft),
    /// The user changes one of their messages. An unsent one changes in place; a sent one is answered anew, and
    /// everything after it is void. Its files stay. Blank text is ignored, unless there are files.
    Edit {
        /// The message's id.
        id: MessageId,
        /// Its new text.
        text: String,
    },
    /// The user withdraws a message that the agent has not begun to answer.
    Withdraw(MessageId),
    /// The user confirms that a message that has waited for more than a day is to be sent.
    SendOverdue(MessageId),
    /// The user stops the running turn.
    Stop,
    /// The user clears the transcript.
    Clear,
    /// The user asks for the messages before the first loaded one. Ignored when they are loaded or being loaded.
    LoadEarlier,
    /// The user retries the failed turn.
    Retry,
    /// The user asks for another answer to one of their messages, or in place of an answer. Everything after it is
    /// void.
    Regenerate(MessageId),
    /// The user approves a call. Ignored when the call does not wait for approval or belongs to an earlier message.
    Approve {
        /// The call's id.
        call: ToolCallId,
        /// Also approves later calls of the tool for these paths, a glob. An official server does not get it.
        always: Option<String>,
    },
    /// The user refuses a call.
    Deny {
        /// The call's id.
        call: ToolCallId,
        /// The reason. An official server does not get it.
        reason: Option<String>,
    },
    /// A client tool has run.
    AddToolOutput {
        /// The call's id.
        call: ToolCallId,
        /// The output, or the error.
        outcome: ToolOutcome,
    },
    /// The application replaces the synced state.
    SetState(Value),
    /// The application calls a method of the agent. [`Effect::CallEnded`](super::Effect::CallEnded) delivers the
    /// result.
    Call(Call),
}

/// A call of a method of the agent (protocol §4).
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The id, new for each call.
    pub id: RpcId,
    /// The method's name.
    pub method: String,
    /// The arguments.
    pub args: Vec<Value>,
    /// The time limit. `None`: the call may last as long as the connection, as streams do.
    pub within: Option<Duration>,
}

/// The result of a fetch of the stored transcript.
#[derive(Clone, Debug, PartialEq)]
pub enum Fetched {
    /// The transcript still matches the entity tag.
    Unchanged,
    /// The stored transcript from the requested message on, or its end.
    Transcript(Snapshot),
    /// The fetch failed; holds an error text for the log.
    Failed(String),
}
