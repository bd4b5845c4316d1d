//! Ids: opaque strings, one type per kind of thing.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps a text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl crate::fields::Text for $name {
            fn of(text: String) -> Self {
                Self(text)
            }

            fn text(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

id! {
    /// A message of the transcript. The author of the message makes it; it is never reused.
    MessageId
}
id! {
    /// A submission and its turn (the `id` of chat frames). The client makes it.
    RequestId
}
id! {
    /// A WebSocket attached to an instance: the `_pk` of its URL.
    ConnectionId
}
id! {
    /// A growing text or reasoning part; used in chunks only.
    PartId
}
id! {
    /// One call of a tool.
    ToolCallId
}
id! {
    /// A probe for a stream to resume.
    ProbeId
}
id! {
    /// One RPC call.
    RpcId
}

/// The id of the server's owner. Conversations from before sign-in existed belong to this person.
const OWNER: &str = "owner";

/// A person who uses the server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(String);

impl PersonId {
    /// The server's owner.
    #[must_use]
    pub fn owner() -> Self {
        Self(OWNER.to_owned())
    }

    /// Takes an id from the store.
    #[must_use]
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text for the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The source of ids: random in the drivers, counting in tests.
pub trait IdSource {
    /// A new text, unique within this source, of the characters `A-Z a-z 0-9 _ -` only.
    fn fresh(&mut self) -> String;
}

/// Ids for tests: `{prefix}1`, `{prefix}2`, …
#[derive(Clone, Debug)]
pub struct CountingIds {
    prefix: &'static str,
    last: u64,
}

impl CountingIds {
    /// A source that starts at 1.
    #[must_use]
    pub const fn new(prefix: &'static str) -> Self {
        Self { prefix, last: 0 }
    }
}

impl IdSource for CountingIds {
    fn fresh(&mut self) -> String {
        self.last += 1;
        format!("{}{}", self.prefix, self.last)
    }
}
