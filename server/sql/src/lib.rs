//! The interface to SQLite.
//!
//! - [`statement`]: statements and rows; the platform runs them on Cloudflare, `rusqlite` in tests.
//! - [`schema`]: the tables of a conversation, by version number.
//! - [`fault`]: why a store fails.
//!
//! The meaning of the rows belongs to the crates above, each of which reads and writes its own.

mod fault;
mod schema;
mod statement;

pub use fault::{Fault, reason};
pub use schema::{SCHEMA, exists, migrate};
pub use statement::{Ending, MAX_VALUES, Sql, SqlError, SqlRow, SqlValue, is_read};
