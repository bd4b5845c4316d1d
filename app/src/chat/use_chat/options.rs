//! Which conversation, and what is known of it.

use common::{client::Snapshot, frame::ClientTool, naming};

use super::Hooks;
use crate::browser::address::Address;

/// Which conversation, and what is known of it.
#[derive(Clone, Debug)]
pub struct UseChatOptions {
    /// The agent, in any spelling. It is lower-cased, with one warning in the console when that changes it.
    pub agent: String,
    /// The instance's name, as people read it.
    pub name: String,
    /// The server: `host[:port]`, with or without a scheme; without one it is taken to be secure, but for private
    /// addresses with a port, such as `localhost:8787`. `None`: where the page came from.
    pub host: Option<String>,
    /// A path that stands for agent and name where the server itself chooses the instance.
    pub base_path: Option<String>,
    /// Goes into every URL, such as a token for the server's hooks; what has no value is left out.
    pub query: Vec<(String, Option<String>)>,
    /// The transcript that the page starts with.
    pub initial_messages: Snapshot,
    /// The tools that the page runs itself. The model is offered them with every message.
    pub client_tools: Vec<ClientTool>,
    /// Whether the model continues by itself once its calls are answered.
    pub auto_continue: bool,
    /// The events that the application handles.
    pub hooks: Hooks,
}

impl Default for UseChatOptions {
    fn default() -> Self {
        Self {
            agent: naming::CODER_AGENT.to_owned(),
            name: naming::DEFAULT_NAME.to_owned(),
            host: None,
            base_path: None,
            query: Vec::new(),
            initial_messages: Snapshot::default(),
            client_tools: Vec::new(),
            auto_continue: true,
            hooks: Hooks::default(),
        }
    }
}

/// What a machine starts with.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "the server starts none")
)]
pub(crate) struct Start {
    pub(crate) address: Address,
    pub(crate) snapshot: Snapshot,
    pub(crate) client_tools: Vec<ClientTool>,
    pub(crate) auto_continue: bool,
    /// Whether the agent has a chat. Without one there are the connection, the synced state and the calls.
    pub(crate) has_chat: bool,
}
