//! The transcript as JSON, put together by SQLite from the stored texts: they are neither read nor handed over one by
//! one, which costs more than all the rest of an answer.

use common::{message::Message, vendor_data::take_vendor_data};

use super::{Span, Sql, SqlError, SqlValue, Store, shorten::for_page};
use crate::Position;

/// A window ends with the message that reaches this many bytes; a message has at most [`super::piece::PIECE_BYTES`]
/// in its first row. Together they stay below the platform's 2 MB for a text.
const WINDOW_BYTES: i64 = 500_000;

/// The most messages of a window: SQLite looks at so many for each, also when one of them fills it.
const WINDOW_MESSAGES: i64 = 100;

/// The texts of the next window as the inside of an array, and the position of its last message. Rows that are no JSON
/// are left out: one of them must not break the array.
const WINDOW: &str = "SELECT max(position), group_concat(iif(json_valid(json), json, NULL), ',' ORDER BY position)
    FROM (
        SELECT position, json, sum(octet_length(json)) OVER (ORDER BY position) - octet_length(json) AS before
        FROM (
            SELECT position, json FROM messages WHERE position >= ? AND position < ? ORDER BY position LIMIT ?
        )
    ) WHERE before < ?";

/// Who a transcript is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A client of the wire: it gets everything.
    Client,
    /// Our page: large vendor data is left out, since nothing there shows it, and a message that is larger than a part of
    /// a transcript is shortened.
    Page,
}

impl<S: Sql> Store<S> {
    /// A part of the transcript as a JSON array. `growing` is a message that is newer than the stored one, or not stored
    /// yet, and where it stands.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn transcript_json(
        &self,
        audience: Audience,
        span: Span,
        growing: Option<(Position, &Message)>,
    ) -> Result<String, SqlError> {
        let growing = growing.filter(|(position, _)| span.contains(*position));
        let mut apart = self.positions("message_pieces", "piece = 1", span)?;
        let opaque = match audience {
            Audience::Client => Vec::new(),
            Audience::Page => self.positions("messages", "opaque = 1", span)?,
        };
        apart.extend(&opaque);
        apart.extend(growing.map(|(position, _)| position));
        apart.sort_unstable();
        apart.dedup();
        let mut array = JsonArray::new();
        let mut next = span.start;
        for position in apart {
            self.push_windows(next, position, &mut array)?;
            match growing {
                Some((at, message)) if at == position => {
                    array.push(&serde_json::to_string(message).unwrap_or_default());
                }
                Some(_) | None => {
                    let mut json = self.json_at(position)?;
                    if opaque.contains(&position) {
                        json = without_vendor_data(&json);
                    }
                    if audience == Audience::Page {
                        json = for_page(json);
                    }
                    if serde_json::from_str::<serde::de::IgnoredAny>(&json).is_ok() {
                        array.push(&json);
                    }
                }
            }
            next = position.next();
        }
        self.push_windows(next, span.end, &mut array)?;
        Ok(array.end())
    }

    /// The positions of messages that are not read in windows; few transcripts have any.
    fn positions(&self, table: &str, which: &str, span: Span) -> Result<Vec<Position>, SqlError> {
        let select = format!(
            "SELECT position FROM {table} WHERE {which} AND position >= ? AND position < ?"
        );
        let ends = [span.start.get(), span.end.get()];
        let rows = self.sql.run(&select, &ends.map(SqlValue::from))?;
        let positions = rows.iter().filter_map(|row| row.first());
        Ok(positions
            .map(|value| Position::new(value.as_integer()))
            .collect())
    }

    /// The messages of one row each from a position on and before another one.
    fn push_windows(
        &self,
        mut start: Position,
        end: Position,
        array: &mut JsonArray,
    ) -> Result<(), SqlError> {
        loop {
            let values = [start.get(), end.get(), WINDOW_MESSAGES, WINDOW_BYTES];
            let rows = self.sql.run(WINDOW, &values.map(SqlValue::from))?;
            let mut row = rows.into_iter().next().unwrap_or_default().into_iter();
            // Without messages the greatest position is null.
            let Some(SqlValue::Integer(last)) = row.next() else {
                return Ok(());
            };
            array.push(&row.next().map(SqlValue::into_text).unwrap_or_default());
            start = Position::new(last).next();
        }
    }
}

/// A message's JSON without vendor data; empty when it is no message.
fn without_vendor_data(json: &str) -> String {
    let Ok(mut message) = serde_json::from_str::<Message>(json) else {
        return String::new();
    };
    take_vendor_data(&mut message);
    message.to_json().to_string()
}

/// An array that is written entry by entry, or several at once.
struct JsonArray(String);

impl JsonArray {
    fn new() -> Self {
        Self("[".to_owned())
    }

    fn push(&mut self, entries: &str) {
        if entries.is_empty() {
            return;
        }
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(entries);
    }

    fn end(mut self) -> String {
        self.0.push(']');
        self.0
    }
}
