//! A report to the owner's directory, with the parts that only the store knows: the last words and the texts of
//! messages.

use common::{
    directory::{
        push::{ChangedText, Head, MAX_TEXT_CHARS, News, Push, Texts},
        title,
    },
    id::MessageId,
    message::{Message, Role},
};

use super::{Sql, SqlError, SqlValue, Store};
use crate::Position;

/// The maximum length of the last words, in characters.
const LAST_WORDS_CHARS: usize = 160;

/// The number of messages searched for the last words: an answer that only called tools has none.
const LOOKED_AT: i64 = 3;

/// The maximum number of message texts in one push.
const MAX_TEXTS: i64 = 64;

/// A push ends with the message that reaches this many bytes.
const PUSH_BYTES: usize = 500_000;

/// Stands for all messages: the transcript was cleared.
pub(super) const CLEARED: i64 = -1;

/// The place up to which the texts of a conversation were pushed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextMark(i64);

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

    /// The texts that the directory does not have, oldest changes first, up to the limit of one push.
    fn unpushed_texts(&self) -> Result<(Texts, PushedTexts), SqlError> {
        let cleared = self.sql.run(
            "SELECT coalesce(max(stamp), 0) FROM unpushed WHERE position = ?",
            &[CLEARED.into()],
        )?;
        let cleared = cleared.first().and_then(|row| row.first());
        let cleared = cleared.map_or(0, SqlValue::as_integer);
        // A message that changed several times counts at its last change.
        let rows = self.sql.run(
            "SELECT max(stamp), position FROM unpushed WHERE stamp > ? GROUP BY position ORDER BY 1 LIMIT ?",
            &[cleared.into(), (MAX_TEXTS + 1).into()],
        )?;
        let mut changed = Vec::new();
        let (mut mark, mut bytes, mut is_more) = (cleared, 0, false);
        for row in rows {
            let mut values = row.iter().map(SqlValue::as_integer);
            let (Some(stamp), Some(position)) = (values.next(), values.next()) else {
                continue;
            };
            if bytes > PUSH_BYTES || changed.len() as i64 >= MAX_TEXTS {
                is_more = true;
                break;
            }
            let json = self.json_at(Position::new(position))?;
            bytes += json.len();
            let (message, text) = text_of(&json);
            changed.push(ChangedText {
                position,
                message,
                text,
            });
            mark = stamp;
        }
        let texts = Texts {
            is_cleared: cleared > 0,
            changed,
        };
        let mark = TextMark(mark);
        Ok((texts, PushedTexts { mark, is_more }))
    }
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
