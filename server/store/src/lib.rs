//! The store: what an instance keeps in its own SQLite database.
//!
//! - [`lazy`]: creates the tables with the first write.
//! - [`nothing`]: the database of a conversation that is not stored.
//! - [`write`]: the changes that the agent machine requests. Rows are appended and replaced by id; a transcript is
//!   never rewritten.
//! - [`read`]: the state that the machine restores, and messages. [`transcript`]: messages as JSON. [`excerpt`]:
//!   selects the messages of a part of the transcript. [`shorten`]: shortens large messages.
//! - [`turn`], [`setbacks`], [`spending`], [`question`], [`told`]: stored types besides messages. [`sanitize`]:
//!   removes data that must not be stored.
//! - [`approvals`]: approval requests and their decisions.
//! - [`half`]: the import of an archive.
//! - [`check`]: checks that the store works. [`outage`]: a disk that accepts no writes.
//! - [`owner`]: the owner of the conversation.
//! - [`models`]: the cached facts about models.
//! - [`push`]: the reports to the owner's directory.
//! - [`hash`]: compares contents.
//! - [`piece`]: splits texts that exceed a row.

mod approvals;
mod check;
mod excerpt;
mod half;
mod hash;
mod lazy;
mod models;
mod nothing;
mod outage;
mod owner;
mod piece;
mod push;
mod question;
mod read;
mod sanitize;
mod setbacks;
mod shorten;
mod spending;
mod told;
mod transcript;
mod turn;
mod write;

pub use excerpt::{Breadth, Span};
pub use hash::ContentHash;
pub use models::{StoredModel, StoredModels};
pub use nothing::Nothing;
pub use outage::Outage;
pub use piece::cut;
pub use push::{TextMark, ToldTexts};
pub use question::{Decision, Note, Question, Shown, Verdict};
pub use read::{IndexEntry, StoredAgent};
pub use sanitize::sanitize;
pub use setbacks::{DueCall, Extent, Setbacks};
pub use shorten::json_bytes;
pub use spending::Spending;
use sql::{Sql, SqlError, SqlRow, SqlValue};
pub use told::Told;
pub use transcript::Audience;
pub use turn::{AskedMessage, Position, RequestContext, Settlement, Turn, TurnKind, TurnPhase};
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
