//! Exports a conversation as an archive, piece by piece.

use common::{message::Message, time::Timestamp};
use limits::Work;
use sql::{Sql, SqlError};
use store::{Position, Store};
use workspace::{ArchiveStep, FilesOf, VersionsOf, ZipWriter};

use super::{FILES, VERSIONS, manifest, markdown::markdown, messages_name, numbered};

/// A part of the messages ends with the message that reaches this many bytes.
const PART_BYTES: usize = 1_000_000;

/// The number of messages read at once.
const PAGE: u32 = 20;

/// Units of work per byte of messages.
const BYTE_UNITS: u64 = 20;

/// Additional content of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// Nothing.
    Files,
    /// The former versions of the files that are still kept.
    Versions,
}

/// An export in progress. Later changes are not included.
#[derive(Debug)]
pub struct Export {
    zip: ZipWriter,
    rest: Rest,
}

/// The rest of the export.
#[derive(Debug)]
struct Rest {
    now: Timestamp,
    /// The first position that is not included.
    end: Position,
    with: With,
    next: Next,
}

/// The next content.
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

impl Export {
    /// Begins an export of the present conversation. `name` is its name.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn begin<S: Sql>(
        store: &Store<S>,
        name: &str,
        now: Timestamp,
        with: With,
    ) -> Result<Self, SqlError> {
        let stored = store.load()?;
        let mut zip = ZipWriter::default();
        let about = stored.about.unwrap_or_default();
        zip.push(manifest::NAME, now, manifest::write(name, now, &about));
        let last = stored.index.last().map(|entry| entry.position);
        Ok(Self {
            zip,
            rest: Rest {
                now,
                end: last.map_or(Position::START, Position::next),
                with,
                next: Next::Messages(Part::FIRST),
            },
        })
    }

    /// The next bytes of the archive, until the work of the slice is used up.
    ///
    /// # Errors
    /// When an SQL statement fails, or when so much was written meanwhile that a version in the archive was deleted.
    pub fn slice<S: Sql>(
        &mut self,
        store: &Store<S>,
        work: &mut Work,
    ) -> Result<ArchiveStep, SqlError> {
        let Self { zip, rest } = self;
        zip.slice(work, |zip, work| rest.put_next(store, zip, work))
    }
}

impl Rest {
    fn put_next<S: Sql>(
        &mut self,
        store: &Store<S>,
        zip: &mut ZipWriter,
        work: &mut Work,
    ) -> Result<(), SqlError> {
        let workspace = store.workspace(self.now);
        let following = match &mut self.next {
            Next::Messages(part) => {
                let (messages, next) = messages_of(store, *part, self.end)?;
                let jsons: Vec<String> = messages.iter().map(json_of).collect();
                let array = format!("[{}]", jsons.join(",\n"));
                work.spend(array.len() as u64 * BYTE_UNITS);
                zip.begin(messages_name(part.number), self.now, array.into_bytes());
                Some(next.map_or(Next::Words(Part::FIRST), Next::Messages))
            }
            Next::Words(part) => {
                let (messages, next) = messages_of(store, *part, self.end)?;
                let words: String = messages.iter().map(markdown).collect();
                work.spend(words.len() as u64 * BYTE_UNITS);
                let name = numbered("transcript", part.number, "md");
                zip.begin(name, self.now, words.into_bytes());
                match next {
                    Some(next) => Some(Next::Words(next)),
                    None => Some(Next::Files(workspace.files_of_now(FILES)?)),
                }
            }
            Next::Files(files) => {
                let is_over = !workspace.put_next_file(files, zip)?;
                is_over.then(|| match self.with {
                    With::Files => Next::End,
                    With::Versions => Next::Versions(workspace.versions_before(files, VERSIONS)),
                })
            }
            Next::Versions(versions) => {
                let has_more = zip.has_room() && workspace.put_next_version(versions, zip)?;
                (!has_more).then_some(Next::End)
            }
            Next::End => {
                zip.end();
                None
            }
        };
        if let Some(following) = following {
            self.next = following;
        }
        Ok(())
    }
}

/// The messages of a part, and the next part if there is one.
fn messages_of<S: Sql>(
    store: &Store<S>,
    part: Part,
    end: Position,
) -> Result<(Vec<Message>, Option<Part>), SqlError> {
    let (mut messages, mut bytes, mut after) = (Vec::new(), 0, part.after);
    while bytes < PART_BYTES {
        let page = store.messages_after(after, PAGE)?;
        let before = messages.len();
        for (position, message) in page {
            if position >= end || bytes >= PART_BYTES {
                break;
            }
            after = position;
            // Unreadable messages are skipped.
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

fn json_of(message: &Message) -> String {
    message.to_json().to_string()
}
