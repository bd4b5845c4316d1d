//! The tool calls of a step while the model writes them: an id of its own for each, and an input that can be read.

use std::collections::HashSet;

use common::{
    chunk::{Chunk, ToolCallFields},
    frame::ClientTool,
    id::ToolCallId,
};
use serde_json::Value;
use tools::arguments::{Unreadable, read_text};

/// The most bytes of a call's input. It is a row of the store, together with what it is quoted in, and goes to the model
/// with every later call.
const INPUT_BYTES: usize = 400_000;

/// The most bytes that are kept of an input that cannot be read: quoted, each may become six.
const KEPT_BYTES: usize = 20_000;

/// The error of a call that the model's limit of output cut off.
const CUT_OFF: &str = "The arguments were cut off, because your answer reached its limit of output. The call was not made. \
                       Make it again in smaller pieces, in several answers.";

/// The calls of a step.
#[derive(Debug)]
pub(super) struct WrittenCalls {
    calls: Vec<WrittenCall>,
    /// The calls of the whole conversation. Clients find a call by its id alone, and vendors give one id twice: in a
    /// step, in two steps, or in every turn anew.
    taken: HashSet<ToolCallId>,
    /// The tools that the client runs.
    client_tools: Vec<ClientTool>,
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

/// A call of a tool that there is, with an input that fits it.
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
            client_tools: Vec::new(),
        }
    }

    /// The client runs these tools.
    pub(super) fn offer(&mut self, client_tools: Vec<ClientTool>) {
        self.client_tools = client_tools;
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

    /// The model begins a call. From here on it has the name of the tool that is meant.
    pub(super) fn open(&mut self, index: usize, id: &str, name: String, out: &mut Vec<Chunk>) {
        let id = self.fresh_id(id);
        let name = tools::name_of(&name, &self.client_tools);
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

    /// The model continues the input of a call. Of one that is too long nothing more is sent.
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

    /// Whether the model has called nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Ends the calls, and gives those that can be made. The others are settled with what is wrong. `is_cut`: the answer
    /// reached its limit of output, so that its last call may not be whole. `metadata`: the vendor's data of a call, by its
    /// index.
    pub(super) fn end(
        &mut self,
        is_cut: bool,
        out: &mut Vec<Chunk>,
        mut metadata: impl FnMut(usize) -> Option<Value>,
    ) -> Vec<ReadCall> {
        let calls = std::mem::take(&mut self.calls);
        let last = calls.len().saturating_sub(1);
        let calls = calls.into_iter().enumerate();
        calls
            .filter_map(|(at, call)| {
                let fields = ToolCallFields {
                    provider_metadata: metadata(call.index),
                    ..ToolCallFields::default()
                };
                call.end(fields, is_cut && at == last, &self.client_tools, out)
            })
            .collect()
    }
}

impl WrittenCall {
    fn end(
        self,
        fields: ToolCallFields,
        is_cut: bool,
        client_tools: &[ClientTool],
        out: &mut Vec<Chunk>,
    ) -> Option<ReadCall> {
        let wrong = match self.input(is_cut, client_tools) {
            Ok(input) => {
                out.push(self.available(input.clone(), fields));
                return Some(ReadCall {
                    id: self.id,
                    name: self.name,
                    input,
                });
            }
            Err(wrong) => wrong,
        };
        // An input that can be read is shown as one. Anything but an object would be none for clients and vendors.
        let read = read_text(&self.arguments).ok();
        let read = read.filter(|input| input.is_object() && self.bytes <= INPUT_BYTES);
        if let Some(input) = read {
            out.push(self.available(input, fields));
            out.push(Chunk::ToolOutputError {
                tool_call_id: self.id,
                error_text: wrong,
            });
        } else {
            let end = self.arguments.floor_char_boundary(KEPT_BYTES);
            let kept = self.arguments.get(..end).unwrap_or_default();
            out.push(Chunk::ToolInputError {
                tool_call_id: self.id,
                tool_name: self.name,
                input: Some(kept.into()),
                error_text: wrong,
                call: fields,
            });
        }
        None
    }

    /// The input as the tool takes it, or what is wrong with it, for the model to read.
    fn input(&self, is_cut: bool, client_tools: &[ClientTool]) -> Result<Value, String> {
        if self.bytes > INPUT_BYTES {
            return Err(format!(
                "The input has {} bytes and may have {INPUT_BYTES}: do it in several calls.",
                self.bytes
            ));
        }
        let written = read_text(&self.arguments).map_err(|Unreadable { reason, ends_early }| {
            if is_cut && ends_early {
                CUT_OFF.to_owned()
            } else {
                format!("The arguments are not JSON: {reason}.")
            }
        })?;
        let is_empty = written.is_null();
        let fitted = tools::fit(&self.name, written, client_tools);
        fitted.map_err(|failure| {
            if is_cut && is_empty {
                CUT_OFF.to_owned()
            } else {
                failure.to_string()
            }
        })
    }

    fn available(&self, input: Value, fields: ToolCallFields) -> Chunk {
        Chunk::ToolInputAvailable {
            tool_call_id: self.id.clone(),
            tool_name: self.name.clone(),
            input,
            call: fields,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(name: &str, pieces: &[&str], is_cut: bool) -> (Vec<Chunk>, Vec<ReadCall>) {
        let mut calls = WrittenCalls::new(HashSet::new());
        calls.offer(vec![ClientTool {
            name: "pick".to_owned(),
            description: None,
            parameters: None,
        }]);
        let mut out = Vec::new();
        calls.open(0, "c", name.to_owned(), &mut out);
        for piece in pieces {
            calls.grow(0, piece, &mut out);
        }
        out.clear();
        let read = calls.end(is_cut, &mut out, |_| None);
        (out, read)
    }

    /// The words about a call whose input is kept as the text that it is.
    #[track_caller]
    fn unread(name: &str, pieces: &[&str], is_cut: bool) -> String {
        let (chunks, read) = called(name, pieces, is_cut);
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

    /// The words about a call whose input is shown as the object that it is.
    #[track_caller]
    fn refused(name: &str, written: &str) -> String {
        let (chunks, read) = called(name, &[written], false);
        assert_eq!(read, []);
        let [
            Chunk::ToolInputAvailable { input, .. },
            Chunk::ToolOutputError { error_text, .. },
        ] = &chunks[..]
        else {
            panic!("{chunks:?}")
        };
        assert_eq!(input.to_string(), written);
        error_text.clone()
    }

    #[test]
    fn an_input_is_kept_as_the_tool_takes_it() {
        let input = |name, pieces: &[&str]| {
            let (chunks, mut read) = called(name, pieces, false);
            let read = read.remove(0);
            let [Chunk::ToolInputAvailable { input, .. }] = &chunks[..] else {
                panic!("{chunks:?}")
            };
            assert_eq!((&read.name[..], &read.input), (name, input));
            input.to_string()
        };
        for none in [
            &[] as &[&str],
            &[" \n"],
            &["null"],
            &["[]"],
            &["{\"after\":", "\"\"}"],
        ] {
            assert_eq!(input("list", none), "{}");
        }
        assert_eq!(input("list", &["{\"path\"", ":1}"]), r#"{"path":"1"}"#);
        assert_eq!(input("pick", &["{\"a\":null}"]), r#"{"a":null}"#);
        assert_eq!(input("pick", &["[1]"]), "[1]", "the client decides");
    }

    #[test]
    fn an_input_that_cannot_be_read_is_kept_as_text() {
        for broken in ["{", "{\"a\":", "nope", "{} {}"] {
            assert!(unread("list", &[broken], false).starts_with("The arguments are not JSON"));
        }
        let deep = "[".repeat(100_000);
        assert!(unread("list", &[&deep], false).starts_with("The arguments are not JSON"));
        let long = format!("\"{}\"", "é".repeat(50_000));
        let pieces = vec![long.as_str(); 100];
        assert!(unread("list", &pieces, true).starts_with("The input has 10000200 bytes"));
        assert!(unread("list", &["[1]"], false).contains("an array of 1 and not an object"));
        assert!(unread("nope", &["1"], false).starts_with("There is no tool `nope`"));
    }

    #[test]
    fn an_input_that_does_not_fit_is_shown() {
        assert!(refused("list", r#"{"path":["a"]}"#).contains("`path` is an array"));
        assert!(refused("nope", r#"{"a":1}"#).contains("The tools are: `list`"));
    }

    #[test]
    fn an_input_cut_off_by_the_output_limit_is_reported_as_such() {
        for cut in [
            "{",
            "{\"path\": \"a\", \"text\": \"some",
            "{\"path\"",
            "",
            "{\"path\":\"a\\",
        ] {
            assert_eq!(unread("write", &[cut], true), CUT_OFF, "{cut}");
            assert!(!unread("write", &[cut], false).contains("cut off"));
        }
        assert_eq!(called("list", &["{}"], true).1.len(), 1, "it is whole");
        assert!(unread("write", &["nonsense"], true).contains("not JSON"));
        let mut calls = WrittenCalls::new(HashSet::new());
        let mut out = Vec::new();
        for index in 0..2 {
            calls.open(index, "c", "list".to_owned(), &mut out);
            calls.grow(index, "{", &mut out);
        }
        out.clear();
        calls.end(true, &mut out, |_| None);
        let cut: Vec<bool> = out
            .iter()
            .map(|chunk| matches!(chunk, Chunk::ToolInputError { error_text, .. } if error_text == CUT_OFF))
            .collect();
        assert_eq!(cut, [false, true], "only the last one was being written");
    }

    #[test]
    fn a_call_has_the_name_of_the_tool_that_is_meant() {
        let mut calls = WrittenCalls::new(HashSet::new());
        let mut out = Vec::new();
        calls.open(0, "c", "functions.list".to_owned(), &mut out);
        let read = calls.end(false, &mut out, |_| None);
        assert_eq!(read[0].name, "list");
        for chunk in out {
            let (Chunk::ToolInputStart { tool_name, .. }
            | Chunk::ToolInputAvailable { tool_name, .. }) = chunk
            else {
                panic!("{chunk:?}")
            };
            assert_eq!(tool_name, "list");
        }
    }

    #[test]
    fn only_a_little_of_a_very_long_input_is_quoted() {
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
