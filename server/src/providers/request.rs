//! What a provider is asked.

use std::borrow::Cow;

use crate::tools::ToolSchema;

/// One model call, vendor-neutral.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelRequest {
    /// The model to ask; missing or blank means the configured default.
    pub model: Option<String>,
    /// The conversation so far, oldest first.
    pub messages: Vec<ModelMessage>,
    /// What the model may call.
    pub tools: Vec<Cow<'static, ToolSchema>>,
    /// The most tokens of the answer; `None`: the provider's own limit.
    pub max_tokens: Option<u32>,
}

/// One entry of the conversation as a model sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelMessage {
    /// Instructions.
    System(String),
    /// What the user said.
    User(String),
    /// What the model said, and the tools it called.
    Assistant {
        /// Its words; may be empty when it only called tools.
        text: String,
        /// Its tool calls, in order.
        tool_calls: Vec<ModelToolCall>,
    },
    /// The output of one tool call.
    Tool {
        /// The call this answers.
        tool_call_id: String,
        /// What the tool said.
        output: String,
    },
}

/// A tool call the model made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelToolCall {
    /// Names the call; the output refers to it.
    pub id: String,
    /// The tool.
    pub name: String,
    /// The input, as the JSON text the model wrote. It may be anything: models write broken JSON too.
    pub arguments: String,
}
