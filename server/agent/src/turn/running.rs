//! The turn that runs: what it is told is stored and sent.

use std::{collections::HashSet, time::Duration};

use common::{
    chunk::{Chunk, ToolCallFields},
    frame::{Delivered, encode_chunk},
    id::{IdSource, ToolCallId},
    message::{Message, Part},
    time::Timestamp,
    transcript::MessageBuilder,
};
use store::Write;
use tools::Preview;

use super::{
    Agent, CallId, Effect, Gap, ModelOptions, Progress, RequestContext, RunningTurn, Setbacks,
    Turn, TurnKind,
    answer_writer::{AnswerWriter, Before, Beginning},
    gather::Gathering,
    machine::HEARTBEAT_INTERVAL,
    model_calls::is_output,
    spending,
    steps::{MAX_TOOL_TIME, Work},
};

/// How long a turn may be between two pieces of work. It never is: the next one begins at once.
const NO_WORK: Duration = Duration::from_secs(60);

/// The turn that runs.
#[derive(Debug)]
pub(super) struct Running {
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
    pub(super) next_seq: u64,
    pub(super) gathering: Gathering,
    /// When the provider, or a tool, was last heard.
    pub(super) heard_at: Timestamp,
    /// What is stored of the turn is behind: its setbacks are over.
    pub(super) is_turn_stale: bool,
    /// What the user was told of this turn beside the answer.
    pub(super) notices: Vec<String>,
    /// Clients were told that the turn is being taken up again.
    pub(super) recovering: bool,
    /// The calls of this step that the user has to agree to, and what they will do.
    pub(super) to_ask: Vec<(ToolCallId, Preview)>,
    /// The calls this stream tells of; kept for continuations alone.
    introduced: HashSet<ToolCallId>,
}

impl Running {
    /// `base`: the message that a continuation goes on with. `calls`: those of the whole
    /// transcript.
    pub(super) fn new(
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
                    used: spending::usage_of(&message),
                };
                (
                    AnswerWriter::new(Beginning::Continuation, calls, before),
                    MessageBuilder::continuing(message),
                )
            }
            None => (
                AnswerWriter::new(
                    Beginning::Message(turn.answer_id.clone()),
                    calls,
                    Before::default(),
                ),
                MessageBuilder::new(Message::empty_assistant(turn.answer_id.clone())),
            ),
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
            is_turn_stale: false,
            notices: Vec::new(),
            recovering: false,
            to_ask: Vec::new(),
            introduced: HashSet::new(),
        }
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

    /// Takes note of a chunk written before a restart.
    pub(super) fn observe(&mut self, chunk: &Chunk) {
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

    /// A continuation's stream says again what was asked of a tool before it says what came of it: the AI SDK reads the
    /// stream as a message of its own, and refuses an output of a call it has not heard of.
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

    pub(super) const fn streams(&self) -> bool {
        self.next_seq > 0
    }

    /// Begins other work.
    pub(super) fn begin(&mut self, work: Work, now: Timestamp) {
        self.work = work;
        self.since = now;
        self.heard_at = now;
    }

    /// When the machine has to look again: to keep the object alive, and to notice what has fallen silent.
    pub(super) fn wake_at(&self, now: Timestamp, options: &ModelOptions) -> Timestamp {
        (now + HEARTBEAT_INTERVAL).min(self.deadline(options))
    }

    /// When the work is given up, or a model call is due.
    pub(super) fn deadline(&self, options: &ModelOptions) -> Timestamp {
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
}

impl<I: IdSource> Agent<I> {
    /// Starts the next turn when none runs.
    pub(super) fn start_next(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        if self.running.is_some() {
            return;
        }
        self.drop_needless_continuations(out);
        let ready = self.queue.iter().position(|turn| self.is_ready(now, turn));
        let Some(queued) = ready.and_then(|at| self.queue.remove(at)) else {
            return self.wake_for_the_next(now, out);
        };
        let started = queued.start();
        let mut writes = vec![Write::turn(started.clone())];
        // The stream of the turn before was kept for late clients until now.
        self.late = None;
        writes.extend(self.needless_streams());
        let base = match started.turn.kind {
            TurnKind::Answer(_) => {
                self.let_go_of_question(&started.turn);
                None
            }
            TurnKind::Continuation => self.open.remove(&started.turn.answer_position),
        };
        writes.extend(self.begin_spending(base.as_ref()));
        out.push(Effect::Persist(writes));
        let calls = self.transcript.calls();
        self.running = Some(Running::new(started, base, calls, now));
        self.begin(now, out);
    }

    /// Wakes up when the first of the turns that wait for a moment may start, a question expires or a push is due.
    fn wake_for_the_next(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let moments = self.queue.iter().filter_map(|turn| turn.not_before);
        let moments = moments.filter(|at| *at > now);
        let others = self
            .next_expiry()
            .into_iter()
            .chain(self.telling.deadline());
        if let Some(at) = moments.chain(others).min() {
            self.wake_at(now, at, out);
        }
    }

    /// The messages a turn answers can no longer be merged into others.
    fn let_go_of_question(&mut self, turn: &Turn) {
        for id in turn.message_ids() {
            if let Some(entry) = self.transcript.find(id) {
                self.open.remove(&entry.position);
            }
        }
    }

    pub(super) fn next_call(&mut self) -> CallId {
        self.last_call += 1;
        CallId(self.last_call)
    }

    pub(super) fn provider(
        &mut self,
        now: Timestamp,
        call: CallId,
        progress: Progress,
        out: &mut Vec<Effect>,
    ) {
        let Some(running) = self.running.as_mut() else {
            return;
        };
        let Work::Model(model) = &mut running.work else {
            return;
        };
        if model.call != call {
            return;
        }
        running.heard_at = now;
        match progress {
            Progress::Events(events) if events.is_empty() => {}
            Progress::Events(events) => {
                if !model.speaks && events.iter().any(is_output) {
                    model.speaks = true;
                    running.is_turn_stale |= running.setbacks.progressed();
                }
                running.gathering.add(events);
                if running.gathering.is_ripe(now) {
                    self.flush(now, out);
                }
                self.ask_for_moment(now, out);
            }
            Progress::Ended => {
                self.flush(now, out);
                self.model_ended(now, out);
            }
            Progress::Failed(failure) => self.model_failed(now, failure, out),
            Progress::Notice(notice) => self.notice(notice, out),
        }
    }

    /// The moment to store and send what was gathered.
    pub(super) fn flush_due(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let running = self.running.as_mut();
        if running.is_some_and(|running| running.gathering.moment_came(now)) {
            self.flush(now, out);
        }
        self.ask_for_moment(now, out);
    }

    fn ask_for_moment(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let running = self.running.as_mut();
        let moment = running.and_then(|running| running.gathering.next_moment(now));
        out.extend(moment.map(Effect::FlushAt));
    }

    /// Stores and sends what was gathered.
    pub(super) fn flush(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        if let Some(running) = self.running.as_mut()
            && !running.gathering.is_empty()
        {
            let chunks = running.writer.write(running.gathering.take(now));
            self.grow(chunks, Vec::new(), out);
        }
    }

    /// Stores chunks of the running turn together with what goes with them, then sends the chunks.
    pub(super) fn grow(
        &mut self,
        chunks: Vec<Chunk>,
        mut writes: Vec<Write>,
        out: &mut Vec<Effect>,
    ) {
        let Some(running) = self.running.as_mut() else {
            return;
        };
        if chunks.is_empty() {
            return;
        }
        let chunks = running.introduce(chunks);
        let first = !running.streams();
        let first_seq = running.next_seq;
        let mut lines = Vec::with_capacity(chunks.len());
        for chunk in &chunks {
            running.answer.apply(chunk);
            lines.push(serde_json::to_string(chunk).unwrap_or_default());
        }
        let request_id = running.turn.request_id.clone();
        let continuation = running.turn.is_continuation();
        running.next_seq += lines.len() as u64;
        let recovered = std::mem::take(&mut running.recovering);
        writes.push(Write::AppendChunks {
            request_id: request_id.clone(),
            first_seq,
            chunks: lines.clone(),
        });
        if std::mem::take(&mut running.is_turn_stale) || running.attempt != 1 {
            // Progress: the attempts count anew.
            running.attempt = 1;
            writes.push(Write::turn(running.stored()));
        }
        out.push(Effect::Persist(writes));
        if recovered {
            self.tell_recovering(&request_id, false, out);
        }
        if first {
            self.offer_to_parked(&request_id, out);
        }
        let hearing = self.connections.hearing();
        for (seq, line) in (first_seq..).zip(&lines) {
            let text = encode_chunk(&request_id, line, seq, Delivered::Live, continuation);
            send(out, hearing.clone(), text);
        }
    }

    /// The alarm: something was silent for too long, a model call is due, the turn wants the next alarm, or one may start.
    pub(super) fn deadline_passed(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        self.alarm = None;
        self.push_due(now, out);
        self.release_overdue(now, out);
        let Some(running) = &self.running else {
            return self.start_next(now, out);
        };
        self.remind_parked(out);
        let options = &self.options.model;
        if now < running.deadline(options) {
            let at = running.wake_at(now, options);
            return self.wake_at(now, at, out);
        }
        out.extend(running.work.abort());
        match &running.work {
            Work::None | Work::Model(_) => self.give_up_model(now, out),
            Work::Retry => self.call_model(now, running.gap, out),
            Work::Tools(_) => self.give_up_tools(now, out),
        }
    }

    /// Asks to be called at a moment. An alarm that comes before it does as well: the one of the turn before costs no
    /// write while this turn's first words are waited for.
    pub(super) fn wake_at(&mut self, now: Timestamp, at: Timestamp, out: &mut Vec<Effect>) {
        if !self.alarm.is_some_and(|alarm| now < alarm && alarm <= at) {
            self.alarm = Some(at);
            out.push(Effect::WakeAt(at));
        }
    }
}

/// Adds a frame for these connections, if there are any.
pub(super) fn send(out: &mut Vec<Effect>, to: Vec<super::ConnectionKey>, text: String) {
    if !to.is_empty() {
        out.push(Effect::Send { to, text });
    }
}
