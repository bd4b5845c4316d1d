//! The summary of a conversation in a directory.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    fields::{Field, FieldError, Fields, Record, flag, lenient, nullable, or_empty},
    time::Timestamp,
};

record! {
    /// A conversation in a directory. Missing flags are false, other missing fields empty.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Summary {
        /// Its name, percent-encoded as in URLs.
        pub name: String = "name",
        /// Its title. `None` (`null` on the wire) while it has no message; the page shows a placeholder.
        pub title: Option<String> = nullable "title",
        /// The author of the title.
        pub title_by: TitleBy = "titleBy",
        /// When it began.
        pub created: Timestamp = lenient "created",
        /// When a turn last began or ended, or the messages changed.
        pub active: Timestamp = lenient "active",
        /// Its activity. An unknown one counts as idle.
        pub state: ConversationState = lenient "state",
        /// Whether it has an answer that its owner has not read.
        pub is_unread: bool = flag "unread",
        /// Whether it is listed above the others.
        pub is_pinned: bool = flag "pinned",
        /// Whether it is archived: not listed, but searchable.
        pub is_archived: bool = flag "archived",
        /// The selected model; `None` means the configured one.
        pub model: Option<String> = "model",
        /// Its cost in US dollars; `None` when unknown.
        pub cost_usd: Option<f64> = lenient "costUsd",
        /// The beginning of its last message, as one line; empty when that has no text.
        pub last_words: String = or_empty "lastWords",
        /// The number of its messages.
        pub messages: u64 = lenient "messages",
    }
}

/// The author of a title.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TitleBy {
    /// Nobody: the title is the beginning of the first message.
    #[default]
    Start,
    /// The model.
    Model,
    /// The user, or a tool on the user's behalf. Such a title is never replaced by another author's.
    User,
}

words! {
    /// The activity of a conversation.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum ConversationState, expected "the activity of a conversation" {
        /// No turn runs.
        #[default]
        "idle" => Idle,
        /// A turn runs or is queued.
        "running" => Running,
        /// The conversation waits for its user.
        "waiting" => Waiting,
        /// Its last turn failed.
        "failed" => Failed,
    }
}

/// A missing or unknown author counts as [`TitleBy::User`], so that the title is not replaced.
impl Field for TitleBy {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        Ok(match fields.optional_text(name)?.as_deref() {
            Some("start") => Self::Start,
            Some("model") => Self::Model,
            Some(_) | None => Self::User,
        })
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        let word = match self {
            Self::Start => "start",
            Self::Model => "model",
            Self::User => "user",
        };
        fields.set(name, word);
    }
}

impl Summary {
    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }

    /// Reads the JSON form; `None` when it is malformed.
    #[must_use]
    pub fn from_json(json: Value) -> Option<Self> {
        Record::from_json(json)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    pub(in crate::directory) fn summary(name: &str) -> Summary {
        Summary {
            name: name.to_owned(),
            title: Some("Lists".to_owned()),
            title_by: TitleBy::Model,
            created: Timestamp::from_millis(1),
            active: Timestamp::from_millis(2),
            state: ConversationState::Waiting,
            is_unread: true,
            is_pinned: false,
            is_archived: false,
            model: None,
            cost_usd: Some(0.5),
            last_words: "Which one?".to_owned(),
            messages: 4,
        }
    }

    #[test]
    fn writing_and_reading_agree() {
        let json = json!({"name": "a%20b", "title": "Lists", "titleBy": "model", "created": 1, "active": 2,
            "state": "waiting", "unread": true, "costUsd": 0.5, "lastWords": "Which one?", "messages": 4});
        assert_eq!(summary("a%20b").to_json(), json);
        assert_eq!(Summary::from_json(json), Some(summary("a%20b")));
        let untitled = Summary {
            title: None,
            ..summary("a")
        };
        assert_eq!(untitled.to_json()["title"], Value::Null);
        assert_eq!(Summary::from_json(untitled.to_json()), Some(untitled));
    }

    #[test]
    fn words_of_a_newer_server_do_no_harm() {
        let read = Summary::from_json(json!({"name": "a", "state": "dreaming", "titleBy": "cat"}));
        let read = read.unwrap();
        assert_eq!(
            (read.state, read.title_by),
            (ConversationState::Idle, TitleBy::User)
        );
        assert_eq!(Summary::from_json(json!({"title": "no name"})), None);
        assert_eq!(Summary::from_json(json!([])), None);
    }
}
