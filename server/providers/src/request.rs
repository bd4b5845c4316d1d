//! A vendor-neutral model call.

use std::borrow::Cow;

use common::{id::MessageId, state::Effort, tool::ToolSchema};

use super::{CallVendorData, MessageVendorData};

/// A vendor-neutral model call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelRequest {
    /// The model; missing or blank means the configured default.
    pub model: Option<String>,
    /// The conversation so far, oldest first.
    pub messages: Vec<ModelMessage>,
    /// The tools that the model may call.
    pub tools: Vec<Cow<'static, ToolSchema>>,
    /// The maximum number of tokens of the answer; `None`: the provider's own limit.
    pub max_tokens: Option<u32>,
    /// The reasoning effort; `None`: the model's default.
    pub effort: Option<Effort>,
    /// The maximum prices, where the server can choose a provider; `None`: no maximum.
    pub max_price: Option<MaxPrice>,
}

/// Maximum prices in US dollars per token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaxPrice {
    /// Per input token.
    pub input: f64,
    /// Per output token.
    pub output: f64,
}

/// An entry of the conversation as a model sees it.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelMessage {
    /// Instructions.
    System(String),
    /// A message of the user.
    User(UserMessage),
    /// A message of the model: its text, its reasoning and its tool calls.
    Assistant(AssistantMessage),
    /// The output of a tool call.
    Tool(ToolMessage),
}

/// A message of the user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserMessage {
    /// Its pieces, in order.
    pub content: Vec<Content>,
    /// The message of the transcript that it comes from; `None` when the agent wrote it.
    pub origin: Option<MessageId>,
}

/// A message of the model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AssistantMessage {
    /// The text; may be empty beside tool calls.
    pub text: String,
    /// The plain reasoning, for vendors that want it back; may be empty.
    pub reasoning: String,
    /// The vendor data to send back.
    pub vendor: MessageVendorData,
    /// The tool calls, in order.
    pub tool_calls: Vec<ModelToolCall>,
    /// The message of the transcript that it comes from; `None` when the agent wrote it.
    pub origin: Option<MessageId>,
}

/// The output of a tool call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolMessage {
    /// The id of the call.
    pub tool_call_id: String,
    /// The output, as text.
    pub output: String,
    /// Files that belong to the output, such as an image that was read.
    pub files: Vec<Attachment>,
    /// The message of the transcript that it comes from.
    pub origin: Option<MessageId>,
}

/// A piece of a user's message.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Text.
    Text(String),
    /// An image or another file.
    File(Attachment),
}

/// A file for the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// The MIME type, such as `image/png`.
    pub media_type: String,
    /// The name, if it has one.
    pub name: Option<String>,
    /// The location of its bytes.
    pub source: Source,
}

/// The location of a file's bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Inline, as base64.
    Base64(String),
    /// At an `https` address that the vendor fetches.
    Url(String),
    /// In the workspace, still to be read.
    Workspace {
        /// The path, from the root of the workspace.
        path: String,
        /// The hash of the content; `None` for the present content.
        hash: Option<String>,
    },
    /// Not available; holds the reason, as the end of a sentence such as "it has 7 MB, and a picture may have 5 MB".
    Missing(String),
}

/// A tool call of the model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelToolCall {
    /// The id, which the output refers to.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The input, as the text the model wrote. It may be malformed JSON.
    pub arguments: String,
    /// The vendor data to send back.
    pub vendor: CallVendorData,
}

impl ModelMessage {
    /// A user message with text only.
    #[must_use]
    pub fn user(text: impl Into<String>) -> Self {
        Self::User(UserMessage {
            content: vec![Content::Text(text.into())],
            origin: None,
        })
    }

    /// A message of the model with text and calls.
    #[must_use]
    pub fn assistant(text: impl Into<String>, tool_calls: Vec<ModelToolCall>) -> Self {
        Self::Assistant(AssistantMessage {
            text: text.into(),
            tool_calls,
            ..AssistantMessage::default()
        })
    }

    /// The output of a call.
    #[must_use]
    pub fn tool(tool_call_id: impl Into<String>, output: impl Into<String>) -> Self {
        Self::Tool(ToolMessage {
            tool_call_id: tool_call_id.into(),
            output: output.into(),
            ..ToolMessage::default()
        })
    }
}

impl ModelMessage {
    /// Whether it has images or other files.
    #[must_use]
    pub fn has_files(&self) -> bool {
        match self {
            Self::User(user) => user
                .content
                .iter()
                .any(|content| matches!(content, Content::File(_))),
            Self::Tool(tool) => !tool.files.is_empty(),
            Self::System(_) | Self::Assistant(_) => false,
        }
    }
}

impl UserMessage {
    /// Its texts, piece by piece.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.content.iter().filter_map(|content| match content {
            Content::Text(text) => Some(text.as_str()),
            Content::File(_) => None,
        })
    }

    /// Its texts, joined by a blank line.
    #[must_use]
    pub fn text(&self) -> String {
        self.texts().collect::<Vec<_>>().join("\n\n")
    }
}
