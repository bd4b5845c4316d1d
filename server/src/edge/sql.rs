//! The platform's SQLite.

use std::ops::ControlFlow;

use sql::{Ending, Sql, SqlError, SqlRow, SqlValue};
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use worker::{SqlCursor, SqlStorage, SqlStorageValue, State, js_sys::Uint8Array};

use super::disk;

#[wasm_bindgen]
extern "C" {
    /// The object's storage, for the one method that `worker` does not expose.
    #[derive(Debug)]
    type SyncStorage;

    /// Runs the work in a transaction, which is undone when it throws.
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &SyncStorage,
        work: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<(), JsValue>;
}

/// One object's SQLite.
#[derive(Debug)]
pub(super) struct ObjectSql {
    sql: SqlStorage,
    storage: SyncStorage,
}

impl ObjectSql {
    pub(super) fn of(state: &State) -> Result<Self, SqlError> {
        let storage = state
            .as_raw()
            .storage()
            .map_err(|error| failed(error.into()))?;
        Ok(Self {
            sql: state.storage().sql(),
            storage: storage.unchecked_into(),
        })
    }
}

impl Sql for ObjectSql {
    fn visit(
        &self,
        statement: &str,
        values: &[SqlValue],
        take: &mut dyn FnMut(SqlRow) -> ControlFlow<()>,
    ) -> Result<(), SqlError> {
        for row in self.cursor(statement, values)?.raw() {
            let row = row.map_err(failed)?;
            if take(row.into_iter().map(from_platform).collect()).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn transaction(&self, work: &mut dyn FnMut() -> Ending) -> Result<(), SqlError> {
        let mut undone = false;
        let ended = self.storage.transaction_sync(&mut || match work() {
            Ending::Keep => Ok(()),
            Ending::Undo => {
                undone = true;
                Err(JsValue::NULL)
            }
        });
        match ended {
            // It threw on purpose, to undo the transaction.
            Err(_) if undone => Ok(()),
            ended => ended.map_err(|error| failed(error.into())),
        }
    }

    fn size(&self) -> Option<u64> {
        u64::try_from(self.sql.database_size()).ok()
    }

    fn execute(&self, statement: &str, values: &[SqlValue]) -> Result<(), SqlError> {
        // A statement without rows has run to its end when its cursor is returned.
        self.cursor(statement, values).map(drop)
    }

    fn execute_all(&self, statements: &str) -> Result<(), SqlError> {
        // The platform runs all statements of a text in one call.
        self.execute(statements, &[])
    }
}

impl ObjectSql {
    fn cursor(&self, statement: &str, values: &[SqlValue]) -> Result<SqlCursor, SqlError> {
        let bindings = values.iter().map(to_platform).collect::<Vec<_>>();
        self.sql.exec_raw(statement, bindings).map_err(failed)
    }
}

fn failed(error: worker::Error) -> SqlError {
    let error = SqlError::new(error.to_string());
    disk::failed(error.fault);
    error
}

/// Converts without a copy of the text on our side.
fn to_platform(value: &SqlValue) -> JsValue {
    match value {
        SqlValue::Null => JsValue::NULL,
        #[expect(
            clippy::cast_precision_loss,
            reason = "numbers in our tables are integers below 2^53"
        )]
        SqlValue::Integer(number) => JsValue::from_f64(*number as f64),
        SqlValue::Text(text) => JsValue::from_str(text),
        SqlValue::Blob(bytes) => Uint8Array::from(bytes.as_slice()).into(),
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
        SqlStorageValue::Blob(bytes) => SqlValue::Blob(bytes),
        SqlStorageValue::Null => SqlValue::Null,
    }
}
