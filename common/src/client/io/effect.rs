//! The effects of the client machine.

use serde_json::Value;

use super::{
    error::ChatError,
    status::{Connection, Identity, Run, Status},
    view::{Earlier, ViewChange},
};
use crate::{
    attachments::Draft,
    id::{MessageId, RpcId, ToolCallId},
    time::Timestamp,
};

/// Work that the client machine requests. Effects run in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Open a connection to the agent. The previous one is gone or was closed by [`Effect::Close`].
    Open,
    /// Close the connection, open or opening, and report nothing more about it.
    Close,
    /// Send a text frame.
    Transmit(String),
    /// `GET …/get-messages` with [`Wanted::page`](crate::frame::Wanted::page) as its query, and with `If-None-Match`
    /// when there is an entity tag. Aborts an earlier fetch, of which nothing more is reported.
    FetchTranscript {
        /// The entity tag of the loaded transcript.
        if_none_match: Option<String>,
        /// The first message to fetch: the first loaded stored one; `None` fetches the end.
        from: Option<MessageId>,
    },
    /// Fetch the messages before one. Aborts an earlier fetch of this kind, but not an [`Effect::FetchTranscript`].
    FetchEarlier {
        /// The first loaded stored message.
        before: MessageId,
    },
    /// Give [`Input::DeadlinePassed`](super::Input::DeadlinePassed) at this moment; replaces the previous wake-up.
    WakeAt(Timestamp),
    /// Store a text beyond the life of the page, in place of the one under the same key. Report a failure with
    /// [`Input::NotKept`](super::Input::NotKept). Later effects of the list must find it stored.
    Keep {
        /// The key, unique within the conversation.
        key: String,
        /// The text.
        entry: String,
    },
    /// Delete a stored text.
    Forget {
        /// The key.
        key: String,
    },
    /// Show a change of the transcript.
    Show(ViewChange),
    /// Show the state of the messages before the first loaded one.
    ShowEarlier(Earlier),
    /// Show the state of the connection.
    ShowConnection(Connection),
    /// Show the state of the turn.
    ShowStatus(Status),
    /// Show the agent's activity.
    ShowRun(Run),
    /// Show which messages of this client wait for their turns, in order.
    ShowQueue(Vec<MessageId>),
    /// Show why the last turn failed, or hide that.
    ShowError(Option<ChatError>),
    /// Show the synced state.
    ShowState(Value),
    /// Show the agent's identity, sent after its state if it has one; `None` when the connection is gone.
    ShowIdentity(Option<Identity>),
    /// The server now serves this build of the page. A page of another build is outdated.
    ShowServedPage(String),
    /// The connection reached another instance than the previous one.
    IdentityChanged {
        /// The previous identity.
        from: Identity,
        /// The new identity.
        to: Identity,
    },
    /// Show an error that ended without further effect on the conversation.
    Report(ChatError),
    /// Put a message that cannot be sent back into the composer.
    GiveBack(Draft),
    /// A turn ended, with this answer if it has one.
    TurnFinished(Option<MessageId>),
    /// Run a client tool, whose result goes to [`Input::AddToolOutput`](super::Input::AddToolOutput). Requested once
    /// per call in the life of this machine.
    RunTool {
        /// The call's id.
        call: ToolCallId,
        /// The tool's name.
        name: String,
        /// The input of the call.
        input: Value,
    },
    /// Deliver a partial result of a call.
    CallPart {
        /// The call's id.
        id: RpcId,
        /// The partial result.
        part: Value,
    },
    /// Deliver the end of a call.
    CallEnded {
        /// The call's id.
        id: RpcId,
        /// The result; `null` when the method returned nothing.
        result: Result<Value, ChatError>,
    },
    /// Write a warning to the console.
    Warn(String),
}
