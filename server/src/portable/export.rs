//! A conversation becomes an archive, piece by piece.

use common::{message::Message, time::Timestamp};

use super::{FILES, VERSIONS, manifest, markdown::markdown, messages_name, numbered};
use crate::{
    agent::Position,
    store::{Sql, SqlError, Store},
    workspace::{FilesOf, VersionsOf, ZipWriter},
};

/// A part of the messages ends with the message that reaches this many bytes.
const PART_BYTES: usize = 1_000_000;

/// So many messages are read at once.
const PAGE: u32 = 20;

/// What goes into an archive besides the messages and the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// Nothing.
    Files,
    /// The former versions of the files, as far as they are kept.
    Versions,
}

/// An archive of a conversation in the making. What is written after its beginning is not in it.
#[derive(Debug)]
pub struct Export {
    zip: ZipWriter,
    now: Timestamp,
    /// The first position that is not in it.
    end: Position,
    with: With,
    next: Next,
}

/// What is put in next.
#[derive(Debug)]
enum Next {
    Messages(Part),
    Words(Part),
    Files(FilesOf),
    Versions(VersionsOf),
    End,
}

/// A part of the messages.
#[derive(Clone, Copy, Debug)]
struct Part {
    number: u32,
    after: Position,
}

impl Part {
    const FIRST: Self = Self {
        number: 1,
        after: Position::START,
    };
}

impl<S: Sql> Store<S> {
    /// Begins an archive of what there is now. `name` is the conversation's.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn export(&self, name: &str, now: Timestamp, with: With) -> Result<Export, SqlError> {
        let stored = self.load()?;
        let mut zip = ZipWriter::default();
        let about = stored.about.unwrap_or_default();
        zip.push(manifest::NAME, now, manifest::write(name, now, &about));
        let last = stored.index.last().map(|entry| entry.position);
        Ok(Export {
            zip,
            now,
            end: last.map_or(Position::START, Position::next),
            with,
            next: Next::Messages(Part::FIRST),
        })
    }

    /// The next bytes of an archive; `None`: it is whole.
    ///
    /// # Errors
    /// When a statement fails, or when so much was written meanwhile that a file of the archive is forgotten.
    pub fn export_piece(&self, export: &mut Export) -> Result<Option<Vec<u8>>, SqlError> {
        while export.zip.wants_more() {
            self.put_next(export)?;
        }
        Ok(export.zip.hand_over())
    }

    fn put_next(&self, export: &mut Export) -> Result<(), SqlError> {
        let workspace = self.workspace(export.now);
        let following = match &mut export.next {
            Next::Messages(part) => {
                let (messages, next) = self.part(*part, export.end)?;
                let jsons: Vec<String> = messages.iter().map(json_of).collect();
                let array = format!("[{}]", jsons.join(",\n"));
                let name = messages_name(part.number);
                export.zip.push(&name, export.now, array.into_bytes());
                Some(next.map_or(Next::Words(Part::FIRST), Next::Messages))
            }
            Next::Words(part) => {
                let (messages, next) = self.part(*part, export.end)?;
                let words: String = messages.iter().map(markdown).collect();
                let name = numbered("transcript", part.number, "md");
                export.zip.push(&name, export.now, words.into_bytes());
                match next {
                    Some(next) => Some(Next::Words(next)),
                    None => Some(Next::Files(workspace.files_of_now(FILES)?)),
                }
            }
            Next::Files(files) => {
                let is_over = !workspace.put_next_file(files, &mut export.zip)?;
                is_over.then(|| match export.with {
                    With::Files => Next::End,
                    With::Versions => Next::Versions(workspace.versions_before(files, VERSIONS)),
                })
            }
            Next::Versions(versions) => {
                let has_more = export.zip.has_room()
                    && workspace.put_next_version(versions, &mut export.zip)?;
                (!has_more).then_some(Next::End)
            }
            Next::End => {
                export.zip.end();
                None
            }
        };
        if let Some(following) = following {
            export.next = following;
        }
        Ok(())
    }

    /// The messages of a part, and the next part, when there is one.
    fn part(&self, part: Part, end: Position) -> Result<(Vec<Message>, Option<Part>), SqlError> {
        let (mut messages, mut bytes, mut after) = (Vec::new(), 0, part.after);
        while bytes < PART_BYTES {
            let page = self.messages_after(after, PAGE)?;
            let before = messages.len();
            for (position, message) in page {
                if position >= end || bytes >= PART_BYTES {
                    break;
                }
                after = position;
                // One that cannot be read is left out, as everywhere.
                if let Some(message) = message {
                    bytes += json_of(&message).len();
                    messages.push(message);
                }
            }
            if messages.len() == before {
                return Ok((messages, None));
            }
        }
        let number = part.number + 1;
        Ok((messages, Some(Part { number, after })))
    }
}

fn json_of(message: &Message) -> String {
    message.to_json().to_string()
}
