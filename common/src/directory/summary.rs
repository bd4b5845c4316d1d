//! The summary of a conversation in a directory.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    fields::{FieldError, Fields},
    time::Timestamp,
};

/// A conversation in a directory.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Its name, percent-encoded as in URLs.
    pub name: String,
    /// Its title. `None` (`null` on the wire) while it has no message; the page shows a placeholder.
    pub title: Option<String>,
    /// The author of the title.
    pub title_by: TitleBy,
    /// When it began.
    pub created: Timestamp,
    /// When a turn last began or ended, or the messages changed.
    pub active: Timestamp,
    /// Its activity.
    pub state: ConversationState,
    /// Whether it has an answer that its owner has not read.
    pub is_unread: bool,
    /// Whether it is listed above the others.
    pub is_pinned: bool,
    /// Whether it is archived: not listed, but searchable.
    pub is_archived: bool,
    /// The selected model; `None` means the configured one.
    pub model: Option<String>,
    /// Its cost in US dollars; `None` when unknown.
    pub cost_usd: Option<f64>,
    /// The beginning of its last message, as one line; empty when that has no text.
    pub last_words: String,
    /// The number of its messages.
    pub messages: u64,
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

/// The activity of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationState {
    /// No turn runs.
    #[default]
    Idle,
    /// A turn runs or is queued.
    Running,
    /// The conversation waits for its user.
    Waiting,
    /// Its last turn failed.
    Failed,
}

impl TitleBy {
    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Model => "model",
            Self::User => "user",
        }
    }

    /// Reads the wire's word. An unknown one counts as [`Self::User`], so that the title is not replaced.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "start" => Self::Start,
            "model" => Self::Model,
            _ => Self::User,
        }
    }
}

impl ConversationState {
    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
        }
    }

    /// Reads the wire's word. An unknown one counts as [`Self::Idle`].
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "running" => Self::Running,
            "waiting" => Self::Waiting,
            "failed" => Self::Failed,
            _ => Self::Idle,
        }
    }
}

impl Summary {
    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Fields::default()
            .put("name", self.name.as_str())
            .put("title", self.title.as_deref())
            .put("titleBy", self.title_by.as_str())
            .put("created", self.created.as_millis())
            .put("active", self.active.as_millis())
            .put("state", self.state.as_str())
            .put_flag("unread", self.is_unread)
            .put_flag("pinned", self.is_pinned)
            .put_flag("archived", self.is_archived)
            .put_some("model", self.model.as_deref())
            .put_some("costUsd", self.cost_usd)
            .put("lastWords", self.last_words.as_str())
            .put("messages", self.messages)
            .into_value()
    }

    /// Reads the JSON form; `None` when it is malformed. Missing flags are false, other missing fields empty.
    #[must_use]
    pub fn from_json(json: Value) -> Option<Self> {
        let Value::Object(fields) = json else {
            return None;
        };
        Self::read(Fields::of(fields)).ok()
    }

    fn read(mut fields: Fields) -> Result<Self, FieldError> {
        let moment = |fields: &mut Fields, field| {
            let millis = fields.optional_number(field)?.unwrap_or(0);
            Ok::<_, FieldError>(Timestamp::from_millis(millis))
        };
        Ok(Self {
            name: fields.text("name")?,
            title: fields.optional_text("title")?,
            title_by: TitleBy::from_word(&fields.optional_text("titleBy")?.unwrap_or_default()),
            created: moment(&mut fields, "created")?,
            active: moment(&mut fields, "active")?,
            state: ConversationState::from_word(
                &fields.optional_text("state")?.unwrap_or_default(),
            ),
            is_unread: fields.flag("unread")?,
            is_pinned: fields.flag("pinned")?,
            is_archived: fields.flag("archived")?,
            model: fields.optional_text("model")?,
            cost_usd: fields.value("costUsd").and_then(|cost| cost.as_f64()),
            last_words: fields.optional_text("lastWords")?.unwrap_or_default(),
            messages: fields.optional_number("messages")?.unwrap_or(0),
        })
    }

    /// Reads a list; malformed summaries are dropped.
    pub(super) fn list_from_json(list: Vec<Value>) -> Vec<Self> {
        list.into_iter().filter_map(Self::from_json).collect()
    }

    /// Writes a list.
    pub(super) fn list_to_json(list: &[Self]) -> Value {
        list.iter().map(Self::to_json).collect()
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
    fn what_is_written_is_read() {
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
