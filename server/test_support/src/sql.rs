//! SQLite in memory.

use std::{cell::Cell, ops::ControlFlow, rc::Rc};

use rusqlite::{Connection, types::ValueRef};
use sql::{Ending, MAX_VALUES, Sql, SqlError, SqlRow, SqlValue, is_read, migrate};

/// More statements than there are: to prepare one costs more than to run it.
const STATEMENTS: usize = 500;

/// SQLite in memory; clones share it, as successive objects share their store.
#[derive(Clone, Debug)]
pub struct MemorySql(Rc<Connection>, Rc<Cell<usize>>, Rc<Cell<u64>>);

impl Default for MemorySql {
    fn default() -> Self {
        let connection = Connection::open_in_memory().expect("SQLite opens in memory");
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Self(Rc::new(connection), Rc::default(), Rc::default())
    }
}

impl MemorySql {
    /// A database without tables.
    ///
    /// # Panics
    /// When SQLite fails.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A database with the tables of a store.
    ///
    /// # Panics
    /// When the tables cannot be created.
    #[must_use]
    pub fn with_tables() -> Self {
        let sql = Self::new();
        migrate(&sql).expect("the tables can be made");
        sql
    }

    /// From now on the database claims to have at least this many bytes.
    pub fn pretend_size(&self, bytes: u64) {
        self.2.set(bytes);
    }

    /// The number of statements run that may write.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.1.get()
    }
}

impl Sql for MemorySql {
    fn visit(
        &self,
        statement: &str,
        values: &[SqlValue],
        take: &mut dyn FnMut(SqlRow) -> ControlFlow<()>,
    ) -> Result<(), SqlError> {
        let text = statement;
        assert!(values.len() <= MAX_VALUES, "too many values: {text}");
        let mut statement = self.0.prepare_cached(text).map_err(failed)?;
        assert_eq!(is_read(text), statement.readonly(), "{text}");
        self.1
            .set(self.1.get() + usize::from(!statement.readonly()));
        let columns = statement.column_count();
        let values = rusqlite::params_from_iter(values.iter().map(|value| match value {
            SqlValue::Null => rusqlite::types::Value::Null,
            SqlValue::Integer(number) => (*number).into(),
            SqlValue::Text(text) => text.clone().into(),
            SqlValue::Blob(bytes) => bytes.clone().into(),
        }));
        let mut rows = statement.query(values).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let read = |column| {
                Ok(match row.get_ref(column).map_err(failed)? {
                    ValueRef::Integer(number) => SqlValue::Integer(number),
                    ValueRef::Text(text) => {
                        SqlValue::Text(String::from_utf8_lossy(text).into_owned())
                    }
                    ValueRef::Blob(bytes) => SqlValue::Blob(bytes.to_vec()),
                    ValueRef::Null | ValueRef::Real(_) => SqlValue::Null,
                })
            };
            let row = (0..columns)
                .map(read)
                .collect::<Result<SqlRow, SqlError>>()?;
            if take(row).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn size(&self) -> Option<u64> {
        let pages = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        let real: i64 = self.0.query_row(pages, [], |row| row.get(0)).ok()?;
        Some(u64::try_from(real).ok()?.max(self.2.get()))
    }

    fn transaction(&self, work: &mut dyn FnMut() -> Ending) -> Result<(), SqlError> {
        self.0.execute_batch("SAVEPOINT work").map_err(failed)?;
        let end = match work() {
            Ending::Keep => "RELEASE work",
            Ending::Undo => "ROLLBACK TO work; RELEASE work",
        };
        self.0.execute_batch(end).map_err(failed)
    }
}

fn failed(error: rusqlite::Error) -> SqlError {
    SqlError::new(error.to_string())
}
