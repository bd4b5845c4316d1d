//! An archive of a conversation becomes a new one.

use std::collections::HashSet;

use common::{
    id::MessageId,
    message::{Message, Part, ToolState},
    time::Timestamp,
};
use thiserror::Error;

use super::{FILES, manifest, messages_name};
use crate::{
    agent::{Position, sanitize},
    store::{Sql, SqlError, Store, Write},
    workspace::{self, Upload, WorkspaceError},
};

/// The most bytes of a part of the messages. Ours have one million and a message.
const MOST_PART_BYTES: u64 = 64_000_000;

/// What is said of a call that waited when the archive was made: whoever is asked here was not asked there.
const LEFT_OPEN: &str =
    "The call was not made: it still waited for an answer when the conversation was exported.";

/// A conversation was made of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Its messages.
    pub messages: u64,
    /// Its files.
    pub files: workspace::Imported,
}

/// Why an archive is not taken in. Nothing was changed then.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImportError {
    /// There is something already.
    #[error("this conversation is not empty: choose a new name, and nothing is overwritten")]
    NotEmpty,
    /// It is an archive of something else, or of a newer server.
    #[error("this is no exported conversation: {0}")]
    NotAConversation(String),
    /// A message cannot be read.
    #[error("{name} cannot be read: {problem}. Nothing was imported")]
    Unreadable {
        /// The entry.
        name: String,
        /// Why.
        problem: String,
    },
    /// The archive, or its files.
    #[error(transparent)]
    Archive(#[from] WorkspaceError),
}

impl From<SqlError> for ImportError {
    fn from(error: SqlError) -> Self {
        Self::Archive(error.into())
    }
}

impl<S: Sql> Store<S> {
    /// Whether nothing was said and there are no files.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn is_empty(&self) -> Result<bool, SqlError> {
        let usage = self.workspace(Timestamp::default()).usage()?;
        Ok(usage.files == 0 && usage.directories == 0 && self.load()?.index.is_empty())
    }

    /// Makes a conversation of an archive that is whole: all of it, or nothing.
    ///
    /// # Errors
    /// When there is something already, when the archive is none of a conversation, or when a statement fails.
    pub fn import(&self, now: Timestamp, mut upload: Upload) -> Result<Imported, ImportError> {
        let id = upload.id();
        let outcome = self.import_upload(now, &mut upload);
        self.workspace(now).drop_upload(id)?;
        outcome
    }

    fn import_upload(&self, now: Timestamp, upload: &mut Upload) -> Result<Imported, ImportError> {
        let workspace = self.workspace(now);
        if !self.is_empty()? {
            return Err(ImportError::NotEmpty);
        }
        let mut zip = workspace.open_upload(upload)?;
        let bytes = zip.read(manifest::NAME, MOST_PART_BYTES)?;
        let bytes = bytes.ok_or_else(|| {
            ImportError::NotAConversation(format!("there is no {} in it", manifest::NAME))
        })?;
        let about = manifest::read(&bytes).map_err(ImportError::NotAConversation)?;
        let mut taken = Taken {
            ids: HashSet::new(),
            last: Position::START,
            count: 0,
        };
        self.transaction(|| {
            let mut part = 1;
            while let Some(bytes) = zip.read(&messages_name(part), MOST_PART_BYTES)? {
                let writes = taken.read(&messages_name(part), &bytes)?;
                self.write(&writes)?;
                part += 1;
            }
            self.write(&[Write::PutAbout(about)])?;
            let files = workspace.import_under(&mut zip, FILES)?;
            Ok(Imported {
                messages: taken.count,
                files,
            })
        })
    }
}

/// The messages that were read so far.
#[derive(Debug)]
struct Taken {
    ids: HashSet<MessageId>,
    last: Position,
    count: u64,
}

impl Taken {
    /// Reads a part.
    fn read(&mut self, name: &str, bytes: &[u8]) -> Result<Vec<Write>, ImportError> {
        let unreadable = |problem: String| ImportError::Unreadable {
            name: name.to_owned(),
            problem,
        };
        let messages: Vec<Message> =
            serde_json::from_slice(bytes).map_err(|error| unreadable(error.to_string()))?;
        let mut writes = Vec::with_capacity(messages.len());
        for mut message in messages {
            if !self.ids.insert(message.id.clone()) {
                return Err(unreadable(format!(
                    "two messages have the id `{}`",
                    message.id
                )));
            }
            sanitize(&mut message);
            settle(&mut message);
            self.last = self.last.next();
            self.count += 1;
            writes.push(Write::AddMessage {
                position: self.last,
                message,
            });
        }
        Ok(writes)
    }
}

/// Ends calls that nobody here would go on with.
fn settle(message: &mut Message) {
    for part in &mut message.parts {
        if let Part::Tool(call) = part
            && !call.state.is_settled()
        {
            call.state = ToolState::OutputError {
                input: call.state.input().cloned(),
                raw_input: None,
                error_text: LEFT_OPEN.to_owned(),
                approval: None,
            };
        }
    }
}
