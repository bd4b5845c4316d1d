//! The answer of the running turn grows: chunks are stored, then sent.

use common::{
    chunk::{Chunk, DataChunk, ToolCallFields},
    frame::{Delivered, encode_chunk},
};
use providers::ProviderEvent;
use serde_json::json;
use store::Write;

use super::{running::Running, work::Work};
use crate::{connections::Connections, context::Context, io::Effect};

/// The name of the data part that says something to the user beside the answer.
const NOTICE: &str = "notice";

impl Running {
    /// Takes note of a chunk written before a restart.
    pub(crate) fn observe(&mut self, chunk: &Chunk) {
        self.note_call(chunk);
        self.writer.observe(chunk);
        self.answer.apply(chunk);
        self.next_seq += 1;
    }

    fn note_call(&mut self, chunk: &Chunk) {
        if let (
            true,
            Chunk::ToolInputStart { tool_call_id, .. }
            | Chunk::ToolInputAvailable { tool_call_id, .. }
            | Chunk::ToolInputError { tool_call_id, .. },
        ) = (self.turn.is_continuation(), chunk)
        {
            self.introduced.insert(tool_call_id.clone());
        }
    }

    /// A continuation's stream repeats the input of a call before its output: the AI SDK reads the stream as a message of
    /// its own, and refuses an output of a call that it does not know.
    fn introduce(&mut self, chunks: Vec<Chunk>) -> Vec<Chunk> {
        if !self.turn.is_continuation() {
            return chunks;
        }
        let mut out = Vec::with_capacity(chunks.len() + 1);
        for chunk in chunks {
            self.note_call(&chunk);
            if let Chunk::ToolOutputAvailable { tool_call_id, .. }
            | Chunk::ToolOutputError { tool_call_id, .. }
            | Chunk::ToolOutputDenied { tool_call_id } = &chunk
                && self.introduced.insert(tool_call_id.clone())
                && let Some(call) = self
                    .answer
                    .message()
                    .calls()
                    .find(|call| call.tool_call_id == *tool_call_id)
            {
                out.push(Chunk::ToolInputAvailable {
                    tool_call_id: tool_call_id.clone(),
                    tool_name: call.name.clone(),
                    input: call.state.input().cloned().unwrap_or_default(),
                    call: ToolCallFields {
                        provider_metadata: call.details.call_provider_metadata.clone(),
                        ..ToolCallFields::default()
                    },
                });
            }
            out.push(chunk);
        }
        out
    }

    /// The model says something.
    pub(crate) fn said(
        &mut self,
        cx: &mut Context<'_>,
        connections: &mut Connections,
        events: Vec<ProviderEvent>,
    ) {
        if events.is_empty() {
            return;
        }
        if let Work::Model(model) = &mut self.work
            && !model.speaks
            && events.iter().any(is_output)
        {
            model.speaks = true;
            self.is_stored_stale |= self.setbacks.progressed();
        }
        if let Some(compacting) = &mut self.compacting {
            return compacting.hear(events);
        }
        self.gathering.add(events);
        if self.gathering.is_ripe(cx.now) {
            self.flush(cx, connections);
        }
        self.ask_for_moment(cx);
    }

    /// The moment to store and send what was gathered.
    pub(crate) fn flush_due(&mut self, cx: &mut Context<'_>, connections: &mut Connections) {
        if self.gathering.moment_came(cx.now) {
            self.flush(cx, connections);
        }
        self.ask_for_moment(cx);
    }

    fn ask_for_moment(&mut self, cx: &mut Context<'_>) {
        if let Some(moment) = self.gathering.next_moment(cx.now) {
            cx.push(Effect::FlushAt(moment));
        }
    }

    /// Stores and sends what was gathered.
    pub(crate) fn flush(&mut self, cx: &mut Context<'_>, connections: &mut Connections) {
        if !self.gathering.is_empty() {
            let chunks = self.writer.write(cx.now, self.gathering.take(cx.now));
            self.grow(cx, connections, chunks, Vec::new());
        }
    }

    /// Says something to the user beside the answer, once a turn.
    pub(crate) fn notice(
        &mut self,
        cx: &mut Context<'_>,
        connections: &mut Connections,
        notice: &str,
    ) {
        if self.notices.iter().any(|said| said == notice) {
            return;
        }
        self.notices.push(notice.to_owned());
        let mut chunks = Vec::new();
        self.writer.start(&mut chunks);
        chunks.push(Chunk::Data(DataChunk {
            name: NOTICE.to_owned(),
            id: Some(format!("{NOTICE}-{}", self.notices.len())),
            data: json!({"text": notice}),
            transient: false,
        }));
        self.grow(cx, connections, chunks, Vec::new());
    }

    /// Stores chunks together with what goes with them, then sends the chunks.
    pub(crate) fn grow(
        &mut self,
        cx: &mut Context<'_>,
        connections: &mut Connections,
        chunks: Vec<Chunk>,
        mut writes: Vec<Write>,
    ) {
        if chunks.is_empty() {
            return;
        }
        let chunks = self.introduce(chunks);
        let is_first = !self.streams();
        let first_seq = self.next_seq;
        let mut lines = Vec::with_capacity(chunks.len());
        for chunk in &chunks {
            self.answer.apply(chunk);
            lines.push(serde_json::to_string(chunk).unwrap_or_default());
        }
        let id = self.turn.request_id.clone();
        self.next_seq += lines.len() as u64;
        writes.push(Write::AppendChunks {
            request_id: id.clone(),
            first_seq,
            chunks: lines.clone(),
        });
        if std::mem::take(&mut self.is_stored_stale) || self.attempt != 1 {
            // Progress: the attempts count anew.
            self.attempt = 1;
            writes.push(Write::turn(self.stored()));
        }
        cx.persist(writes);
        self.end_recovering(cx, connections);
        if is_first {
            connections.offer_to_parked(cx, &id);
        }
        let hearing = connections.hearing();
        let continuation = self.turn.is_continuation();
        for (seq, line) in (first_seq..).zip(&lines) {
            let text = encode_chunk(&id, line, seq, Delivered::Live, continuation);
            cx.send(hearing.clone(), text);
        }
    }

    /// Reports that the turn continues as if it had not been interrupted.
    pub(crate) fn end_recovering(&mut self, cx: &mut Context<'_>, connections: &Connections) {
        if std::mem::take(&mut self.is_recovering) {
            connections.send_recovering(cx, &self.turn.request_id, false);
        }
    }
}

/// Whether an event shows that the model has begun to answer.
const fn is_output(event: &ProviderEvent) -> bool {
    match event {
        ProviderEvent::TextDelta(_)
        | ProviderEvent::ReasoningDelta(_)
        | ProviderEvent::ToolCallStart { .. }
        | ProviderEvent::ToolCallDelta { .. } => true,
        ProviderEvent::VendorData { .. } | ProviderEvent::Usage(_) | ProviderEvent::Finished(_) => {
            false
        }
    }
}
