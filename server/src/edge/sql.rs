//! The platform's SQLite.

use worker::{SqlStorage, SqlStorageValue};

use crate::store::{Sql, SqlError, SqlRow, SqlValue};

/// One object's SQLite.
#[derive(Debug)]
pub(super) struct ObjectSql(pub(super) SqlStorage);

impl Sql for ObjectSql {
    fn run(&self, statement: &str, values: &[SqlValue]) -> Result<Vec<SqlRow>, SqlError> {
        let failed = |error: worker::Error| SqlError::new(error.to_string());
        let bindings = values.iter().cloned().map(to_platform).collect::<Vec<_>>();
        let cursor = self.0.exec(statement, bindings).map_err(failed)?;
        let mut rows = Vec::new();
        for row in cursor.raw() {
            rows.push(
                row.map_err(failed)?
                    .into_iter()
                    .map(from_platform)
                    .collect(),
            );
        }
        Ok(rows)
    }
}

fn to_platform(value: SqlValue) -> SqlStorageValue {
    match value {
        SqlValue::Null => SqlStorageValue::Null,
        SqlValue::Integer(number) => SqlStorageValue::Integer(number),
        SqlValue::Text(text) => SqlStorageValue::String(text),
    }
}

fn from_platform(value: SqlStorageValue) -> SqlValue {
    match value {
        SqlStorageValue::Integer(number) => SqlValue::Integer(number),
        SqlStorageValue::Boolean(yes) => SqlValue::Integer(i64::from(yes)),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "numbers in our tables are integers below 2^53"
        )]
        SqlStorageValue::Float(number) => SqlValue::Integer(number as i64),
        SqlStorageValue::String(text) => SqlValue::Text(text),
        SqlStorageValue::Null | SqlStorageValue::Blob(_) => SqlValue::Null,
    }
}
