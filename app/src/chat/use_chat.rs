//! The hook: what the client machine shows, as signals; what the person does, as callbacks.

use common::{
    client::{ChatError, Connection, Snapshot, Status},
    id::ToolCallId,
    message::Role,
    naming::{self, AgentSegment},
    transcript::MessageBuilder,
};
use leptos::prelude::*;

use super::{
    driver::{self, Address},
    rows::{self, RowHandle},
};

/// Which conversation, and what is known of it.
#[derive(Clone, Debug)]
pub struct UseChatOptions {
    /// The agent, in any spelling.
    pub agent: String,
    /// The instance's name, as people read it.
    pub name: String,
    /// The server: `host[:port]`, with or without a scheme; without one it is taken to be secure, but for private
    /// addresses with a port, such as `localhost:8787`. `None`: where the page came from.
    pub host: Option<String>,
    /// Goes into every URL, such as a token for the server's hooks; what has no value is left out.
    pub query: Vec<(String, Option<String>)>,
    /// The transcript that the page starts with.
    pub initial: Snapshot,
}

impl Default for UseChatOptions {
    fn default() -> Self {
        Self {
            agent: naming::CODER_AGENT.to_owned(),
            name: naming::DEFAULT_NAME.to_owned(),
            host: None,
            query: Vec::new(),
            initial: Snapshot::default(),
        }
    }
}

/// A conversation, for views.
#[derive(Clone, Copy, Debug)]
pub struct UseChat {
    /// The transcript, oldest first.
    pub messages: ReadSignal<Vec<RowHandle>>,
    /// The state of the turn.
    pub status: ReadSignal<Status>,
    /// The state of the connection.
    pub connection: ReadSignal<Connection>,
    /// Why the last turn failed.
    pub error: ReadSignal<Option<ChatError>>,
    /// Sends a message; while a turn runs it waits for its own.
    pub send: Callback<String>,
    /// Stops the running turn.
    pub stop: Callback<()>,
    /// Empties the transcript.
    pub clear: Callback<()>,
    /// Asks for the failed turn again.
    pub retry: Callback<()>,
    /// Allows a tool call that waits for the user; the answer then goes on. It shows at once and is sent as soon as
    /// there is a connection. Another client's answer may come first: then that one counts, and shows.
    pub approve: Callback<ToolCallId>,
    /// Refuses it, in the same way; the model is told so and goes on.
    pub deny: Callback<ToolCallId>,
}

impl UseChat {
    /// The last answer, growing or not.
    #[must_use]
    pub fn last_answer(&self) -> Option<RowHandle> {
        self.messages.with(|rows| {
            let answer = rows.iter().rfind(|row| row.role == Role::Assistant);
            answer.cloned()
        })
    }

    /// Whether it waits for the user to allow or refuse a tool call.
    #[must_use]
    pub fn waits_for_user(&self) -> bool {
        self.status.get() == Status::Ready
            && self.last_answer().is_some_and(|row| {
                let asks = |builder: &MessageBuilder| {
                    builder.message().calls().any(|call| call.state.asks())
                };
                row.builder.with(asks)
            })
    }
}

/// The signals that the driver writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signals {
    pub(crate) messages: RwSignal<Vec<RowHandle>>,
    pub(crate) status: RwSignal<Status>,
    pub(crate) connection: RwSignal<Connection>,
    pub(crate) error: RwSignal<Option<ChatError>>,
}

/// Connects to a conversation for as long as the calling component lives. On the server it only shows the first
/// transcript.
#[must_use]
pub fn use_chat(options: UseChatOptions) -> UseChat {
    let UseChatOptions {
        agent,
        name,
        host,
        query,
        initial,
    } = options;
    let AgentSegment { segment, warning } = naming::agent_segment(&agent);
    let signals = Signals {
        messages: RwSignal::new(rows::stored_rows(initial.messages.clone())),
        status: RwSignal::new(Status::Ready),
        connection: RwSignal::new(Connection::Connecting),
        error: RwSignal::new(None),
    };
    let inputs = driver::start(
        Address {
            host,
            query,
            agent: segment,
            instance: naming::encode_segment(&name),
        },
        initial,
        signals,
    );
    if let Some(warning) = warning {
        driver::warn_once(&warning);
    }
    UseChat {
        messages: signals.messages.read_only(),
        status: signals.status.read_only(),
        connection: signals.connection.read_only(),
        error: signals.error.read_only(),
        send: inputs.callback(common::client::Input::Send),
        stop: inputs.callback(|()| common::client::Input::Stop),
        clear: inputs.callback(|()| common::client::Input::Clear),
        retry: inputs.callback(|()| common::client::Input::Retry),
        approve: inputs.callback(common::client::Input::Approve),
        deny: inputs.callback(common::client::Input::Deny),
    }
}
