//! What the machine wakes up with, and the transcript.

use common::{
    id::{MessageId, RequestId},
    message::{Message, Role},
};
use serde_json::Value;

use super::{Sql, SqlError, SqlValue, Store};
use crate::agent::{Position, Turn, TurnPhase};

pub(super) const STATE: &str = "state";

/// What an agent wakes up with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredAgent {
    /// The transcript's order, without its contents.
    pub index: Vec<IndexEntry>,
    /// The turns not settled, in order, and the settled ones still known.
    pub turns: Vec<Turn>,
    /// The stored stream of the running turn.
    pub chunks: Vec<String>,
    /// The synced state.
    pub state: Option<Value>,
}

/// A message without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// Where it stands.
    pub position: Position,
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    pub role: Role,
    /// Of its JSON; tells whether a message sent again is the same.
    pub hash: String,
}

impl<S: Sql> Store<S> {
    /// What the agent wakes up with.
    ///
    /// # Errors
    /// When a statement fails. Rows that cannot be read are left out.
    pub fn load(&self) -> Result<StoredAgent, SqlError> {
        let index = self.sql.run(
            "SELECT position, id, role, hash FROM messages ORDER BY position",
            &[],
        )?;
        let index = index.into_iter().filter_map(index_entry).collect();
        let turns = self
            .sql
            .run("SELECT json FROM turns ORDER BY answer_position", &[])?;
        let turns: Vec<Turn> = turns
            .into_iter()
            .filter_map(|row| serde_json::from_str(&single_text(row)).ok())
            .collect();
        let running = turns
            .iter()
            .find(|turn| matches!(turn.phase, TurnPhase::Running { .. }));
        let chunks =
            running.map_or_else(|| Ok(Vec::new()), |turn| self.chunks(&turn.request_id))?;
        let state = self
            .fact(STATE)?
            .and_then(|json| serde_json::from_str(&json).ok());
        Ok(StoredAgent {
            index,
            turns,
            chunks,
            state,
        })
    }

    /// The stored stream of a turn: chunks as JSON, by `seq` from 0.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn chunks(&self, request_id: &RequestId) -> Result<Vec<String>, SqlError> {
        let rows = self.sql.run(
            "SELECT lines FROM chunks WHERE request_id = ? ORDER BY first_seq",
            &[request_id.as_str().into()],
        )?;
        let mut chunks = Vec::new();
        for row in rows {
            chunks.extend(single_text(row).split('\n').map(str::to_owned));
        }
        Ok(chunks)
    }

    /// The messages before a position, oldest first. Rows that cannot be read are left out.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn messages_before(&self, end: Position) -> Result<Vec<Message>, SqlError> {
        let rows = self.message_rows(end)?;
        Ok(rows
            .iter()
            .filter_map(|(_, json)| serde_json::from_str(json).ok())
            .collect())
    }

    /// The whole transcript as a JSON array, put together from the stored texts without reading them. `growing` is a
    /// message that is not stored yet, and where it will stand.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn transcript_json(
        &self,
        growing: Option<(Position, &Message)>,
    ) -> Result<String, SqlError> {
        let mut rows = self.message_rows(Position::END)?;
        // One broken row must not break the whole array.
        rows.retain(|(_, json)| serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok());
        if let Some((position, message)) = growing {
            let at = rows.partition_point(|(other, _)| *other < position);
            rows.insert(
                at,
                (position, serde_json::to_string(message).unwrap_or_default()),
            );
        }
        let mut json =
            String::with_capacity(rows.iter().map(|(_, row)| row.len() + 1).sum::<usize>() + 2);
        json.push('[');
        for (index, (_, row)) in rows.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            json.push_str(row);
        }
        json.push(']');
        Ok(json)
    }

    /// The transcript's entity tag (RFC 9110 §8.8.3): another one after every change.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn etag(&self) -> Result<String, SqlError> {
        let epoch = self.fact("epoch")?.unwrap_or_default();
        let revision = self.fact("revision")?.unwrap_or_else(|| "0".to_owned());
        Ok(format!("\"{epoch}-{revision}\""))
    }

    fn message_rows(&self, end: Position) -> Result<Vec<(Position, String)>, SqlError> {
        let rows = self.sql.run(
            "SELECT position, 0, json FROM messages WHERE position < ?
             UNION ALL SELECT position, piece, json FROM message_pieces WHERE position < ?
             ORDER BY 1, 2",
            &[end.get().into(), end.get().into()],
        )?;
        let mut messages: Vec<(Position, String)> = Vec::with_capacity(rows.len());
        for row in rows {
            let mut values = row.into_iter();
            let position = Position::new(values.next().map_or(0, |value| value.as_integer()));
            let json = values.nth(1).map(SqlValue::into_text).unwrap_or_default();
            match messages.last_mut() {
                Some((last, message)) if *last == position => message.push_str(&json),
                _ => messages.push((position, json)),
            }
        }
        Ok(messages)
    }

    fn fact(&self, name: &str) -> Result<Option<String>, SqlError> {
        let rows = self.sql.run(
            "SELECT value FROM facts WHERE name = ? OR name GLOB ? || '/*' ORDER BY name",
            &[name.into(), name.into()],
        )?;
        let mut pieces = rows.into_iter().map(single_text).peekable();
        Ok(pieces.peek().is_some().then(|| pieces.collect()))
    }
}

/// Tells texts apart: 64-bit FNV-1a, in hex. Not secure and need not be: it only saves writing what is there already.
pub(crate) fn content_hash(text: &str) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{hash:016x}")
}

fn single_text(row: Vec<SqlValue>) -> String {
    row.into_iter()
        .next()
        .map(SqlValue::into_text)
        .unwrap_or_default()
}

fn index_entry(row: Vec<SqlValue>) -> Option<IndexEntry> {
    let mut values = row.into_iter();
    let position = Position::new(values.next()?.as_integer());
    let id = MessageId::new(values.next()?.into_text());
    let role = match values.next()?.into_text().as_str() {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "system" => Role::System,
        _ => return None,
    };
    Some(IndexEntry {
        position,
        id,
        role,
        hash: values.next()?.into_text(),
    })
}
