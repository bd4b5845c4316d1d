//! Provider events become chunks: every part is opened before its deltas and closed before the step ends, so that
//! the strict AI SDK never objects.

mod stage;

use std::{collections::HashSet, time::Duration};

use common::{
    chunk::{Chunk, PartBoundary, ToolCallFields},
    frame::ClientTool,
    id::{PartId, ToolCallId},
    message::{began_thinking, thinking_since},
    time::Timestamp,
    vendor_data::{CallVendorData, VendorData},
};
use providers::{FinishReason, ProviderEvent, Usage};
use serde_json::{Map, Value};
use store::cut;
use tools::ask_user;

pub(super) use self::stage::Beginning;
use self::stage::{CallSoFar, OpenPart, Stage, StepVendorData};
use super::written_calls::{ReadCall, WrittenCalls};
use crate::usage::usage_of_step;

/// The most bytes of one delta. Written as JSON it is at most six times as long and still fits a row.
const DELTA_BYTES: usize = 128 * 1024;

/// Deltas that come together are joined up to so many bytes: a frame stays as small as clients expect of one that holds
/// words.
const JOINED_BYTES: usize = 2_048;

/// Writes the chunks of one answer. After a restart it is brought up to date with [`AnswerWriter::observe`].
#[derive(Debug)]
pub(super) struct AnswerWriter {
    stage: Stage,
    /// Steps begun so far.
    steps: u32,
    /// Steps of the message before it was continued.
    steps_before: u32,
    /// Parts begun so far.
    parts: u32,
    calls: WrittenCalls,
    /// The model call whose words are written.
    call: CallSoFar,
    /// The usage of the steps that were counted.
    used: Usage,
}

/// The steps of a message before it is continued.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Before {
    /// How many.
    pub(super) steps: u32,
    /// What they used.
    pub(super) used: Usage,
}

/// The usage of a step.
#[derive(Debug)]
pub(super) struct StepUsage {
    /// The number of the step in this answer, from 1.
    pub(super) number: u32,
    /// The model that was asked.
    pub(super) model: String,
    /// What it used.
    pub(super) usage: Usage,
    /// How long the call took.
    pub(super) took: Option<Duration>,
}

impl AnswerWriter {
    /// `calls`: the calls of the whole conversation. `before`: the steps of the message that is continued, and their usage.
    pub(super) fn new(beginning: Beginning, calls: HashSet<ToolCallId>, before: Before) -> Self {
        Self {
            stage: Stage::New(beginning),
            steps: 0,
            steps_before: before.steps,
            parts: 0,
            calls: WrittenCalls::new(calls),
            call: CallSoFar::default(),
            used: before.used,
        }
    }

    /// A model call begins: what a failed call before it left behind is dropped, except its usage.
    pub(super) fn begin_call(&mut self, now: Timestamp, model: &str) {
        self.call = CallSoFar {
            model: model.to_owned(),
            began: Some(now),
            usage: self.call.usage,
            ..CallSoFar::default()
        };
    }

    /// The usage of the last model call, once.
    pub(super) fn take_usage(&mut self, now: Timestamp) -> Option<StepUsage> {
        let usage = self.call.usage.take()?;
        self.used = self.used.plus(&usage);
        Some(StepUsage {
            number: self.steps_before + self.steps,
            model: self.call.model.clone(),
            usage,
            took: self.call.began.map(|began| now.since(began)),
        })
    }

    /// Names the tools that the client runs.
    pub(super) fn offer(&mut self, client_tools: Vec<ClientTool>) {
        self.calls.offer(client_tools);
    }

    /// Whether the answer is whole.
    pub(super) const fn is_finished(&self) -> bool {
        matches!(self.stage, Stage::Finished)
    }

    /// How many steps were begun.
    pub(super) const fn steps(&self) -> u32 {
        self.steps
    }

    /// Takes note of a chunk written before a restart.
    pub(super) fn observe(&mut self, chunk: &Chunk) {
        if let Stage::New(_) = self.stage {
            self.stage = Stage::BetweenSteps;
        }
        match chunk {
            Chunk::StartStep => {
                self.steps += 1;
                self.stage = Stage::InStep;
            }
            Chunk::FinishStep => self.stage = Stage::BetweenSteps,
            Chunk::TextStart(part) => {
                self.parts += 1;
                self.stage = Stage::InPart(OpenPart::Text(part.id.clone()));
            }
            Chunk::ReasoningStart(part) => {
                self.parts += 1;
                let since = thinking_since(part.provider_metadata.as_ref());
                self.stage = Stage::InPart(OpenPart::Reasoning(part.id.clone(), since));
            }
            Chunk::TextEnd(_) | Chunk::ReasoningEnd(_) => self.stage = Stage::InStep,
            Chunk::Finish { .. } => self.stage = Stage::Finished,
            Chunk::Data(part) => {
                if let Some(step) = usage_of_step(&part.name, &part.data) {
                    self.used = self.used.plus(&step);
                }
            }
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
            | Chunk::Other(_) => {}
        }
    }

    /// The chunks for what came together. Deltas of one part become one chunk.
    pub(super) fn write(&mut self, now: Timestamp, events: Vec<ProviderEvent>) -> Vec<Chunk> {
        let mut out = Vec::new();
        for event in events {
            match event {
                ProviderEvent::TextDelta(delta) => {
                    let id = self.text(now, &mut out);
                    for piece in cut(&delta, DELTA_BYTES) {
                        append(&mut out, Chunk::text_delta(id.clone(), piece.to_owned()));
                    }
                }
                ProviderEvent::ReasoningDelta(delta) => {
                    let id = self.reasoning(now, &mut out);
                    for piece in cut(&delta, DELTA_BYTES) {
                        append(
                            &mut out,
                            Chunk::reasoning_delta(id.clone(), piece.to_owned()),
                        );
                    }
                }
                ProviderEvent::ToolCallStart { index, id, name } => {
                    self.start_step(&mut out);
                    self.close(now, &mut out);
                    self.calls.open(index, &id, name, &mut out);
                }
                ProviderEvent::ToolCallDelta { index, arguments } => {
                    for piece in cut(&arguments, DELTA_BYTES) {
                        self.calls.grow(index, piece, &mut out);
                    }
                }
                ProviderEvent::VendorData { message, calls } => {
                    self.call.vendor = StepVendorData { message, calls };
                }
                ProviderEvent::Usage(usage) => {
                    let before = self.call.usage.unwrap_or_default();
                    self.call.usage = Some(before.plus(&usage));
                }
                ProviderEvent::Finished(reason) => self.call.finish = Some(reason),
            }
        }
        out
    }

    /// The chunks that are left when the model's stream has ended, and the calls it made. A call whose input cannot be
    /// read is settled with that.
    pub(super) fn end_stream(&mut self, now: Timestamp) -> (Vec<Chunk>, Vec<ReadCall>) {
        let mut out = Vec::new();
        self.start_step(&mut out);
        let StepVendorData { message, mut calls } = std::mem::take(&mut self.call.vendor);
        let mut message = Some(message);
        if self.calls.is_empty() {
            let data = VendorData {
                model: self.call.model.clone(),
                message: message.take().unwrap_or_default(),
                call: CallVendorData::default(),
            };
            self.close_with(now, data.to_metadata(), &mut out);
        }
        self.close(now, &mut out);
        let is_cut = self.call.finish == Some(FinishReason::Length);
        let model = self.call.model.clone();
        let read = self.calls.end(is_cut, &mut out, |index| {
            let at = calls.iter().position(|(of, _)| *of == index);
            let data = VendorData {
                model: model.clone(),
                // The first call carries what is the message's.
                message: message.take().unwrap_or_default(),
                call: at.map(|at| calls.swap_remove(at).1).unwrap_or_default(),
            };
            data.to_metadata()
        });
        (out, read)
    }

    /// The chunks that end the step, and its part if one is open.
    pub(super) fn end_step(&mut self, now: Timestamp) -> Vec<Chunk> {
        let mut out = Vec::new();
        self.close(now, &mut out);
        if let Stage::InStep = self.stage {
            self.stage = Stage::BetweenSteps;
            out.push(Chunk::FinishStep);
        }
        out
    }

    /// The chunks of a step in which the agent itself asks the user something.
    pub(super) fn ask(&mut self, now: Timestamp, id: &str, input: Value) -> Vec<Chunk> {
        let mut out = self.end_step(now);
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

    /// What the user should know of how the last step ended.
    pub(super) fn warning(&self) -> Option<&'static str> {
        self.call.finish.as_ref().and_then(FinishReason::warning)
    }

    /// The chunks that end the answer.
    pub(super) fn finish(&mut self, now: Timestamp) -> Vec<Chunk> {
        let reason = self.call.finish.take();
        self.finish_as(now, reason.as_ref().map_or("stop", FinishReason::as_str))
    }

    /// As [`Self::finish`], for a reason of the agent's own.
    pub(super) fn finish_as(&mut self, now: Timestamp, reason: &str) -> Vec<Chunk> {
        let mut out = self.end_step(now);
        let mut metadata = Map::new();
        metadata.insert("finishReason".to_owned(), reason.into());
        if self.used != Usage::default() {
            metadata.insert("usage".to_owned(), self.used.to_json());
        }
        out.push(Chunk::Finish {
            finish_reason: None,
            message_metadata: Some(Value::Object(metadata)),
        });
        self.stage = Stage::Finished;
        out
    }

    /// Begins the answer, unless it has begun.
    pub(super) fn start(&mut self, out: &mut Vec<Chunk>) {
        if let Stage::New(beginning) = &mut self.stage {
            let message_id = match beginning {
                Beginning::Message(id) => Some(id.clone()),
                Beginning::Continuation => None,
            };
            self.stage = Stage::BetweenSteps;
            out.push(Chunk::Start {
                message_id,
                message_metadata: None,
            });
        }
    }

    fn start_step(&mut self, out: &mut Vec<Chunk>) {
        self.start(out);
        match self.stage {
            Stage::New(_) | Stage::BetweenSteps | Stage::Finished => {
                self.stage = Stage::InStep;
                self.steps += 1;
                out.push(Chunk::StartStep);
            }
            Stage::InStep | Stage::InPart(_) => {}
        }
    }

    fn close(&mut self, now: Timestamp, out: &mut Vec<Chunk>) {
        out.extend(self.take_part().map(|part| part.end(now, None)));
    }

    /// The part that was open; from here on none is.
    fn take_part(&mut self) -> Option<OpenPart> {
        if let Stage::InPart(part) = &self.stage {
            let part = part.clone();
            self.stage = Stage::InStep;
            Some(part)
        } else {
            None
        }
    }

    /// Closes the last part of a step with the vendor's data. Where no part is open, an empty one carries it.
    fn close_with(&mut self, now: Timestamp, metadata: Option<Value>, out: &mut Vec<Chunk>) {
        if metadata.is_none() {
            return;
        }
        if !matches!(self.stage, Stage::InPart(_)) {
            self.reasoning(now, out);
        }
        out.extend(self.take_part().map(|part| part.end(now, metadata)));
    }

    /// The open text part; it is opened first when there is none.
    fn text(&mut self, now: Timestamp, out: &mut Vec<Chunk>) -> PartId {
        if let Stage::InPart(OpenPart::Text(id)) = &self.stage {
            return id.clone();
        }
        let id = self.next_part(now, out);
        out.push(Chunk::text_start(id.clone()));
        self.stage = Stage::InPart(OpenPart::Text(id.clone()));
        id
    }

    fn reasoning(&mut self, now: Timestamp, out: &mut Vec<Chunk>) -> PartId {
        if let Stage::InPart(OpenPart::Reasoning(id, _)) = &self.stage {
            return id.clone();
        }
        let id = self.next_part(now, out);
        out.push(Chunk::ReasoningStart(PartBoundary {
            id: id.clone(),
            provider_metadata: Some(began_thinking(now)),
        }));
        self.stage = Stage::InPart(OpenPart::Reasoning(id.clone(), Some(now)));
        id
    }

    fn next_part(&mut self, now: Timestamp, out: &mut Vec<Chunk>) -> PartId {
        self.start_step(out);
        self.close(now, out);
        self.parts += 1;
        PartId::new(format!("p{}", self.parts))
    }
}

/// Appends a delta; to the chunk before it when both extend the same part.
fn append(out: &mut Vec<Chunk>, chunk: Chunk) {
    match (out.last_mut(), &chunk) {
        (Some(Chunk::TextDelta(last)), Chunk::TextDelta(new))
        | (Some(Chunk::ReasoningDelta(last)), Chunk::ReasoningDelta(new))
            if last.id == new.id && last.delta.len() + new.delta.len() <= JOINED_BYTES =>
        {
            last.delta.push_str(&new.delta);
        }
        _ => out.push(chunk),
    }
}

#[cfg(test)]
mod tests;
