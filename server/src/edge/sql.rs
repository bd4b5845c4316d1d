//! The platform's SQLite.

use wasm_bindgen::JsValue;
use worker::{SqlCursor, SqlStorage, SqlStorageValue};

use crate::store::{Sql, SqlError, SqlRow, SqlValue};

/// One object's SQLite.
#[derive(Debug)]
pub(super) struct ObjectSql(pub(super) SqlStorage);

impl Sql for ObjectSql {
    fn run(&self, statement: &str, values: &[SqlValue]) -> Result<Vec<SqlRow>, SqlError> {
        let mut rows = Vec::new();
        for row in self.cursor(statement, values)?.raw() {
            rows.push(
                row.map_err(failed)?
                    .into_iter()
                    .map(from_platform)
                    .collect(),
            );
        }
        Ok(rows)
    }

    fn execute(&self, statement: &str, values: &[SqlValue]) -> Result<(), SqlError> {
        // A statement without rows has run to its end before its cursor is there.
        self.cursor(statement, values).map(drop)
    }
}

impl ObjectSql {
    fn cursor(&self, statement: &str, values: &[SqlValue]) -> Result<SqlCursor, SqlError> {
        let bindings = values.iter().map(to_platform).collect::<Vec<_>>();
        self.0.exec_raw(statement, bindings).map_err(failed)
    }
}

fn failed(error: worker::Error) -> SqlError {
    SqlError::new(error.to_string())
}

/// Without a copy of the text on our side.
fn to_platform(value: &SqlValue) -> JsValue {
    match value {
        SqlValue::Null => JsValue::NULL,
        #[expect(
            clippy::cast_precision_loss,
            reason = "numbers in our tables are integers below 2^53"
        )]
        SqlValue::Integer(number) => JsValue::from_f64(*number as f64),
        SqlValue::Text(text) => JsValue::from_str(text),
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
