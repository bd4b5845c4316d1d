//! A part of a transcript, as requested from `GET …/get-messages`.
//!
//! Without a query the answer is the whole transcript as an array, which is all that official clients know. With
//! `last` it is `{"messages":[…],"earlier":N}`, where `earlier` is the number of stored messages before the first of
//! these. An official server ignores the query and answers with the array.

use serde_json::Value;
use thiserror::Error;

use crate::{fields::Fields, id::MessageId, message::Message, naming::encode_segment};

/// The maximum number of messages that a page requests at a time.
pub const PAGE_MESSAGES: u32 = 50;

/// The maximum number of messages in any answer.
const MAX_MESSAGES: u32 = 200;

/// `GET …/get-messages?whole=ID` answers with the text of this message. It gives access to the full text of a message
/// whose copy in a part was shortened ([`Message::whole_bytes`]).
pub const WHOLE_MESSAGE: &str = "whole";

/// A part of a transcript.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Excerpt {
    /// Consecutive messages, oldest first.
    pub messages: Vec<Message>,
    /// The number of stored messages before the first of these.
    pub earlier: u64,
}

/// The stored messages before the first message of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// Their number; at least one.
    pub count: u64,
    /// The id of the last of them. A client that has this message knows that none is missing in between.
    pub last: MessageId,
}

/// The wanted part of a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The maximum number of messages. Large messages reduce it, but an existing message is always returned.
    pub last: u32,
    /// The place in the transcript.
    pub place: Place,
}

/// The place of the wanted part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The newest messages.
    End,
    /// All messages from this one to the newest, even if more than `last`; the newest messages instead when this one
    /// is gone or there are far too many.
    From(MessageId),
    /// The messages directly before this one.
    Before(MessageId),
}

/// Why a query is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WantedError {
    /// `last` is not a number.
    #[error("`last` must be a whole number from 1 on: the most messages wanted")]
    Last,
    /// A place without `last`.
    #[error("`before` and `from` need `last`, the most messages wanted: ?before=ID&last=50")]
    NoLast,
    /// Two places at once.
    #[error("`before` and `from` exclude each other: ask for one of them")]
    TwoPlaces,
}

impl Wanted {
    /// The part that a page requests first.
    #[must_use]
    pub const fn page(place: Place) -> Self {
        Self {
            last: PAGE_MESSAGES,
            place,
        }
    }

    /// The URL query, without `?`.
    #[must_use]
    pub fn query(&self) -> String {
        let mut query = format!("last={}", self.last);
        let (name, id) = match &self.place {
            Place::End => return query,
            Place::From(id) => ("&from=", id),
            Place::Before(id) => ("&before=", id),
        };
        query.push_str(name);
        query.push_str(&encode_segment(id.as_str()));
        query
    }

    /// Reads the decoded pairs of a query. `None` when it asks for the whole transcript.
    ///
    /// # Errors
    /// When the query is contradictory or malformed.
    pub fn from_query(
        pairs: impl Iterator<Item = (impl AsRef<str>, impl AsRef<str>)>,
    ) -> Result<Option<Self>, WantedError> {
        let (mut last, mut before, mut from) = (None, None, None);
        for (name, value) in pairs {
            let value = value.as_ref();
            match name.as_ref() {
                "last" => last = Some(value.parse().map_err(|_| WantedError::Last)?),
                "before" => before = Some(MessageId::new(value.to_owned())),
                "from" => from = Some(MessageId::new(value.to_owned())),
                _ => {}
            }
        }
        let place = match (before, from) {
            (None, None) => Place::End,
            (Some(id), None) => Place::Before(id),
            (None, Some(id)) => Place::From(id),
            (Some(_), Some(_)) => return Err(WantedError::TwoPlaces),
        };
        match (last, place) {
            (None, Place::End) => Ok(None),
            (None, Place::Before(_) | Place::From(_)) => Err(WantedError::NoLast),
            (Some(0), _) => Err(WantedError::Last),
            (Some(last), place) => Ok(Some(Self {
                last: MAX_MESSAGES.min(last),
                place,
            })),
        }
    }
}

impl Excerpt {
    /// The JSON of a part whose messages are a JSON array already, as the store assembles them.
    #[must_use]
    pub fn encode(messages: &str, earlier: u64) -> String {
        format!(r#"{{"messages":{messages},"earlier":{earlier}}}"#)
    }

    /// Reads an answer of `get-messages`: a part, or the whole transcript of a server without parts. Unreadable
    /// messages are dropped.
    #[must_use]
    pub fn from_json(value: Value) -> Self {
        let (messages, earlier) = if let Value::Object(fields) = value {
            let mut fields = Fields::of(fields);
            let messages = fields.value("messages").unwrap_or_default();
            let earlier = fields.optional_number("earlier").ok().flatten();
            (messages, earlier.unwrap_or(0))
        } else {
            (value, 0)
        };
        Self {
            messages: Message::list_from_json(messages),
            earlier,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(query: &[(&str, &str)]) -> Result<Option<Wanted>, WantedError> {
        Wanted::from_query(query.iter().copied())
    }

    #[test]
    fn a_query_says_what_is_wanted() {
        let wanted = |last, place| Ok(Some(Wanted { last, place }));
        for (query, expected) in [
            (&[][..], Ok(None)),
            (&[("include", "growing")], Ok(None)),
            (&[("last", "7")], wanted(7, Place::End)),
            (&[("last", "4000000000")], wanted(MAX_MESSAGES, Place::End)),
            (
                &[("last", "7"), ("before", "a b")],
                wanted(7, Place::Before("a b".into())),
            ),
            (
                &[("from", "m"), ("last", "7")],
                wanted(7, Place::From("m".into())),
            ),
            (&[("last", "0")], Err(WantedError::Last)),
            (&[("last", "-1")], Err(WantedError::Last)),
            (&[("last", "")], Err(WantedError::Last)),
            (&[("before", "m")], Err(WantedError::NoLast)),
            (&[("from", "m")], Err(WantedError::NoLast)),
            (
                &[("last", "1"), ("from", "m"), ("before", "m")],
                Err(WantedError::TwoPlaces),
            ),
        ] {
            assert_eq!(read(query), expected, "{query:?}");
        }
    }

    #[test]
    fn a_query_is_written_for_a_url() {
        let before = Wanted::page(Place::Before("a&b/ü".into()));
        assert_eq!(before.query(), "last=50&before=a%26b%2F%C3%BC");
        assert_eq!(
            Wanted::page(Place::From("m".into())).query(),
            "last=50&from=m"
        );
        assert_eq!(Wanted::page(Place::End).query(), "last=50");
    }

    #[test]
    fn parts_and_whole_transcripts_are_read() {
        let message = json!({"id": "m", "role": "user", "parts": []});
        let read = |value| {
            let excerpt = Excerpt::from_json(value);
            (excerpt.messages.len(), excerpt.earlier)
        };
        assert_eq!(read(json!([message, null])), (1, 0));
        assert_eq!(read(json!({"messages": [message], "earlier": 9})), (1, 9));
        for odd in [
            json!({"messages": [message]}),
            json!({"messages": [message], "earlier": "x"}),
        ] {
            assert_eq!(read(odd), (1, 0));
        }
        assert_eq!(read(json!(null)), (0, 0));
        let text = Excerpt::encode(&json!([message]).to_string(), 3);
        assert_eq!(read(serde_json::from_str(&text).unwrap()), (1, 3));
    }
}
