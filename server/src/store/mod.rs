//! The store: what one instance keeps in its own SQLite.
//!
//! - [`sql`]: the little of SQLite that is needed; the platform gives it on Cloudflare, `rusqlite` in tests.
//! - [`schema`]: the tables, by version number. [`lazy`]: they are made with the first write.
//! - [`nothing`]: a conversation that is stored nowhere.
//! - [`write`]: the changes the agent machine asks for. Rows are appended and replaced by id; a transcript is never
//!   written anew.
//! - [`read`]: what the machine wakes up with, and messages. [`transcript`]: many of them as JSON. [`excerpt`]: which ones
//!   belong to a part of the transcript. [`shorten`]: those that are too large for one.
//! - [`approvals`]: what the user was asked and how it was decided.
//! - [`half`]: one that is being made of an archive.
//! - [`check`]: whether it works. [`fault`]: why it does not; [`outage`]: a disk that takes no writes.
//! - [`owner`]: whose the conversation is.
//! - [`models`]: what the provider told about its models.
//! - [`push`]: what the directory of the owner is told.
//! - [`hash`]: tells contents apart.
//! - [`piece`]: texts beyond the size of a row.

mod approvals;
mod check;
mod excerpt;
mod fault;
mod half;
mod hash;
mod lazy;
mod models;
mod nothing;
mod outage;
mod owner;
mod piece;
mod push;
mod read;
mod schema;
mod shorten;
mod sql;
mod transcript;
mod write;

pub use excerpt::Span;
pub use fault::{Fault, reason};
pub use hash::ContentHash;
pub use models::{StoredModel, StoredModels};
pub use nothing::Nothing;
pub use outage::Outage;
pub(crate) use piece::cut;
pub use push::{TextMark, Told as ToldTexts};
pub use read::{IndexEntry, StoredAgent};
pub use schema::SCHEMA;
pub(crate) use shorten::json_bytes;
pub use sql::{Ending, Sql, SqlError, SqlRow, SqlValue};
pub use transcript::Audience;
pub use write::Write;
#[cfg(test)]
pub(crate) use {lazy::is_read, schema::migrate};

use common::time::Timestamp;

use self::lazy::Lazy;
use crate::workspace::Workspace;

/// One instance's store.
#[derive(Debug)]
pub struct Store<S> {
    sql: Lazy<S>,
}

impl<S: Sql> Store<S> {
    /// Opens the store and brings its tables up to date. Where there are none, nothing is written: the first write
    /// makes them.
    ///
    /// # Errors
    /// When a statement fails, or when the tables are of a later version than this code knows.
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

    /// The instance's files. `now` is the time of what is written.
    pub const fn workspace(&self, now: Timestamp) -> Workspace<'_> {
        Workspace::new(&self.sql, now)
    }
}

#[cfg(test)]
mod tests;
