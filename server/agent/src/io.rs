//! What the agent machine is given and what it asks to be done.

mod calls;

pub use calls::{
    AnswerSoFar, CallId, Culprit, CulpritReason, ExportFormat, Gap, ListedModels, ModelCall,
    ModelCheck, ModelFailure, ModelListing, ModelProgress, Purpose, StoredReply, SummaryPush,
    TitleCall, TitleMade, ToolRun, WorkspaceCall,
};

use accounts::{CredentialId, PersonId};
use common::{id::RpcId, message::Message, state::Choices, time::Timestamp};
use providers::ProviderError;
use store::{Breadth, FilesFound, Position, PushedTexts, Write};
use tools::{Attempt, ToolFailure};
use workspace::{AskError, Asked, Turned};

use super::{
    attached::{Attached, ConnectionKey},
    replay::Replay,
};

/// Every reason the agent machine does anything.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A connection was accepted.
    Connected(Attached),
    /// A text frame came.
    Received {
        /// From whom.
        key: ConnectionKey,
        /// The text.
        text: String,
    },
    /// A binary frame came. No frame of the protocol is binary.
    ReceivedBytes {
        /// From whom.
        key: ConnectionKey,
        /// What it holds.
        bytes: Vec<u8>,
    },
    /// A connection ended.
    Disconnected(ConnectionKey),
    /// The result of [`Effect::AskDefaults`]; empty when nothing is known.
    DefaultsTold(Choices),
    /// A caller who was admitted is about to write files.
    Claimed(PersonId),
    /// The user gave the conversation a title, in the list of conversations.
    Titled(String),
    /// A credential was revoked.
    Revoked(CredentialId),
    /// A model call made progress.
    Provider {
        /// Which call. Calls the machine has given up are ignored.
        call: CallId,
        /// Which progress.
        progress: ModelProgress,
    },
    /// Files may have changed: this waits for the user now.
    FilesFound(FilesFound),
    /// Changes of answers were undone or redone.
    Turned(Vec<Turned>),
    /// The result of [`Effect::AskWorkspace`].
    WorkspaceAsked {
        /// The call.
        call: WorkspaceCall,
        /// What the workspace answers.
        result: Result<Asked, AskError>,
    },
    /// A tool has run, or its call needs an approval first.
    ToolSettled {
        /// Which run. Runs the machine has given up are ignored.
        call: CallId,
        /// How it went.
        result: Result<Attempt, ToolFailure>,
    },
    /// The result of [`Effect::CheckModel`].
    ModelChecked {
        /// Which check.
        check: ModelCheck,
        /// Whether the model begins to answer.
        result: Result<(), ProviderError>,
    },
    /// The result of [`Effect::ListModels`].
    ModelsListed {
        /// Which listing.
        listing: ModelListing,
        /// What is known.
        answer: ListedModels,
    },
    /// The time for a push has come, as [`Effect::PushSoon`] requested.
    PushDue(CallId),
    /// The result of [`Effect::PushSummary`].
    SummaryPushed {
        /// Which push. Pushes the machine has given up are ignored.
        call: CallId,
        /// The texts that went with it. The error is for the log.
        result: Result<PushedTexts, String>,
    },
    /// The result of [`Effect::MakeTitle`].
    TitleMade {
        /// Which call. Calls the machine has given up are ignored.
        call: CallId,
        /// What the model said.
        made: TitleMade,
    },
    /// The moment asked for by [`Effect::WakeAt`] has come. Early and late calls are harmless.
    DeadlinePassed,
    /// The moment asked for by [`Effect::FlushAt`] has come. Early and late calls are harmless.
    FlushDue,
}

/// What the agent machine asks to be done, in this order. When a [`Effect::Persist`] fails, nothing behind it may be
/// done: the machine is to be dropped and restored from the store.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Change the store, in one transaction.
    Persist(Vec<Write>),
    /// Send a text frame to these connections.
    Send {
        /// To whom.
        to: Vec<ConnectionKey>,
        /// The frame.
        text: String,
    },
    /// Send these connections the transcript, as it is stored now (`cf_agent_chat_messages`).
    SendTranscript {
        /// To whom.
        to: Vec<ConnectionKey>,
        /// How much of it.
        breadth: Breadth,
        /// An answer that is being written, and where it will stand.
        growing: Option<(Position, Message)>,
    },
    /// Send these connections a message, as it is stored now (`cf_agent_message_updated`).
    SendMessage {
        /// To whom.
        to: Vec<ConnectionKey>,
        /// Where it stands.
        position: Position,
    },
    /// Close a connection; it is not to be reported as ended.
    Close {
        /// Which.
        key: ConnectionKey,
        /// The close code.
        code: u16,
        /// The close frame's reason, at most 123 bytes.
        reason: String,
    },
    /// Answer a call with what is in the store.
    Reply {
        /// To whom.
        to: ConnectionKey,
        /// The call.
        id: RpcId,
        /// With what.
        reply: StoredReply,
    },
    /// Find out what the owner wants new conversations to begin with, and report with [`Input::DefaultsTold`].
    AskDefaults,
    /// Ask the workspace about its history, or change files by it, and report with [`Input::WorkspaceAsked`]. Nothing comes
    /// between.
    AskWorkspace(WorkspaceCall),
    /// Send the stored stream of a turn to one connection.
    Replay(Replay),
    /// Keep this with the connection, so that it survives hibernation.
    Attach(Attached),
    /// Call the model and report with [`Input::Provider`].
    CallModel(ModelCall),
    /// Ask the model for a single token and report with [`Input::ModelChecked`], within a deadline.
    CheckModel(ModelCheck),
    /// Find out which models the provider has and report with [`Input::ModelsListed`], within a deadline.
    ListModels(ModelListing),
    /// Run a tool, unless its call needs an approval, and report with [`Input::ToolSettled`].
    RunTool(ToolRun),
    /// Report [`Input::PushDue`] when more urgent work, such as the model's first words, has had its time. It may be forgotten
    /// when the object is evicted.
    PushSoon(CallId),
    /// Push to the directory of the conversation's owner and report with [`Input::SummaryPushed`], within a deadline. Nothing
    /// waits for it.
    PushSummary(SummaryPush),
    /// Ask the model for a title and report with [`Input::TitleMade`], within a deadline.
    MakeTitle(TitleCall),
    /// Drop a model call or a tool's run; report nothing more of it.
    Abort(CallId),
    /// Call again at this moment, also when the object was evicted; replaces the moment asked for before.
    WakeAt(Timestamp),
    /// Call again with [`Input::FlushDue`] at this moment, within milliseconds. It may be forgotten when the object is
    /// evicted: what waits has not been sent to anyone.
    FlushAt(Timestamp),
    /// Write a line to the log.
    Log(String),
}

impl Input {
    /// Who sent a text frame, and the frame.
    #[must_use]
    pub fn sender(&self) -> Option<(ConnectionKey, String)> {
        if let Self::Received { key, text } = self {
            Some((*key, text.clone()))
        } else {
            None
        }
    }
}

impl Effect {
    /// Whether it stores something, or belongs to what is stored with it: none of these is done when nothing can be
    /// stored.
    #[must_use]
    pub const fn stores(&self) -> bool {
        match self {
            Self::Persist(_)
            | Self::WakeAt(_)
            | Self::CallModel(_)
            | Self::RunTool(_)
            | Self::PushSoon(_)
            | Self::PushSummary(_)
            | Self::AskDefaults
            | Self::MakeTitle(_) => true,
            Self::AskWorkspace(call) => call.ask.changes_files(),
            Self::Send { .. }
            | Self::SendTranscript { .. }
            | Self::SendMessage { .. }
            | Self::Reply { .. }
            | Self::Replay(_)
            | Self::Attach(_)
            | Self::Close { .. }
            | Self::CheckModel(_)
            | Self::ListModels(_)
            | Self::Abort(_)
            | Self::FlushAt(_)
            | Self::Log(_) => false,
        }
    }
}
