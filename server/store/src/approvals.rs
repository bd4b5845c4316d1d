//! The approvals of calls, as rows.

use common::{id::ToolCallId, time::Timestamp};

use super::{
    ApprovalState, CallApproval, Fingerprint, Position, Sql, SqlError, SqlRow, SqlValue, Store,
    approval::Columns, piece::PIECE_BYTES, write::to_json,
};

/// The columns that [`approval`] reads.
const COLUMNS: &str = "id, tool_call_id, position, tool, hash, change, asked_at, expires_at, notes, decision, scope, \
                       reason, decided_at";

impl<S: Sql> Store<S> {
    /// Adds an approval that is asked for, with the exact input of its call, as JSON. An input that does not fit a row is
    /// stored with the message alone.
    pub(super) fn add_approval(
        &self,
        approval: &CallApproval,
        input: &str,
    ) -> Result<(), SqlError> {
        let input = Some(input).filter(|input| input.len() <= PIECE_BYTES);
        self.sql.execute(
            "INSERT INTO approvals (id, tool_call_id, position, tool, input, hash, change, asked_at, expires_at, notes)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '[]')",
            &[
                approval.id.as_str().into(),
                approval.call.as_str().into(),
                approval.position.get().into(),
                approval.tool.as_str().into(),
                input.map_or(SqlValue::Null, SqlValue::from),
                approval.shown.hash.as_str().into(),
                number(approval.shown.change),
                number(approval.asked_at.as_millis()),
                number(approval.expires_at.as_millis()),
            ],
        )
    }

    /// Stores the state of an approval that is there. The notes of one that is decided stay in its row.
    pub(super) fn put_approval(&self, approval: &CallApproval) -> Result<(), SqlError> {
        let id = SqlValue::from(approval.id.as_str());
        if let ApprovalState::Asked { notes } = &approval.state {
            let notes = to_json(notes)?.into();
            return self
                .sql
                .execute("UPDATE approvals SET notes = ? WHERE id = ?", &[notes, id]);
        }
        let text = |text: Option<String>| text.map_or(SqlValue::Null, SqlValue::from);
        let columns = approval.state.columns();
        self.sql.execute(
            "UPDATE approvals SET decision = ?, scope = ?, reason = ?, decided_at = ? WHERE id = ?",
            &[
                text(columns.word),
                text(columns.scope),
                text(columns.reason),
                columns
                    .at
                    .map_or(SqlValue::Null, |at| number(at.as_millis())),
                id,
            ],
        )
    }

    /// The approvals of calls in messages whose contents the agent has to know; see [`super::StoredAgent::open`].
    pub(super) fn open_approvals(&self) -> Result<Vec<CallApproval>, SqlError> {
        let rows = self.sql.run(
            &format!(
                "SELECT {COLUMNS} FROM approvals WHERE position IN (SELECT position FROM messages WHERE waits = 1
                 UNION SELECT answer_position FROM turns WHERE phase <> 'settled') ORDER BY asked_at, id"
            ),
            &[],
        )?;
        Ok(rows.into_iter().map(approval).collect())
    }
}

fn approval(row: SqlRow) -> CallApproval {
    let mut values = row.into_iter();
    let mut next = || values.next().unwrap_or(SqlValue::Null);
    CallApproval {
        id: next().into_text(),
        call: ToolCallId::new(next().into_text()),
        position: Position::new(next().as_integer()),
        tool: next().into_text(),
        shown: Fingerprint {
            hash: next().into_text(),
            change: unsigned(&next()),
        },
        asked_at: Timestamp::from_millis(unsigned(&next())),
        expires_at: Timestamp::from_millis(unsigned(&next())),
        state: {
            let notes = serde_json::from_str(&next().into_text()).unwrap_or_default();
            let [word, scope, reason, at] = [(); 4].map(|()| next());
            let columns = Columns {
                word: text(word),
                scope: text(scope),
                reason: text(reason),
                at: Some(Timestamp::from_millis(unsigned(&at))),
            };
            ApprovalState::read(columns, notes)
        },
    }
}

fn text(value: SqlValue) -> Option<String> {
    match value {
        SqlValue::Text(text) => Some(text),
        SqlValue::Null | SqlValue::Integer(_) | SqlValue::Blob(_) => None,
    }
}

fn number(number: u64) -> SqlValue {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

fn unsigned(value: &SqlValue) -> u64 {
    u64::try_from(value.as_integer()).unwrap_or(0)
}

#[cfg(test)]
pub(crate) mod tests;
