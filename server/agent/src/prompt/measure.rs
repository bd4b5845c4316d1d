//! How large a request is, part by part.

use std::borrow::Cow;

use common::{state::ContextSize, tool::ToolSchema};
use providers::{Content, ModelMessage};

use super::{
    Conversation,
    size::{self, TOKEN_BYTES},
};

/// The estimated size of a request by part. `messages`: those that are sent.
pub(super) fn measure(
    conversation: &Conversation<'_>,
    messages: &[ModelMessage],
    tools: &[Cow<'_, ToolSchema>],
    window: usize,
) -> ContextSize {
    let whole = size::of_all(messages);
    let system = messages.iter().filter(|message| is_system(message));
    let system: usize = system.map(size::of).sum();
    let [personal, agents_file, project] = conversation.instructions.of_users();
    let summary = conversation.summary.map(super::summary::message);
    let summary = summary.as_ref().map_or(0, size::of);
    let files: usize = messages.iter().map(files_of).sum();
    let history = whole.saturating_sub(system + summary + files);
    ContextSize {
        window: window as u64,
        system: tokens(system.saturating_sub(personal + agents_file + project)),
        tools: tokens(tools.iter().map(|tool| of_tool(tool)).sum()),
        personal: tokens(personal),
        agents_file: tokens(agents_file),
        project: tokens(project),
        summary: tokens(summary),
        history: tokens(history),
        files: tokens(files),
    }
}

/// How many tokens so many bytes are, rounded up.
const fn tokens(bytes: usize) -> u64 {
    bytes.div_ceil(TOKEN_BYTES) as u64
}

fn is_system(message: &ModelMessage) -> bool {
    matches!(message, ModelMessage::System(_))
}

fn of_tool(tool: &ToolSchema) -> usize {
    tool.name.len() + tool.description.len() + size::of_value(&tool.parameters)
}

fn files_of(message: &ModelMessage) -> usize {
    match message {
        ModelMessage::User(user) => {
            let files = user.content.iter().map(|content| match content {
                Content::File(file) => size::of_file(file),
                Content::Text(_) => 0,
            });
            files.sum()
        }
        ModelMessage::Tool(tool) => tool.files.iter().map(size::of_file).sum(),
        ModelMessage::System(_) | ModelMessage::Assistant(_) => 0,
    }
}
