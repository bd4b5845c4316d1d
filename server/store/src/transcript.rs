//! The transcript as JSON, assembled by SQLite from the stored texts: reading and passing them one by one would cost
//! more than the rest of the response.

use common::{message::Message, vendor_data::take_vendor_data};

use super::{Span, Sql, SqlError, SqlValue, Store, shorten::for_page};
use crate::Position;

/// A window ends with the message that reaches this many bytes; the first row of a message has at most
/// [`super::piece::PIECE_BYTES`]. Together they stay below the platform's limit of 2 MB for a text.
const WINDOW_BYTES: i64 = 500_000;

/// The maximum number of messages in a window: SQLite examines this many for each, even when one of them fills it.
const WINDOW_MESSAGES: i64 = 100;

/// The texts of the next window as the inside of an array, and the position of its last message. Rows with invalid
/// JSON are skipped, so that they do not break the array.
const WINDOW: &str = "SELECT max(position), group_concat(iif(json_valid(json), json, NULL), ',' ORDER BY position)
    FROM (
        SELECT position, json, sum(octet_length(json)) OVER (ORDER BY position) - octet_length(json) AS before
        FROM (
            SELECT position, json FROM messages WHERE position >= ? AND position < ? ORDER BY position LIMIT ?
        )
    ) WHERE before < ?";

/// The recipient of a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A protocol client, which gets everything.
    Client,
    /// Our page: large vendor data is omitted, since the page does not show it, and messages that exceed a part of a
    /// transcript are shortened.
    Page,
}

impl<S: Sql> Store<S> {
    /// A part of the transcript as a JSON array. `growing` is a message that is newer than the stored one or not
    /// stored yet, with its position.
    ///
    /// # Errors
    /// When an SQL statement fails.
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

    /// Adds the messages of one row each in a range of positions.
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
            // Without messages, the maximum position is null.
            let Some(SqlValue::Integer(last)) = row.next() else {
                return Ok(());
            };
            array.push(&row.next().map(SqlValue::into_text).unwrap_or_default());
            start = Position::new(last).next();
        }
    }
}

/// The JSON of a message without vendor data; empty when it is invalid.
fn without_vendor_data(json: &str) -> String {
    let Ok(mut message) = serde_json::from_str::<Message>(json) else {
        return String::new();
    };
    take_vendor_data(&mut message);
    message.to_json().to_string()
}

/// A JSON array that is written entry by entry, or several at once.
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
