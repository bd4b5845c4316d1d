//! Exports a conversation as an archive that another server can import: `export.zip`.
//!
//! - [`export`]: writes the archive, piece by piece. [`import`]: makes a new conversation from one.
//! - [`manifest`]: the description in the archive. [`markdown`]: messages as Markdown.
//! - [`whole`]: a message as plain text.
//!
//! Content: `conversation.json`; the messages as `messages.json` and `transcript.md` (long ones in parts,
//! `messages-2.json` and so on); the files under `files/`; and on request their former versions under `versions/`, by
//! the number of the change that created them.

mod export;
mod import;
mod manifest;
mod markdown;
mod whole;

pub use export::{Export, With};
pub use import::{ImportError, Imported, Importing};
pub use markdown::markdown;
pub use whole::whole;

/// The folder of the files.
const FILES: &str = "files/";

/// The folder of their former versions.
const VERSIONS: &str = "versions/";

/// The name of a part of the messages; `part` is counted from 1.
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
