//! The paths of a conversation's files, for the palette.

use std::{collections::VecDeque, time::Duration};

use common::{
    naming::{AGENTS_PREFIX, CODER_AGENT, encode_segment},
    workspace::{EntryKind, FILES, Listing},
};

use crate::browser::http::Request;

/// The maximum number of directories that are read: deeper and later ones can only be searched in the drawer.
const MOST: usize = 24;
const WITHIN: Duration = Duration::from_secs(10);

/// The paths of the files of a conversation (its name is percent-encoded), directory by directory. Unreadable directories
/// are left out; the drawer shows the reason.
pub(super) async fn paths(name: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut directories = VecDeque::from([String::new()]);
    for _ in 0..MOST {
        let Some(directory) = directories.pop_front() else {
            break;
        };
        let Some(listing) = list(name, &directory).await else {
            continue;
        };
        for entry in listing.entries {
            let path = format!("{directory}{}", entry.name);
            match entry.kind {
                EntryKind::File(_) => paths.push(path),
                EntryKind::Directory => directories.push_back(format!("{path}/")),
            }
        }
    }
    paths
}

async fn list(name: &str, directory: &str) -> Option<Listing> {
    let path: Vec<String> = directory.split('/').map(encode_segment).collect();
    let path = path.join("/");
    let address = format!("/{AGENTS_PREFIX}/{CODER_AGENT}/{name}/{FILES}/{path}");
    let response = Request::get(&address).within(WITHIN).send().await.ok()?;
    let text = response
        .text()
        .await
        .ok()
        .filter(|_| response.is_success())?;
    Listing::from_json(serde_json::from_str(&text).ok()?)
}
