//! Compares contents by their hash.

use std::{borrow::Cow, fmt::Write as _};

use common::message::Message;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The hash of a message's parts, followed by that of its metadata: 64-bit FNV-1a each, in hexadecimal. It need not
/// be secure: it avoids writing unchanged messages, and finds a message that a client knows by another id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentHash(String);

/// The length of the hash of the parts, in hexadecimal digits.
const OF_PARTS: usize = 16;

impl ContentHash {
    /// The hash of a message.
    #[must_use]
    pub fn of(message: &Message) -> Self {
        let parts = message.parts.iter().map(|part| part.to_json().to_string());
        let metadata = foreign(message.metadata.as_ref()).map(|metadata| metadata.to_string());
        let mut text = String::with_capacity(2 * OF_PARTS);
        for hash in [fnv(parts), fnv(metadata.into_iter())] {
            // Writing to a string cannot fail.
            let _ = write!(text, "{hash:016x}");
        }
        Self(text)
    }

    /// Takes a hash from the store.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text for the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it belongs to the same parts, regardless of metadata.
    #[must_use]
    pub fn is_of_same_parts(&self, other: &Self) -> bool {
        let parts = self.0.get(..OF_PARTS);
        parts.is_some() && parts == other.0.get(..OF_PARTS)
    }
}

/// The metadata without our own data, which a client need not send back.
fn foreign(metadata: Option<&Value>) -> Option<Cow<'_, Value>> {
    const OURS: &str = "coder";
    let metadata = metadata?;
    if metadata.get(OURS).is_none() {
        return Some(Cow::Borrowed(metadata));
    }
    let fields = metadata.as_object()?;
    let kept: Map<String, Value> = fields
        .iter()
        .filter(|(name, _)| *name != OURS)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    (!kept.is_empty()).then_some(Cow::Owned(Value::Object(kept)))
}

fn fnv(texts: impl Iterator<Item = String>) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for text in texts {
        for byte in text.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash
}
