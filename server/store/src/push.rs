//! A push to the owner's directory, with what only the store knows: the last words, and the texts of messages.

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

/// The most characters of the last words.
const LAST_WORDS_CHARS: usize = 160;

/// So many messages are looked at for the last words: an answer that only called tools has none.
const LOOKED_AT: i64 = 3;

/// The most messages whose texts go with one push.
const MAX_TEXTS: i64 = 64;

/// A push ends with the message by which so many bytes were read.
const PUSH_BYTES: usize = 500_000;

/// Stands for all messages: the transcript was emptied.
pub(super) const CLEARED: i64 = -1;

/// Up to where the texts of a conversation were pushed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextMark(i64);

/// Which texts go with a push.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PushedTexts {
    /// Up to where.
    pub mark: TextMark,
    /// Whether there are more behind.
    pub is_more: bool,
}

impl<S: Sql> Store<S> {
    /// A push of the conversation of this name, as it is sent, and which texts go with it. `head` is without last words.
    ///
    /// # Errors
    /// When a statement fails.
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

    /// The beginning of the last message that has words.
    fn last_words(&self) -> Result<String, SqlError> {
        let rows = self.sql.run(
            "SELECT position FROM messages ORDER BY position DESC LIMIT ?",
            &[SqlValue::from(LOOKED_AT)],
        )?;
        for position in rows.iter().filter_map(|row| row.first()) {
            let json = self.json_at(Position::new(position.as_integer()))?;
            let message: Option<Message> = serde_json::from_str(&json).ok();
            let text = message.map(|message| message.plain_text());
            let words = text.map(|text| title::shortened(&text, LAST_WORDS_CHARS));
            if let Some(words) = words.filter(|words| !words.is_empty()) {
                return Ok(words);
            }
        }
        Ok(String::new())
    }

    /// The text of a message has to be pushed again.
    pub(super) fn note_text(&self, position: SqlValue) -> Result<(), SqlError> {
        self.sql
            .execute("INSERT INTO unpushed (position) VALUES (?)", &[position])
    }

    /// The directory has the texts up to here.
    pub(super) fn texts_pushed(&self, TextMark(mark): TextMark) -> Result<(), SqlError> {
        self.sql
            .execute("DELETE FROM unpushed WHERE stamp <= ?", &[mark.into()])
    }

    /// The texts that the directory does not have, oldest changes first, and not more than go with one push.
    fn unpushed_texts(&self) -> Result<(Texts, PushedTexts), SqlError> {
        let cleared = self.sql.run(
            "SELECT coalesce(max(stamp), 0) FROM unpushed WHERE position = ?",
            &[CLEARED.into()],
        )?;
        let cleared = cleared.first().and_then(|row| row.first());
        let cleared = cleared.map_or(0, SqlValue::as_integer);
        // What was changed several times counts where it was changed last.
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

/// The id and the text of a message; empty: there is none.
fn text_of(json: &str) -> (MessageId, String) {
    match serde_json::from_str::<Message>(json) {
        Ok(message) => {
            let text = match message.role {
                Role::User | Role::Assistant => message.plain_text(),
                Role::System => String::new(),
            };
            let end = text.char_indices().nth(MAX_TEXT_CHARS);
            let text = end.and_then(|(end, _)| text.get(..end)).unwrap_or(&text);
            (message.id.clone(), text.to_owned())
        }
        Err(_) => (MessageId::from(""), String::new()),
    }
}
