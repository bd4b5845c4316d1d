//! The store: what an instance keeps in its own SQLite database.
//!
//! - [`lazy`]: the tables are made with the first write.
//! - [`nothing`]: a conversation that is stored nowhere.
//! - [`write`]: the changes the agent machine asks for. Rows are appended and replaced by id; a transcript is never
//!   written anew.
//! - [`read`]: what the machine wakes up with, and messages. [`transcript`]: many of them as JSON. [`excerpt`]: which ones
//!   belong to a part of the transcript. [`shorten`]: those that are too large for one.
//! - [`turn`], [`setbacks`], [`spending`], [`approval`], [`last_push`]: what is stored of a conversation beside its messages.
//!   [`sanitize`]: what of a message is not.
//! - [`approvals`]: approvals as rows.
//! - [`branches`]: what followed a message before something else did.
//! - [`compaction`]: summaries of earlier messages.
//! - [`message_rows`]: a message as rows. [`chunks`]: the stream of a turn.
//! - [`half`]: one that is being made of an archive.
//! - [`check`]: whether it works. [`outage`]: a disk that takes no writes.
//! - [`owner`]: whose the conversation is.
//! - [`models`]: what the provider said about its models.
//! - [`model_note`]: notes for the model.
//! - [`push`]: pushes to the directory of the owner.
//! - [`hash`]: distinguishes contents.
//! - [`piece`]: texts beyond the size of a row.

mod approval;
mod approvals;
mod branches;
mod check;
mod chunks;
mod compaction;
mod excerpt;
mod half;
mod hash;
mod last_push;
mod lazy;
mod message_rows;
mod model_note;
mod models;
mod near_full;
mod nothing;
mod outage;
mod owner;
mod piece;
mod push;
mod read;
mod sanitize;
mod setbacks;
mod shorten;
mod spending;
mod transcript;
mod turn;
mod write;

pub use approval::{ApprovalState, CallApproval, Fingerprint, Note, Refuser};
pub use branches::{Branch, BranchContent};
pub use compaction::{Compaction, CompactionEnd, CompactionMark, CompactionOutcome, Summary};
pub use excerpt::{Breadth, Span};
pub use hash::ContentHash;
pub use last_push::LastPush;
pub use model_note::ModelNote;
pub use models::{StoredModel, StoredModels};
pub use nothing::Nothing;
pub use outage::Outage;
pub use piece::cut;
pub use push::{PushedTexts, TextMark};
pub use read::{FilesFound, IndexEntry, StoredAgent, StoredTurns};
pub use sanitize::sanitize;
pub use setbacks::{DueCall, Extent, Setbacks};
pub use shorten::json_bytes;
pub use spending::Spending;
use sql::{Sql, SqlError, SqlRow, SqlValue};
pub use transcript::Audience;
pub use turn::{
    Asked, AskedMessage, Position, QueuedTurn, RequestContext, RunningTurn, SettledTurn,
    Settlement, StoredTurn, Turn, TurnKind,
};
pub use write::Write;

use common::time::Timestamp;
use workspace::Workspace;

use self::lazy::Lazy;

/// The store of an instance.
#[derive(Debug)]
pub struct Store<S> {
    sql: Lazy<S>,
}

impl<S: Sql> Store<S> {
    /// Opens the store and migrates its tables. A new store writes nothing: the first write creates the tables.
    ///
    /// # Errors
    /// When an SQL statement fails, or when the tables are of a later version than this code knows.
    pub fn open(sql: S) -> Result<Self, SqlError> {
        Ok(Self {
            sql: Lazy::open(sql)?,
        })
    }

    /// Whether nothing was ever written.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        !self.sql.has_tables()
    }

    /// Whether the conversation has no messages and no files.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn is_empty(&self) -> Result<bool, SqlError> {
        let usage = self.workspace(Timestamp::default()).usage()?;
        Ok(usage.files == 0 && usage.directories == 0 && self.load()?.index.is_empty())
    }

    /// The files of the instance. `now` dates the changes.
    pub const fn workspace(&self, now: Timestamp) -> Workspace<'_> {
        Workspace::new(&self.sql, now)
    }
}

#[cfg(test)]
mod tests;
