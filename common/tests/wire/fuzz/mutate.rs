//! Damaged goldens: as JSON, inside the JSON in their texts, and as bytes.

use std::{fs, path::Path};

use fastrand::Rng;
use serde_json::{Map, Value};

use super::json::{text, value};

/// The goldens: frames, chunks, parts and messages.
pub(super) fn goldens() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens");
    let files = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .flat_map(|path| {
            let family: Map<String, Value> =
                serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            family.into_iter().map(|(_, golden)| golden)
        })
        .collect()
}

/// A golden with some faults.
pub(super) fn spoilt(random: &mut Rng, goldens: &[Value]) -> Value {
    let mut spoilt = random.choice(goldens).unwrap().clone();
    for _ in 0..random.usize(1..4) {
        spoil(random, &mut spoilt, goldens);
    }
    spoilt
}

/// A text with some damaged bytes; invalid UTF-8 is replaced.
pub(super) fn garbled(random: &mut Rng, text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..random.usize(0..4) {
        let at = random.usize(0..=bytes.len());
        match random.u8(0..5) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, random.u8(..)),
            2 => bytes.insert(at, *random.choice(b"{}[]\",:\\/0").unwrap()),
            3 if at < bytes.len() => bytes[at] = random.u8(..),
            _ => bytes.extend_from_within(at..),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Adds one fault, somewhere inside.
fn spoil(random: &mut Rng, spoilt: &mut Value, goldens: &[Value]) {
    match spoilt {
        Value::Object(fields) if !fields.is_empty() && random.u8(0..6) > 0 => {
            let names: Vec<String> = fields.keys().cloned().collect();
            let name = random.choice(names).unwrap();
            match random.u8(0..8) {
                0 => drop(fields.remove(&name)),
                1 => {
                    let moved = fields.remove(&name).unwrap_or_default();
                    fields.insert(text(random), moved);
                }
                2 => {
                    fields.extend(borrowed(random, goldens));
                }
                _ => spoil(random, fields.entry(name).or_insert(Value::Null), goldens),
            }
        }
        Value::Array(entries) if !entries.is_empty() && random.u8(0..4) > 0 => {
            let at = random.usize(0..entries.len());
            match random.u8(0..4) {
                0 => drop(entries.remove(at)),
                1 => entries.push(entries[at].clone()),
                _ => spoil(random, &mut entries[at], goldens),
            }
        }
        Value::String(inner) if inner.starts_with('{') && random.u8(0..4) > 0 => {
            if let Ok(mut json) = serde_json::from_str(inner) {
                spoil(random, &mut json, goldens);
                *inner = json.to_string();
            }
        }
        Value::String(inner) if random.bool() => *inner = garbled(random, inner),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => *spoilt = anything(random, goldens),
    }
}

fn anything(random: &mut Rng, goldens: &[Value]) -> Value {
    match random.u8(0..3) {
        0 => random.choice(goldens).cloned().unwrap(),
        1 => value(random).to_string().into(),
        _ => value(random),
    }
}

/// The fields of another golden: a frame that resembles two kinds at once.
fn borrowed(random: &mut Rng, goldens: &[Value]) -> Map<String, Value> {
    match random.choice(goldens) {
        Some(Value::Object(fields)) => fields.clone(),
        _ => Map::new(),
    }
}
