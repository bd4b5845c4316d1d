//! Provider events become chunks: every part is opened before its deltas and closed before the step ends, so that
//! the strict AI SDK never objects.

use std::collections::HashSet;

use common::{
    chunk::{Chunk, PartBoundary, ToolCallFields},
    frame::ClientTool,
    id::{MessageId, PartId, ToolCallId},
    vendor_data::{CallVendorData, MessageVendorData, VendorData},
};
use providers::{FinishReason, ProviderEvent, Usage};
use serde_json::{Map, Value};
use store::cut;
use tools::ask_user;

use super::{
    spending::usage_of_step,
    written_calls::{ReadCall, WrittenCalls},
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
    /// Steps of the message before it was continued.
    steps_before: u32,
    in_step: bool,
    open: Option<OpenPart>,
    parts: u32,
    calls: WrittenCalls,
    /// The model that is asked.
    model: String,
    /// What the vendor wants back with this step.
    vendor: StepVendorData,
    /// The usage of the steps that were counted.
    used: Usage,
    /// The usage of this step, while it was not counted.
    usage: Option<Usage>,
    finish: Option<FinishReason>,
    finished: bool,
}

/// What a vendor wants back with a step.
#[derive(Debug, Default)]
struct StepVendorData {
    message: MessageVendorData,
    /// By the index of the call.
    calls: Vec<(usize, CallVendorData)>,
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
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum OpenPart {
    Text(PartId),
    Reasoning(PartId),
}

impl AnswerWriter {
    /// `answer_id`: `None` when continuing a message. `calls`: the calls of the whole conversation. `before`: the steps of
    /// the message that is continued, and their usage.
    pub(super) fn new(
        answer_id: Option<MessageId>,
        calls: HashSet<ToolCallId>,
        before: Before,
    ) -> Self {
        Self {
            answer_id,
            started: false,
            steps: 0,
            in_step: false,
            open: None,
            parts: 0,
            calls: WrittenCalls::new(calls),
            steps_before: before.steps,
            model: String::new(),
            vendor: StepVendorData::default(),
            used: before.used,
            usage: None,
            finish: None,
            finished: false,
        }
    }

    /// A model call begins: what a failed call before it left behind is dropped, but for its usage.
    pub(super) fn begin_call(&mut self, model: &str) {
        model.clone_into(&mut self.model);
        self.vendor = StepVendorData::default();
        self.finish = None;
    }

    /// The usage of the last model call, once.
    pub(super) fn take_usage(&mut self) -> Option<StepUsage> {
        let usage = self.usage.take()?;
        self.used = self.used.plus(&usage);
        Some(StepUsage {
            number: self.steps_before + self.steps,
            model: self.model.clone(),
            usage,
        })
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
                ProviderEvent::VendorData { message, calls } => {
                    self.vendor = StepVendorData { message, calls };
                }
                ProviderEvent::Usage(usage) => {
                    self.usage = Some(self.usage.unwrap_or_default().plus(&usage));
                }
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
        let StepVendorData { message, mut calls } = std::mem::take(&mut self.vendor);
        let mut message = Some(message);
        if self.calls.is_empty() {
            let data = VendorData {
                model: self.model.clone(),
                message: message.take().unwrap_or_default(),
                call: CallVendorData::default(),
            };
            self.close_with(data.to_metadata(), &mut out);
        }
        self.close(&mut out);
        let is_cut = self.finish == Some(FinishReason::Length);
        let model = self.model.clone();
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

    /// The chunks that end the step.
    pub(super) fn end_step(&mut self) -> Vec<Chunk> {
        if std::mem::take(&mut self.in_step) {
            vec![Chunk::FinishStep]
        } else {
            Vec::new()
        }
    }

    /// The chunks of a step in which the agent itself asks the user something.
    pub(super) fn ask(&mut self, id: &str, input: Value) -> Vec<Chunk> {
        let mut out = Vec::new();
        self.close(&mut out);
        out.extend(self.end_step());
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
        self.finish.as_ref().and_then(FinishReason::warning)
    }

    /// The chunks that end the answer.
    pub(super) fn finish(&mut self) -> Vec<Chunk> {
        let reason = self.finish.take();
        self.finish_as(reason.as_ref().map_or("stop", FinishReason::as_str))
    }

    /// As [`Self::finish`], for a reason of the agent's own.
    pub(super) fn finish_as(&mut self, reason: &str) -> Vec<Chunk> {
        let mut out = self.end_step();
        let mut metadata = Map::new();
        metadata.insert("finishReason".to_owned(), reason.into());
        if self.used != Usage::default() {
            metadata.insert("usage".to_owned(), self.used.to_json());
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

    /// Closes the last part of a step with the vendor's data. Where no part is open, an empty one carries it.
    fn close_with(&mut self, metadata: Option<Value>, out: &mut Vec<Chunk>) {
        if metadata.is_none() {
            return;
        }
        if self.open.is_none() {
            self.reasoning(out);
        }
        let boundary = |id| PartBoundary {
            id,
            provider_metadata: metadata,
        };
        match self.open.take() {
            None => {}
            Some(OpenPart::Text(id)) => out.push(Chunk::TextEnd(boundary(id))),
            Some(OpenPart::Reasoning(id)) => out.push(Chunk::ReasoningEnd(boundary(id))),
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

#[cfg(test)]
mod tests;
