//! SQLite in memory.

use std::rc::Rc;

use rusqlite::{Connection, types::ValueRef};

use crate::store::{Sql, SqlError, SqlRow, SqlValue};

/// SQLite in memory; clones share it, as an object's successive lives share its store.
#[derive(Clone, Debug)]
pub(crate) struct MemorySql(Rc<Connection>);

impl MemorySql {
    pub(crate) fn new() -> Self {
        Self(Rc::new(
            Connection::open_in_memory().expect("SQLite opens in memory"),
        ))
    }
}

impl Sql for MemorySql {
    fn run(&self, statement: &str, values: &[SqlValue]) -> Result<Vec<SqlRow>, SqlError> {
        let failed = |error: rusqlite::Error| SqlError::new(error.to_string());
        let mut statement = self.0.prepare_cached(statement).map_err(failed)?;
        let columns = statement.column_count();
        let values = rusqlite::params_from_iter(values.iter().map(|value| match value {
            SqlValue::Null => rusqlite::types::Value::Null,
            SqlValue::Integer(number) => (*number).into(),
            SqlValue::Text(text) => text.clone().into(),
        }));
        let mut rows = statement.query(values).map_err(failed)?;
        let mut out = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            let read = |column| {
                Ok(match row.get_ref(column).map_err(failed)? {
                    ValueRef::Integer(number) => SqlValue::Integer(number),
                    ValueRef::Text(text) => {
                        SqlValue::Text(String::from_utf8_lossy(text).into_owned())
                    }
                    ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => SqlValue::Null,
                })
            };
            out.push(
                (0..columns)
                    .map(read)
                    .collect::<Result<SqlRow, SqlError>>()?,
            );
        }
        Ok(out)
    }
}
