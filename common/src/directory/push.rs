//! The report of a conversation to its owner's directory. It goes from object to object and reaches no client.

use serde::{Deserialize, Serialize};

use super::{ConversationState, TitleBy};
use crate::{id::MessageId, time::Timestamp};

/// The report of a conversation to its owner's directory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Push {
    /// The conversation's name, as in URLs.
    pub name: String,
    /// Grows with each report of this name, also when the conversation is deleted and begins anew. The directory
    /// ignores reports with a lower number than the last one.
    pub number: u64,
    /// The state of the conversation.
    pub news: News,
    /// The texts of messages that were added, changed or removed since the last report.
    #[serde(default)]
    pub texts: Texts,
}

/// The maximum length of a message's searchable text, in characters.
pub const MAX_TEXT_CHARS: usize = 16_000;

/// Texts of messages, for the search.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Texts {
    /// Whether the directory must first drop all texts of the conversation.
    pub is_cleared: bool,
    /// The texts that were added, changed or removed since.
    pub changed: Vec<ChangedText>,
}

/// The text of a message that was added, changed or removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangedText {
    /// The message's position in its conversation.
    pub position: i64,
    /// The message's id.
    pub message: MessageId,
    /// At most [`MAX_TEXT_CHARS`] of its text; empty when the message was removed or has no text.
    pub text: String,
}

/// The state of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum News {
    /// It exists, with this summary.
    Is(Box<Head>),
    /// It was deleted.
    Deleted,
}

/// A conversation's summary of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// Its title.
    pub title: Option<String>,
    /// The author of the title.
    pub title_by: TitleBy,
    /// When it began.
    pub created: Timestamp,
    /// When a turn last began or ended, or the messages changed.
    pub active: Timestamp,
    /// When an answer last ended; zero when none has.
    pub answered: Timestamp,
    /// Its activity.
    pub state: ConversationState,
    /// The selected model; `None` means the configured one.
    pub model: Option<String>,
    /// Its cost in US dollars; `None` when unknown.
    pub cost_usd: Option<f64>,
    /// The beginning of its last message, as one line.
    pub last_words: String,
    /// The number of its messages.
    pub messages: u64,
}
