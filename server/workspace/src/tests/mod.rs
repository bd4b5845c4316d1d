//! The workspace on real SQLite.

mod archives;
mod changes;
mod corpus;
mod draft;
mod edits;
mod encodings;
mod files;
mod honest;
mod hostile;
mod http;
mod makers;
mod model;
mod patch;
mod random;
mod search;
mod speed;
mod tar_file;
mod undo;
mod zip_file;

use common::time::Timestamp;
use sql::{Sql as _, SqlRow};
use test_support::MemorySql;

use super::{Author, Expect, FilePath, Limits, Workspace, WorkspaceError, Written};

/// A SQLite database with the workspace under test.
pub(super) struct Files {
    pub(super) sql: MemorySql,
    pub(super) limits: Limits,
    /// The answer that writes; `None`: the user does.
    pub(super) answer: Option<String>,
    /// Whether the draft is meant, which is begun when there is none.
    pub(super) is_draft: bool,
}

impl Files {
    /// The rows of a query on the tables.
    pub(super) fn rows(&self, query: &str) -> Vec<SqlRow> {
        self.sql.run(query, &[]).unwrap()
    }

    pub(super) fn new() -> Self {
        Self {
            sql: MemorySql::with_tables(),
            limits: Limits::DEFAULT,
            answer: None,
            is_draft: false,
        }
    }

    pub(super) fn at(&self, millis: u64) -> Workspace<'_> {
        let author = match &self.answer {
            Some(answer) => Author::Agent { answer },
            None => Author::User,
        };
        let files = Workspace::new(&self.sql, Timestamp::from_millis(millis))
            .with_limits(self.limits)
            .by(author);
        if self.is_draft {
            files.open_draft().unwrap()
        } else {
            files
        }
    }

    pub(super) fn workspace(&self) -> Workspace<'_> {
        self.at(1_700_000_000_000)
    }

    pub(super) fn put(&self, at: &str, text: &str) -> Written {
        self.workspace()
            .write(&path(at), text.as_bytes(), &Expect::Anything)
            .unwrap()
    }

    pub(super) fn text(&self, at: &str) -> Result<String, WorkspaceError> {
        let bytes = self.workspace().read_bytes(&path(at), 0..u64::MAX)?;
        Ok(String::from_utf8(bytes).unwrap())
    }

    /// All paths, directories with a final `/`.
    pub(super) fn tree(&self) -> Vec<String> {
        let mut paths = Vec::new();
        let mut open = vec![FilePath::root()];
        while let Some(directory) = open.pop() {
            for stat in self.workspace().list(&directory, None).unwrap().entries {
                match stat.what {
                    super::What::File(_) => paths.push(stat.path.to_string()),
                    super::What::Directory => {
                        paths.push(format!("{}/", stat.path));
                        open.push(stat.path);
                    }
                }
            }
        }
        paths.sort();
        paths
    }
}

pub(super) fn path(text: &str) -> FilePath {
    FilePath::parse(text).unwrap()
}
