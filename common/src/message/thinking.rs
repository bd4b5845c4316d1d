//! How long the model thought.
//!
//! On the wire: a key of our own in the `providerMetadata` of a reasoning part, beside those of vendors. `reasoning-start`
//! has `{"coderTime": {"at": 1764348000000}}`, when the part began, and `reasoning-end` replaces that by
//! `{"coderTime": {"took": 4200}}`, in milliseconds.

use std::time::Duration;

use serde_json::{Map, Value};

use super::ReasoningPart;
use crate::time::Timestamp;

/// The key in the metadata.
const KEY: &str = "coderTime";

/// When the part began.
const AT: &str = "at";

/// How long the model thought.
const TOOK: &str = "took";

impl ReasoningPart {
    /// How long the model thought; `None` where nobody has said.
    #[must_use]
    pub fn took(&self) -> Option<Duration> {
        read(self.provider_metadata.as_ref(), TOOK).map(Duration::from_millis)
    }

    /// Whether nothing is to be kept of it: it has no text, and its metadata holds at most its duration. Redacted reasoning
    /// has only data that the vendor wants back.
    #[must_use]
    pub fn is_void(&self) -> bool {
        let is_empty = match &self.provider_metadata {
            None => true,
            Some(Value::Object(keys)) => keys.keys().all(|key| key == KEY),
            Some(_) => false,
        };
        is_empty && self.text.trim().is_empty()
    }
}

/// The metadata of a part that begins.
#[must_use]
pub fn began_thinking(at: Timestamp) -> Value {
    write(Map::new(), AT, at.as_millis())
}

/// When a part began, by its metadata.
#[must_use]
pub fn thinking_since(metadata: Option<&Value>) -> Option<Timestamp> {
    read(metadata, AT).map(Timestamp::from_millis)
}

/// The metadata of a part that ends, beside what the vendor wants back.
#[must_use]
pub fn thought_for(took: Duration, vendors: Option<Value>) -> Value {
    let vendors = match vendors {
        Some(Value::Object(vendors)) => vendors,
        Some(_) | None => Map::new(),
    };
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    write(vendors, TOOK, millis)
}

fn read(metadata: Option<&Value>, name: &str) -> Option<u64> {
    metadata?.get(KEY)?.get(name)?.as_u64()
}

fn write(mut metadata: Map<String, Value>, name: &str, value: u64) -> Value {
    let time = Map::from_iter([(name.to_owned(), value.into())]);
    metadata.insert(KEY.to_owned(), Value::Object(time));
    Value::Object(metadata)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn part(text: &str, provider_metadata: Option<Value>) -> ReasoningPart {
        ReasoningPart {
            text: text.to_owned(),
            state: None,
            id: None,
            provider_metadata,
        }
    }

    #[test]
    fn the_duration_stands_beside_the_data_of_vendors() {
        let vendors = Some(json!({"coder": {"model": "m"}}));
        let metadata = thought_for(Duration::from_millis(4_200), vendors);
        assert_eq!(
            metadata,
            json!({"coder": {"model": "m"}, "coderTime": {"took": 4_200}})
        );
        let ended = part("so", Some(metadata));
        assert_eq!(ended.took(), Some(Duration::from_millis(4_200)));
        let began = began_thinking(Timestamp::from_millis(7));
        assert_eq!(
            thinking_since(Some(&began)),
            Some(Timestamp::from_millis(7))
        );
        assert_eq!(part("so", Some(began)).took(), None);
    }

    #[test]
    fn messages_without_it_and_odd_ones_have_none() {
        for metadata in [
            None,
            Some(json!({"openai": {}})),
            Some(json!({"coderTime": 3})),
            Some(json!({"coderTime": {"took": "long"}})),
            Some(json!({"coderTime": {"took": -1}})),
            Some(json!([])),
        ] {
            assert_eq!(part("so", metadata).took(), None);
        }
    }

    #[test]
    fn a_duration_alone_is_nothing_to_keep() {
        let time = json!({"coderTime": {"took": 1}});
        assert!(part(" ", None).is_void());
        assert!(part("", Some(time.clone())).is_void());
        assert!(!part("so", Some(time)).is_void());
        assert!(!part("", Some(json!({"coder": {}, "coderTime": {}}))).is_void());
        assert!(!part("", Some(json!(1))).is_void());
    }
}
