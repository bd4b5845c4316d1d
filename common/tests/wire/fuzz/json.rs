//! Random values: texts, numbers and JSON of any shape.

use fastrand::Rng;
use serde_json::{Map, Value};

const TEXTS: &[&str] = &[
    "",
    "a",
    "m1",
    "text",
    "Hello \"you\"\n",
    "{\"pa",
    "null",
    "🦀",
    "\u{0}",
    "\u{2028}",
    "é\u{301}",
    "\\u00e9",
    "data-",
    "tool-",
    "__proto__",
];

/// Only numbers that JSON represents exactly, so that they are unchanged when read again.
const NUMBERS: &[f64] = &[0.5, -1.0, 1e15, 0.125, -0.0];

pub(super) fn text(random: &mut Rng) -> String {
    match random.u8(0..8) {
        0..4 => random.choice(TEXTS).copied().unwrap_or_default().to_owned(),
        4..7 => (0..random.usize(0..12)).map(|_| random.char(..)).collect(),
        _ => "long ".repeat(random.usize(0..400)),
    }
}

/// A text that is not empty, such as an id.
pub(super) fn name(random: &mut Rng) -> String {
    format!("n{}", text(random))
}

pub(super) fn maybe<T>(random: &mut Rng, make: impl FnOnce(&mut Rng) -> T) -> Option<T> {
    random.bool().then(|| make(random))
}

pub(super) fn list<T>(random: &mut Rng, mut make: impl FnMut(&mut Rng) -> T) -> Vec<T> {
    (0..random.usize(0..4)).map(|_| make(random)).collect()
}

/// Any JSON.
pub(super) fn value(random: &mut Rng) -> Value {
    nested(random, 4)
}

/// Any JSON except `null`, for a field where `null` means missing.
pub(super) fn some_value(random: &mut Rng) -> Value {
    let value = value(random);
    if value.is_null() { true.into() } else { value }
}

/// An object with any fields except these.
pub(super) fn object_without(random: &mut Rng, taken: &[&str]) -> Map<String, Value> {
    let fields = list(random, |random| (text(random), value(random)));
    let mut object = Map::from_iter(fields);
    object.retain(|name, _| !taken.contains(&name.as_str()));
    object
}

fn nested(random: &mut Rng, depth: u32) -> Value {
    match random.u8(0..if depth == 0 { 6 } else { 9 }) {
        0 => Value::Null,
        1 => random.bool().into(),
        2 => random.i64(..).into(),
        3 => random.choice(NUMBERS).copied().into(),
        4 | 5 => text(random).into(),
        6 | 7 => {
            let fields = list(random, |random| (text(random), nested(random, depth - 1)));
            Value::Object(Map::from_iter(fields))
        }
        _ => list(random, |random| nested(random, depth - 1)).into(),
    }
}
