//! Tells contents apart without keeping them.

use std::{borrow::Cow, fmt::Write as _};

use common::message::Message;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Of a message's parts, then of its metadata: 64-bit FNV-1a each, in hex. Not secure and need not be: it saves writing
/// what is there already, and finds a message that a client knows by another id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentHash(String);

/// How much of it is of the parts, in hex digits.
const OF_PARTS: usize = 16;

impl ContentHash {
    /// Of a message.
    #[must_use]
    pub fn of(message: &Message) -> Self {
        let parts = message.parts.iter().map(|part| part.to_json().to_string());
        let metadata = foreign(message.metadata.as_ref()).map(|metadata| metadata.to_string());
        let mut text = String::with_capacity(2 * OF_PARTS);
        for hash in [fnv(parts), fnv(metadata.into_iter())] {
            // Writing to a text does not fail.
            let _ = write!(text, "{hash:016x}");
        }
        Self(text)
    }

    /// As it is stored.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// For the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is of the same parts, whatever the metadata.
    #[must_use]
    pub fn is_of_same_parts(&self, other: &Self) -> bool {
        let parts = self.0.get(..OF_PARTS);
        parts.is_some() && parts == other.0.get(..OF_PARTS)
    }
}

/// The metadata without our own, which a client need not send back.
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
