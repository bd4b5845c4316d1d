//! The turn that runs: what it is told is stored and sent.

use std::collections::HashSet;

use common::{
    chunk::{Chunk, ToolCallFields},
    frame::{Delivered, encode_chunk},
    id::{IdSource, ToolCallId},
    message::Message,
    time::Timestamp,
    transcript::MessageBuilder,
};

use super::{
    Agent, CallId, Effect, Progress, Turn, TurnKind, TurnPhase,
    answer_writer::AnswerWriter,
    gather::Gathering,
    machine::{HEARTBEAT_INTERVAL, MAX_SILENCE},
    steps::Work,
};
use crate::{providers::ProviderError, store::Write, tools::Preview};

/// The turn that runs.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) turn: Turn,
    pub(super) work: Work,
    pub(super) writer: AnswerWriter,
    pub(super) answer: MessageBuilder,
    /// The `seq` of the next chunk; above zero the turn streams.
    pub(super) next_seq: u64,
    pub(super) gathering: Gathering,
    /// When the provider, or a tool, was heard last.
    pub(super) heard_at: Timestamp,
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
        turn: Turn,
        base: Option<Message>,
        calls: HashSet<ToolCallId>,
        now: Timestamp,
    ) -> Self {
        let (writer, answer) = match base {
            Some(message) => (
                AnswerWriter::new(None, calls),
                MessageBuilder::continuing(message),
            ),
            None => (
                AnswerWriter::new(Some(turn.answer_id.clone()), calls),
                MessageBuilder::new(Message::empty_assistant(turn.answer_id.clone())),
            ),
        };
        Self {
            writer,
            answer,
            turn,
            work: Work::None,
            next_seq: 0,
            gathering: Gathering::new(),
            heard_at: now,
            recovering: false,
            to_ask: Vec::new(),
            introduced: HashSet::new(),
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
                    call: ToolCallFields::default(),
                });
            }
            out.push(chunk);
        }
        out
    }

    pub(super) const fn streams(&self) -> bool {
        self.next_seq > 0
    }

    /// When the machine has to look again: to keep the object alive, and to notice what has fallen silent.
    pub(super) fn wake_at(&self, now: Timestamp) -> Timestamp {
        (now + HEARTBEAT_INTERVAL).min(self.heard_at + self.work.patience())
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
        let Some(mut turn) = ready.and_then(|at| self.queue.remove(at)) else {
            return self.wake_for_the_next(now, out);
        };
        turn.phase = TurnPhase::Running { attempt: 1 };
        let mut writes = vec![Write::PutTurn(turn.clone())];
        // The stream of the turn before was kept for late clients until now.
        self.late = None;
        writes.extend(self.needless_streams());
        out.push(Effect::Persist(writes));
        let calls = self.transcript.calls();
        let base = match turn.kind {
            TurnKind::Answer => {
                self.let_go_of_question(&turn);
                None
            }
            TurnKind::Continuation => self.open.remove(&turn.answer_position),
        };
        self.running = Some(Running::new(turn, base, calls, now));
        self.begin(now, out);
    }

    /// Wakes up when the first of the turns that wait for a moment may start, or a question expires.
    fn wake_for_the_next(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let moments = self.queue.iter().filter_map(|turn| turn.not_before);
        let moments = moments.filter(|at| *at > now);
        if let Some(at) = moments.chain(self.next_expiry()).min() {
            self.wake_at(now, at, out);
        }
    }

    /// The messages a turn answers can no longer be merged into others.
    fn let_go_of_question(&mut self, turn: &Turn) {
        for id in &turn.message_ids {
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
        let Some(running) = self
            .running
            .as_mut()
            .filter(|running| running.work == Work::Model(call))
        else {
            return;
        };
        running.heard_at = now;
        match progress {
            Progress::Events(events) if events.is_empty() => {}
            Progress::Events(events) => {
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
            Progress::Failed(error) => self.fail(now, &error, out),
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
        if running.turn.phase != (TurnPhase::Running { attempt: 1 }) {
            // Progress: the attempts count anew.
            running.turn.phase = TurnPhase::Running { attempt: 1 };
            writes.push(Write::PutTurn(running.turn.clone()));
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

    /// The alarm: something was silent for too long, the turn goes on and wants the next alarm, or one may start.
    pub(super) fn deadline_passed(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        self.alarm = None;
        self.release_overdue(now, out);
        let Some(running) = &self.running else {
            return self.start_next(now, out);
        };
        self.remind_parked(out);
        if now.since(running.heard_at) >= running.work.patience() {
            self.give_up_waiting(now, out);
        } else {
            let at = running.wake_at(now);
            self.wake_at(now, at, out);
        }
    }

    /// A provider that says nothing ends the turn; a tool that does not come back fails its call.
    fn give_up_waiting(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let Some(running) = &self.running else { return };
        out.extend(running.work.abort());
        match &running.work {
            Work::None | Work::Model(_) => {
                let seconds = MAX_SILENCE.as_secs();
                self.fail(now, &ProviderError::Silent { seconds }, out);
            }
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
