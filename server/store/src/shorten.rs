//! Shortened copies for pages of messages that exceed a part of a transcript: their long texts are cut. The copy is
//! marked ([`Message::whole_bytes`]), and the page links to the whole message.

use std::io;

use common::message::Message;
use serde::Serialize;
use serde_json::{Map, Value};

use super::excerpt::PART_BYTES;

/// The maximum size of a copy, in bytes of JSON.
const COPY_BYTES: usize = 250_000;

/// The limits tried for the length of a text, until the copy is small enough. The first one is as much as the page
/// shows of a text by default.
const TEXT_BYTES: [usize; 5] = [60_000, 15_000, 4_000, 1_000, 250];

/// A waiting call is not cut below this limit if possible, since the user must see what to approve.
const ASKED_BYTES: usize = 60_000;

/// The maximum size of application-specific metadata, in bytes.
const METADATA_BYTES: usize = 10_000;

/// Fields that identify things and stay unchanged.
const NAMES: [&str; 5] = ["id", "toolCallId", "toolName", "type", "state"];

/// A stored message for a page, as JSON. Other JSON stays unchanged.
pub(super) fn for_page(json: String) -> String {
    let bytes = json.len();
    if i64::try_from(bytes).is_ok_and(|bytes| bytes <= PART_BYTES) {
        return json;
    }
    let Ok(Value::Object(mut fields)) = serde_json::from_str(&json) else {
        return json;
    };
    if let Some(Value::Array(parts)) = fields.get_mut("parts") {
        shorten(parts);
    }
    let Ok(mut copy) = serde_json::from_value::<Message>(Value::Object(fields)) else {
        return json;
    };
    if copy
        .metadata
        .as_ref()
        .is_some_and(|all| json_bytes(all) > METADATA_BYTES)
    {
        let (is_left_out, is_undone) = (copy.is_left_out(), copy.is_undone());
        copy.metadata = None;
        copy.set_left_out(is_left_out);
        copy.set_undone(is_undone);
    }
    copy.set_whole_bytes(bytes as u64);
    copy.to_json().to_string()
}

fn shorten(parts: &mut Vec<Value>) {
    for most in TEXT_BYTES {
        for part in &mut *parts {
            let most = if waits(part) {
                most.max(ASKED_BYTES)
            } else {
                most
            };
            cut_texts(part, most);
        }
        if parts.iter().map(json_bytes).sum::<usize>() <= COPY_BYTES {
            return;
        }
    }
    // There are too many parts, or one consists of very many texts.
    let mut total = 0;
    parts.retain(|part| {
        // Includes the comma.
        let size = json_bytes(part) + 1;
        let fits = total + size <= COPY_BYTES;
        if fits {
            total += size;
        }
        fits
    });
}

/// Whether the part is an unanswered call.
fn waits(part: &Value) -> bool {
    let state = part.get("state").and_then(Value::as_str);
    matches!(state, Some("input-available" | "approval-requested"))
}

fn cut_texts(value: &mut Value, most: usize) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(text) => cut_text(text, most),
        Value::Array(values) => values.iter_mut().for_each(|value| cut_texts(value, most)),
        Value::Object(fields) => cut_fields(fields, most),
    }
}

fn cut_fields(fields: &mut Map<String, Value>, most: usize) {
    for (name, value) in fields {
        match (name.as_str(), value) {
            (name, Value::String(_)) if NAMES.contains(&name) => {}
            // A truncated URL would lead elsewhere.
            ("url", Value::String(address)) if address.len() > most => address.clear(),
            (_, value) => cut_texts(value, most),
        }
    }
}

fn cut_text(text: &mut String, most: usize) {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('…');
    }
}

/// The size of a value in bytes of JSON, without building the JSON.
#[must_use]
pub fn json_bytes(value: &impl Serialize) -> usize {
    let mut bytes = Counted(0);
    // A counter accepts every write.
    let _ = serde_json::to_writer(&mut bytes, value);
    bytes.0
}

/// Counts the bytes written to it.
struct Counted(usize);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use common::{id::MessageId, message::Role};
    use serde_json::json;

    use super::*;

    /// The copy of an answer with these parts.
    fn copy(parts: Value) -> Message {
        let message = json!({"id": "m", "role": "assistant", "parts": parts});
        let json = message.to_string();
        let copy = for_page(json.clone());
        assert!(copy.len() <= COPY_BYTES + 1_000, "{}", copy.len());
        let copy: Message = serde_json::from_str(&copy).unwrap();
        assert_eq!(copy.whole_bytes(), Some(json.len() as u64));
        copy
    }

    #[test]
    fn a_message_that_fits_stays_as_it_is() {
        let message = Message::text(MessageId::from("m"), Role::User, "ü".repeat(400_000));
        let json = message.to_json().to_string();
        assert_eq!(for_page(json.clone()), json);
        let odd = "x".repeat(2_000_000);
        assert_eq!(for_page(odd.clone()), odd);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let copy = copy(json!([
            {"type": "text", "text": "Short."},
            {"type": "text", "text": format!("x{}", "ü".repeat(1_000_000))},
        ]));
        let text = format!("Short.\n\nx{}…", "ü".repeat(29_999));
        assert_eq!(copy.plain_text(), text);
    }

    #[test]
    fn many_calls_keep_their_ids_and_states() {
        let call = |number: u32| {
            json!({
                "type": "tool-read_file", "toolCallId": format!("c{number}"), "state": "output-available",
                "input": {"path": "a"}, "output": {"text": "x".repeat(50_000)},
            })
        };
        let copy = copy((0..60).map(call).collect());
        let ids: Vec<String> = copy
            .calls()
            .map(|call| call.tool_call_id.to_string())
            .collect();
        assert_eq!(
            ids,
            (0..60)
                .map(|number| format!("c{number}"))
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn open_approvals_are_cut_least() {
        let old = json!({
            "type": "tool-a", "toolCallId": "c1", "state": "output-available",
            "input": {}, "output": "x".repeat(600_000),
        });
        let asked = json!({
            "type": "tool-b", "toolName": "b", "toolCallId": "c9", "state": "approval-requested", "approval": {"id": "q"},
            "input": {"text": "x".repeat(50_000)},
        });
        let mut parts = vec![old; 40];
        parts.push(asked.clone());
        let copy = copy(parts.into());
        assert_eq!(copy.parts.last().unwrap().to_json(), asked);
    }

    #[test]
    fn our_own_metadata_stays_when_there_is_much() {
        let json = json!({
            "id": "m", "role": "user", "parts": [],
            "metadata": {"coder": {"leftOut": true}, "other": "x".repeat(2_000_000)},
        });
        let copy: Message = serde_json::from_str(&for_page(json.to_string())).unwrap();
        assert!(copy.is_left_out() && copy.whole_bytes().is_some());
        assert!(copy.to_json().to_string().len() < 200);
    }

    #[test]
    fn an_address_that_is_too_long_is_none() {
        let url = format!("data:image/png;base64,{}", "A".repeat(1_500_000));
        let file = json!({"type": "file", "mediaType": "image/png", "url": url});
        let expected = json!({"type": "file", "mediaType": "image/png", "url": ""});
        assert_eq!(
            copy(json!([file])).parts.first().unwrap().to_json(),
            expected
        );
    }

    #[test]
    fn parts_beyond_number_are_left_out() {
        let part = json!({"type": "text", "text": "Some words."});
        let copy = copy(vec![part; 30_000].into());
        assert!((4_000..10_000).contains(&copy.parts.len()));
        let texts: Vec<Value> = vec![json!("x"); 300_000];
        assert_eq!(
            self::copy(json!([{"type": "data-x", "data": texts}])).parts,
            []
        );
    }
}
