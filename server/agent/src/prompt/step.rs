//! Steps of an assistant's message: words, reasoning and calls, then an output for every call.

use common::{
    id::MessageId,
    message::{Part, ToolPart, ToolState},
    vendor_data::{CallVendorData, MessageVendorData, VendorData},
};
use providers::{AssistantMessage, ModelMessage, ModelToolCall, ToolMessage};
use serde_json::Value;
use store::ModelNote;

use super::output;
use crate::pause;

/// The steps of a message as model messages, with the notes between them; `model` is the one that is asked.
pub(super) fn messages(
    parts: &[Part],
    origin: &MessageId,
    model: &str,
    notes: &[ModelNote],
    out: &mut Vec<ModelMessage>,
) {
    let mut notes: Vec<&ModelNote> = notes
        .iter()
        .filter(|note| note.message == *origin)
        .collect();
    let mut tell = |step: Option<usize>, out: &mut Vec<ModelMessage>| {
        notes.retain(|note| {
            let is_later = step.is_some_and(|step| note.steps.is_none_or(|steps| steps > step));
            if !is_later {
                out.push(ModelMessage::user(note.text.clone()));
            }
            is_later
        });
    };
    let mut begin = 0;
    // What precedes the first mark is step 0, which is mostly empty.
    for (number, step) in parts
        .split(|part| matches!(part, Part::StepStart))
        .enumerate()
    {
        push(parts, begin..begin + step.len(), origin, model, out);
        tell(Some(number), out);
        begin += step.len() + 1;
    }
    tell(None, out);
}

/// What a step consists of.
#[derive(Default)]
struct Step<'p> {
    text: String,
    reasoning: String,
    vendor: MessageVendorData,
    /// Each with its place in the message.
    calls: Vec<(usize, &'p ToolPart, CallVendorData)>,
}

impl<'p> Step<'p> {
    fn of(parts: &'p [Part], begin: usize, model: &str) -> Self {
        let mut step = Self::default();
        for (at, part) in parts.iter().enumerate() {
            match part {
                Part::Text(part) => {
                    add(&mut step.text, &part.text);
                    step.take(part.provider_metadata.as_ref(), model);
                }
                Part::Reasoning(part) => {
                    add(&mut step.reasoning, &part.text);
                    step.take(part.provider_metadata.as_ref(), model);
                }
                Part::Tool(call) => {
                    let metadata = call.details.call_provider_metadata.as_ref();
                    let vendor = step.take(metadata, model);
                    step.calls.push((begin + at, call, vendor));
                }
                Part::File(_)
                | Part::SourceUrl(_)
                | Part::SourceDocument(_)
                | Part::StepStart
                | Part::Data(_)
                | Part::Other(_) => {}
            }
        }
        // Vendors that want plain reasoning back want it with calls alone, and what another model thought is not theirs.
        if step.calls.is_empty() {
            step.vendor.reasoning = None;
        }
        if step.vendor.reasoning.is_none() {
            step.reasoning.clear();
        }
        step
    }

    /// Takes over what a part carries, if it came from `model`.
    fn take(&mut self, metadata: Option<&Value>, model: &str) -> CallVendorData {
        let data = VendorData::from_metadata(metadata).filter(|data| data.model == model);
        let Some(VendorData { call, message, .. }) = data else {
            return CallVendorData::default();
        };
        if message.reasoning.is_some() {
            self.vendor.reasoning = message.reasoning;
        }
        self.vendor.fields.extend(message.fields);
        call
    }
}

fn push(
    parts: &[Part],
    range: std::ops::Range<usize>,
    origin: &MessageId,
    model: &str,
    out: &mut Vec<ModelMessage>,
) {
    let begin = range.start;
    let Step {
        text,
        reasoning,
        vendor,
        calls,
    } = Step::of(parts.get(range).unwrap_or_default(), begin, model);
    if text.is_empty() && calls.is_empty() {
        return;
    }
    let mut tool_calls = Vec::with_capacity(calls.len());
    let mut outputs = Vec::with_capacity(calls.len());
    for (at, call, vendor) in calls {
        let id = call.tool_call_id.to_string();
        tool_calls.push(ModelToolCall {
            id: id.clone(),
            name: call.name.clone(),
            arguments: arguments_of(call),
            vendor,
        });
        let mut output = output::text_of(call);
        // Said of every call that earns it, at any time: an output stays as it was when more calls follow.
        if let Some(hint) = parts.get(..=at).and_then(pause::hint) {
            output.push_str("\n\n");
            output.push_str(&hint);
        }
        outputs.push(ModelMessage::Tool(ToolMessage {
            tool_call_id: id,
            output,
            files: output::file_of(call).into_iter().collect(),
            origin: Some(origin.clone()),
        }));
    }
    out.push(ModelMessage::Assistant(AssistantMessage {
        text,
        reasoning,
        vendor,
        tool_calls,
        origin: Some(origin.clone()),
    }));
    out.append(&mut outputs);
}

fn add(to: &mut String, text: &str) {
    if !to.is_empty() && !text.is_empty() {
        to.push_str("\n\n");
    }
    to.push_str(text);
}

/// What the model wrote, also where it could not be read.
fn arguments_of(call: &ToolPart) -> String {
    if let ToolState::OutputError {
        input: None,
        raw_input: Some(Value::String(written)),
        ..
    } = &call.state
    {
        return written.clone();
    }
    call.state
        .input()
        .map_or_else(|| "{}".to_owned(), ToString::to_string)
}
