//! A conversation as an archive that another server can take in: `export.zip`.
//!
//! - [`export`]: the archive, piece by piece. [`import`]: a new conversation made of one.
//! - [`manifest`]: what the archive says about itself. [`markdown`]: messages for people.
//! - [`whole`]: a message as plain text.
//!
//! In it: `conversation.json`, the messages as `messages.json` and as `transcript.md` (long ones in parts, `messages-2.json`
//! and so on), the files under `files/`, and on request their former versions under `versions/`, by the number of the
//! change that made them.

mod export;
mod import;
mod manifest;
mod markdown;
mod whole;

pub use export::{Export, With};
pub use import::{ImportError, Imported, Importing};
pub use markdown::markdown;
pub use whole::whole;

/// Where the files are in the archive.
const FILES: &str = "files/";

/// Where their former versions are.
const VERSIONS: &str = "versions/";

/// The name of a part of the messages; `part` counts from 1.
fn messages_name(part: u32) -> String {
    numbered("messages", part, "json")
}

fn numbered(name: &str, part: u32, ending: &str) -> String {
    match part {
        0 | 1 => format!("{name}.{ending}"),
        _ => format!("{name}-{part}.{ending}"),
    }
}

#[cfg(test)]
mod tests;
