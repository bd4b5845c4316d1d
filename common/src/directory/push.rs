//! What a conversation tells the directory of its owner. It goes from object to object and reaches no client.

use serde::{Deserialize, Serialize};

use super::{ConversationState, TitleBy};
use crate::{id::MessageId, time::Timestamp};

/// What a conversation tells the directory of its owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Push {
    /// Which conversation: its name, as it stands in URLs.
    pub name: String,
    /// Grows with all that a conversation of this name has to say, also when it is deleted and begins anew. The
    /// directory ignores what has a lower number than what it knows.
    pub number: u64,
    /// What it has to say.
    pub news: News,
    /// The texts of messages that are new, changed or gone since the directory was last told.
    #[serde(default)]
    pub texts: Texts,
}

/// The most characters of a message that can be searched.
pub const MAX_TEXT_CHARS: usize = 16_000;

/// Texts of messages, for the search.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Texts {
    /// Whether all texts of the conversation that the directory has are void.
    pub is_cleared: bool,
    /// What is new, changed or gone behind that.
    pub changed: Vec<ChangedText>,
}

/// The text of a message that is new, changed or gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangedText {
    /// Where the message stands in its conversation.
    pub position: i64,
    /// Which message.
    pub message: MessageId,
    /// At most [`MAX_TEXT_CHARS`] of its text; empty: it is gone, or has none.
    pub text: String,
}

/// What a conversation has to say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum News {
    /// It is like this now.
    Is(Box<Head>),
    /// It was deleted.
    Deleted,
}

/// A conversation, as it sees itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// Its title.
    pub title: Option<String>,
    /// Who gave the title.
    pub title_by: TitleBy,
    /// When it began.
    pub created: Timestamp,
    /// When a turn last began or ended, or messages came or went.
    pub active: Timestamp,
    /// When an answer last ended; zero: none has.
    pub answered: Timestamp,
    /// What it does.
    pub state: ConversationState,
    /// The model that it names; `None`: the configured one.
    pub model: Option<String>,
    /// What it has cost, in US dollars; `None`: nobody said.
    pub cost_usd: Option<f64>,
    /// The beginning of its last message, in one line.
    pub last_words: String,
    /// How many messages it has.
    pub messages: u64,
}
