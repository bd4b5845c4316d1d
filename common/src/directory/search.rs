//! The search in a directory: in titles and message texts.

use serde_json::Value;

use super::{
    Summary,
    call::{CallProblem, options},
};
use crate::{
    fields::{FieldError, Fields},
    id::MessageId,
};

/// The maximum length of a query, in characters; the rest is ignored.
pub const MAX_QUERY_CHARS: usize = 200;

/// The maximum number of conversations in a result.
pub const MAX_FOUND: usize = 20;

/// A search request: `{query, limit?}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchWanted {
    /// Words or parts of words, all of which a message or title must contain. Case does not matter.
    pub query: String,
    /// The maximum number of conversations, 1 to [`MAX_FOUND`]; `None` means that maximum.
    pub limit: Option<u64>,
}

/// The result of a search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Conversations with matching titles, then those with the newest matching messages. Archived ones are included.
    pub hits: Vec<Hit>,
    /// Whether the result is complete.
    pub is_complete: bool,
}

/// A conversation in the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The conversation.
    pub conversation: Summary,
    /// Excerpts of its newest matching messages; empty when only the title matches.
    pub snippets: Vec<Snippet>,
}

/// An excerpt of a matching message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The message's id.
    pub message: MessageId,
    /// The excerpt in pieces of plain text.
    pub pieces: Vec<Piece>,
}

/// A piece of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its text.
    pub text: String,
    /// Whether the piece matches the query.
    pub is_hit: bool,
}

impl SearchWanted {
    pub(super) fn to_json(&self) -> Value {
        Fields::default()
            .put("query", self.query.as_str())
            .put_some("limit", self.limit)
            .into_value()
    }

    pub(super) fn read(arguments: Vec<Value>) -> Result<Self, CallProblem> {
        let problem = CallProblem::Arguments {
            method: "search",
            takes: "`{query, limit?}`",
        };
        let Some(mut fields) = options(arguments) else {
            return Err(problem);
        };
        let mut read = || {
            Ok::<_, FieldError>(Self {
                query: fields.text("query")?,
                limit: fields.optional_number("limit")?,
            })
        };
        read().map_err(|_| problem)
    }
}

impl Found {
    /// The JSON form: `{results: [{conversation, snippets: [{messageId, pieces: [{text, hit?}]}]}], complete}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let piece = |piece: &Piece| {
            Fields::default()
                .put("text", piece.text.as_str())
                .put_flag("hit", piece.is_hit)
                .into_value()
        };
        let snippet = |snippet: &Snippet| {
            Fields::default()
                .put("messageId", snippet.message.as_str())
                .put(
                    "pieces",
                    snippet.pieces.iter().map(piece).collect::<Value>(),
                )
                .into_value()
        };
        let hit = |hit: &Hit| {
            Fields::default()
                .put("conversation", hit.conversation.to_json())
                .put(
                    "snippets",
                    hit.snippets.iter().map(snippet).collect::<Value>(),
                )
                .into_value()
        };
        Fields::default()
            .put("results", self.hits.iter().map(hit).collect::<Value>())
            .put("complete", self.is_complete)
            .into_value()
    }

    /// Reads the JSON form; `None` when it is malformed. Unreadable results are dropped.
    #[must_use]
    pub fn from_json(found: Value) -> Option<Self> {
        let mut fields = object(found)?;
        let hits = fields.array("results").ok()?;
        Some(Self {
            hits: hits.into_iter().filter_map(Hit::from_json).collect(),
            is_complete: fields.flag("complete").ok()?,
        })
    }
}

impl Hit {
    fn from_json(hit: Value) -> Option<Self> {
        let mut fields = object(hit)?;
        let snippets = fields.array("snippets").ok()?;
        Some(Self {
            conversation: Summary::from_json(fields.present("conversation")?)?,
            snippets: snippets
                .into_iter()
                .filter_map(Snippet::from_json)
                .collect(),
        })
    }
}

impl Snippet {
    fn from_json(snippet: Value) -> Option<Self> {
        let mut fields = object(snippet)?;
        let piece = |piece| {
            let mut fields = object(piece)?;
            Some(Piece {
                text: fields.text("text").ok()?,
                is_hit: fields.flag("hit").ok()?,
            })
        };
        let pieces = fields.array("pieces").ok()?;
        Some(Self {
            message: MessageId::new(fields.text("messageId").ok()?),
            pieces: pieces.into_iter().filter_map(piece).collect(),
        })
    }
}

fn object(value: Value) -> Option<Fields> {
    match value {
        Value::Object(fields) => Some(Fields::of(fields)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::directory::summary::tests::summary;

    #[test]
    fn what_is_written_is_read() {
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
