//! Provider events become chunks: every part is opened before its deltas and closed before the step ends, so that
//! the strict AI SDK never objects.

use std::collections::HashSet;

use common::{
    chunk::{Chunk, ToolCallFields},
    frame::ClientTool,
    id::{MessageId, PartId, ToolCallId},
};
use serde_json::{Map, Value, json};

use super::written_calls::{ReadCall, WrittenCalls};
use crate::{
    providers::{FinishReason, ProviderEvent, Usage},
    store::cut,
    tools::ask_user,
};

/// The most bytes of one delta. Written as JSON it is at most six times as long and still fits a row.
const DELTA_BYTES: usize = 128 * 1024;

/// Writes the chunks of one answer. After a restart it is brought up to date with [`AnswerWriter::observe`].
#[derive(Debug)]
pub(super) struct AnswerWriter {
    /// What `start` tells; a continuation goes on with a message that is known.
    answer_id: Option<MessageId>,
    started: bool,
    /// Steps begun so far.
    steps: u32,
    in_step: bool,
    open: Option<OpenPart>,
    parts: u32,
    calls: WrittenCalls,
    /// Of the steps before this one.
    used: Usage,
    /// Of this step.
    usage: Option<Usage>,
    finish: Option<FinishReason>,
    finished: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum OpenPart {
    Text(PartId),
    Reasoning(PartId),
}

impl AnswerWriter {
    /// `answer_id`: `None` when a known message is gone on with. `calls`: those that are known.
    pub(super) fn new(answer_id: Option<MessageId>, calls: HashSet<ToolCallId>) -> Self {
        Self {
            answer_id,
            started: false,
            steps: 0,
            in_step: false,
            open: None,
            parts: 0,
            calls: WrittenCalls::new(calls),
            used: Usage::default(),
            usage: None,
            finish: None,
            finished: false,
        }
    }

    /// The client runs these tools.
    pub(super) fn offer(&mut self, client_tools: Vec<ClientTool>) {
        self.calls.offer(client_tools);
    }

    /// The answer was complete when it was written last.
    pub(super) const fn is_finished(&self) -> bool {
        self.finished
    }

    /// How many steps were begun.
    pub(super) const fn steps(&self) -> u32 {
        self.steps
    }

    /// Takes note of a chunk written before a restart.
    pub(super) fn observe(&mut self, chunk: &Chunk) {
        self.started = true;
        match chunk {
            Chunk::StartStep => {
                self.steps += 1;
                self.in_step = true;
            }
            Chunk::FinishStep => self.in_step = false,
            Chunk::TextStart(part) => {
                self.parts += 1;
                self.open = Some(OpenPart::Text(part.id.clone()));
            }
            Chunk::ReasoningStart(part) => {
                self.parts += 1;
                self.open = Some(OpenPart::Reasoning(part.id.clone()));
            }
            Chunk::TextEnd(_) | Chunk::ReasoningEnd(_) => self.open = None,
            Chunk::Finish { .. } => self.finished = true,
            Chunk::ToolInputStart { tool_call_id, .. }
            | Chunk::ToolInputAvailable { tool_call_id, .. }
            | Chunk::ToolInputError { tool_call_id, .. } => {
                self.calls.observe(tool_call_id);
            }
            Chunk::Start { .. }
            | Chunk::TextDelta(_)
            | Chunk::ReasoningDelta(_)
            | Chunk::File(_)
            | Chunk::SourceUrl(_)
            | Chunk::SourceDocument(_)
            | Chunk::ToolInputDelta { .. }
            | Chunk::ToolApprovalRequest { .. }
            | Chunk::ToolOutputAvailable { .. }
            | Chunk::ToolOutputError { .. }
            | Chunk::ToolOutputDenied { .. }
            | Chunk::MessageMetadata { .. }
            | Chunk::Abort { .. }
            | Chunk::Error { .. }
            | Chunk::Data(_)
            | Chunk::Other(_) => {}
        }
    }

    /// The chunks for what came together. Deltas of one part become one chunk.
    pub(super) fn write(&mut self, events: Vec<ProviderEvent>) -> Vec<Chunk> {
        let mut out = Vec::new();
        for event in events {
            match event {
                ProviderEvent::TextDelta(delta) => {
                    let id = self.text(&mut out);
                    for piece in cut(&delta, DELTA_BYTES) {
                        append(&mut out, Chunk::text_delta(id.clone(), piece.to_owned()));
                    }
                }
                ProviderEvent::ReasoningDelta(delta) => {
                    let id = self.reasoning(&mut out);
                    for piece in cut(&delta, DELTA_BYTES) {
                        append(
                            &mut out,
                            Chunk::reasoning_delta(id.clone(), piece.to_owned()),
                        );
                    }
                }
                ProviderEvent::ToolCallStart { index, id, name } => {
                    self.start_step(&mut out);
                    self.close(&mut out);
                    self.calls.open(index, &id, name, &mut out);
                }
                ProviderEvent::ToolCallDelta { index, arguments } => {
                    for piece in cut(&arguments, DELTA_BYTES) {
                        self.calls.grow(index, piece, &mut out);
                    }
                }
                ProviderEvent::VendorData { .. } => {}
                ProviderEvent::Usage(usage) => self.usage = Some(usage),
                ProviderEvent::Finished(reason) => self.finish = Some(reason),
            }
        }
        out
    }

    /// The chunks that are left when the model's stream has ended, and the calls it made. A call whose input cannot be
    /// read is settled with that.
    pub(super) fn end_stream(&mut self) -> (Vec<Chunk>, Vec<ReadCall>) {
        let mut out = Vec::new();
        self.start_step(&mut out);
        self.close(&mut out);
        let is_cut = self.finish == Some(FinishReason::Length);
        let calls = self.calls.end(is_cut, &mut out);
        (out, calls)
    }

    /// The chunks that end the step.
    pub(super) fn end_step(&mut self) -> Vec<Chunk> {
        if let Some(usage) = self.usage.take() {
            self.used = sum(&self.used, &usage);
        }
        if std::mem::take(&mut self.in_step) {
            vec![Chunk::FinishStep]
        } else {
            Vec::new()
        }
    }

    /// The chunks of a step in which the agent itself asks the user something.
    pub(super) fn ask(&mut self, id: &str, input: Value) -> Vec<Chunk> {
        let mut out = self.end_step();
        self.start_step(&mut out);
        let tool_call_id = self.calls.fresh_id(id);
        out.push(Chunk::ToolInputAvailable {
            tool_call_id,
            tool_name: ask_user::NAME.to_owned(),
            input,
            call: ToolCallFields::default(),
        });
        out
    }

    /// The chunks that end the answer.
    pub(super) fn finish(&mut self) -> Vec<Chunk> {
        let mut out = self.end_step();
        let mut metadata = Map::new();
        let reason = self.finish.as_ref().map_or("stop", FinishReason::as_str);
        metadata.insert("finishReason".to_owned(), reason.into());
        if self.used != Usage::default() {
            metadata.insert("usage".to_owned(), usage_metadata(&self.used));
        }
        out.push(Chunk::Finish {
            finish_reason: None,
            message_metadata: Some(Value::Object(metadata)),
        });
        self.finished = true;
        out
    }

    /// The chunk that begins the answer, if none did.
    pub(super) fn start(&mut self, out: &mut Vec<Chunk>) {
        if !self.started {
            self.started = true;
            out.push(Chunk::Start {
                message_id: self.answer_id.clone(),
                message_metadata: None,
            });
        }
    }

    fn start_step(&mut self, out: &mut Vec<Chunk>) {
        self.start(out);
        if !self.in_step {
            self.in_step = true;
            self.steps += 1;
            out.push(Chunk::StartStep);
        }
    }

    fn close(&mut self, out: &mut Vec<Chunk>) {
        match self.open.take() {
            None => {}
            Some(OpenPart::Text(id)) => out.push(Chunk::text_end(id)),
            Some(OpenPart::Reasoning(id)) => out.push(Chunk::reasoning_end(id)),
        }
    }

    /// The open text part; it is opened first when there is none.
    fn text(&mut self, out: &mut Vec<Chunk>) -> PartId {
        if let Some(OpenPart::Text(id)) = &self.open {
            return id.clone();
        }
        let id = self.next_part(out);
        out.push(Chunk::text_start(id.clone()));
        self.open = Some(OpenPart::Text(id.clone()));
        id
    }

    fn reasoning(&mut self, out: &mut Vec<Chunk>) -> PartId {
        if let Some(OpenPart::Reasoning(id)) = &self.open {
            return id.clone();
        }
        let id = self.next_part(out);
        out.push(Chunk::reasoning_start(id.clone()));
        self.open = Some(OpenPart::Reasoning(id.clone()));
        id
    }

    fn next_part(&mut self, out: &mut Vec<Chunk>) -> PartId {
        self.start_step(out);
        self.close(out);
        self.parts += 1;
        PartId::new(format!("p{}", self.parts))
    }
}

/// Appends a delta; to the chunk before it when both extend the same part.
fn append(out: &mut Vec<Chunk>, chunk: Chunk) {
    match (out.last_mut(), &chunk) {
        (Some(Chunk::TextDelta(last)), Chunk::TextDelta(new))
        | (Some(Chunk::ReasoningDelta(last)), Chunk::ReasoningDelta(new))
            if last.id == new.id && last.delta.len() + new.delta.len() <= DELTA_BYTES =>
        {
            last.delta.push_str(&new.delta);
        }
        _ => out.push(chunk),
    }
}

fn sum(one: &Usage, other: &Usage) -> Usage {
    let tokens = |one: Option<u64>, other: Option<u64>| match (one, other) {
        (None, None) => None,
        (one, other) => Some(one.unwrap_or(0).saturating_add(other.unwrap_or(0))),
    };
    Usage {
        input_tokens: tokens(one.input_tokens, other.input_tokens),
        output_tokens: tokens(one.output_tokens, other.output_tokens),
        cached_input_tokens: tokens(one.cached_input_tokens, other.cached_input_tokens),
        reasoning_tokens: tokens(one.reasoning_tokens, other.reasoning_tokens),
        cost_usd: match (one.cost_usd, other.cost_usd) {
            (None, None) => None,
            (one, other) => Some(one.unwrap_or(0.0) + other.unwrap_or(0.0)),
        },
    }
}

fn usage_metadata(usage: &Usage) -> Value {
    let mut fields = Map::new();
    for (name, tokens) in [
        ("inputTokens", usage.input_tokens),
        ("outputTokens", usage.output_tokens),
        ("cachedInputTokens", usage.cached_input_tokens),
        ("reasoningTokens", usage.reasoning_tokens),
    ] {
        if let Some(tokens) = tokens {
            fields.insert(name.to_owned(), tokens.into());
        }
    }
    if let Some(cost) = usage.cost_usd {
        fields.insert("costUsd".to_owned(), json!(cost));
    }
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(chunks: &[Chunk]) -> Vec<String> {
        let kind = |chunk| {
            serde_json::to_value(chunk).unwrap()["type"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        chunks.iter().map(kind).collect()
    }

    #[test]
    fn tl_19_ui_18_parts_are_opened_before_they_grow_in_a_continuation_too() {
        let mut writer = AnswerWriter::new(None, HashSet::new());
        let mut chunks = writer.write(vec![
            ProviderEvent::ReasoningDelta("so".to_owned()),
            ProviderEvent::ReasoningDelta(" then".to_owned()),
            ProviderEvent::TextDelta("Yes.".to_owned()),
        ]);
        chunks.extend(writer.end_stream().0);
        chunks.extend(writer.finish());
        let expected = [
            "start",
            "start-step",
            "reasoning-start",
            "reasoning-delta",
            "reasoning-end",
            "text-start",
            "text-delta",
            "text-end",
            "finish-step",
            "finish",
        ];
        assert_eq!(kinds(&chunks), expected);
    }

    #[test]
    fn calls_with_one_id_get_two() {
        let ids_of = |chunks: &[Chunk]| -> Vec<String> {
            let id = |chunk: &Chunk| {
                if let Chunk::ToolInputStart { tool_call_id, .. } = chunk {
                    Some(tool_call_id.to_string())
                } else {
                    None
                }
            };
            chunks.iter().filter_map(id).collect()
        };
        let call = |index| ProviderEvent::ToolCallStart {
            index,
            id: "call".to_owned(),
            name: "list".to_owned(),
        };
        let known = HashSet::from([ToolCallId::from("call")]);
        let mut writer = AnswerWriter::new(None, known.clone());
        let mut chunks = writer.write(vec![call(0), call(1)]);
        chunks.extend(writer.end_stream().0);
        chunks.extend(writer.end_step());
        chunks.extend(writer.write(vec![call(0)]));
        assert_eq!(ids_of(&chunks), ["call-2", "call-3", "call-4"]);
        let mut restored = AnswerWriter::new(None, known);
        for chunk in &chunks {
            restored.observe(chunk);
        }
        assert_eq!(ids_of(&restored.write(vec![call(0)])), ["call-5"]);
    }

    #[test]
    fn usage_is_that_of_all_steps() {
        let used = |input_tokens, cost_usd| {
            ProviderEvent::Usage(Usage {
                input_tokens: Some(input_tokens),
                cost_usd,
                ..Usage::default()
            })
        };
        let mut writer = AnswerWriter::new(None, HashSet::new());
        writer.write(vec![used(10, Some(0.5))]);
        writer.end_step();
        writer.write(vec![used(5, None)]);
        let finish = writer.finish();
        let json = serde_json::to_value(finish.last().unwrap()).unwrap();
        let usage = &json["messageMetadata"]["usage"];
        assert_eq!(*usage, json!({"inputTokens": 15, "costUsd": 0.5}));
    }
}
