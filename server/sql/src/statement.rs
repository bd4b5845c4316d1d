//! The interface to SQLite that the store needs.

use std::{fmt, ops::ControlFlow};

use thiserror::Error;

use super::Fault;

/// A value bound to a statement or read from a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SqlValue {
    /// `NULL`.
    Null,
    /// `INTEGER`. The platform passes numbers as doubles: exact up to 2^53.
    Integer(i64),
    /// `TEXT`.
    Text(String),
    /// `BLOB`.
    Blob(Vec<u8>),
}

/// The most values that the platform binds to one statement
/// (<https://developers.cloudflare.com/durable-objects/platform/limits/>).
pub const MAX_VALUES: usize = 100;

/// The values of a row, in the order of the statement's columns.
pub type SqlRow = Vec<SqlValue>;

/// A statement that failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the store failed: {message}")]
pub struct SqlError {
    /// The text of SQLite, without bound values.
    pub message: String,
    /// The fault, as far as a person can act on it.
    pub fault: Fault,
}

impl SqlError {
    /// An error with this text.
    pub fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            fault: Fault::of(&message),
            message,
        }
    }

    /// The text for people: the advice for the fault, else the text of SQLite.
    #[must_use]
    pub fn words(&self) -> String {
        let words = self.fault.words();
        words.map_or_else(|| self.to_string(), str::to_owned)
    }
}

/// Runs statements. All statements without an `await` in between are one transaction on the platform.
pub trait Sql: fmt::Debug {
    /// Runs a statement and passes its rows to `take` one by one, until there are no more or `take` breaks.
    ///
    /// # Errors
    /// When SQLite refuses it.
    fn visit(
        &self,
        statement: &str,
        values: &[SqlValue],
        take: &mut dyn FnMut(SqlRow) -> ControlFlow<()>,
    ) -> Result<(), SqlError>;

    /// Runs `work` in a transaction, and rolls back when it returns [`Ending::Undo`] or SQLite fails.
    ///
    /// # Errors
    /// When SQLite fails to begin or end the transaction.
    fn transaction(&self, work: &mut dyn FnMut() -> Ending) -> Result<(), SqlError>;

    /// The size of the database in bytes; `None`: unknown.
    fn size(&self) -> Option<u64>;

    /// Runs a statement and returns all its rows.
    ///
    /// # Errors
    /// When SQLite refuses it.
    fn run(&self, statement: &str, values: &[SqlValue]) -> Result<Vec<SqlRow>, SqlError> {
        let mut rows = Vec::new();
        self.visit(statement, values, &mut |row| {
            rows.push(row);
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// Runs a statement without rows.
    ///
    /// # Errors
    /// When SQLite refuses it.
    fn execute(&self, statement: &str, values: &[SqlValue]) -> Result<(), SqlError> {
        self.run(statement, values).map(drop)
    }

    /// Runs statements without rows and values, each on lines of its own that end with a semicolon.
    ///
    /// # Errors
    /// When SQLite refuses one.
    fn execute_all(&self, statements: &str) -> Result<(), SqlError> {
        let mut statements = statements.split_terminator(";\n");
        statements.try_for_each(|statement| self.execute(statement, &[]))
    }

    /// Runs `work` in a transaction that is rolled back when it fails.
    ///
    /// # Errors
    /// The error of `work`, or when SQLite fails to begin or end the transaction.
    fn in_transaction<T, E: From<SqlError>>(
        &self,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E>
    where
        Self: Sized,
    {
        let mut work = Some(work);
        let mut outcome = None;
        self.transaction(&mut || {
            outcome = work.take().map(|work| work());
            match outcome {
                Some(Ok(_)) => Ending::Keep,
                Some(Err(_)) | None => Ending::Undo,
            }
        })?;
        outcome.unwrap_or_else(|| Err(SqlError::new("the work was not done").into()))
    }
}

/// Whether a statement changes nothing. The SQLite of the tests checks this against SQLite's own answer.
#[must_use]
pub fn is_read(statement: &str) -> bool {
    let verb = statement.trim_start().get(..6).unwrap_or_default();
    verb.eq_ignore_ascii_case("SELECT")
}

/// How a transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Commit.
    Keep,
    /// Roll back.
    Undo,
}

impl From<&str> for SqlValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for SqlValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for SqlValue {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Vec<u8>> for SqlValue {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl SqlValue {
    /// The text; empty for other kinds.
    #[must_use]
    pub fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Null | Self::Integer(_) | Self::Blob(_) => String::new(),
        }
    }

    /// The number; zero for other kinds.
    #[must_use]
    pub const fn as_integer(&self) -> i64 {
        match self {
            Self::Integer(number) => *number,
            Self::Null | Self::Text(_) | Self::Blob(_) => 0,
        }
    }

    /// The bytes; empty for other kinds.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Blob(bytes) => bytes,
            Self::Null | Self::Integer(_) | Self::Text(_) => Vec::new(),
        }
    }
}
