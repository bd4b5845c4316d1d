//! The turn that runs. What it is given is stored, then sent.

use std::{collections::HashSet, time::Duration};

use common::{
    chunk::{Chunk, DataChunk, ToolCallFields},
    frame::{Delivered, ServerFrame, encode_chunk},
    id::{RequestId, ToolCallId},
    message::{Message, Part},
    state::Usage,
    time::Timestamp,
    transcript::MessageBuilder,
};
use providers::ProviderEvent;
use serde_json::json;
use store::{RequestContext, RunningTurn, Setbacks, Turn, Write};
use tools::Preview;

use super::{
    answer_writer::{AnswerWriter, Before, Beginning},
    gather::Gathering,
    work::{MAX_TOOL_TIME, Overdue, Work},
};
use crate::{
    connections::Connections,
    context::Context,
    io::{CallId, Effect, Gap},
    options::ModelOptions,
    usage,
};

/// A running turn is looked after this often: the platform evicts an object without connections after 140 s, whatever
/// it is doing, and a panic elsewhere in the isolate ends a turn without a word. This is how long that goes unnoticed.
pub const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(10);

/// How long a turn may be between two pieces of work. It never is: the next one begins at once.
const NO_WORK: Duration = Duration::from_secs(60);

/// The name of the data part that tells the user something beside the answer.
const NOTICE: &str = "notice";

/// The turn that runs.
#[derive(Debug)]
pub(crate) struct Running {
    pub(super) turn: Turn,
    /// How its client wants to be answered.
    pub(super) context: RequestContext,
    /// Its failed model calls.
    pub(super) setbacks: Setbacks,
    /// The number of the attempt since the turn last made progress.
    attempt: u32,
    pub(super) work: Work,
    /// When the work began.
    pub(super) since: Timestamp,
    /// Why the answer was not whole when the model was last called.
    pub(super) gap: Option<Gap>,
    pub(super) writer: AnswerWriter,
    pub(super) answer: MessageBuilder,
    /// The `seq` of the next chunk; above zero the turn streams.
    next_seq: u64,
    gathering: Gathering,
    /// When the provider, or a tool, last gave a sign of life.
    pub(super) heard_at: Timestamp,
    /// Whether what is stored of the turn is behind: its setbacks are over.
    is_stored_stale: bool,
    /// What was said to the user of this turn beside the answer.
    notices: Vec<String>,
    /// Whether clients know that the turn was interrupted and continues.
    is_recovering: bool,
    /// The calls of this step that need an approval, and what they will do.
    pub(super) to_approve: Vec<(ToolCallId, Preview)>,
    /// The calls that this stream has introduced; kept for continuations alone.
    introduced: HashSet<ToolCallId>,
}

impl Running {
    /// `base`: the message that a continuation continues. `calls`: those of the whole transcript.
    pub(crate) fn new(
        stored: RunningTurn,
        base: Option<Message>,
        calls: HashSet<ToolCallId>,
        now: Timestamp,
    ) -> Self {
        let RunningTurn {
            turn,
            context,
            setbacks,
            attempt,
        } = stored;
        let (mut writer, answer) = match base {
            Some(message) => {
                let is_step = |part: &&Part| matches!(part, Part::StepStart);
                let steps = message.parts.iter().filter(is_step).count();
                let before = Before {
                    steps: u32::try_from(steps).unwrap_or(u32::MAX),
                    used: usage::usage_of(&message),
                };
                (
                    AnswerWriter::new(Beginning::Continuation, calls, before),
                    MessageBuilder::continuing(message),
                )
            }
            None => {
                let id = turn.answer_id.clone();
                let beginning = Beginning::Message(id.clone());
                (
                    AnswerWriter::new(beginning, calls, Before::default()),
                    MessageBuilder::new(Message::empty_assistant(id)),
                )
            }
        };
        writer.offer(context.client_tools.clone());
        Self {
            writer,
            answer,
            turn,
            context,
            setbacks,
            attempt,
            work: Work::None,
            since: now,
            gap: None,
            next_seq: 0,
            gathering: Gathering::new(),
            heard_at: now,
            is_stored_stale: false,
            notices: Vec::new(),
            is_recovering: false,
            to_approve: Vec::new(),
            introduced: HashSet::new(),
        }
    }

    pub(crate) const fn turn(&self) -> &Turn {
        &self.turn
    }

    pub(crate) const fn id(&self) -> &RequestId {
        &self.turn.request_id
    }

    /// Ends the turn: what it is, and the answer as far as it was written.
    pub(crate) fn into_parts(mut self) -> (Turn, Message) {
        self.answer.close();
        (self.turn, self.answer.into_message())
    }

    /// The turn as it is to be stored.
    pub(super) fn stored(&self) -> RunningTurn {
        RunningTurn {
            turn: self.turn.clone(),
            context: self.context.clone(),
            setbacks: self.setbacks.clone(),
            attempt: self.attempt,
        }
    }

    /// The answer so far.
    pub(crate) const fn answer(&self) -> &Message {
        self.answer.message()
    }

    /// The model that the client named.
    pub(crate) fn named_model(&self) -> Option<&str> {
        self.context.model.as_deref()
    }

    /// Whether something of the answer was stored and sent.
    pub(crate) const fn streams(&self) -> bool {
        self.next_seq > 0
    }

    /// Whether clients know that the turn was interrupted and continues.
    pub(crate) const fn is_recovering(&self) -> bool {
        self.is_recovering
    }

    pub(crate) const fn begin_recovering(&mut self) {
        self.is_recovering = true;
    }

    /// Whether the answer is whole.
    pub(crate) const fn is_finished(&self) -> bool {
        self.writer.is_finished()
    }

    /// The usage of the last model call: the chunk that keeps it, and the usage to be counted.
    pub(crate) fn take_usage(&mut self) -> Option<(Chunk, Usage)> {
        let step = self.writer.take_usage()?;
        let chunk = usage::step_chunk(step.number, &step.model, &step.usage);
        Some((chunk, step.usage))
    }

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

    /// Begins other work.
    pub(super) fn begin(&mut self, work: Work, now: Timestamp) {
        self.work = work;
        self.since = now;
        self.heard_at = now;
    }

    /// The effects that drop what the turn waits for.
    pub(crate) fn abort(&self) -> Vec<Effect> {
        self.work.abort()
    }

    /// When the machine has to look again: to keep the object alive, and to notice what has fallen silent.
    pub(crate) fn wake_at(&self, now: Timestamp, options: &ModelOptions) -> Timestamp {
        (now + HEARTBEAT_INTERVAL).min(self.deadline(options))
    }

    /// When the work is given up, or a model call is due.
    fn deadline(&self, options: &ModelOptions) -> Timestamp {
        match &self.work {
            Work::None => self.heard_at + NO_WORK,
            Work::Model(model) => {
                let silence = if model.speaks {
                    options.pause
                } else {
                    options.first_token
                };
                (self.heard_at + silence).min(self.since + options.whole_call)
            }
            Work::Retry => self.setbacks.due().map_or(self.since, |due| due.at),
            Work::Tools(_) => self.heard_at + MAX_TOOL_TIME,
        }
    }

    /// What took too long; `None`: nothing has yet.
    pub(crate) fn overdue(&self, now: Timestamp, options: &ModelOptions) -> Option<Overdue> {
        if now < self.deadline(options) {
            return None;
        }
        Some(match &self.work {
            Work::None | Work::Model(_) => Overdue::Model(self.silence(now, options)),
            Work::Retry => Overdue::Retry(self.gap),
            Work::Tools(_) => Overdue::Tools,
        })
    }

    /// Whether a provider's report is of the model call that runs. It shows that the call is alive.
    pub(crate) fn hears(&mut self, now: Timestamp, call: CallId) -> bool {
        match &self.work {
            Work::Model(model) if model.call == call => {
                self.heard_at = now;
                true
            }
            Work::Model(_) | Work::None | Work::Retry | Work::Tools(_) => false,
        }
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
            let chunks = self.writer.write(self.gathering.take(cx.now));
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

    /// The answer as a frame, for clients that do not follow its stream.
    pub(crate) fn message_frame(&self) -> String {
        ServerFrame::MessageUpdated(self.answer().clone()).encode()
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
