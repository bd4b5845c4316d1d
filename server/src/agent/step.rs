//! Provider events become chunks: every part is opened before its deltas and closed before the step ends, so that
//! the strict AI SDK never objects.

use common::{
    chunk::{Chunk, ToolCallFields},
    id::{MessageId, PartId, ToolCallId},
};
use serde_json::{Map, Value, json};

use crate::{
    providers::{FinishReason, ProviderEvent, Usage},
    store::cut,
};

/// The most bytes of one delta. Written as JSON it is at most six times as long and still fits a row.
const DELTA_BYTES: usize = 128 * 1024;

/// Writes the chunks of one answer. After a restart it is brought up to date with [`StepWriter::observe`].
#[derive(Debug)]
pub(super) struct StepWriter {
    answer_id: MessageId,
    started: bool,
    open: Option<OpenPart>,
    parts: u32,
    tools: Vec<ToolCall>,
    usage: Option<Usage>,
    finish: Option<FinishReason>,
    finished: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum OpenPart {
    Text(PartId),
    Reasoning(PartId),
}

#[derive(Debug)]
struct ToolCall {
    index: usize,
    id: ToolCallId,
    name: String,
    arguments: String,
}

impl StepWriter {
    pub(super) const fn new(answer_id: MessageId) -> Self {
        Self {
            answer_id,
            started: false,
            open: None,
            parts: 0,
            tools: Vec::new(),
            usage: None,
            finish: None,
            finished: false,
        }
    }

    /// The answer was complete when it was written last.
    pub(super) const fn is_finished(&self) -> bool {
        self.finished
    }

    /// Takes note of a chunk written before a restart.
    pub(super) fn observe(&mut self, chunk: &Chunk) {
        self.started = true;
        match chunk {
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
            Chunk::Start { .. }
            | Chunk::TextDelta(_)
            | Chunk::ReasoningDelta(_)
            | Chunk::File(_)
            | Chunk::SourceUrl(_)
            | Chunk::SourceDocument(_)
            | Chunk::ToolInputStart { .. }
            | Chunk::ToolInputDelta { .. }
            | Chunk::ToolInputAvailable { .. }
            | Chunk::ToolInputError { .. }
            | Chunk::ToolApprovalRequest { .. }
            | Chunk::ToolOutputAvailable { .. }
            | Chunk::ToolOutputError { .. }
            | Chunk::ToolOutputDenied { .. }
            | Chunk::StartStep
            | Chunk::FinishStep
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
                    self.open_tool(index, &id, name, &mut out)
                }
                ProviderEvent::ToolCallDelta { index, arguments } => {
                    for piece in cut(&arguments, DELTA_BYTES) {
                        self.grow_tool(index, piece, &mut out);
                    }
                }
                ProviderEvent::Usage(usage) => self.usage = Some(usage),
                ProviderEvent::Finished(reason) => self.finish = Some(reason),
            }
        }
        out
    }

    /// The chunks that end the answer, once the stream has ended.
    pub(super) fn finish(&mut self) -> Vec<Chunk> {
        let mut out = Vec::new();
        self.start(&mut out);
        self.close(&mut out);
        for tool in std::mem::take(&mut self.tools) {
            refuse(tool, &mut out);
        }
        let mut metadata = Map::new();
        let reason = self.finish.as_ref().map_or("stop", FinishReason::as_str);
        metadata.insert("finishReason".to_owned(), reason.into());
        if let Some(usage) = &self.usage {
            metadata.insert("usage".to_owned(), usage_metadata(usage));
        }
        out.push(Chunk::FinishStep);
        out.push(Chunk::Finish {
            finish_reason: None,
            message_metadata: Some(Value::Object(metadata)),
        });
        self.finished = true;
        out
    }

    fn start(&mut self, out: &mut Vec<Chunk>) {
        if !self.started {
            self.started = true;
            out.push(Chunk::Start {
                message_id: Some(self.answer_id.clone()),
                message_metadata: None,
            });
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
        self.start(out);
        self.close(out);
        self.parts += 1;
        PartId::new(format!("p{}", self.parts))
    }

    fn open_tool(&mut self, index: usize, id: &str, name: String, out: &mut Vec<Chunk>) {
        self.start(out);
        self.close(out);
        let id = ToolCallId::new(id);
        out.push(Chunk::ToolInputStart {
            tool_call_id: id.clone(),
            tool_name: name.clone(),
            call: ToolCallFields::default(),
        });
        self.tools.push(ToolCall {
            index,
            id,
            name,
            arguments: String::new(),
        });
    }

    fn grow_tool(&mut self, index: usize, arguments: &str, out: &mut Vec<Chunk>) {
        if let Some(tool) = self.tools.iter_mut().find(|tool| tool.index == index) {
            tool.arguments.push_str(arguments);
            let input_text_delta = arguments.to_owned();
            out.push(Chunk::ToolInputDelta {
                tool_call_id: tool.id.clone(),
                input_text_delta,
            });
        }
    }
}

/// Ends a call of a tool. No tool is offered to the model, so each call is of one that does not exist.
fn refuse(tool: ToolCall, out: &mut Vec<Chunk>) {
    let ToolCall {
        id,
        name,
        arguments,
        ..
    } = tool;
    let call = ToolCallFields::default();
    match serde_json::from_str::<Value>(&arguments) {
        Ok(input) => {
            let error_text = format!("There is no tool `{name}`.");
            out.push(Chunk::ToolInputAvailable {
                tool_call_id: id.clone(),
                tool_name: name,
                input,
                call,
            });
            out.push(Chunk::ToolOutputError {
                tool_call_id: id,
                error_text,
            });
        }
        Err(error) => out.push(Chunk::ToolInputError {
            tool_call_id: id,
            tool_name: name,
            input: Some(arguments.into()),
            error_text: format!("The input is not JSON: {error}."),
            call,
        }),
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
