//! SQLite, as far as the layers above need it.
//!
//! - [`statement`]: statements and their rows; the platform runs them on Cloudflare, `rusqlite` in tests.
//! - [`schema`]: the tables of a conversation, by version number.
//! - [`fault`]: why a store fails.
//!
//! Not here: what the rows mean. Each crate above reads and writes its own.

mod fault;
mod schema;
mod statement;

pub use fault::{Fault, reason};
pub use schema::{SCHEMA, exists, migrate};
pub use statement::{Ending, Sql, SqlError, SqlRow, SqlValue, is_read};
