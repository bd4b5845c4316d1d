//! Checks that the store can be written and read.

use super::{Sql, SqlError, SqlRow, Store};

impl<S: Sql> Store<S> {
    /// Writes a separate fact and reads it back. The transcript and its entity tag do not change.
    ///
    /// # Errors
    /// When an SQL statement fails, or when the value read differs from the one written.
    pub fn check(&self) -> Result<(), SqlError> {
        let written = self.sql.run(
            "INSERT INTO facts (name, value) VALUES ('checked', lower(hex(randomblob(8))))
             ON CONFLICT (name) DO UPDATE SET value = excluded.value RETURNING value",
            &[],
        )?;
        let read = self
            .sql
            .run("SELECT value FROM facts WHERE name = 'checked'", &[])?;
        if read.is_empty() || read != written {
            return Err(SqlError::new(format!(
                "it gave back {} instead of {}",
                words(&read),
                words(&written)
            )));
        }
        Ok(())
    }
}

fn words(rows: &[SqlRow]) -> String {
    rows.first().and_then(|row| row.first()).map_or_else(
        || "nothing".to_owned(),
        |value| format!("`{}`", value.clone().into_text()),
    )
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use sql::{Ending, Sql, SqlError, SqlRow, SqlValue};
    use test_support::MemorySql;

    use crate::Store;

    /// A store that loses its writes.
    #[derive(Debug)]
    struct Forgetful(MemorySql);

    impl Sql for Forgetful {
        fn visit(
            &self,
            statement: &str,
            values: &[SqlValue],
            take: &mut dyn FnMut(SqlRow) -> ControlFlow<()>,
        ) -> Result<(), SqlError> {
            if statement.starts_with("SELECT value FROM facts WHERE name = 'checked'") {
                return Ok(());
            }
            self.0.visit(statement, values, take)
        }

        fn transaction(&self, work: &mut dyn FnMut() -> Ending) -> Result<(), SqlError> {
            self.0.transaction(work)
        }

        fn size(&self) -> Option<u64> {
            self.0.size()
        }
    }

    #[test]
    fn a_check_leaves_the_transcript_as_it_is() {
        let store = Store::open(MemorySql::with_tables()).unwrap();
        let (etag, stored) = (store.etag().unwrap(), store.load().unwrap());
        for _ in 0..2 {
            store.check().unwrap();
        }
        assert_eq!(store.etag().unwrap(), etag);
        assert_eq!(store.load().unwrap(), stored);
    }

    #[test]
    fn a_lost_write_is_noticed() {
        let sql = Forgetful(MemorySql::new());
        let error = Store::open(sql).unwrap().check().unwrap_err();
        assert!(
            error
                .message
                .starts_with("it gave back nothing instead of `"),
            "{error}"
        );
    }
}
