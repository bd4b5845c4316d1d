//! Collects vendor data over a stream.
//!
//! Objects are merged, lists are appended, other values are replaced by later ones. `reasoning_details`, OpenRouter's
//! list, comes in fragments of its entries: they are joined, and the order is kept, since signatures cover it.

use common::json::without_halves;
use serde_json::{Map, Value};

/// The maximum size kept per answer, in bytes of JSON. Signatures and encrypted reasoning are far smaller.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// The name of OpenRouter's list.
const DETAILS: &str = "reasoning_details";

/// Fields of a detail that come in fragments.
const JOINED: [&str; 3] = ["text", "summary", "data"];

/// The remaining size for all fields of an answer.
#[derive(Clone, Debug)]
pub(super) struct Room {
    left: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { left: MAX_BYTES }
    }
}

impl Room {
    /// Whether the limit was exceeded. The collected data then has gaps and is useless.
    pub(super) fn is_full(&self) -> bool {
        self.left == 0
    }

    /// Takes the size of `value`; returns whether it fits.
    fn take(&mut self, value: &Value) -> bool {
        self.left = self.left.saturating_sub(value.to_string().len());
        !self.is_full()
    }
}

/// The collected fields of a message, a call or a function.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered(Map<String, Value>);

impl Gathered {
    /// Adds the fields of a delta.
    pub(super) fn merge(&mut self, fields: Map<String, Value>, room: &mut Room) {
        for (name, value) in fields {
            if !room.take(&value) {
                return;
            }
            let into = self.0.entry(name.clone()).or_insert(Value::Null);
            if name == DETAILS {
                merge_details(into, value);
            } else {
                merge(into, value);
            }
        }
    }

    /// The reasoning text in it, to compare it with the plain reasoning.
    pub(super) fn has_reasoning(&self) -> bool {
        let details = self.0.get(DETAILS).and_then(Value::as_array);
        let has_words = |detail: &Value| {
            let words = ["text", "summary"]
                .iter()
                .filter_map(|name| detail.get(*name)?.as_str());
            words.into_iter().any(|words| !words.is_empty())
        };
        details.is_some_and(|details| details.iter().any(has_words))
    }

    /// Takes all collected fields.
    pub(super) fn take(&mut self) -> Map<String, Value> {
        let fields = std::mem::take(&mut self.0);
        fields
            .into_iter()
            .map(|(name, value)| (without_halves(name), whole(value)))
            .collect()
    }
}

fn merge(into: &mut Value, value: Value) {
    match (into, value) {
        (_, Value::Null) => {}
        (Value::Object(into), Value::Object(fields)) => {
            for (name, value) in fields {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(more)) => into.extend(more),
        (into, value) => *into = value,
    }
}

fn merge_details(into: &mut Value, details: Value) {
    let Value::Array(details) = details else {
        return merge(into, details);
    };
    if !into.is_array() {
        *into = Value::Array(Vec::new());
    }
    let Value::Array(into) = into else { return };
    for detail in details {
        match (into.last_mut(), detail) {
            (Some(Value::Object(last)), Value::Object(detail)) if goes_on(last, &detail) => {
                for (name, value) in detail {
                    let old = last.entry(name.clone()).or_insert(Value::Null);
                    match (old, value) {
                        (_, Value::Null) => {}
                        (Value::String(old), Value::String(more))
                            if JOINED.contains(&name.as_str()) =>
                        {
                            old.push_str(&more);
                        }
                        (old, value) => *old = value,
                    }
                }
            }
            (_, detail) => into.push(detail),
        }
    }
}

/// Whether `detail` continues `last`.
fn goes_on(last: &Map<String, Value>, detail: &Map<String, Value>) -> bool {
    let field = |of: &Map<String, Value>, name: &str| of.get(name).cloned().unwrap_or_default();
    let both = |name: &str| (field(last, name), field(detail, name));
    let (id, more_id) = both("id");
    let (index, more_index) = both("index");
    let is_named = !index.is_null() || !(id.is_null() || more_id.is_null());
    let (kind, more_kind) = both("type");
    // Encrypted data without an index or id is complete: joined data could not be decrypted.
    kind == more_kind
        && index == more_index
        && (id == more_id || id.is_null() || more_id.is_null())
        && (is_named || !detail.contains_key("data"))
}

/// The value with its halved characters joined.
fn whole(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(without_halves(text)),
        Value::Array(list) => list.into_iter().map(whole).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (without_halves(name), whole(value)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(pieces: Value, expected: Value) {
        let mut gathered = Gathered::default();
        let mut room = Room::default();
        for piece in pieces.as_array().unwrap() {
            gathered.merge(piece.as_object().unwrap().clone(), &mut room);
        }
        assert_eq!(Value::Object(gathered.take()), expected);
        assert!(!room.is_full());
    }

    #[test]
    fn objects_merge_lists_grow_and_the_rest_is_replaced() {
        check(
            json!([
                { "a": { "b": 1, "c": { "d": "x" } }, "list": [1], "word": "old" },
                { "a": { "c": { "d": "y", "e": null } }, "list": [2, 3], "word": "new", "more": true },
                { "a": null },
            ]),
            json!({ "a": { "b": 1, "c": { "d": "y", "e": null } }, "list": [1, 2, 3], "word": "new", "more": true }),
        );
    }

    #[test]
    fn pieces_of_one_detail_are_joined_and_the_order_stays() {
        let text = |text: &str, index: u64| json!({ "type": "reasoning.text", "text": text, "index": index });
        check(
            json!([
                { "reasoning_details": [text("Let", 0)] },
                { "reasoning_details": [text(" me", 0), { "type": "reasoning.text", "signature": "SIG", "index": 0, "text": null }] },
                { "reasoning_details": [text("think", 1)] },
                { "reasoning_details": [{ "type": "reasoning.encrypted", "data": "AA", "id": "r1", "index": 1, "format": null }] },
                { "reasoning_details": [{ "type": "reasoning.encrypted", "data": "BB", "id": "r1", "index": 1, "format": "f" }] },
                { "reasoning_details": [{ "type": "reasoning.encrypted", "data": "CC", "id": "r2", "index": 1 }] },
                { "reasoning_details": [text("again", 0)] },
            ]),
            json!({ "reasoning_details": [
                { "type": "reasoning.text", "text": "Let me", "index": 0, "signature": "SIG" },
                { "type": "reasoning.text", "text": "think", "index": 1 },
                { "type": "reasoning.encrypted", "data": "AABB", "id": "r1", "index": 1, "format": "f" },
                { "type": "reasoning.encrypted", "data": "CC", "id": "r2", "index": 1 },
                { "type": "reasoning.text", "text": "again", "index": 0 },
            ] }),
        );
    }

    #[test]
    fn whole_encrypted_details_stay_apart() {
        let detail = |data: &str| json!({ "type": "reasoning.encrypted", "data": data });
        let details = json!([detail("AA"), detail("BB")]);
        check(
            json!([{ "reasoning_details": details }]),
            json!({ "reasoning_details": details }),
        );
    }

    #[test]
    fn halves_of_a_character_meet_in_the_whole() {
        let piece = |text: &str| {
            common::json::parse_keeping_halves(&format!(
                r#"{{"reasoning_details":[{{"index":0,"text":"{text}"}}],"x":"{text}"}}"#
            ))
            .unwrap()
        };
        check(
            json!([piece(r"a\ud83d"), piece(r"\ude00b")]),
            json!({ "reasoning_details": [{ "index": 0, "text": "a😀b" }], "x": "\u{fffd}b" }),
        );
    }

    #[test]
    fn there_is_a_limit() {
        let mut gathered = Gathered::default();
        let mut room = Room::default();
        let piece = json!({ "a": "x".repeat(MAX_BYTES) });
        gathered.merge(piece.as_object().unwrap().clone(), &mut room);
        assert!(room.is_full());
    }
}
