//! Tool calls, put together from their pieces.
//!
//! Seen in the field, and each with a test below: an index for every piece (OpenAI); no index at all, or index 0 for all parallel
//! calls (Ollama); id and name repeated in every piece (SGLang); a fresh id in every piece (old vLLM); no id (vLLM);
//! the whole call in one piece (Ollama, Gemini).

use super::chunk::ToolCallDelta;
use crate::providers::ProviderEvent;

/// The calls of one answer.
#[derive(Clone, Debug, Default)]
pub(super) struct ToolCalls {
    calls: Vec<Call>,
}

#[derive(Clone, Debug)]
struct Call {
    vendor_index: Option<u64>,
    vendor_id: String,
    progress: Progress,
}

#[derive(Clone, Debug)]
enum Progress {
    /// The name has yet to come; what came of the input waits for it.
    Unnamed {
        arguments: String,
    },
    Started,
}

impl ToolCalls {
    /// Whether the model called any tool.
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Whether a call never said which tool it is for.
    pub(super) fn has_unnamed(&self) -> bool {
        self.calls
            .iter()
            .any(|call| matches!(call.progress, Progress::Unnamed { .. }))
    }

    /// Takes one piece. `made_up_id` is the prefix of the id of a call that has none of its own.
    pub(super) fn push(
        &mut self,
        delta: ToolCallDelta,
        made_up_id: &str,
        events: &mut Vec<ProviderEvent>,
    ) {
        let place = self.place_of(&delta).unwrap_or_else(|| {
            self.calls.push(Call {
                vendor_index: delta.index,
                vendor_id: String::new(),
                progress: Progress::Unnamed {
                    arguments: String::new(),
                },
            });
            self.calls.len() - 1
        });
        let (earlier, call) = self.calls.split_at_mut(place);
        let Some(call) = call.first_mut() else { return };
        if call.vendor_id.is_empty() {
            call.vendor_id = delta.id;
        }
        let arguments = match &mut call.progress {
            Progress::Started => delta.function.arguments,
            Progress::Unnamed { arguments } => {
                arguments.push_str(&delta.function.arguments);
                if delta.function.name.is_empty() {
                    return;
                }
                let arguments = std::mem::take(arguments);
                call.progress = Progress::Started;
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
                    name: delta.function.name,
                });
                arguments
            }
        };
        if !arguments.is_empty() {
            events.push(ProviderEvent::ToolCallDelta {
                index: place,
                arguments,
            });
        }
    }

    /// The call `delta` belongs to; `None` when it begins one.
    fn place_of(&self, delta: &ToolCallDelta) -> Option<usize> {
        let begins = !delta.function.name.is_empty();
        let newest = |is_it: &dyn Fn(&Call) -> bool| self.calls.iter().rposition(is_it);
        let place = match delta.index {
            Some(_) => newest(&|call| call.vendor_index == delta.index),
            None if !delta.id.is_empty() => newest(&|call| call.vendor_id == delta.id)
                .or_else(|| if begins { None } else { newest(&|_| true) }),
            None => newest(&|_| true),
        }?;
        let call = self.calls.get(place)?;
        let is_named = matches!(call.progress, Progress::Started);
        // A name where one is known begins another call, unless the id says that it is only repeated.
        let is_repeated = !delta.id.is_empty() && delta.id == call.vendor_id;
        let has_same_index = delta.index.is_some() && delta.id.is_empty();
        (!begins || !is_named || is_repeated || has_same_index).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// Feeds `deltas` and gives the calls they make: id, name, input.
    fn calls(deltas: &[Value]) -> Vec<(String, String, String)> {
        let mut tool_calls = ToolCalls::default();
        let mut events = Vec::new();
        for delta in deltas {
            tool_calls.push(
                serde_json::from_value(delta.clone()).unwrap(),
                "made-up",
                &mut events,
            );
        }
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
            serde_json::from_value(json!({ "index": 0 })).unwrap(),
            "",
            &mut events,
        );
        assert_eq!(events, []);
        assert!(tool_calls.has_unnamed() && !tool_calls.is_empty());
    }
}
