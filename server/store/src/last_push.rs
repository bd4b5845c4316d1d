//! The last summary reported to the owner's directory.

use common::directory::push::Head;
use serde::{Deserialize, Serialize};

/// The last push of the conversation to its owner's directory, whether or not it arrived, as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastPush {
    /// The number of the push.
    pub number: u64,
    /// Whether the directory has confirmed it.
    pub is_known: bool,
    /// Whether the model was asked for a title.
    #[serde(default)]
    pub asked_for_title: bool,
    /// The summary. Its last words are read from the store when it is sent.
    pub head: Head,
}
