//! The SQLite database of a conversation that is not stored.

use std::ops::ControlFlow;

use sql::{Ending, Sql, SqlError, SqlRow, SqlValue, is_read};

/// A database without rows that accepts no writes.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl Sql for Nothing {
    fn visit(
        &self,
        statement: &str,
        _values: &[SqlValue],
        _take: &mut dyn FnMut(SqlRow) -> ControlFlow<()>,
    ) -> Result<(), SqlError> {
        if is_read(statement) {
            return Ok(());
        }
        Err(SqlError::new("nothing can be written here"))
    }

    fn transaction(&self, work: &mut dyn FnMut() -> Ending) -> Result<(), SqlError> {
        work();
        Ok(())
    }

    fn size(&self) -> Option<u64> {
        None
    }
}

#[cfg(test)]
mod tests {
    use test_support::MemorySql;

    use super::*;
    use crate::{Audience, Span, Store, Write};

    #[test]
    fn nothing_answers_as_a_new_store_does() {
        let (nothing, new) = (
            Store::open(Nothing).unwrap(),
            Store::open(MemorySql::new()).unwrap(),
        );
        assert_eq!(nothing.etag(), new.etag());
        assert_eq!(nothing.load(), new.load());
        let json = |audience| nothing.transcript_json(audience, Span::ALL, None).unwrap();
        assert_eq!(json(Audience::Page), "[]");
        nothing.write(&[Write::Clear]).unwrap_err();
    }
}
