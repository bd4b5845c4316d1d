//! Who made a change. Each change is recorded with its author and the time, so that what an answer changed can be undone.

use common::time::Timestamp;
use sql::{SqlError, SqlRow, SqlValue};

use super::{
    Workspace,
    content::{signed, unsigned},
};

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author<'a> {
    /// The user, over HTTP or with an archive.
    User,
    /// The agent, by a call of a tool.
    Agent {
        /// The id of the message with the call: the answer of the turn.
        answer: &'a str,
    },
}

/// Where a change comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeOrigin {
    /// The user.
    User,
    /// The agent, in the answer with this id.
    Answer(String),
    /// The user, who undid what this answer changed.
    Undo(String),
    /// The user, who left the branch with this answer: what it changed is undone as long as the branch is not shown.
    Left(String),
    /// The user, who took back the last undo of this answer, or came back to its branch.
    Redo(String),
    /// The user, who put back an earlier version of a file.
    Restore,
}

/// One recorded change of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedChange {
    /// Its number: each change has the next one.
    pub number: u64,
    /// Where it comes from.
    pub origin: ChangeOrigin,
    /// When it was made.
    pub at: Timestamp,
}

impl ChangeOrigin {
    /// The columns `kind` and `answer` of `changes`.
    fn columns(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::User => ("user", None),
            Self::Answer(answer) => ("answer", Some(answer)),
            Self::Undo(answer) => ("undo", Some(answer)),
            Self::Left(answer) => ("left", Some(answer)),
            Self::Redo(answer) => ("redo", Some(answer)),
            Self::Restore => ("restore", None),
        }
    }

    fn from_columns(kind: &str, answer: String) -> Self {
        match kind {
            "answer" => Self::Answer(answer),
            "undo" => Self::Undo(answer),
            "left" => Self::Left(answer),
            "redo" => Self::Redo(answer),
            "restore" => Self::Restore,
            _ => Self::User,
        }
    }
}

impl From<Author<'_>> for ChangeOrigin {
    fn from(author: Author<'_>) -> Self {
        match author {
            Author::User => Self::User,
            Author::Agent { answer } => Self::Answer(answer.to_owned()),
        }
    }
}

impl RecordedChange {
    /// The columns that [`Self::from_row`] reads.
    pub(super) const COLUMNS: &'static str = "number, kind, answer, at";

    pub(super) fn from_row(row: SqlRow) -> Self {
        let mut values = row.into_iter();
        let [number, kind, answer, at] = [(); 4].map(|()| values.next().unwrap_or(SqlValue::Null));
        Self {
            number: unsigned(&number),
            origin: ChangeOrigin::from_columns(&kind.into_text(), answer.into_text()),
            at: Timestamp::from_millis(unsigned(&at)),
        }
    }
}

impl Workspace<'_> {
    /// Records a change.
    pub(super) fn record(&self, number: u64, origin: &ChangeOrigin) -> Result<(), SqlError> {
        let (kind, answer) = origin.columns();
        self.sql.execute(
            "INSERT INTO changes (number, kind, answer, at) VALUES (?, ?, ?, ?)",
            &[
                signed(number),
                kind.into(),
                answer.map_or(SqlValue::Null, Into::into),
                signed(self.now.as_millis()),
            ],
        )
    }

    /// The recorded changes of an answer, in their order: its own, and what undid or redid them.
    pub(super) fn changes_of(&self, answer: &str) -> Result<Vec<RecordedChange>, SqlError> {
        let columns = RecordedChange::COLUMNS;
        let rows = self.sql.run(
            &format!("SELECT {columns} FROM changes WHERE answer = ? ORDER BY number"),
            &[answer.into()],
        )?;
        Ok(rows.into_iter().map(RecordedChange::from_row).collect())
    }

    /// The number of the last change of which something is forgotten: only what was changed after it can be undone.
    pub(super) fn forgotten(&self) -> Result<u64, SqlError> {
        let rows = self.sql.run("SELECT forgotten FROM workspace", &[])?;
        let forgotten = rows.into_iter().flatten().next();
        Ok(forgotten.map_or(0, |forgotten| unsigned(&forgotten)))
    }
}
