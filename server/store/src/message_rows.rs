//! A message as rows.

use std::collections::BTreeSet;

use common::{
    id::{MessageId, ToolCallId},
    message::{Message, Role},
    time::Timestamp,
    vendor_data::vendor_bytes,
};
use sql::MAX_VALUES;
use workspace::UndoState;

use super::{
    ContentHash, Position, Sql, SqlError, SqlValue, Store,
    piece::{PIECE_BYTES, cut},
    write::to_json,
};

/// The maximum size of the vendor data that a page loads with a message, in bytes.
const PAGE_VENDOR_BYTES: usize = 1_000;

/// The values of a message's row.
const COLUMNS: usize = 9;

/// The rows of one statement.
const ROWS: usize = MAX_VALUES / COLUMNS;

impl<S: Sql> Store<S> {
    /// Replaces the message at a position.
    pub(super) fn replace_message(
        &self,
        position: Position,
        message: &Message,
    ) -> Result<(), SqlError> {
        self.sql.execute(
            "DELETE FROM message_pieces WHERE position = ?",
            &[position.get().into()],
        )?;
        self.put_message(position, message)
    }

    /// Stores a message at a position.
    pub(super) fn put_message(
        &self,
        position: Position,
        message: &Message,
    ) -> Result<(), SqlError> {
        self.put_messages(&[(position, message)])
    }

    /// Stores messages at their positions, several with one statement: a client may send a whole transcript with its question.
    pub(super) fn put_messages(&self, messages: &[(Position, &Message)]) -> Result<(), SqlError> {
        for messages in messages.chunks(ROWS) {
            let undone = self.undone(messages)?;
            let mut values = Vec::with_capacity(messages.len() * COLUMNS);
            let mut further = Vec::new();
            for (position, message) in messages {
                let is_undone = undone.contains(&message.id);
                let pieces = row_of(*position, message, is_undone, &mut values)?;
                further.extend((1_i64..).zip(pieces).map(|piece| (*position, piece)));
            }
            let rows = vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?)"; messages.len()].join(", ");
            // Replaces any other message with this id or position: a transcript that cannot be written is useless.
            let statement = format!(
                "INSERT OR REPLACE INTO messages (position, id, role, hash, json, calls, waits, opaque, pinned) VALUES {rows}"
            );
            self.sql.execute(&statement, &values)?;
            for (position, (piece, json)) in further {
                self.sql.execute(
                    "INSERT INTO message_pieces (position, piece, json) VALUES (?, ?, ?)",
                    &[position.get().into(), piece.into(), json.into()],
                )?;
            }
            let positions: Vec<SqlValue> = messages
                .iter()
                .map(|(position, _)| position.get().into())
                .collect();
            self.note_texts(&positions)?;
        }
        Ok(())
    }

    /// The answers among these messages whose changes of the files are undone.
    fn undone(&self, messages: &[(Position, &Message)]) -> Result<BTreeSet<MessageId>, SqlError> {
        let messages = messages.iter().map(|(_, message)| *message);
        let answers = messages.filter(|message| message.role == Role::Assistant);
        let ids: Vec<SqlValue> = answers.map(|answer| answer.id.as_str().into()).collect();
        if ids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let places = vec!["?"; ids.len()].join(", ");
        let statement = format!("SELECT DISTINCT answer FROM changes WHERE answer IN ({places})");
        let workspace = self.workspace(Timestamp::default());
        let mut undone = BTreeSet::new();
        let changed = self.sql.run(&statement, &ids)?.into_iter().flatten();
        for answer in changed.map(SqlValue::into_text) {
            match workspace.undo_state(&answer)? {
                UndoState::Undone => {
                    undone.insert(MessageId::new(answer));
                }
                UndoState::Nothing | UndoState::Done => {}
            }
        }
        Ok(undone)
    }
}

/// Appends the values of a message's row. Returns what does not fit the row, in pieces.
fn row_of(
    position: Position,
    message: &Message,
    is_undone: bool,
    values: &mut Vec<SqlValue>,
) -> Result<Vec<String>, SqlError> {
    let marked = (is_undone != message.is_undone()).then(|| {
        let mut marked = message.clone();
        marked.set_undone(is_undone);
        marked
    });
    let json = to_json(marked.as_ref().unwrap_or(message))?;
    let mut pieces = cut(&json, PIECE_BYTES).into_iter();
    let first = pieces.next().unwrap_or_default();
    values.extend([
        position.get().into(),
        message.id.as_str().into(),
        message.role.as_str().into(),
        ContentHash::of(message).as_str().into(),
        first.into(),
        calls_column(message)?,
        i64::from(message.calls().any(|call| !call.state.is_settled())).into(),
        i64::from(vendor_bytes(message) > PAGE_VENDOR_BYTES).into(),
        i64::from(message.is_pinned()).into(),
    ]);
    Ok(pieces.map(str::to_owned).collect())
}

/// The value of the column `calls`: a JSON array; null for the many messages without calls.
fn calls_column(message: &Message) -> Result<SqlValue, SqlError> {
    let calls: Vec<&ToolCallId> = message.calls().map(|call| &call.tool_call_id).collect();
    if calls.is_empty() {
        return Ok(SqlValue::Null);
    }
    to_json(&calls).map(SqlValue::from)
}
