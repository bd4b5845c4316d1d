//! A report to the owner's directory, with the parts that only the store knows: the last words and the texts of
//! messages.

use std::collections::BTreeMap;

use common::{
    directory::{
        push::{ChangedText, Head, MAX_TEXT_CHARS, News, Push, Texts},
        title,
    },
    id::MessageId,
    message::{Message, Role},
};

use sql::MAX_VALUES;

use super::{Sql, SqlError, SqlRow, SqlValue, Store};
use crate::Position;

/// The maximum length of the last words, in characters.
const LAST_WORDS_CHARS: usize = 160;

/// The number of messages searched for the last words: an answer that only called tools has none.
const LOOKED_AT: i64 = 3;

/// The maximum number of message texts in one push.
const MAX_TEXTS: usize = 64;

/// A push ends with the message that reaches this many bytes.
const PUSH_BYTES: usize = 500_000;

/// Messages are read together up to about this size of their JSON, in bytes.
const READ_BYTES: usize = 100_000;

/// Stands for all messages: the transcript was cleared.
pub(super) const CLEARED: i64 = -1;

/// The place up to which the texts of a conversation were pushed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextMark(i64);

/// A message whose text has changed.
#[derive(Clone, Copy, Debug)]
struct Unpushed {
    /// The number of the change.
    stamp: i64,
    position: i64,
    /// The size of its JSON, or of the beginning of a large one.
    bytes: usize,
}

/// The texts in a push.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PushedTexts {
    /// The place up to which they go.
    pub mark: TextMark,
    /// Whether there are more texts.
    pub is_more: bool,
}

impl<S: Sql> Store<S> {
    /// The push of the conversation with this name, ready to be sent, and the texts in it. `head` has no last
    /// words.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn push_of(
        &self,
        name: &str,
        number: u64,
        mut head: Head,
    ) -> Result<(Push, PushedTexts), SqlError> {
        head.last_words = self.last_words()?;
        let (texts, pushed) = self.unpushed_texts()?;
        let push = Push {
            name: name.to_owned(),
            number,
            news: News::Is(Box::new(head)),
            texts,
        };
        Ok((push, pushed))
    }

    /// The beginning of the last message with text.
    fn last_words(&self) -> Result<String, SqlError> {
        let rows = self.sql.run(
            "SELECT position FROM messages ORDER BY position DESC LIMIT ?",
            &[SqlValue::from(LOOKED_AT)],
        )?;
        for position in rows.iter().filter_map(|row| row.first()) {
            let json = self.json_at(Position::new(position.as_integer()))?;
            let message: Option<Message> = serde_json::from_str(&json).ok();
            let text = message.map(|message| message.text_or_names());
            let words = text.map(|text| title::shortened(&text, LAST_WORDS_CHARS));
            if let Some(words) = words.filter(|words| !words.is_empty()) {
                return Ok(words);
            }
        }
        Ok(String::new())
    }

    /// Marks the text of a message as not reported.
    pub(super) fn note_text(&self, position: SqlValue) -> Result<(), SqlError> {
        self.note_texts(&[position])
    }

    /// Marks the texts of these messages, at most 100, as not reported.
    pub(super) fn note_texts(&self, positions: &[SqlValue]) -> Result<(), SqlError> {
        let rows = vec!["(?)"; positions.len()].join(", ");
        let statement = format!("INSERT INTO unpushed (position) VALUES {rows}");
        self.sql.execute(&statement, positions)
    }

    /// The directory has the texts up to this mark.
    pub(super) fn texts_pushed(&self, TextMark(mark): TextMark) -> Result<(), SqlError> {
        self.sql
            .execute("DELETE FROM unpushed WHERE stamp <= ?", &[mark.into()])
    }

    /// The messages noted after this stamp, the oldest change first: one more than a push has room for. A message that changed
    /// several times counts at its last change.
    fn unpushed_after(&self, stamp: i64) -> Result<Vec<Unpushed>, SqlError> {
        let rows = self.sql.run(
            "SELECT max(stamp), unpushed.position, coalesce(length(json), 0)
             FROM unpushed LEFT JOIN messages USING (position)
             WHERE stamp > ? GROUP BY unpushed.position ORDER BY 1 LIMIT ?",
            &[stamp.into(), (MAX_TEXTS as i64 + 1).into()],
        )?;
        let note = |row: SqlRow| {
            let mut values = row.iter().map(SqlValue::as_integer);
            Some(Unpushed {
                stamp: values.next()?,
                position: values.next()?,
                bytes: usize::try_from(values.next()?).unwrap_or(usize::MAX),
            })
        };
        Ok(rows.into_iter().filter_map(note).collect())
    }

    /// The JSON of these messages by position.
    fn messages_at(&self, notes: &[Unpushed]) -> Result<BTreeMap<i64, String>, SqlError> {
        let positions = notes.iter().map(|note| SqlValue::from(note.position));
        let marks = vec!["?"; notes.len()].join(", ");
        let values: Vec<SqlValue> = positions.clone().chain(positions).collect();
        let rows = self.rows_of(&format!("position IN ({marks})"), &values)?;
        let rows = rows.into_iter();
        Ok(rows
            .map(|(position, json)| (position.get(), json))
            .collect())
    }

    /// The texts that the directory does not have, oldest changes first, up to the limit of one push.
    fn unpushed_texts(&self) -> Result<(Texts, PushedTexts), SqlError> {
        let cleared = self.sql.run(
            "SELECT coalesce(max(stamp), 0) FROM unpushed WHERE position = ?",
            &[CLEARED.into()],
        )?;
        let cleared = cleared.first().and_then(|row| row.first());
        let cleared = cleared.map_or(0, SqlValue::as_integer);
        let notes = self.unpushed_after(cleared)?;
        let mut changed = Vec::new();
        let (mut mark, mut bytes) = (cleared, 0);
        let mut rest = notes.get(..MAX_TEXTS).unwrap_or(&notes);
        while bytes <= PUSH_BYTES && !rest.is_empty() {
            let (together, after) = rest.split_at(read_together(rest));
            let mut messages = self.messages_at(together)?;
            for note in together {
                // A message that is gone has no text.
                let json = messages.remove(&note.position).unwrap_or_default();
                bytes += json.len();
                let (message, text) = text_of(&json);
                changed.push(ChangedText {
                    position: note.position,
                    message,
                    text,
                });
            }
            mark = together.last().map_or(mark, |note| note.stamp);
            rest = after;
        }
        let is_more = changed.len() < notes.len();
        let texts = Texts {
            is_cleared: cleared > 0,
            changed,
        };
        let mark = TextMark(mark);
        Ok((texts, PushedTexts { mark, is_more }))
    }
}

/// How many of these messages are read with one statement: the first, and those after it while all are small.
fn read_together(notes: &[Unpushed]) -> usize {
    let mut bytes = 0;
    let small = notes.iter().take(MAX_VALUES / 2).take_while(|note| {
        bytes += note.bytes;
        bytes <= READ_BYTES
    });
    small.count().max(1)
}

/// The id and text of a message; empty when it has none.
fn text_of(json: &str) -> (MessageId, String) {
    match serde_json::from_str::<Message>(json) {
        Ok(message) => {
            let text = match message.role {
                Role::User | Role::Assistant => message.text_or_names(),
                Role::System => String::new(),
            };
            let end = text.char_indices().nth(MAX_TEXT_CHARS);
            let text = end.and_then(|(end, _)| text.get(..end)).unwrap_or(&text);
            (message.id.clone(), text.to_owned())
        }
        Err(_) => (MessageId::from(""), String::new()),
    }
}
