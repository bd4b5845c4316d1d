//! The paths of a conversation's files, for what finds them by a few letters.

use std::time::Duration;

use common::{
    naming::{AGENTS_PREFIX, CODER_AGENT},
    workspace::{ALL, FILES, Paths},
};

use crate::browser::http::Request;

const WITHIN: Duration = Duration::from_secs(10);

/// The paths of the files of the conversation of this name (percent-encoded). None where they cannot be read: the drawer says
/// why.
pub(crate) async fn paths_of(name: &str) -> Vec<String> {
    let address = format!("/{AGENTS_PREFIX}/{CODER_AGENT}/{name}/{FILES}/?{ALL}");
    let Ok(response) = Request::get(&address).within(WITHIN).send().await else {
        return Vec::new();
    };
    let text = response.text().await.unwrap_or_default();
    let answer = serde_json::from_str(&text).unwrap_or_default();
    Paths::from_json(answer).map_or_else(Vec::new, |found| found.paths)
}
