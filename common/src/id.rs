//! Ids: opaque strings, one type for each thing they name.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
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
    /// A message of the transcript. Made by whoever writes the message first, never reused.
    MessageId
}
id! {
    /// A submission and the turn it leads to (the `id` of chat frames). Made by the client.
    RequestId
}
id! {
    /// One WebSocket attached to an instance: the `_pk` of its URL.
    ConnectionId
}
id! {
    /// A text or reasoning part while it grows; it lives only in chunks.
    PartId
}
id! {
    /// One call of a tool.
    ToolCallId
}
id! {
    /// A question to the server whether a stream can be resumed.
    ProbeId
}
id! {
    /// One RPC call.
    RpcId
}

/// Where ids come from. The drivers give a random source, the tests a counting one.
pub trait IdSource {
    /// A fresh text, unique within this source and made of `A-Z a-z 0-9 _ -` only.
    fn fresh(&mut self) -> String;
}

/// Ids for tests: `{prefix}1`, `{prefix}2`, …
#[derive(Clone, Debug)]
pub struct CountingIds {
    prefix: &'static str,
    last: u64,
}

impl CountingIds {
    /// Starts at 1.
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
