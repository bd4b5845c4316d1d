//! A growing answer: text, reasoning, calls, and vendor data.

use common::{
    json::{HalfJoiner, without_halves},
    vendor_data::{CallVendorData, MessageVendorData},
};

use super::{
    chunk::{Delta, Reasoning},
    think::{Think, Words},
    tool_calls::ToolCalls,
    vendor_data::{Gathered, Room},
};
use crate::ProviderEvent;

/// An answer that grows.
#[derive(Clone, Debug, Default)]
pub(super) struct Growing {
    /// The number of messages before the answer; part of generated ids, so that they differ between steps.
    message_count: usize,
    /// The vendor's id of the answer.
    answer_id: String,
    text: Text,
    reasoning: ReasoningText,
    tool_calls: ToolCalls,
    /// The vendor data of the message.
    fields: Gathered,
    /// Whether reasoning was returned.
    has_reasoned: bool,
    room: Room,
}

/// The answer's text.
#[derive(Clone, Debug, Default)]
struct Text {
    halves: HalfJoiner,
    think: Think,
    /// The text of the deltas, to recognise a whole message that repeats it.
    written: String,
    /// Whether anything was returned that counts as an answer.
    has_words: bool,
}

/// The answer's reasoning.
#[derive(Clone, Debug, Default)]
struct ReasoningText {
    halves: HalfJoiner,
    /// The plain field of the reasoning. Structured fields only repeat it.
    field: Option<&'static str>,
    /// The text of that field's deltas, to recognise a whole message that repeats it.
    written: String,
}

impl Growing {
    /// The answer after this many messages.
    pub(super) fn new(message_count: usize) -> Self {
        Self {
            message_count,
            ..Self::default()
        }
    }

    /// Takes the vendor's id of the answer.
    pub(super) fn take_id(&mut self, id: String) {
        if self.answer_id.is_empty() {
            self.answer_id = without_halves(id);
        }
    }

    /// Whether the model called any tool.
    pub(super) fn has_calls(&self) -> bool {
        !self.tool_calls.is_empty()
    }

    /// Whether a call has no tool name.
    pub(super) fn has_unnamed_call(&self) -> bool {
        self.tool_calls.has_unnamed()
    }

    /// Whether there is any text besides reasoning.
    pub(super) fn has_words(&self) -> bool {
        self.text.has_words
    }

    /// Whether vendor data was dropped because there is too much.
    pub(super) fn has_dropped_data(&self) -> bool {
        self.room.is_full()
    }

    /// Takes a delta, or the whole message.
    pub(super) fn take_delta(&mut self, delta: Delta, is_whole: bool) -> Vec<ProviderEvent> {
        let mut events = Vec::new();
        self.take_reasoning(delta.reasoning, is_whole, &mut events);
        self.take_text(delta.text, is_whole, &mut events);
        if !delta.tool_calls.is_empty() {
            self.settle_text(&mut events);
            let answer_id = if self.answer_id.is_empty() {
                "call"
            } else {
                self.answer_id.as_str()
            };
            let made_up_id = format!("{answer_id}-{}", self.message_count);
            for tool_call in delta.tool_calls {
                self.tool_calls
                    .push(tool_call, &made_up_id, &mut self.room, &mut events);
            }
        }
        self.fields.merge(delta.rest, &mut self.room);
        events
    }

    fn take_reasoning(
        &mut self,
        reasoning: Reasoning,
        is_whole: bool,
        events: &mut Vec<ProviderEvent>,
    ) {
        let mut words = reasoning.parts;
        match reasoning.plain {
            Some((field, plain)) => {
                self.reasoning.field.get_or_insert(field);
                words.push_str(&new_of(plain, is_whole, &mut self.reasoning.written));
            }
            None if self.reasoning.field.is_none() => words.push_str(&reasoning.details),
            None => {}
        }
        let words = self.reasoning.halves.push(words);
        if !words.is_empty() {
            self.has_reasoned = true;
            events.push(ProviderEvent::ReasoningDelta(words));
        }
    }

    fn take_text(&mut self, text: String, is_whole: bool, events: &mut Vec<ProviderEvent>) {
        if text.is_empty() {
            return;
        }
        let text = new_of(text, is_whole, &mut self.text.written);
        let text = self.text.halves.push(text);
        // Reasoning in a field of its own needs no tags.
        if self.reasoning.field.is_some() {
            self.settle_text(events);
            self.give_text(vec![Words::Text(text)], events);
        } else {
            let words = self.text.think.push(text);
            self.give_text(words, events);
        }
    }

    /// Releases the text: no reasoning tag can follow at its beginning.
    fn settle_text(&mut self, events: &mut Vec<ProviderEvent>) {
        let words = self.text.think.settle();
        self.give_text(words, events);
    }

    fn give_text(&mut self, words: Vec<Words>, events: &mut Vec<ProviderEvent>) {
        for words in words {
            match words {
                Words::Text(words) if !words.is_empty() => {
                    // White space counts as an answer, unless it follows reasoning.
                    self.text.has_words |= !words.trim().is_empty() || !self.has_reasoned;
                    events.push(ProviderEvent::TextDelta(words));
                }
                Words::Reasoning(words) if !words.is_empty() => {
                    self.has_reasoned = true;
                    events.push(ProviderEvent::ReasoningDelta(words));
                }
                Words::Text(_) | Words::Reasoning(_) => {}
            }
        }
    }

    /// Releases the held text.
    pub(super) fn flush(&mut self, held: &mut Vec<ProviderEvent>) {
        let reasoning = self.reasoning.halves.finish();
        if !reasoning.is_empty() {
            held.push(ProviderEvent::ReasoningDelta(reasoning));
        }
        let half = self.text.halves.finish();
        let words = self.text.think.push(half);
        self.give_text(words, held);
        self.settle_text(held);
        self.tool_calls.settle(held);
    }

    /// The vendor data. When there is too much, only ids and field names are kept, since the rest has gaps.
    pub(super) fn take_vendor_data(&mut self) -> Option<ProviderEvent> {
        let has_words = self.fields.has_reasoning();
        let field = self.reasoning.field.filter(|_| !has_words);
        let mut message = MessageVendorData {
            reasoning: field.map(str::to_owned),
            fields: self.fields.take(),
        };
        let mut calls = self.tool_calls.take_vendor_data();
        if self.room.is_full() {
            message.fields.clear();
            for (
                _,
                CallVendorData {
                    fields, function, ..
                },
            ) in &mut calls
            {
                fields.clear();
                function.clear();
            }
            calls.retain(|(_, call)| !call.is_empty());
        }
        (!message.is_empty() || !calls.is_empty())
            .then_some(ProviderEvent::VendorData { message, calls })
    }
}

/// The new part of `words`: some servers end a stream with the whole message. `written` is the text of the deltas.
fn new_of(words: String, is_whole: bool, written: &mut String) -> String {
    if !is_whole {
        written.push_str(&words);
        return words;
    }
    match words.strip_prefix(written.as_str()) {
        Some(new) => new.to_owned(),
        None => words,
    }
}
