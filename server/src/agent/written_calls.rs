//! The tool calls of a step while the model writes them: an id of its own for each, and an input that can be read.

use std::collections::HashSet;

use common::{
    chunk::{Chunk, ToolCallFields},
    id::ToolCallId,
    json,
};
use serde_json::Value;

/// The most bytes of a call's input. It is a row of the store, together with what it is quoted in, and goes to the model
/// with every later call.
const INPUT_BYTES: usize = 400_000;

/// The most bytes that are kept of an input that cannot be read: quoted, each may become six.
const KEPT_BYTES: usize = 20_000;

/// The calls of a step.
#[derive(Debug)]
pub(super) struct WrittenCalls {
    calls: Vec<WrittenCall>,
    /// The calls of the whole conversation. Clients find a call by its id alone, and vendors give one id twice: in a
    /// step, in two steps, or in every turn anew.
    taken: HashSet<ToolCallId>,
}

/// A call while the model writes it.
#[derive(Debug)]
struct WrittenCall {
    index: usize,
    id: ToolCallId,
    name: String,
    arguments: String,
    /// How much was written, also of what is not kept.
    bytes: usize,
}

/// A call whose input could be read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ReadCall {
    pub(super) id: ToolCallId,
    pub(super) name: String,
    pub(super) input: Value,
}

impl WrittenCalls {
    /// `taken`: the calls that are known.
    pub(super) const fn new(taken: HashSet<ToolCallId>) -> Self {
        Self {
            calls: Vec::new(),
            taken,
        }
    }

    /// Takes note of a call made before a restart.
    pub(super) fn observe(&mut self, id: &ToolCallId) {
        self.taken.insert(id.clone());
    }

    /// The vendor's id, or one that is like it when another call has that.
    pub(super) fn fresh_id(&mut self, written: &str) -> ToolCallId {
        let mut id = ToolCallId::new(written);
        let mut count = 1;
        while !self.taken.insert(id.clone()) {
            count += 1;
            id = ToolCallId::new(format!("{written}-{count}"));
        }
        id
    }

    /// The model begins a call.
    pub(super) fn open(&mut self, index: usize, id: &str, name: String, out: &mut Vec<Chunk>) {
        let id = self.fresh_id(id);
        out.push(Chunk::ToolInputStart {
            tool_call_id: id.clone(),
            tool_name: name.clone(),
            call: ToolCallFields::default(),
        });
        self.calls.push(WrittenCall {
            index,
            id,
            name,
            arguments: String::new(),
            bytes: 0,
        });
    }

    /// The model goes on with the input of a call. Of one that is too long nothing more is told.
    pub(super) fn grow(&mut self, index: usize, arguments: &str, out: &mut Vec<Chunk>) {
        let calls = &mut self.calls;
        // Vendors that number all calls alike mean the last one.
        let Some(call) = calls.iter_mut().rfind(|call| call.index == index) else {
            return;
        };
        call.bytes = call.bytes.saturating_add(arguments.len());
        if call.bytes <= INPUT_BYTES {
            call.arguments.push_str(arguments);
            out.push(Chunk::ToolInputDelta {
                tool_call_id: call.id.clone(),
                input_text_delta: arguments.to_owned(),
            });
        }
    }

    /// Ends the calls, and tells those whose input can be read. The others are settled with what is wrong.
    pub(super) fn end(&mut self, out: &mut Vec<Chunk>) -> Vec<ReadCall> {
        let calls = std::mem::take(&mut self.calls).into_iter();
        calls.filter_map(|call| call.end(out)).collect()
    }
}

impl WrittenCall {
    /// Without arguments the input is an empty object: some models leave them out.
    fn end(self, out: &mut Vec<Chunk>) -> Option<ReadCall> {
        let written = if self.arguments.trim().is_empty() {
            "{}"
        } else {
            &self.arguments
        };
        let wrong = if self.bytes > INPUT_BYTES {
            format!(
                "The input has {} bytes and may have {INPUT_BYTES}: do it in several calls.",
                self.bytes
            )
        } else {
            match json::parse(written) {
                Ok(input) => {
                    out.push(Chunk::ToolInputAvailable {
                        tool_call_id: self.id.clone(),
                        tool_name: self.name.clone(),
                        input: input.clone(),
                        call: ToolCallFields::default(),
                    });
                    return Some(ReadCall {
                        id: self.id,
                        name: self.name,
                        input,
                    });
                }
                Err(error) => format!("The input is not JSON: {error}."),
            }
        };
        let end = self.arguments.floor_char_boundary(KEPT_BYTES);
        let kept = self.arguments.get(..end).unwrap_or_default();
        out.push(Chunk::ToolInputError {
            tool_call_id: self.id,
            tool_name: self.name,
            input: Some(kept.into()),
            error_text: wrong,
            call: ToolCallFields::default(),
        });
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(pieces: &[&str]) -> (Vec<Chunk>, Vec<ReadCall>) {
        let mut calls = WrittenCalls::new(HashSet::new());
        let mut out = Vec::new();
        calls.open(0, "c", "list".to_owned(), &mut out);
        for piece in pieces {
            calls.grow(0, piece, &mut out);
        }
        out.clear();
        let read = calls.end(&mut out);
        (out, read)
    }

    fn refused(pieces: &[&str]) -> String {
        let (chunks, read) = written(pieces);
        assert_eq!(read, []);
        let [
            Chunk::ToolInputError {
                input: Some(Value::String(kept)),
                error_text,
                ..
            },
        ] = &chunks[..]
        else {
            panic!("{chunks:?}")
        };
        assert!(kept.len() <= KEPT_BYTES && pieces.concat().starts_with(kept));
        error_text.clone()
    }

    #[test]
    fn an_input_is_read_when_it_is_json_and_of_a_sane_size() {
        let input = |pieces| written(pieces).1.remove(0).input;
        assert_eq!(input(&[]), serde_json::json!({}));
        assert_eq!(input(&[" \n"]), serde_json::json!({}));
        assert_eq!(input(&["{\"a\"", ":1}"]), serde_json::json!({"a": 1}));
        assert_eq!(input(&["[1]"]), serde_json::json!([1]));
        for broken in ["{", "{\"a\":", "nope", "{} {}"] {
            assert!(refused(&[broken]).starts_with("The input is not JSON"));
        }
        let deep = "[".repeat(100_000);
        assert!(refused(&[&deep]).starts_with("The input is not JSON"));
        let long = format!("\"{}\"", "é".repeat(50_000));
        let pieces = vec![long.as_str(); 100];
        assert!(refused(&pieces).starts_with("The input has 10000200 bytes"));
    }

    #[test]
    fn of_an_input_that_is_too_long_little_is_told() {
        let mut calls = WrittenCalls::new(HashSet::new());
        let mut out = Vec::new();
        calls.open(0, "c", "write".to_owned(), &mut out);
        let piece = "x".repeat(100_000);
        for _ in 0..100 {
            calls.grow(0, &piece, &mut out);
        }
        assert_eq!(out.len(), 5, "the start and four deltas");
    }
}
