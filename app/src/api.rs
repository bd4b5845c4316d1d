//! What server rendering needs from the server, which provides it as a context: `Arc<dyn Backend>`.

use std::{fmt, pin::Pin};

use common::{
    client::Snapshot,
    frame::{Excerpt, Wanted},
    message::Message,
};
use serde::{Deserialize, Serialize};

/// The conversations behind the page.
pub trait Backend: Send + Sync {
    /// A part of the stored transcript of an instance. `instance` is its name as it stands in agent URLs, percent-encoded.
    fn transcript(&self, instance: String, wanted: Wanted) -> TranscriptFuture;

    /// What keeps this deployment from answering, for whoever runs it; a command goes between backticks.
    fn setup_problem(&self) -> Option<String>;

    /// The model of conversations that have chosen none.
    fn own_model(&self) -> OwnModel;

    /// The hosts whose pictures are shown in answers unasked, in lower case and without ports.
    fn image_hosts(&self) -> Vec<String>;

    /// Who reads the page.
    fn reader(&self) -> Reader;

    /// The conversations of who reads the page.
    fn conversations(&self) -> Listed;
}

/// The list of the reader's conversations as a page is rendered with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// When it was read, in milliseconds since 1970.
    pub at: u64,
    /// What was read.
    pub list: ListRead,
}

/// What was read of a list of conversations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum ListRead {
    /// The reader has no list: who reads a shared conversation.
    #[default]
    Absent,
    /// It could not be read in time. The page is shown without it.
    Failed,
    /// The synced state of the directory (`common::directory::ListState`).
    State(serde_json::Value),
}

/// The model of conversations that have chosen none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnModel {
    /// None: the server is not set up.
    #[default]
    None,
    /// The built-in demo model.
    Demo,
    /// The one with this id.
    Id(String),
}

/// Who reads a page, as far as it matters to the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// Whether people sign in on this server.
    pub is_signed_in: bool,
    /// The name of the page's conversation, when its reader can only read it; missing and `null` are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only: Option<String>,
}

/// What [`Backend::transcript`] returns.
pub type TranscriptFuture = Pin<Box<dyn Future<Output = Result<Transcript, BackendError>> + Send>>;

/// A part of a stored transcript as it travels inside the page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// How many stored messages come before the first of these; missing: none.
    #[serde(default)]
    pub earlier: u64,
    /// The entity tag that `get-messages` answers with for the same transcript; missing and `null` are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

/// Why a transcript could not be read. The cause is logged where it arose; these are words for the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendError {
    /// One sentence.
    pub text: String,
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for BackendError {}

impl From<Transcript> for Snapshot {
    fn from(transcript: Transcript) -> Self {
        Self {
            messages: transcript.messages,
            earlier: transcript.earlier,
            etag: transcript.etag,
        }
    }
}

impl Transcript {
    /// A part as it was read, with the entity tag of the answer.
    #[must_use]
    pub fn new(excerpt: Excerpt, etag: Option<String>) -> Self {
        Self {
            messages: excerpt.messages,
            earlier: excerpt.earlier,
            etag,
        }
    }
}
