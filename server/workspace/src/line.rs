//! The lines of files: the files that the user sees, and the draft of the agent.
//!
//! Both have the same tables, those of the draft under other names, so that every operation works in either. Contents are
//! shared.

use std::ops::ControlFlow;

use sql::{Ending, Sql, SqlError, SqlRow, SqlValue};

/// Which files an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Those that the user sees.
    Files,
    /// Those that the agent works on while the user has not decided about them.
    Draft,
}

/// The tables that a draft has for itself, by their names for the files, and the index that a statement names.
const TABLES: [(&str, &str); 6] = [
    ("entries", "draft_entries"),
    ("changes", "draft_changes"),
    ("workspace", "draft_workspace"),
    ("repository", "draft_repository"),
    ("base_files", "draft_base_files"),
    ("entries_by_path", "draft_entries_by_path"),
];

/// Runs the statements of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineSql<'s> {
    pub(super) sql: &'s dyn Sql,
    pub(super) line: Line,
}

impl LineSql<'_> {
    /// For statements about both lines, or about what they share: tables have the names that are written.
    pub(super) const fn shared(self) -> Self {
        Self {
            line: Line::Files,
            ..self
        }
    }

    pub(super) fn visit(
        self,
        statement: &str,
        values: &[SqlValue],
        take: &mut dyn FnMut(SqlRow) -> ControlFlow<()>,
    ) -> Result<(), SqlError> {
        match self.line {
            Line::Files => self.sql.visit(statement, values, take),
            Line::Draft => self.sql.visit(&of_draft(statement), values, take),
        }
    }

    pub(super) fn run(self, statement: &str, values: &[SqlValue]) -> Result<Vec<SqlRow>, SqlError> {
        match self.line {
            Line::Files => self.sql.run(statement, values),
            Line::Draft => self.sql.run(&of_draft(statement), values),
        }
    }

    pub(super) fn execute(self, statement: &str, values: &[SqlValue]) -> Result<(), SqlError> {
        self.run(statement, values).map(drop)
    }

    pub(super) fn transaction(self, work: &mut dyn FnMut() -> Ending) -> Result<(), SqlError> {
        self.sql.transaction(work)
    }
}

/// A statement with the tables of the draft in the place of those of the files.
fn of_draft(statement: &str) -> String {
    let is_of_name = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let mut out = String::with_capacity(statement.len() + 24);
    let mut rest = statement;
    while let Some(start) = rest.find(is_of_name) {
        let (before, from_name) = rest.split_at(start);
        let end = from_name
            .find(|char| !is_of_name(char))
            .unwrap_or(from_name.len());
        let (name, behind) = from_name.split_at(end);
        let other = TABLES.iter().find(|(files, _)| *files == name);
        out.push_str(before);
        out.push_str(other.map_or(name, |(_, draft)| draft));
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::of_draft;

    #[test]
    fn a_statement_names_the_tables_of_the_draft() {
        assert_eq!(
            of_draft(
                "SELECT e.path FROM entries e INDEXED BY entries_by_path JOIN contents c ON c.id = e.content WHERE e.path = ?1"
            ),
            "SELECT e.path FROM draft_entries e INDEXED BY draft_entries_by_path JOIN contents c ON c.id = e.content WHERE e.path = ?1"
        );
        assert_eq!(
            of_draft("SELECT change FROM workspace"),
            "SELECT change FROM draft_workspace"
        );
        assert_eq!(
            of_draft("DELETE FROM base_files;"),
            "DELETE FROM draft_base_files;"
        );
    }
}
