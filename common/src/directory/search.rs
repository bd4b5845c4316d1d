//! The search in a directory: in titles and message texts.

use serde_json::Value;

use super::Summary;
use crate::{
    fields::{Field, FieldError, Fields, Record, flag, lenient, listed},
    id::MessageId,
};

/// The maximum length of a query, in characters; the rest is ignored.
pub const MAX_QUERY_CHARS: usize = 200;

/// The maximum number of conversations in a result.
pub const MAX_FOUND: usize = 20;

record! {
    /// A search request: `{query, limit?}`.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct SearchWanted {
        /// Words or parts of words, all of which a message or title must contain. Case does not matter.
        pub query: String = "query",
        /// The maximum number of conversations, 1 to [`MAX_FOUND`]; `None` means that maximum.
        pub limit: Option<u64> = "limit",
    }
}

record! {
    /// The result of a search.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Found {
        /// Conversations with matching titles, then those with the newest matching messages. Archived ones are included.
        pub hits: Vec<Hit> = listed "results",
        /// Whether the result is complete.
        pub is_complete: bool = lenient "complete",
    }
}

record! {
    /// A conversation in the result.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Hit {
        /// The conversation.
        pub conversation: Summary = "conversation",
        /// Excerpts of its newest matching messages; empty when only the title matches.
        pub snippets: Vec<Snippet> = listed "snippets",
    }
}

record! {
    /// An excerpt of a matching message.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Snippet {
        /// The message's id.
        pub message: MessageId = "messageId",
        /// The excerpt in pieces of plain text.
        pub pieces: Vec<Piece> = listed "pieces",
    }
}

record! {
    /// A piece of an excerpt.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Piece {
        /// Its text.
        pub text: String = "text",
        /// Whether the piece matches the query.
        pub is_hit: bool = flag "hit",
    }
}

/// In an object of its own.
impl Field for Summary {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        Record::take(&mut fields.object(name)?)
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        fields.set(name, self.to_json());
    }
}

impl Found {
    /// The JSON form: `{results: [{conversation, snippets: [{messageId, pieces: [{text, hit?}]}]}], complete}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }

    /// Reads the JSON form; `None` when it is malformed. Unreadable results are dropped.
    #[must_use]
    pub fn from_json(found: Value) -> Option<Self> {
        Record::from_json(found)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::directory::summary::tests::summary;

    #[test]
    fn writing_and_reading_agree() {
        let piece = |text: &str, is_hit| Piece {
            text: text.to_owned(),
            is_hit,
        };
        let found = Found {
            hits: vec![
                Hit {
                    conversation: summary("a"),
                    snippets: vec![Snippet {
                        message: MessageId::from("m1"),
                        pieces: vec![piece("a green ", false), piece("door", true)],
                    }],
                },
                Hit {
                    conversation: summary("b"),
                    snippets: Vec::new(),
                },
            ],
            is_complete: true,
        };
        let json = found.to_json();
        assert_eq!(
            json["results"][0]["snippets"],
            json!([{"messageId": "m1", "pieces": [{"text": "a green "}, {"text": "door", "hit": true}]}])
        );
        assert_eq!(Found::from_json(json), Some(found));
        assert_eq!(Found::from_json(json!([])), None);
    }
}
