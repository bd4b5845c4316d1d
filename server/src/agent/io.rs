//! What the agent machine is given and what it asks to be done.

use common::{
    frame::Outcome,
    id::{MessageId, RequestId},
    message::Message,
    time::Timestamp,
};

use super::{ConnectionKey, Position};
use crate::{
    providers::{ProviderError, ProviderEvent},
    store::Write,
};

/// Every reason the agent machine does anything.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A connection was accepted.
    Connected(ConnectionKey),
    /// A text frame came.
    Received {
        /// From whom.
        key: ConnectionKey,
        /// The text.
        text: String,
    },
    /// A connection ended.
    Disconnected(ConnectionKey),
    /// A model call went on.
    Provider {
        /// Which call. Calls the machine has given up are ignored.
        call: CallId,
        /// How.
        progress: Progress,
    },
    /// The moment asked for by [`Effect::WakeAt`] has come. Early and late calls are harmless.
    DeadlinePassed,
    /// The moment asked for by [`Effect::FlushAt`] has come. Early and late calls are harmless.
    FlushDue,
}

/// How a model call went on.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Something came, perhaps only a sign of life.
    Events(Vec<ProviderEvent>),
    /// The stream ended as it should.
    Ended,
    /// It failed.
    Failed(ProviderError),
}

/// One model call in the life of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

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
    },
    /// Send the stored stream of a turn to one connection.
    Replay(Replay),
    /// Call the model and report with [`Input::Provider`].
    CallModel(ModelCall),
    /// Drop a model call; report nothing more of it.
    AbortModel(CallId),
    /// Call again at this moment, also when the object was evicted; replaces the moment asked for before.
    WakeAt(Timestamp),
    /// Call again with [`Input::FlushDue`] at this moment, within milliseconds. It may be forgotten when the object is
    /// evicted: what waits has not been sent to anyone.
    FlushAt(Timestamp),
    /// Write a line to the log.
    Log(String),
}

/// A stored stream to be sent again (protocol §5.6).
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// To whom.
    pub to: ConnectionKey,
    /// Of which turn.
    pub request_id: RequestId,
    /// What follows the stored chunks.
    pub end: ReplayEnd,
}

/// What follows the stored chunks of a replay.
#[derive(Clone, Debug, PartialEq)]
pub enum ReplayEnd {
    /// Live chunks.
    Live,
    /// The turn is over.
    Settled {
        /// How.
        outcome: Outcome,
        /// The user messages it answered.
        message_ids: Vec<MessageId>,
    },
}

/// A model call.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCall {
    /// Which call.
    pub call: CallId,
    /// Of which turn.
    pub request_id: RequestId,
    /// The model the submission named; `None`: the configured one.
    pub model: Option<String>,
    /// The turn answers the messages before this position.
    pub before: Position,
    /// The answer as far as it came before it was cut off; `None`: it begins.
    pub partial: Option<Message>,
}
