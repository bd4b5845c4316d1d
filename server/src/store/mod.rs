//! The store: what one instance keeps in its own SQLite.
//!
//! - [`sql`]: the little of SQLite that is needed; the platform gives it on Cloudflare, `rusqlite` in tests.
//! - [`schema`]: the tables, by version number.
//! - [`write`]: the changes the agent machine asks for. Rows are appended and replaced by id; a transcript is never
//!   written anew.
//! - [`read`]: what the machine wakes up with, and messages. [`transcript`]: many of them as JSON. [`excerpt`]: which ones
//!   belong to a part of the transcript.
//! - [`approvals`]: what the user was asked and how it was decided.
//! - [`check`]: whether it works.
//! - [`models`]: what the provider told about its models.
//! - [`hash`]: tells contents apart.
//! - [`piece`]: texts beyond the size of a row.

mod approvals;
mod check;
mod excerpt;
mod hash;
mod models;
mod piece;
mod read;
mod schema;
mod sql;
mod transcript;
mod write;

pub use excerpt::Span;
pub use hash::ContentHash;
pub use models::{StoredModel, StoredModels};
pub(crate) use piece::cut;
pub use read::{IndexEntry, StoredAgent};
pub use sql::{Ending, Sql, SqlError, SqlRow, SqlValue};
pub use transcript::Audience;
pub use write::Write;

use common::time::Timestamp;

use crate::workspace::Workspace;

/// One instance's store.
#[derive(Debug)]
pub struct Store<S> {
    sql: S,
}

impl<S: Sql> Store<S> {
    /// Opens the store and brings its tables up to date.
    ///
    /// # Errors
    /// When a statement fails, or when the tables are of a later version than this code knows.
    pub fn open(sql: S) -> Result<Self, SqlError> {
        schema::migrate(&sql)?;
        Ok(Self { sql })
    }

    /// The instance's files. `now` is the time of what is written.
    pub const fn workspace(&self, now: Timestamp) -> Workspace<'_> {
        Workspace::new(&self.sql, now)
    }
}

#[cfg(test)]
mod tests;
