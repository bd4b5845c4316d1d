//! The changes that the agent machine requests.

use accounts::PersonId;
use common::{id::RequestId, message::Message, state::About};
use workspace::Hash;

use super::{
    Sql, SqlError, SqlValue, Store,
    chunks::is_one_row,
    piece::{PIECE_BYTES, cut},
    push::{CLEARED, TextMark},
    read::{ABOUT, CONTEXT, LAST_PUSH, SPENDING},
};
use crate::{CallApproval, Compaction, LastPush, Position, RequestContext, Spending, StoredTurn};

/// The tables that a clear empties.
const CLEARED_TABLES: [&str; 9] = [
    "messages",
    "message_pieces",
    "turns",
    "chunks",
    "approvals",
    "branches",
    "branch_messages",
    "branch_pieces",
    "compactions",
];

/// A change of the store.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// Sets the owner of the conversation.
    PutOwner(PersonId),
    /// Adds a message at a free position.
    AddMessage {
        /// The position.
        position: Position,
        /// The message.
        message: Message,
    },
    /// Replaces a message.
    ReplaceMessage {
        /// The position.
        position: Position,
        /// The message.
        message: Message,
    },
    /// Excludes the message at a position from what the model gets, or includes it again.
    SetLeftOut {
        /// The position.
        position: Position,
        /// Whether to exclude it.
        left_out: bool,
    },
    /// Pins the message at a position, or unpins it.
    SetPinned {
        /// The position.
        position: Position,
        /// Whether to pin it.
        pinned: bool,
    },
    /// Marks the answer at a position by whether what it changed in the files is undone.
    MarkUndone(Position),
    /// Moves the message at a position to a free one.
    MoveMessage {
        /// The position.
        from: Position,
        /// The free position.
        to: Position,
    },
    /// Deletes the message at a position.
    DeleteMessage(Position),
    /// Adds a branch with this id after a message, and shows it.
    AddBranch {
        /// The id.
        id: u64,
        /// The message; [`Position::START`] for the beginning.
        after: Position,
    },
    /// Takes the messages after one from the transcript and keeps them as the branch with this id.
    KeepBranch {
        /// The id.
        id: u64,
        /// The message.
        after: Position,
    },
    /// Puts the messages of a kept branch after a message.
    ShowBranch {
        /// The id.
        id: u64,
        /// The message.
        after: Position,
    },
    /// Deletes a kept branch with its messages.
    DeleteBranch(u64),
    /// Puts a turn.
    PutTurn(StoredTurn),
    /// Appends to the stored stream of a turn.
    AppendChunks {
        /// The turn's request id.
        request_id: RequestId,
        /// The `seq` of the first chunk.
        first_seq: u64,
        /// The chunks, as JSON without line breaks.
        chunks: Vec<String>,
    },
    /// Deletes the stored stream of a turn.
    DeleteChunks(RequestId),
    /// Deletes all settled turns except the latest `keep`.
    ForgetSettledTurns {
        /// How many stay.
        keep: u32,
    },
    /// Adds a compaction.
    AddCompaction(Compaction),
    /// Drops the compactions that cover the message at a position: what they say of it is no longer so.
    DropCompactions(Position),
    /// Replaces the settings of the conversation.
    PutAbout(About),
    /// Replaces the model and client tools of the latest submission.
    PutContext(RequestContext),
    /// Replaces the usage of the conversation.
    PutSpending(Spending),
    /// Replaces the last push to the directory.
    PutLastPush(LastPush),
    /// Records that the directory has the texts up to this mark.
    TextsPushed(TextMark),
    /// Confirms the instructions with this content.
    ConfirmInstructions(Hash),
    /// Adds an approval that the user is asked for.
    AddApproval {
        /// The approval.
        approval: CallApproval,
        /// The exact input of the call, as JSON.
        input: String,
    },
    /// Replaces the state of an approval.
    PutApproval(CallApproval),
    /// Empties the transcript, the turns, the streams, the approvals, the compactions and the request context. What the conversation is about stays.
    Clear,
}

impl Write {
    /// Puts a turn, at whatever stage.
    pub fn turn(turn: impl Into<StoredTurn>) -> Self {
        Self::PutTurn(turn.into())
    }

    /// Whose conversation it makes.
    #[must_use]
    pub fn owner(&self) -> Option<&PersonId> {
        if let Self::PutOwner(owner) = self {
            Some(owner)
        } else {
            None
        }
    }
}

impl<S: Sql> Store<S> {
    /// Applies these changes in one transaction.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn write(&self, writes: &[Write]) -> Result<(), SqlError> {
        match writes {
            // The change written a hundred times per answer, in a single row each time.
            [Write::AppendChunks { chunks, .. }] if is_one_row(chunks) => self.write_all(writes),
            _ => self.sql.in_transaction(|| self.write_all(writes)),
        }
    }

    fn write_all(&self, writes: &[Write]) -> Result<(), SqlError> {
        let mut transcript_changes = false;
        let mut added = Vec::new();
        for write in writes {
            // Messages that follow one another are added together.
            if let Write::AddMessage { position, message } = write {
                added.push((*position, message));
                continue;
            }
            transcript_changes |= self.add(&mut added)? | self.write_one(write)?;
        }
        transcript_changes |= self.add(&mut added)?;
        if transcript_changes {
            self.sql.execute(
                "INSERT INTO facts (name, value) VALUES ('revision', '1')
                 ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
                &[],
            )?;
        }
        Ok(())
    }

    /// Adds messages. Returns whether there were any.
    fn add(&self, added: &mut Vec<(Position, &Message)>) -> Result<bool, SqlError> {
        let added = std::mem::take(added);
        self.put_messages(&added)?;
        Ok(!added.is_empty())
    }

    /// Applies a change. Returns whether the transcript changed.
    fn write_one(&self, write: &Write) -> Result<bool, SqlError> {
        match write {
            Write::PutOwner(owner) => {
                self.put_owner(owner)?;
                Ok(false)
            }
            Write::AddMessage { position, message } => {
                self.put_message(*position, message).map(|()| true)
            }
            Write::ReplaceMessage { position, message } => {
                self.replace_message(*position, message).map(|()| true)
            }
            Write::SetLeftOut { position, left_out } => {
                self.change_message(*position, |message| message.set_left_out(*left_out))
            }
            Write::SetPinned { position, pinned } => {
                self.change_message(*position, |message| message.set_pinned(*pinned))
            }
            // What is stored is marked.
            Write::MarkUndone(position) => self.change_message(*position, |_| {}),
            Write::AddCompaction(compaction) => {
                self.add_compaction(compaction)?;
                Ok(false)
            }
            Write::DropCompactions(covered) => {
                self.drop_compactions(*covered)?;
                Ok(false)
            }
            Write::MoveMessage { from, to } => {
                let (from, to) = (SqlValue::from(from.get()), SqlValue::from(to.get()));
                for table in ["messages", "message_pieces", "approvals"] {
                    self.sql.execute(
                        &format!("UPDATE {table} SET position = ? WHERE position = ?"),
                        &[to.clone(), from.clone()],
                    )?;
                }
                self.note_text(from)?;
                self.note_text(to)?;
                Ok(true)
            }
            Write::DeleteMessage(position) => {
                let position = [SqlValue::from(position.get())];
                self.sql
                    .execute("DELETE FROM messages WHERE position = ?", &position)?;
                self.sql
                    .execute("DELETE FROM message_pieces WHERE position = ?", &position)?;
                self.sql
                    .execute("DELETE FROM approvals WHERE position = ?", &position)?;
                let [position] = position;
                self.note_text(position)?;
                Ok(true)
            }
            Write::AddBranch { id, after } => self.add_branch(*id, *after).map(|()| false),
            Write::KeepBranch { id, after } => self.keep_branch(*id, *after).map(|()| true),
            Write::ShowBranch { id, after } => self.show_branch(*id, *after).map(|()| true),
            Write::DeleteBranch(id) => self.delete_branch(*id).map(|()| false),
            Write::PutTurn(turn) => {
                let json = to_json(turn)?;
                let phase = turn.phase();
                let turn = turn.turn();
                let values = [
                    turn.request_id.as_str().into(),
                    turn.answer_position.get().into(),
                    phase.into(),
                    json.into(),
                ];
                self.sql.execute(
                    "INSERT INTO turns (request_id, answer_position, phase, json) VALUES (?, ?, ?, ?)
                     ON CONFLICT (request_id) DO UPDATE SET answer_position = excluded.answer_position, phase = excluded.phase, json = excluded.json",
                    &values,
                )?;
                Ok(false)
            }
            Write::AppendChunks {
                request_id,
                first_seq,
                chunks,
            } => {
                self.append_chunks(request_id, *first_seq, chunks)?;
                Ok(false)
            }
            Write::DeleteChunks(request_id) => {
                self.sql.execute(
                    "DELETE FROM chunks WHERE request_id = ?",
                    &[request_id.as_str().into()],
                )?;
                Ok(false)
            }
            Write::ForgetSettledTurns { keep } => {
                self.sql.execute(
                    "DELETE FROM turns WHERE phase = 'settled' AND request_id NOT IN (
                        SELECT request_id FROM turns WHERE phase = 'settled' ORDER BY answer_position DESC LIMIT ?)",
                    &[i64::from(*keep).into()],
                )?;
                Ok(false)
            }
            Write::PutAbout(about) => {
                self.put_fact(ABOUT, &about.to_json().to_string())?;
                Ok(false)
            }
            Write::PutContext(context) => {
                self.put_fact(CONTEXT, &to_json(context)?)?;
                Ok(false)
            }
            Write::PutSpending(spending) => {
                self.put_fact(SPENDING, &spending.to_json().to_string())?;
                Ok(false)
            }
            Write::TextsPushed(mark) => {
                self.texts_pushed(*mark)?;
                Ok(false)
            }
            Write::PutLastPush(push) => {
                self.put_fact(LAST_PUSH, &to_json(push)?)?;
                Ok(false)
            }
            Write::ConfirmInstructions(hash) => {
                workspace::confirm(&self.sql, hash)?;
                Ok(false)
            }
            Write::AddApproval { approval, input } => {
                self.add_approval(approval, input)?;
                Ok(false)
            }
            Write::PutApproval(approval) => {
                self.put_approval(approval)?;
                Ok(false)
            }
            Write::Clear => {
                for table in CLEARED_TABLES {
                    self.sql.execute(&format!("DELETE FROM {table}"), &[])?;
                }
                self.put_fact(CONTEXT, "{}")?;
                self.note_text(CLEARED.into())?;
                Ok(true)
            }
        }
    }

    /// Changes a stored message. Returns whether the transcript changed.
    fn change_message(
        &self,
        position: Position,
        change: impl FnOnce(&mut Message),
    ) -> Result<bool, SqlError> {
        let json = self.json_at(position)?;
        let Ok(mut message) = serde_json::from_str::<Message>(&json) else {
            return Ok(false);
        };
        change(&mut message);
        self.replace_message(position, &message).map(|()| true)
    }

    pub(super) fn put_fact(&self, name: &str, value: &str) -> Result<(), SqlError> {
        // Values of any size fit: they are split like messages, and surplus pieces are deleted.
        let pieces = cut(value, PIECE_BYTES);
        self.sql.execute(
            "DELETE FROM facts WHERE name = ? OR name GLOB ? || '/*'",
            &[name.into(), name.into()],
        )?;
        for (piece, text) in pieces.into_iter().enumerate() {
            let key = if piece == 0 {
                name.to_owned()
            } else {
                format!("{name}/{piece:06}")
            };
            self.sql.execute(
                "INSERT INTO facts (name, value) VALUES (?, ?)",
                &[key.into(), text.into()],
            )?;
        }
        Ok(())
    }
}

pub(super) fn to_json(value: &impl serde::Serialize) -> Result<String, SqlError> {
    serde_json::to_string(value)
        .map_err(|error| SqlError::new(format!("a value could not be written: {error}")))
}
