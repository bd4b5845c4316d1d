//! The turn that runs: model call, growing answer, settlement.

use common::{
    chunk::Chunk,
    frame::{ChatResponse, Delivered, ServerFrame, encode_chunk},
    id::IdSource,
    message::Message,
    time::Timestamp,
    transcript::MessageBuilder,
};

use super::{
    Agent, CallId, Effect, ModelCall, Progress, Settlement, Turn, TurnPhase,
    machine::{GATHER, HEARTBEAT_INTERVAL, MAX_SILENCE},
    step::StepWriter,
};
use crate::{
    providers::{ProviderError, ProviderEvent},
    store::Write,
};

/// How many settled turns stay known, so that a submission sent again is recognised.
const SETTLED_TURNS: u32 = 100;

/// The turn that runs.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) turn: Turn,
    pub(super) call: CallId,
    pub(super) writer: StepWriter,
    pub(super) answer: MessageBuilder,
    /// The `seq` of the next chunk; above zero the turn streams.
    pub(super) next_seq: u64,
    /// What the provider said and nobody was told yet.
    gathered: Vec<ProviderEvent>,
    /// When something was stored and sent last; `None`: never.
    flushed_at: Option<Timestamp>,
    /// When the provider was heard last.
    pub(super) heard_at: Timestamp,
    /// Clients were told that the turn is being taken up again.
    pub(super) recovering: bool,
}

impl Running {
    pub(super) fn new(turn: Turn, call: CallId, now: Timestamp) -> Self {
        Self {
            writer: StepWriter::new(turn.answer_id.clone()),
            answer: MessageBuilder::new(Message::empty_assistant(turn.answer_id.clone())),
            turn,
            call,
            next_seq: 0,
            gathered: Vec::new(),
            flushed_at: None,
            heard_at: now,
            recovering: false,
        }
    }

    pub(super) const fn streams(&self) -> bool {
        self.next_seq > 0
    }

    /// When the machine has to look again: to keep the object alive, and to notice a silent provider.
    fn wake_at(&self, now: Timestamp) -> Timestamp {
        (now + HEARTBEAT_INTERVAL).min(self.heard_at + MAX_SILENCE)
    }
}

impl<I: IdSource> Agent<I> {
    /// Starts the next turn when none runs.
    pub(super) fn start_next(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        if self.running.is_some() {
            return;
        }
        let Some(mut turn) = self.queue.pop_front() else {
            return;
        };
        turn.phase = TurnPhase::Running { attempt: 1 };
        let mut writes = vec![Write::PutTurn(turn.clone())];
        // The stream of a failed turn was kept for late clients until now.
        if let Some(failed) = self.failed.take() {
            writes.push(Write::DeleteChunks(failed));
        }
        out.push(Effect::Persist(writes));
        let call = self.next_call();
        let running = Running::new(turn, call, now);
        self.call_model(now, running, None, out);
    }

    pub(super) fn call_model(
        &mut self,
        now: Timestamp,
        running: Running,
        partial: Option<Message>,
        out: &mut Vec<Effect>,
    ) {
        // The alarm first: a call that is never heard of again must not leave the turn without a deadline.
        self.wake_at(now, running.wake_at(now), out);
        out.push(Effect::CallModel(ModelCall {
            call: running.call,
            request_id: running.turn.request_id.clone(),
            model: running.turn.model.clone(),
            before: running.turn.answer_position,
            partial,
        }));
        self.running = Some(running);
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
        let Some(running) = self.running.as_mut().filter(|running| running.call == call) else {
            return;
        };
        running.heard_at = now;
        match progress {
            Progress::Events(events) if events.is_empty() => {}
            Progress::Events(events) => {
                let waits = !running.gathered.is_empty();
                running.gathered.extend(events);
                match running.flushed_at {
                    Some(last) if now.since(last) < GATHER => {
                        if !waits {
                            out.push(Effect::FlushAt(last + GATHER));
                        }
                    }
                    Some(_) | None => self.flush(now, out),
                }
            }
            Progress::Ended => {
                self.flush(now, out);
                let chunks = self.running.as_mut().map(|running| running.writer.finish());
                self.grow(chunks.unwrap_or_default(), out);
                self.settle(now, Settlement::Completed, out);
            }
            Progress::Failed(error) => self.fail(now, &error, out),
        }
    }

    /// Stores and sends what was gathered.
    pub(super) fn flush(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        if let Some(running) = self.running.as_mut()
            && !running.gathered.is_empty()
        {
            running.flushed_at = Some(now);
            let chunks = running.writer.write(std::mem::take(&mut running.gathered));
            self.grow(chunks, out);
        }
    }

    /// Stores chunks of the running turn, then sends them.
    fn grow(&mut self, chunks: Vec<Chunk>, out: &mut Vec<Effect>) {
        let Some(running) = self.running.as_mut() else {
            return;
        };
        if chunks.is_empty() {
            return;
        }
        let first = !running.streams();
        let first_seq = running.next_seq;
        let mut lines = Vec::with_capacity(chunks.len());
        for chunk in &chunks {
            running.answer.apply(chunk);
            lines.push(serde_json::to_string(chunk).unwrap_or_default());
        }
        let request_id = running.turn.request_id.clone();
        running.next_seq += lines.len() as u64;
        let recovered = std::mem::take(&mut running.recovering);
        let mut writes = vec![Write::AppendChunks {
            request_id: request_id.clone(),
            first_seq,
            chunks: lines.clone(),
        }];
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
            let parked = self.connections.offer_to_parked();
            let offer = ServerFrame::StreamResuming {
                id: request_id.clone(),
                probe_id: None,
            };
            send(out, parked, offer.encode());
        }
        let hearing = self.connections.hearing();
        for (seq, line) in (first_seq..).zip(&lines) {
            let text = encode_chunk(&request_id, line, seq, Delivered::Live, false);
            send(out, hearing.clone(), text);
        }
    }

    /// Ends the running turn with an error, in words for the user.
    pub(super) fn fail(&mut self, now: Timestamp, error: &ProviderError, out: &mut Vec<Effect>) {
        if let Some(running) = &self.running {
            out.push(Effect::Log(format!(
                "turn {} failed ({}): {error}",
                running.turn.request_id,
                error.code()
            )));
        }
        self.settle(
            now,
            Settlement::Failed {
                text: error.to_string(),
            },
            out,
        );
    }

    /// Ends the running turn: stores the answer and the settlement together, then tells everyone.
    pub(super) fn settle(&mut self, now: Timestamp, settlement: Settlement, out: &mut Vec<Effect>) {
        self.flush(now, out);
        let Some(mut running) = self.running.take() else {
            return;
        };
        running.answer.close();
        let mut turn = running.turn;
        turn.phase = TurnPhase::Settled(settlement.clone());
        let mut writes = Vec::new();
        let answer = running.answer.into_message();
        if !answer.parts.is_empty() {
            self.transcript.put(turn.answer_position, &answer);
            writes.push(Write::AddMessage {
                position: turn.answer_position,
                message: answer,
            });
        }
        writes.push(Write::PutTurn(turn.clone()));
        if let Settlement::Failed { .. } = settlement {
            // Clients that come late are shown the error: the stream stays until the next turn.
            self.failed = Some(turn.request_id.clone());
        } else {
            writes.push(Write::DeleteChunks(turn.request_id.clone()));
        }
        writes.push(Write::ForgetSettledTurns {
            keep: SETTLED_TURNS,
        });
        out.push(Effect::Persist(writes));
        if running.recovering {
            self.tell_recovering(&turn.request_id, false, out);
        }
        self.connections.release_offered();
        let observers = self.connections.hearing_but_requester(&turn.request_id);
        if !observers.is_empty() {
            out.push(Effect::SendTranscript { to: observers });
        }
        self.announce_settled(&turn, &settlement, out);
        self.start_next(now, out);
        if self.running.is_none() {
            self.tell_parked_nothing(out);
        }
    }

    /// Sends the terminal frame of a turn to everyone and remembers how it ended.
    pub(super) fn announce_settled(
        &mut self,
        turn: &Turn,
        settlement: &Settlement,
        out: &mut Vec<Effect>,
    ) {
        let done = ChatResponse::done(
            turn.request_id.clone(),
            settlement.outcome(),
            turn.message_ids.clone(),
        );
        send(
            out,
            self.connections.everyone(),
            ServerFrame::ChatResponse(done).encode(),
        );
        self.connections.forget_request(&turn.request_id);
        self.remember_settled(turn.clone(), SETTLED_TURNS as usize);
    }

    /// The alarm: the provider was silent for too long, or the turn goes on and wants the next alarm.
    pub(super) fn deadline_passed(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        self.alarm = None;
        let Some(running) = &self.running else {
            return;
        };
        if now.since(running.heard_at) >= MAX_SILENCE {
            let seconds = MAX_SILENCE.as_secs();
            out.push(Effect::AbortModel(running.call));
            self.fail(now, &ProviderError::Silent { seconds }, out);
        } else {
            let at = running.wake_at(now);
            self.wake_at(now, at, out);
        }
    }

    /// Asks to be called at a moment. An alarm that comes before it does as well: the one of the turn before costs no
    /// write while this turn's first words are waited for.
    fn wake_at(&mut self, now: Timestamp, at: Timestamp, out: &mut Vec<Effect>) {
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
