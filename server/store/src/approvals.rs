//! Approval requests and their decisions.

use common::{id::ToolCallId, time::Timestamp};

use super::{
    Decision, Position, Question, Shown, Sql, SqlError, SqlRow, SqlValue, Store, Verdict,
    piece::PIECE_BYTES, write::to_json,
};

/// The columns that [`question`] reads.
const COLUMNS: &str = "id, tool_call_id, position, tool, hash, change, asked_at, expires_at, notes, decision, scope, \
                       reason, decided_at";

impl<S: Sql> Store<S> {
    /// Stores a new approval request with the exact input of its call, as JSON. An input that does not fit a row is
    /// only in the message.
    pub(super) fn add_question(&self, question: &Question, input: &str) -> Result<(), SqlError> {
        let input = Some(input).filter(|input| input.len() <= PIECE_BYTES);
        self.sql.execute(
            "INSERT INTO approvals (id, tool_call_id, position, tool, input, hash, change, asked_at, expires_at, notes)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                question.id.as_str().into(),
                question.call.as_str().into(),
                question.position.get().into(),
                question.tool.as_str().into(),
                input.map_or(SqlValue::Null, SqlValue::from),
                question.shown.hash.as_str().into(),
                number(question.shown.change),
                number(question.asked_at.as_millis()),
                number(question.expires_at.as_millis()),
                to_json(&question.notes)?.into(),
            ],
        )
    }

    /// Updates an approval request with its notes and decision.
    pub(super) fn put_question(&self, question: &Question) -> Result<(), SqlError> {
        let text = |text: Option<&str>| text.map_or(SqlValue::Null, SqlValue::from);
        let decision = question.decision.as_ref();
        self.sql.execute(
            "UPDATE approvals SET notes = ?, decision = ?, scope = ?, reason = ?, decided_at = ? WHERE id = ?",
            &[
                to_json(&question.notes)?.into(),
                text(decision.map(|decision| decision.verdict.as_str())),
                text(decision.and_then(|decision| decision.always.as_deref())),
                text(decision.and_then(|decision| decision.reason.as_deref())),
                decision.map_or(SqlValue::Null, |decision| number(decision.at.as_millis())),
                question.id.as_str().into(),
            ],
        )
    }

    /// The approval requests of messages whose contents the agent needs; see [`super::StoredAgent::open`].
    pub(super) fn open_questions(&self) -> Result<Vec<Question>, SqlError> {
        let rows = self.sql.run(
            &format!(
                "SELECT {COLUMNS} FROM approvals WHERE position IN (SELECT position FROM messages WHERE waits = 1
                 UNION SELECT answer_position FROM turns WHERE phase <> 'settled') ORDER BY asked_at, id"
            ),
            &[],
        )?;
        Ok(rows.into_iter().map(question).collect())
    }
}

fn question(row: SqlRow) -> Question {
    let mut values = row.into_iter();
    let mut next = || values.next().unwrap_or(SqlValue::Null);
    Question {
        id: next().into_text(),
        call: ToolCallId::new(next().into_text()),
        position: Position::new(next().as_integer()),
        tool: next().into_text(),
        shown: Shown {
            hash: next().into_text(),
            change: unsigned(&next()),
        },
        asked_at: Timestamp::from_millis(unsigned(&next())),
        expires_at: Timestamp::from_millis(unsigned(&next())),
        notes: serde_json::from_str(&next().into_text()).unwrap_or_default(),
        decision: {
            let [verdict, always, reason, at] = [(); 4].map(|()| next());
            Verdict::from_word(&verdict.into_text()).map(|verdict| Decision {
                verdict,
                always: text(always),
                reason: text(reason),
                at: Timestamp::from_millis(unsigned(&at)),
            })
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
