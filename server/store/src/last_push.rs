//! The summary that was last to be pushed to the owner's directory.

use common::directory::push::Head;
use serde::{Deserialize, Serialize};

/// The conversation as of the last push to its owner's directory, arrived or not. This is what is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastPush {
    /// The number of the push.
    pub number: u64,
    /// Whether the directory has acknowledged it.
    pub is_known: bool,
    /// Whether the model was asked for a title.
    #[serde(default)]
    pub asked_for_title: bool,
    /// What the push says. Its last words are read from the store when it is sent.
    pub head: Head,
}
