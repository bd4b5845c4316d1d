//! A model call, as every provider takes it.

use std::borrow::Cow;

use common::{id::MessageId, state::Effort, tool::ToolSchema};

use super::{CallVendorData, MessageVendorData};

/// One model call, vendor-neutral.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelRequest {
    /// The model to ask; missing or blank means the configured default.
    pub model: Option<String>,
    /// The conversation so far, oldest first.
    pub messages: Vec<ModelMessage>,
    /// The tools that the model may call.
    pub tools: Vec<Cow<'static, ToolSchema>>,
    /// The most tokens of the answer; `None`: the provider's own limit.
    pub max_tokens: Option<u32>,
    /// How much the model should think; `None`: its own default.
    pub effort: Option<Effort>,
    /// The dearest prices that may be charged, where the server can choose who answers; `None`: any.
    pub max_price: Option<MaxPrice>,
}

/// The dearest prices that may be charged, in US dollars for a token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaxPrice {
    /// Of a token read.
    pub input: f64,
    /// Of a token written.
    pub output: f64,
}

/// One entry of the conversation as a model sees it.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelMessage {
    /// Instructions.
    System(String),
    /// A message of the user.
    User(UserMessage),
    /// A message of the model: its words, its reasoning and the tools it called.
    Assistant(AssistantMessage),
    /// The output of one tool call.
    Tool(ToolMessage),
}

/// A message of the user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserMessage {
    /// Its pieces, in order.
    pub content: Vec<Content>,
    /// The message of the transcript that it comes from; `None`: the agent wrote it.
    pub origin: Option<MessageId>,
}

/// A message of the model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AssistantMessage {
    /// Its words; may be empty when it only called tools.
    pub text: String,
    /// Its reasoning in plain words, for vendors that want it back; may be empty.
    pub reasoning: String,
    /// Data of the vendor that wrote it, to be given back.
    pub vendor: MessageVendorData,
    /// Its tool calls, in order.
    pub tool_calls: Vec<ModelToolCall>,
    /// The message of the transcript that it comes from; `None`: the agent wrote it.
    pub origin: Option<MessageId>,
}

/// The output of one tool call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolMessage {
    /// The call this answers.
    pub tool_call_id: String,
    /// The output, as text.
    pub output: String,
    /// Files that belong to the output, such as a picture that was read.
    pub files: Vec<Attachment>,
    /// The message of the transcript that it comes from.
    pub origin: Option<MessageId>,
}

/// A piece of a user's message.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Words.
    Text(String),
    /// A picture or another file.
    File(Attachment),
}

/// A file that goes to the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// Its MIME type, such as `image/png`.
    pub media_type: String,
    /// Its name, when it has one.
    pub name: Option<String>,
    /// Where its bytes are.
    pub source: Source,
}

/// Where the bytes of a file are.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Here, as base64.
    Base64(String),
    /// At an `https` address that the vendor fetches.
    Url(String),
    /// In the workspace. Its bytes are still to be read.
    Workspace {
        /// Where, from the root of the workspace.
        path: String,
        /// Of the content that is meant; `None`: whatever is there now.
        hash: Option<String>,
    },
    /// Nowhere: why, as the end of a sentence such as "it has 7 MB, and a picture may have 5 MB".
    Missing(String),
}

/// A tool call the model made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelToolCall {
    /// Names the call; the output refers to it.
    pub id: String,
    /// The tool.
    pub name: String,
    /// The input, as the JSON text the model wrote. It may be anything: models write broken JSON too.
    pub arguments: String,
    /// Data of the vendor that wrote it, to be given back.
    pub vendor: CallVendorData,
}

impl ModelMessage {
    /// A user's message of words alone.
    #[must_use]
    pub fn user(text: impl Into<String>) -> Self {
        Self::User(UserMessage {
            content: vec![Content::Text(text.into())],
            origin: None,
        })
    }

    /// A model's message of words and calls.
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
    /// Whether pictures or other files belong to it.
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
    /// Its words, piece by piece.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.content.iter().filter_map(|content| match content {
            Content::Text(text) => Some(text.as_str()),
            Content::File(_) => None,
        })
    }

    /// Its words, joined by a blank line.
    #[must_use]
    pub fn text(&self) -> String {
        self.texts().collect::<Vec<_>>().join("\n\n")
    }
}
