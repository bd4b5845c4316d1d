//! The hook: what the client machine shows, as signals; what the person does, as callbacks.

mod api;
mod call;
mod hooks;
mod options;
mod signals;

pub use api::UseChat;
pub use call::{Calling, MethodCall};
pub use hooks::{Hooks, ToolCall};
pub use options::UseChatOptions;
pub use signals::Facts;

pub(crate) use options::Start;
pub(crate) use signals::Signals;

use common::{
    client::Snapshot,
    naming::{self, AgentSegment},
};

use super::driver;
use crate::browser::{address::Address, console};

/// Connects to a conversation for as long as the calling component lives. On the server it only shows the first
/// transcript.
#[must_use]
pub fn use_chat(options: UseChatOptions) -> UseChat {
    let AgentSegment { segment, warning } = naming::agent_segment(&options.agent);
    if let Some(warning) = warning {
        console::warn_once(&warning);
    }
    let signals = Signals::new(options.initial_messages.before());
    let hooks = options.hooks;
    let address = Address {
        host: options.host,
        query: options.query,
        base_path: options.base_path,
        agent: segment,
        instance: naming::encode_segment(&options.name),
    };
    let start = Start {
        address: address.clone(),
        snapshot: options.initial_messages,
        client_tools: options.client_tools,
        auto_continue: options.auto_continue,
        has_chat: true,
    };
    let inputs = driver::start(start, signals, hooks);
    UseChat::new(signals, address, inputs)
}

/// Connects to an agent of this server that has no chat, for as long as the calling component lives: its connection, its
/// synced state and its methods are those of the result. On the server it does nothing.
#[must_use]
pub(crate) fn use_agent(agent: &str, name: &str, hooks: Hooks) -> UseChat {
    let address = Address {
        agent: agent.to_owned(),
        ..Address::of_conversation(name)
    };
    let signals = Signals::new(Snapshot::default().before());
    let start = Start {
        address: address.clone(),
        snapshot: Snapshot::default(),
        client_tools: Vec::new(),
        auto_continue: false,
        has_chat: false,
    };
    let inputs = driver::start(start, signals, hooks);
    UseChat::new(signals, address, inputs)
}
