//! A SQLite database whose tables are created by the first write: an instance that is only read stores nothing.

use std::{cell::Cell, ops::ControlFlow};

use sql::{Ending, Sql, SqlError, SqlRow, SqlValue, exists, is_read, migrate};

use super::half;

/// An instance's SQLite database. While it has no tables, every read returns no rows; the first write creates the
/// tables.
#[derive(Debug)]
pub(super) struct Lazy<S> {
    sql: S,
    has_tables: Cell<bool>,
}

impl<S: Sql> Lazy<S> {
    /// Migrates the tables, if there are any.
    pub(super) fn open(sql: S) -> Result<Self, SqlError> {
        let mut has_tables = exists(&sql)?;
        if has_tables {
            migrate(&sql)?;
            has_tables = !half::is_dropped(&sql)?;
        }
        Ok(Self {
            sql,
            has_tables: Cell::new(has_tables),
        })
    }

    /// Whether anything was ever written.
    pub(super) const fn has_tables(&self) -> bool {
        self.has_tables.get()
    }

    /// Whether the statement must be run.
    fn is_needed(&self, statement: &str) -> Result<bool, SqlError> {
        if self.has_tables.get() {
            return Ok(true);
        }
        if is_read(statement) {
            return Ok(false);
        }
        migrate(&self.sql)?;
        self.has_tables.set(true);
        Ok(true)
    }
}

impl<S: Sql> Sql for Lazy<S> {
    fn visit(
        &self,
        statement: &str,
        values: &[SqlValue],
        take: &mut dyn FnMut(SqlRow) -> ControlFlow<()>,
    ) -> Result<(), SqlError> {
        if self.is_needed(statement)? {
            self.sql.visit(statement, values, take)?;
        }
        Ok(())
    }

    /// Tables created in a transaction that is rolled back are gone again.
    fn transaction(&self, work: &mut dyn FnMut() -> Ending) -> Result<(), SqlError> {
        let before = self.has_tables.get();
        let mut ending = Ending::Undo;
        let ended = self.sql.transaction(&mut || {
            ending = work();
            ending
        });
        if ended.is_err() || ending == Ending::Undo {
            self.has_tables.set(before);
        }
        ended
    }

    fn size(&self) -> Option<u64> {
        self.sql.size()
    }

    fn execute(&self, statement: &str, values: &[SqlValue]) -> Result<(), SqlError> {
        if self.is_needed(statement)? {
            self.sql.execute(statement, values)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use common::time::Timestamp;
    use limits::Work;
    use test_support::MemorySql;
    use workspace::{ArchiveKind, Expect, FilePath, Lines};

    use super::*;
    use crate::{Audience, Span, Store, Write};

    fn tables(sql: &MemorySql) -> usize {
        sql.run("SELECT name FROM sqlite_master", &[])
            .unwrap()
            .len()
    }

    #[test]
    fn looking_at_an_instance_stores_nothing() {
        let sql = MemorySql::new();
        let store = Store::open(sql.clone()).unwrap();
        let stored = store.load().unwrap();
        assert_eq!(stored.index, []);
        assert_eq!(
            store
                .transcript_json(Audience::Client, Span::ALL, None)
                .unwrap(),
            "[]"
        );
        store.etag().unwrap();
        assert_eq!(store.models("https://example.com/v1").unwrap(), None);
        let workspace = store.workspace(Timestamp::from_millis(1));
        let root = FilePath::root();
        assert_eq!(workspace.list(&root, None).unwrap().entries, []);
        assert_eq!(workspace.usage().unwrap(), Default::default());
        let file = FilePath::parse("a.txt").unwrap();
        workspace.read(&file, Lines::ALL).unwrap_err();
        let mut archive = workspace.archive(ArchiveKind::Zip).unwrap();
        let work = &mut Work::slice();
        workspace.archive_slice(&mut archive, work).unwrap();
        assert_eq!(sql.writes(), 0);
        assert_eq!(tables(&sql), 0);
    }

    #[test]
    fn the_first_write_makes_the_tables() {
        let sql = MemorySql::new();
        let store = Store::open(sql.clone()).unwrap();
        store.write(&[Write::Clear]).unwrap();
        assert!(tables(&sql) > 0);
        let again = Store::open(sql.clone()).unwrap();
        let writes = sql.writes();
        again.load().unwrap();
        assert_eq!(sql.writes(), writes, "tables that are up to date stay");
    }

    #[test]
    fn a_write_that_is_undone_leaves_no_tables() {
        let sql = MemorySql::new();
        let store = Store::open(sql.clone()).unwrap();
        let workspace = store.workspace(Timestamp::from_millis(1));
        let file = FilePath::parse("a.txt").unwrap();
        let write = || workspace.write(&file, b"a", &Expect::Nothing);
        let trial = workspace.trial(|tried| tried.write(&file, b"a", &Expect::Nothing));
        assert_eq!(trial.unwrap().paths, std::slice::from_ref(&file));
        assert_eq!(tables(&sql), 0);
        write().unwrap();
        assert_eq!(workspace.usage().unwrap().files, 1);
    }
}
