//! Selects the messages of a part of the transcript by the sizes of their rows, without reading them.

use std::ops::ControlFlow;

use common::{
    frame::{Before, Place, ServerFrame, Wanted},
    id::MessageId,
    message::Message,
};
use serde::{Deserialize, Serialize};

use super::{Audience, Position, Sql, SqlError, SqlValue, Store, shorten::for_page};

/// The maximum size of a part in bytes of JSON.
pub(super) const PART_BYTES: i64 = 1_000_000;

/// The size at which a larger message counts: it is shortened, but read as a whole.
const LARGE_BYTES: i64 = 400_000;

/// The maximum number of messages that a client gets at once to catch up with the transcript.
const CATCH_UP_MESSAGES: u32 = 500;

/// The maximum size of these messages in bytes.
const CATCH_UP_BYTES: i64 = 8_000_000;

/// The positions from `start` up to but excluding `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first position.
    pub start: Position,
    /// The first position after the span.
    pub end: Position,
}

impl Span {
    /// The whole transcript.
    pub const ALL: Self = Self {
        start: Position::START,
        end: Position::END,
    };

    /// Whether the span contains a position.
    #[must_use]
    pub fn contains(&self, position: Position) -> bool {
        self.start <= position && position < self.end
    }
}

/// How much of the transcript a connection gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Breadth {
    /// The whole transcript, which official clients need.
    #[default]
    Whole,
    /// The end; the client requests the rest when its user wants to see it.
    End,
}

impl<S: Sql> Store<S> {
    /// The requested part of the transcript. `None` when it is to end before a message that is not stored.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn span(&self, wanted: &Wanted) -> Result<Option<Span>, SqlError> {
        let end = match &wanted.place {
            Place::End => Position::END,
            Place::Before(id) => match self.position_of(id)? {
                Some(position) => position,
                None => return Ok(None),
            },
            Place::From(id) => match self.position_of(id)? {
                Some(start) if !self.is_far(start)? => {
                    let end = Position::END;
                    return Ok(Some(Span { start, end }));
                }
                Some(_) | None => Position::END,
            },
        };
        let start = self.start_of_part(end, wanted.last)?;
        Ok(Some(Span { start, end }))
    }

    /// The number of messages before a position.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn count_before(&self, position: Position) -> Result<u64, SqlError> {
        let rows = self.sql.run(
            "SELECT count(*) FROM messages WHERE position < ?",
            &[position.get().into()],
        )?;
        let count = rows.first().and_then(|row| row.first());
        let count = count.map_or(0, SqlValue::as_integer);
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The frame with the stored transcript. `growing` is a message that is newer than the stored one or not stored
    /// yet, with its position.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn transcript_frame(
        &self,
        breadth: Breadth,
        growing: Option<(Position, &Message)>,
    ) -> Result<String, SqlError> {
        let span = match breadth {
            Breadth::Whole => Span::ALL,
            Breadth::End => self.span(&Wanted::page(Place::End))?.unwrap_or(Span::ALL),
        };
        let audience = match breadth {
            Breadth::Whole => Audience::Client,
            Breadth::End => Audience::Page,
        };
        let messages = self.transcript_json(audience, span, growing)?;
        let before = self.before(span.start)?;
        Ok(ServerFrame::encode_chat_messages(
            &messages,
            before.as_ref(),
        ))
    }

    /// The messages before a position.
    fn before(&self, position: Position) -> Result<Option<Before>, SqlError> {
        let rows = self.sql.run(
            "SELECT id FROM messages WHERE position < ? ORDER BY position DESC LIMIT 1",
            &[position.get().into()],
        )?;
        let Some(last) = rows.into_iter().flatten().next() else {
            return Ok(None);
        };
        Ok(Some(Before {
            count: self.count_before(position)?,
            last: MessageId::new(last.into_text()),
        }))
    }

    /// The frame for pages with a stored message; `None` when the position has none.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn message_frame(&self, position: Position) -> Result<Option<String>, SqlError> {
        let json = for_page(self.json_at(position)?);
        let is_message = serde_json::from_str::<serde::de::IgnoredAny>(&json).is_ok();
        Ok(is_message.then(|| ServerFrame::encode_message_updated(&json)))
    }

    /// The whole stored message with this id.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn message(&self, id: &MessageId) -> Result<Option<Message>, SqlError> {
        let Some(position) = self.position_of(id)? else {
            return Ok(None);
        };
        Ok(serde_json::from_str(&self.json_at(position)?).ok())
    }

    fn position_of(&self, id: &MessageId) -> Result<Option<Position>, SqlError> {
        let rows = self.sql.run(
            "SELECT position FROM messages WHERE id = ?",
            &[id.as_str().into()],
        )?;
        let position = rows.first().and_then(|row| row.first());
        Ok(position.map(|value| Position::new(value.as_integer())))
    }

    /// The start of a part of at most `count` messages that ends before `end`. A part has at least one message.
    fn start_of_part(&self, end: Position, count: u32) -> Result<Position, SqlError> {
        let (mut start, mut bytes) = (None, 0_i64);
        let newest_first = sizes("DESC");
        let values = [Position::START.get(), end.get(), i64::from(count)];
        self.sql
            .visit(&newest_first, &values.map(SqlValue::from), &mut |row| {
                let (position, size) = size_of(row);
                bytes = bytes.saturating_add(size);
                if bytes > PART_BYTES && start.is_some() {
                    return ControlFlow::Break(());
                }
                start = Some(position);
                ControlFlow::Continue(())
            })?;
        Ok(start.unwrap_or(Position::START))
    }

    /// Whether the messages from a position on are too many or too large to be sent at once.
    fn is_far(&self, start: Position) -> Result<bool, SqlError> {
        let (mut count, mut bytes) = (0, 0_i64);
        let most = i64::from(CATCH_UP_MESSAGES) + 1;
        let values = [start.get(), Position::END.get(), most];
        self.sql
            .visit(&sizes("ASC"), &values.map(SqlValue::from), &mut |row| {
                count += 1;
                bytes = bytes.saturating_add(size_of(row).1);
                ControlFlow::Continue(())
            })?;
        Ok(count > CATCH_UP_MESSAGES || bytes > CATCH_UP_BYTES)
    }
}

/// The positions in a range and the sizes of their messages. SQLite takes the size of a text from the head of its
/// row.
fn sizes(order: &str) -> String {
    format!(
        "SELECT position, octet_length(json) + ifnull((
            SELECT sum(octet_length(piece.json)) FROM message_pieces AS piece WHERE piece.position = messages.position
        ), 0)
        FROM messages WHERE position >= ? AND position < ? ORDER BY position {order} LIMIT ?"
    )
}

fn size_of(row: Vec<SqlValue>) -> (Position, i64) {
    let mut values = row.into_iter().map(|value| value.as_integer());
    let position = Position::new(values.next().unwrap_or(0));
    let size = values.next().unwrap_or(0);
    let counted = if size > PART_BYTES { LARGE_BYTES } else { size };
    (position, counted)
}

#[cfg(test)]
mod tests;
