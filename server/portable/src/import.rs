//! Imports a new conversation from an archive.

use std::collections::HashSet;

use common::{
    id::MessageId,
    message::{Message, Part, ToolState},
    state::About,
    time::Timestamp,
};
use limits::Work;
use sql::{Sql, SqlError};
use store::{Position, Store, Write, sanitize};
use thiserror::Error;
use workspace::{ArchiveError, Intake, Upload, Workspace, WorkspaceError, ZipReader};

use super::{FILES, manifest, messages_name};

/// The maximum size of a part of the messages, which is read at once. Exported parts have one million bytes plus a
/// message.
const MOST_PART_BYTES: u64 = 16_000_000;

/// Units of work per byte of a part that is unpacked and read, or written.
const BYTE_UNITS: u64 = 40;

/// The error of a call that waited at the time of the export: its user is not the importing one.
const LEFT_OPEN: &str =
    "The call was not made: it still waited for an answer when the conversation was exported.";

/// The result of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The number of messages.
    pub messages: u64,
    /// The result for the files.
    pub files: workspace::Imported,
}

/// Why an import failed. Nothing was changed, except with [`ImportError::Halfway`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImportError {
    /// The conversation is not empty.
    #[error("this conversation is not empty: choose a new name, and nothing is overwritten")]
    NotEmpty,
    /// The archive is not an exported conversation, or from a newer server.
    #[error("this is no exported conversation: {0}")]
    NotAConversation(String),
    /// A message cannot be read.
    #[error("{name} cannot be read: {problem}. Nothing was imported")]
    Unreadable {
        /// The name of the entry.
        name: String,
        /// The reason.
        problem: String,
    },
    /// The archive or its files are invalid.
    #[error(transparent)]
    Archive(#[from] WorkspaceError),
    /// The import failed after something was written.
    #[error("the import failed in the middle, and what had come in is deleted: {0}")]
    Halfway(WorkspaceError),
}

impl ImportError {
    /// The error, if something had been written.
    fn halfway(self, writes: bool) -> Self {
        match self {
            Self::Archive(error @ WorkspaceError::Archive(ArchiveError::Partly { .. })) => {
                Self::Halfway(error)
            }
            Self::Archive(error) if writes => Self::Halfway(error),
            other @ (Self::NotEmpty
            | Self::NotAConversation(_)
            | Self::Unreadable { .. }
            | Self::Archive(_)
            | Self::Halfway(_)) => other,
        }
    }
}

impl From<SqlError> for ImportError {
    fn from(error: SqlError) -> Self {
        Self::Archive(error.into())
    }
}

/// An import in slices, with other work in between.
///
/// All problems of the archive are found before anything is written. Until the import is over, nobody else may use
/// the conversation.
#[derive(Debug)]
pub struct Importing {
    upload: Upload,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// The messages are being checked.
    Open,
    /// Its messages are looked at.
    Check(Box<Parts>),
    /// The files are being imported.
    Files {
        parts: Box<Parts>,
        intake: Box<Intake>,
    },
    /// The messages are being written.
    Write {
        parts: Box<Parts>,
        files: workspace::Imported,
    },
    /// The upload is being deleted.
    Forget(Result<Imported, ImportError>),
    /// Finished.
    Over,
}

impl Importing {
    /// An import of a complete upload.
    #[must_use]
    pub const fn new(upload: Upload) -> Self {
        let stage = Stage::Open;
        Self { upload, stage }
    }

    /// Continues until the work of the slice is used up. Returns the result at the end.
    ///
    /// # Errors
    /// When the conversation is not empty, when the archive is not a conversation, or when an SQL statement fails.
    pub fn slice<S: Sql>(
        &mut self,
        store: &Store<S>,
        now: Timestamp,
        work: &mut Work,
    ) -> Result<Option<Imported>, ImportError> {
        while !work.is_spent() {
            let next = match std::mem::replace(&mut self.stage, Stage::Over) {
                Stage::Over => return Ok(None),
                Stage::Forget(outcome) => {
                    work.spend(Work::SLICE / 2);
                    if !self.upload.forget_some(&store.workspace(now))? {
                        return outcome.map(Some);
                    }
                    Ok(Stage::Forget(outcome))
                }
                stage @ (Stage::Open
                | Stage::Check(_)
                | Stage::Files { .. }
                | Stage::Write { .. }) => {
                    let writes = matches!(stage, Stage::Write { .. });
                    let next = self.next(stage, store, now, work);
                    next.map_err(|error| error.halfway(writes))
                }
            };
            self.stage = match next {
                Ok(stage) => stage,
                Err(error) => {
                    // An import that failed halfway must be deleted before it counts as free again.
                    if !matches!(error, ImportError::Halfway(_)) {
                        store.end_import()?;
                    }
                    Stage::Forget(Err(error))
                }
            };
        }
        Ok(None)
    }

    fn next<S: Sql>(
        &mut self,
        stage: Stage,
        store: &Store<S>,
        now: Timestamp,
        work: &mut Work,
    ) -> Result<Stage, ImportError> {
        let workspace = store.workspace(now);
        Ok(match stage {
            Stage::Open if !store.is_empty()? => return Err(ImportError::NotEmpty),
            Stage::Open => Stage::Check(Box::new(Parts::open(&workspace, &mut self.upload)?)),
            Stage::Check(mut parts) => match parts.next(&workspace, work)? {
                Some(_) => Stage::Check(parts),
                None => {
                    parts.begin_again();
                    store.begin_import()?;
                    Stage::Files {
                        intake: Box::new(parts.zip.files(&workspace, FILES)?),
                        parts,
                    }
                }
            },
            Stage::Files { parts, mut intake } => match intake.slice(&workspace, work)? {
                None => Stage::Files { parts, intake },
                Some(files) => Stage::Write { parts, files },
            },
            Stage::Write { mut parts, files } => {
                if let Some(writes) = parts.next(&workspace, work)? {
                    store.write(&writes)?;
                    Stage::Write { parts, files }
                } else {
                    store.write(&[Write::PutAbout(parts.about)])?;
                    store.end_import()?;
                    let messages = parts.taken.count;
                    Stage::Forget(Ok(Imported { messages, files }))
                }
            }
            over @ (Stage::Forget(_) | Stage::Over) => over,
        })
    }
}

/// The messages of an archive, part by part.
#[derive(Debug)]
struct Parts {
    zip: ZipReader,
    about: About,
    part: u32,
    taken: Taken,
}

impl Parts {
    fn open(workspace: &Workspace<'_>, upload: &mut Upload) -> Result<Self, ImportError> {
        let mut zip = workspace.open_upload(upload)?;
        let bytes = zip.read(workspace, manifest::NAME, MOST_PART_BYTES)?;
        let bytes = bytes.ok_or_else(|| {
            ImportError::NotAConversation(format!("there is no {} in it", manifest::NAME))
        })?;
        Ok(Self {
            zip,
            about: manifest::read(&bytes).map_err(ImportError::NotAConversation)?,
            part: 1,
            taken: Taken::default(),
        })
    }

    /// Starts again with the first part.
    fn begin_again(&mut self) {
        self.part = 1;
        self.taken = Taken::default();
    }

    /// Reads the next part; `None` after the last one.
    fn next(
        &mut self,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<Option<Vec<Write>>, ImportError> {
        let name = messages_name(self.part);
        let Some(bytes) = self.zip.read(workspace, &name, MOST_PART_BYTES)? else {
            return Ok(None);
        };
        work.spend(bytes.len() as u64 * BYTE_UNITS);
        self.part += 1;
        self.taken.read(&name, &bytes).map(Some)
    }
}

/// The messages read so far.
#[derive(Debug)]
struct Taken {
    ids: HashSet<MessageId>,
    last: Position,
    count: u64,
}

impl Default for Taken {
    fn default() -> Self {
        Self {
            ids: HashSet::new(),
            last: Position::START,
            count: 0,
        }
    }
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

/// Settles calls that nobody here would continue.
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
