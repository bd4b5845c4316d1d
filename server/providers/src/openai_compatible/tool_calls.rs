//! Assembles tool calls from their deltas.
//!
//! Variants seen in practice, each with a test: an index in every delta (OpenAI); no index, or index 0 for all
//! parallel calls (Ollama); id and name repeated in every delta (SGLang); a new id in every delta (old vLLM); no id
//! (vLLM); the whole call in one delta (Ollama, Gemini); the whole input repeated after its deltas; an empty object
//! before the input.

use common::{
    json::{HalfJoiner, without_halves},
    vendor_data::CallVendorData,
};
use serde_json::Value;

use super::{
    chunk::ToolCallDelta,
    vendor_data::{Gathered, Room},
};
use crate::ProviderEvent;

/// The placeholder that some servers send before the input.
const NO_INPUT: &str = "{}";

/// The calls of an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct ToolCalls {
    calls: Vec<Call>,
}

#[derive(Clone, Debug, Default)]
struct Call {
    vendor_index: Option<u64>,
    vendor_id: String,
    /// Whether its name has come, so that its start was returned.
    is_started: bool,
    input: Input,
    fields: Gathered,
    function_fields: Gathered,
}

/// The input of a call.
#[derive(Clone, Debug, Default)]
struct Input {
    halves: HalfJoiner,
    /// The whole input so far.
    written: String,
    /// The length that was returned.
    given: usize,
}

impl ToolCalls {
    /// Whether the model called any tool.
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Whether a call has no tool name.
    pub(super) fn has_unnamed(&self) -> bool {
        self.calls.iter().any(|call| !call.is_started)
    }

    /// Takes a delta. `made_up_id` is the prefix of the id for a call without one.
    pub(super) fn push(
        &mut self,
        delta: ToolCallDelta,
        made_up_id: &str,
        room: &mut Room,
        events: &mut Vec<ProviderEvent>,
    ) {
        let place = self.place_of(&delta).unwrap_or_else(|| {
            self.calls.push(Call {
                vendor_index: delta.index,
                ..Call::default()
            });
            self.calls.len() - 1
        });
        let (earlier, call) = self.calls.split_at_mut(place);
        let Some(call) = call.first_mut() else { return };
        if call.vendor_id.is_empty() {
            call.vendor_id = without_halves(delta.id);
        }
        call.fields.merge(delta.rest, room);
        call.function_fields.merge(delta.function_rest, room);
        call.input.push(delta.arguments);
        if !call.is_started && !delta.name.is_empty() {
            call.is_started = true;
            let is_unique = !call.vendor_id.is_empty()
                && earlier
                    .iter()
                    .all(|other| other.vendor_id != call.vendor_id);
            let id = if is_unique {
                call.vendor_id.clone()
            } else {
                format!("{made_up_id}-{place}")
            };
            events.push(ProviderEvent::ToolCallStart {
                index: place,
                id,
                name: without_halves(delta.name),
            });
        }
        if call.is_started && call.input.written != NO_INPUT {
            call.give(place, events);
        }
    }

    /// Releases the held input: the answer is over.
    pub(super) fn settle(&mut self, events: &mut Vec<ProviderEvent>) {
        for (place, call) in self.calls.iter_mut().enumerate() {
            let half = call.input.halves.finish();
            call.input.written.push_str(&half);
            if call.is_started {
                call.give(place, events);
            }
        }
    }

    /// The vendor data of the calls, by index.
    pub(super) fn take_vendor_data(&mut self) -> Vec<(usize, CallVendorData)> {
        let data = self.calls.iter_mut().enumerate().map(|(place, call)| {
            let id = std::mem::take(&mut call.vendor_id);
            let data = CallVendorData {
                id: Some(id).filter(|id| !id.is_empty()),
                fields: call.fields.take(),
                function: call.function_fields.take(),
            };
            (place, data)
        });
        data.filter(|(_, data)| !data.is_empty()).collect()
    }

    /// The call that `delta` belongs to; `None` when it begins one.
    fn place_of(&self, delta: &ToolCallDelta) -> Option<usize> {
        let begins = !delta.name.is_empty();
        let newest = |is_it: &dyn Fn(&Call) -> bool| self.calls.iter().rposition(is_it);
        let place = match delta.index {
            Some(_) => newest(&|call| call.vendor_index == delta.index),
            None if !delta.id.is_empty() => newest(&|call| call.vendor_id == delta.id)
                .or_else(|| if begins { None } else { newest(&|_| true) }),
            None => newest(&|_| true),
        }?;
        let call = self.calls.get(place)?;
        // A second name begins another call, unless the id shows that it is a repetition.
        let is_repeated = !delta.id.is_empty() && delta.id == call.vendor_id;
        let has_same_index = delta.index.is_some() && delta.id.is_empty();
        (!begins || !call.is_started || is_repeated || has_same_index).then_some(place)
    }
}

impl Call {
    /// Returns the new part of the input.
    fn give(&mut self, index: usize, events: &mut Vec<ProviderEvent>) {
        let new = self.input.written.get(self.input.given..);
        if let Some(new) = new.filter(|new| !new.is_empty()) {
            events.push(ProviderEvent::ToolCallDelta {
                index,
                arguments: new.to_owned(),
            });
        }
        self.input.given = self.input.written.len();
    }
}

impl Input {
    fn push(&mut self, arguments: String) {
        let piece = self.halves.push(arguments);
        if self.written == NO_INPUT && self.given == 0 && !piece.trim().is_empty() {
            self.written.clear();
        }
        if !self.is_repeated_by(&piece) {
            self.written.push_str(&piece);
        }
    }

    /// Whether `piece` repeats the whole input.
    fn is_repeated_by(&self, piece: &str) -> bool {
        // Nothing can follow a complete object, so this is not part of a nested one.
        self.written.trim_end().ends_with('}')
            && piece.trim_start().starts_with('{')
            && serde_json::from_str::<Value>(&self.written).is_ok_and(|whole| {
                serde_json::from_str(piece).is_ok_and(|again: Value| whole == again)
            })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The calls from these deltas: id, name, input.
    fn calls(deltas: &[Value]) -> Vec<(String, String, String)> {
        let mut tool_calls = ToolCalls::default();
        let mut events = Vec::new();
        for delta in deltas {
            tool_calls.push(
                ToolCallDelta::of(delta.clone()),
                "made-up",
                &mut Room::default(),
                &mut events,
            );
        }
        tool_calls.settle(&mut events);
        let mut calls: Vec<(String, String, String)> = Vec::new();
        for event in events {
            if let ProviderEvent::ToolCallStart { index, id, name } = event {
                assert_eq!(index, calls.len(), "indices count up");
                calls.push((id, name, String::new()));
            } else if let ProviderEvent::ToolCallDelta { index, arguments } = event {
                assert_ne!(arguments, "");
                calls[index].2.push_str(&arguments);
            } else {
                panic!("{event:?}");
            }
        }
        calls
    }

    fn check(deltas: &[Value], expected: &[(&str, &str, &str)]) {
        let calls = calls(deltas);
        let calls: Vec<_> = calls
            .iter()
            .map(|(id, name, input)| (id.as_str(), name.as_str(), input.as_str()))
            .collect();
        assert_eq!(calls, expected);
    }

    #[test]
    fn with_an_index_interleaved() {
        check(
            &[
                json!({ "index": 0, "id": "a", "type": "function", "function": { "name": "read", "arguments": "" } }),
                json!({ "index": 0, "function": { "arguments": "{\"p\":" } }),
                json!({ "index": 1, "id": "b", "type": "function", "function": { "name": "write", "arguments": "" } }),
                json!({ "index": 1, "function": { "arguments": "{}" } }),
                json!({ "index": 0, "id": null, "function": { "name": null, "arguments": "1}" } }),
            ],
            &[("a", "read", "{\"p\":1}"), ("b", "write", "{}")],
        );
    }

    #[test]
    fn whole_in_one_without_index_or_with_index_0_for_all() {
        let call = |index: Value, id: &str| json!({ "index": index, "id": id, "function": { "name": "read", "arguments": "{}" } });
        check(
            &[call(Value::Null, "a"), call(Value::Null, "b")],
            &[("a", "read", "{}"), ("b", "read", "{}")],
        );
        check(
            &[call(json!(0), "a"), call(json!(0), "b")],
            &[("a", "read", "{}"), ("b", "read", "{}")],
        );
    }

    #[test]
    fn index_0_for_all_in_pieces() {
        check(
            &[
                json!({ "index": 0, "id": "a", "function": { "name": "read", "arguments": "" } }),
                json!({ "index": 0, "id": "a", "function": { "name": "read", "arguments": "{}" } }),
                json!({ "index": 0, "id": "b", "function": { "name": "read", "arguments": "" } }),
                json!({ "index": 0, "id": "", "function": { "arguments": "[]" } }),
            ],
            &[("a", "read", "{}"), ("b", "read", "[]")],
        );
    }

    #[test]
    fn a_fresh_id_in_every_piece() {
        check(
            &[
                json!({ "index": 0, "id": "a", "function": { "name": "read" } }),
                json!({ "index": 0, "id": "x", "function": { "arguments": "{" } }),
                json!({ "index": 0, "id": "y", "function": { "arguments": "}" } }),
            ],
            &[("a", "read", "{}")],
        );
    }

    #[test]
    fn no_id_gets_a_made_up_one() {
        check(
            &[
                json!({ "index": 3, "function": { "name": "read", "arguments": "{}" } }),
                json!({ "index": 4, "function": { "name": "write", "arguments": "{" } }),
                json!({ "index": 4, "function": { "name": "write", "arguments": "}" } }),
            ],
            &[("made-up-0", "read", "{}"), ("made-up-1", "write", "{}")],
        );
        check(
            &[
                json!({ "function": { "name": "read", "arguments": "{}" } }),
                json!({ "function": { "name": "read", "arguments": { "p": 1 } } }),
                json!({ "function": { "arguments": " " } }),
            ],
            &[
                ("made-up-0", "read", "{}"),
                ("made-up-1", "read", "{\"p\":1} "),
            ],
        );
    }

    #[test]
    fn an_id_used_twice_is_replaced() {
        check(
            &[
                json!({ "index": 0, "id": "a", "function": { "name": "read", "arguments": "{" } }),
                json!({ "index": 1, "id": "a", "function": { "name": "write", "arguments": "{}" } }),
                json!({ "index": 0, "id": "a", "function": { "arguments": "}" } }),
            ],
            &[("a", "read", "{}"), ("made-up-1", "write", "{}")],
        );
    }

    #[test]
    fn the_whole_input_again_is_no_second_one() {
        let piece = |arguments: Value| json!({ "index": 0, "id": "a", "function": { "name": "read", "arguments": arguments } });
        let pieces = [piece(json!("{\"p\":")), piece(json!("{\"p\":1}}"))];
        check(&pieces, &[("a", "read", "{\"p\":{\"p\":1}}")]);
        for again in [json!("{\"p\":1}"), json!("{ \"p\": 1 }"), json!({ "p": 1 })] {
            check(
                &[piece(json!("{\"p\"")), piece(json!(":1}")), piece(again)],
                &[("a", "read", "{\"p\":1}")],
            );
        }
        // Different input is kept.
        check(
            &[piece(json!("{\"p\":1}")), piece(json!("{\"p\":2}"))],
            &[("a", "read", "{\"p\":1}{\"p\":2}")],
        );
    }

    #[test]
    fn an_empty_object_before_the_input_is_none() {
        let piece = |arguments: &str| json!({ "index": 0, "id": "a", "function": { "name": "read", "arguments": arguments } });
        check(
            &[piece("{}"), piece("{\"p\":"), piece("1}")],
            &[("a", "read", "{\"p\":1}")],
        );
        check(&[piece("{}"), piece("")], &[("a", "read", "{}")]);
    }

    #[test]
    fn a_character_may_be_cut_in_two() {
        let piece = |json: &str| common::json::parse_keeping_halves(json).unwrap();
        check(
            &[
                piece(r#"{"id":"a","function":{"name":"read","arguments":"{\"p\":\"\ud83d"}}"#),
                piece(r#"{"function":{"arguments":"\ude00 \ud83d\"}"}}"#),
            ],
            &[("a", "read", "{\"p\":\"😀 \u{fffd}\"}")],
        );
    }

    #[test]
    fn what_the_vendor_wants_back_is_gathered() {
        let mut tool_calls = ToolCalls::default();
        for delta in [
            json!({ "index": 0, "id": "a", "type": "function", "function": { "name": "read", "arguments": "{" } }),
            json!({ "index": 0, "extra_content": { "google": { "thought_signature": "SIG" } } }),
            json!({ "index": 0, "extra_content": { "google": { "more": 1 } }, "function": { "arguments": "}", "strict": true } }),
            json!({ "index": 1, "function": { "name": "read", "arguments": "{}" } }),
        ] {
            let delta = ToolCallDelta::of(delta);
            tool_calls.push(delta, "", &mut Room::default(), &mut Vec::new());
        }
        let data = CallVendorData {
            id: Some("a".to_owned()),
            fields: serde_json::from_value(
                json!({ "extra_content": { "google": { "thought_signature": "SIG", "more": 1 } } }),
            )
            .unwrap(),
            function: serde_json::from_value(json!({ "strict": true })).unwrap(),
        };
        assert_eq!(tool_calls.take_vendor_data(), [(0, data)]);
    }

    #[test]
    fn the_name_may_come_late() {
        check(
            &[
                json!({ "index": 0, "function": { "arguments": "{" } }),
                json!({ "index": 0, "id": "a", "function": { "name": "read", "arguments": "}" } }),
            ],
            &[("a", "read", "{}")],
        );
    }

    #[test]
    fn a_call_that_is_never_named_is_known() {
        let mut tool_calls = ToolCalls::default();
        let mut events = Vec::new();
        tool_calls.push(
            ToolCallDelta::of(json!({ "index": 0 })),
            "",
            &mut Room::default(),
            &mut events,
        );
        assert_eq!(events, []);
        assert!(tool_calls.has_unnamed() && !tool_calls.is_empty());
    }
}
