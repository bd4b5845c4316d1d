//! What the client machine asks to be done.

use serde_json::Value;

use super::{
    error::ChatError,
    status::{Connection, Identity, Run, Status},
    view::{Earlier, ViewChange},
};
use crate::{
    id::{MessageId, RpcId, ToolCallId},
    time::Timestamp,
};

/// What the client machine asks to be done, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Open a connection to the agent. The earlier one is gone or was closed by [`Effect::Close`].
    Open,
    /// Close the connection, open or opening, and report nothing more of it.
    Close,
    /// Send a text frame.
    Transmit(String),
    /// `GET …/get-messages` with [`Wanted::page`](crate::frame::Wanted::page) as its query, and with `If-None-Match` when
    /// there is an entity tag. An earlier one still under way is given up: nothing more is reported of it.
    FetchTranscript {
        /// The entity tag of the transcript at hand.
        if_none_match: Option<String>,
        /// The first stored message at hand, from which on the transcript is wanted; `None`: its end.
        from: Option<MessageId>,
    },
    /// The same for the messages before one. An earlier one still under way is given up. [`Effect::FetchTranscript`] and
    /// this one do not disturb each other.
    FetchEarlier {
        /// The first stored message at hand.
        before: MessageId,
    },
    /// Call again at this moment; replaces the moment asked for before.
    WakeAt(Timestamp),
    /// Keep a text beyond the life of the page; it replaces what was kept under the same key. If that is not possible
    /// say [`Input::NotKept`](super::Input::NotKept). What follows in this list is to find it kept.
    Keep {
        /// Under which name, among those of the conversation.
        key: String,
        /// What.
        entry: String,
    },
    /// Keep it no more.
    Forget {
        /// Under which name.
        key: String,
    },
    /// Show a change of the transcript.
    Show(ViewChange),
    /// Show what there is before the first message.
    ShowEarlier(Earlier),
    /// Show the state of the connection.
    ShowConnection(Connection),
    /// Show the state of the turn.
    ShowStatus(Status),
    /// Show what the agent is doing.
    ShowRun(Run),
    /// Show which messages of this client wait for their turns, in their order.
    ShowQueue(Vec<MessageId>),
    /// Show or take away why the last turn failed.
    ShowError(Option<ChatError>),
    /// Show the synced state.
    ShowState(Value),
    /// The agent has said who it is, and its state if it has one; `None`: that connection is gone.
    ShowIdentity(Option<Identity>),
    /// The server serves this build of its page now. A page that was made of another one is an old one.
    ShowServedPage(String),
    /// The connection leads to another instance than the one before.
    IdentityChanged {
        /// Which it was.
        from: Identity,
        /// Which it is.
        to: Identity,
    },
    /// Something else went wrong; it is over and the conversation goes on.
    Report(ChatError),
    /// A text that cannot be sent goes back to where it was written.
    GiveBack(String),
    /// A turn is over. This is its answer, if there is one.
    TurnFinished(Option<MessageId>),
    /// Run a tool of the client; [`Input::AddToolOutput`](super::Input::AddToolOutput) takes the result. Asked for
    /// once in the life of this machine.
    RunTool {
        /// Which call.
        call: ToolCallId,
        /// The tool's name.
        name: String,
        /// What the model asked for.
        input: Value,
    },
    /// A call returned a part of its result.
    CallPart {
        /// Which call.
        id: RpcId,
        /// The part.
        part: Value,
    },
    /// A call is over.
    CallEnded {
        /// Which call.
        id: RpcId,
        /// What it returned; `null` when that is nothing.
        result: Result<Value, ChatError>,
    },
    /// Write a line to the console.
    Warn(String),
}
