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
mod tests;
