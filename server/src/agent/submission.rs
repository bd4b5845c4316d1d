//! A client's request becomes stored messages and a queued turn.

use std::collections::VecDeque;

use common::{
    frame::{ChatRequest, ChatResponse, Outcome, ServerFrame, Trigger},
    id::{IdSource, MessageId},
    message::{Message, Role},
    time::Timestamp,
};
use serde_json::Value;

use super::{
    Agent, ConnectionKey, Effect, Position, Settlement, Turn, TurnPhase, index::Put, running::send,
};
use crate::store::Write;

impl<I: IdSource> Agent<I> {
    /// Accepts a submission (protocol §5.3). One that came before is not run twice.
    pub(super) fn submit(
        &mut self,
        now: Timestamp,
        key: ConnectionKey,
        request: ChatRequest,
        out: &mut Vec<Effect>,
    ) {
        if self.is_known(key, &request, out) {
            return;
        }
        let messages: Vec<Message> = request
            .messages
            .into_iter()
            .filter(says_something)
            .collect();
        let message_ids = trailing_user_messages(&messages);
        let mut writes = Vec::new();
        let dropped = self.reconcile(request.trigger, messages, &mut writes, out);
        if !self.transcript.ends_with_user_message() {
            let outcome = Outcome::Error(Some(
                "There is no message to answer. Write one first.".to_owned(),
            ));
            let done = ChatResponse::done(request.id, outcome, message_ids);
            if !writes.is_empty() {
                out.push(Effect::Persist(writes));
            }
            self.announce_all(dropped, out);
            if self.running.is_none() {
                self.tell_parked_nothing(out);
            }
            send(out, vec![key], ServerFrame::ChatResponse(done).encode());
            return;
        }
        let turn = Turn {
            request_id: request.id.clone(),
            answer_id: MessageId::new(format!(
                "assistant_{}_{}",
                now.as_millis(),
                self.ids.fresh()
            )),
            answer_position: self.transcript.reserve(),
            message_ids,
            model: request
                .body
                .get("model")
                .and_then(Value::as_str)
                .map(str::to_owned),
            phase: TurnPhase::Queued,
        };
        writes.push(Write::PutTurn(turn.clone()));
        out.push(Effect::Persist(writes));
        self.announce_all(dropped, out);
        self.connections.note_request(key, &request.id);
        let observers = self.connections.hearing_but(key);
        if !observers.is_empty() {
            out.push(Effect::SendTranscript { to: observers });
        }
        self.queue.push_back(turn);
        self.start_next(now, out);
    }

    /// Whether this submission came before. A settled one is answered with how it ended.
    fn is_known(
        &mut self,
        key: ConnectionKey,
        request: &ChatRequest,
        out: &mut Vec<Effect>,
    ) -> bool {
        let is_it = |turn: &Turn| turn.request_id == request.id;
        if self
            .running
            .as_ref()
            .is_some_and(|running| is_it(&running.turn))
            || self.queue.iter().any(is_it)
        {
            self.connections.note_request(key, &request.id);
            return true;
        }
        let Some(turn) = self.settled.iter().find(|turn| is_it(turn)) else {
            return false;
        };
        if let TurnPhase::Settled(settlement) = &turn.phase {
            // It has not heard the answer, or it would not ask: the transcript first.
            out.push(Effect::SendTranscript { to: vec![key] });
            let done = ChatResponse::done(
                turn.request_id.clone(),
                settlement.outcome(),
                turn.message_ids.clone(),
            );
            send(out, vec![key], ServerFrame::ChatResponse(done).encode());
        }
        true
    }

    /// Stores messages without a turn; never deletes.
    pub(super) fn store_messages(
        &mut self,
        key: ConnectionKey,
        messages: Vec<Message>,
        out: &mut Vec<Effect>,
    ) {
        let writes = self.put_messages(messages);
        if writes.is_empty() {
            return;
        }
        out.push(Effect::Persist(writes));
        let observers = self.connections.hearing_but(key);
        if !observers.is_empty() {
            out.push(Effect::SendTranscript { to: observers });
        }
    }

    /// What a submission's messages change in the store (protocol §5.10). The list cuts the transcript back only when
    /// it *is* the transcript's beginning, message by message: a list of some known messages is a client that sends
    /// what it has, and must not delete what it does not have. Asking once more brings nothing new in: what the agent
    /// does not know was cleared. Returns the turns whose question or place is gone.
    fn reconcile(
        &mut self,
        trigger: Trigger,
        mut messages: Vec<Message>,
        writes: &mut Vec<Write>,
        out: &mut Vec<Effect>,
    ) -> Vec<Turn> {
        let is_beginning = !messages.is_empty() && self.transcript.begins_with(&messages);
        let mut dropped = Vec::new();
        if is_beginning {
            let cut = self.transcript.truncate(messages.len());
            writes.extend(cut.into_iter().map(Write::DeleteMessage));
            if let Some(last) = self.transcript.last() {
                dropped = self.drop_turns_behind(last, out);
            }
            for turn in &dropped {
                writes.extend([
                    Write::PutTurn(turn.clone()),
                    Write::DeleteChunks(turn.request_id.clone()),
                ]);
            }
        }
        match trigger {
            Trigger::Submit => {}
            Trigger::Regenerate => {
                messages.retain(|message| self.transcript.find(&message.id).is_some())
            }
        }
        writes.extend(self.put_messages(messages));
        dropped
    }

    /// Takes out the turns that would answer behind a position, the running one included.
    fn drop_turns_behind(&mut self, last: Position, out: &mut Vec<Effect>) -> Vec<Turn> {
        let mut dropped = Vec::new();
        if let Some(running) = self
            .running
            .take_if(|running| running.turn.answer_position > last)
        {
            out.push(Effect::AbortModel(running.call));
            self.connections.release_offered();
            dropped.push(Turn {
                phase: TurnPhase::Settled(Settlement::Aborted),
                ..running.turn
            });
        }
        let (kept, behind): (VecDeque<Turn>, VecDeque<Turn>) = std::mem::take(&mut self.queue)
            .into_iter()
            .partition(|turn| turn.answer_position <= last);
        self.queue = kept;
        let skipped = || TurnPhase::Settled(Settlement::Skipped);
        dropped.extend(behind.into_iter().map(|turn| Turn {
            phase: skipped(),
            ..turn
        }));
        dropped
    }

    fn announce_all(&mut self, turns: Vec<Turn>, out: &mut Vec<Effect>) {
        for turn in turns {
            if let TurnPhase::Settled(settlement) = turn.phase.clone() {
                self.announce_settled(&turn, &settlement, out);
            }
        }
    }

    /// Appends what is new and replaces what the user changed. What the agent wrote stays as it is.
    fn put_messages(&mut self, messages: Vec<Message>) -> Vec<Write> {
        let mut writes = Vec::new();
        for message in messages {
            let known = self.transcript.find(&message.id);
            match known.map(|entry| (entry.position, entry.role)) {
                None => {
                    let position = self.transcript.reserve();
                    self.transcript.put(position, &message);
                    writes.push(Write::AddMessage { position, message });
                }
                Some((position, Role::User)) if message.role == Role::User => {
                    if self.transcript.put(position, &message) == Put::Changed {
                        writes.push(Write::ReplaceMessage { position, message });
                    }
                }
                Some((_, Role::User | Role::Assistant | Role::System)) => {}
            }
        }
        writes
    }
}

/// A user message without content would be stored, and no model could answer it.
fn says_something(message: &Message) -> bool {
    message.role != Role::User || !message.parts.is_empty()
}

/// The ids of the user messages at the end of a list.
fn trailing_user_messages(messages: &[Message]) -> Vec<MessageId> {
    let count = messages
        .iter()
        .rev()
        .take_while(|message| message.role == Role::User)
        .count();
    messages
        .iter()
        .skip(messages.len() - count)
        .map(|message| message.id.clone())
        .collect()
}
