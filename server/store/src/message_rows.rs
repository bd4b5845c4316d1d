//! A message as rows.

use common::{
    id::{MessageId, ToolCallId},
    message::{Message, Role},
    time::Timestamp,
    vendor_data::vendor_bytes,
};
use workspace::UndoState;

use super::{
    ContentHash, Position, Sql, SqlError, SqlValue, Store,
    piece::{PIECE_BYTES, cut},
    write::to_json,
};

/// The maximum size of the vendor data that a page loads with a message, in bytes.
const PAGE_VENDOR_BYTES: usize = 1_000;

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
        let is_undone = message.role == Role::Assistant && self.is_undone(&message.id)?;
        let marked = (is_undone != message.is_undone()).then(|| {
            let mut marked = message.clone();
            marked.set_undone(is_undone);
            marked
        });
        let json = to_json(marked.as_ref().unwrap_or(message))?;
        let id: &MessageId = &message.id;
        let position = position.get();
        let mut pieces = (0_i64..).zip(cut(&json, PIECE_BYTES));
        let first = pieces.next().map_or("", |(_, json)| json);
        self.sql.execute(
            // Replaces any other message with this id or position: a transcript that cannot be written is useless.
            "INSERT OR REPLACE INTO messages (position, id, role, hash, json, calls, waits, opaque, pinned)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                position.into(),
                id.as_str().into(),
                message.role.as_str().into(),
                ContentHash::of(message).as_str().into(),
                first.into(),
                calls_column(message)?,
                i64::from(message.calls().any(|call| !call.state.is_settled())).into(),
                i64::from(vendor_bytes(message) > PAGE_VENDOR_BYTES).into(),
                i64::from(message.is_pinned()).into(),
            ],
        )?;
        for (piece, json) in pieces {
            self.sql.execute(
                "INSERT INTO message_pieces (position, piece, json) VALUES (?, ?, ?)",
                &[position.into(), piece.into(), json.into()],
            )?;
        }
        self.note_text(position.into())
    }

    /// Whether what an answer changed in the files is undone.
    fn is_undone(&self, answer: &MessageId) -> Result<bool, SqlError> {
        let workspace = self.workspace(Timestamp::default());
        Ok(match workspace.undo_state(answer.as_str())? {
            UndoState::Undone => true,
            UndoState::Nothing | UndoState::Done => false,
        })
    }
}

/// The value of the column `calls`: a JSON array; null for the many messages without calls.
fn calls_column(message: &Message) -> Result<SqlValue, SqlError> {
    let calls: Vec<&ToolCallId> = message.calls().map(|call| &call.tool_call_id).collect();
    if calls.is_empty() {
        return Ok(SqlValue::Null);
    }
    to_json(&calls).map(SqlValue::from)
}
