//! What the directory of the owner is told, with what only the store knows.

use common::{
    directory::{
        push::{News, Push},
        title,
    },
    message::Message,
};

use super::{Sql, SqlError, SqlValue, Store};
use crate::agent::{Position, SummaryPush};

/// The most characters of the last words.
const LAST_WORDS_CHARS: usize = 160;

/// So many messages are looked at for the last words: an answer that only called tools has none.
const LOOKED_AT: i64 = 3;

impl<S: Sql> Store<S> {
    /// A push of the conversation of this name, as it is sent.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn push_of(&self, name: &str, push: SummaryPush) -> Result<Push, SqlError> {
        let mut head = push.head;
        head.last_words = self.last_words()?;
        Ok(Push {
            name: name.to_owned(),
            number: push.number,
            news: News::Is(Box::new(head)),
        })
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
}
