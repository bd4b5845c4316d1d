//! A client's request becomes stored messages and a queued turn.

use std::collections::VecDeque;

use common::{
    frame::{ChatRequest, ChatResponse, Outcome, ServerFrame, SubmissionOptions, Trigger},
    id::{IdSource, MessageId},
    message::{Message, Role},
    time::Timestamp,
};
use store::{ContentHash, Write};

use super::{
    Agent, Asked, Breadth, ConnectionKey, Effect, Position, QueuedTurn, RequestContext,
    SettledTurn, Settlement, Turn, TurnKind,
    concurrency::Overlap,
    machine::{HEARTBEAT_INTERVAL, terminal},
    refusal::asked,
    running::send,
};

/// What a client hears that wants another answer to a message that is gone.
const LOST: &str = "The message to be answered again is not in this conversation any more.";

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
        if let Err(too_much) = self.has_room_for(&request) {
            return self.refuse_too_much(key, &request.id, &too_much, out);
        }
        let SubmissionOptions { model, steer } = request.options();
        if let Some(model) = model
            .as_deref()
            .filter(|model| !self.options.model.allows(model))
        {
            let refused = ChatResponse::refused(request.id, self.options.model.refusal_of(model));
            return send(out, vec![key], ServerFrame::ChatResponse(refused).encode());
        }
        let overlap = self.overlap(request.trigger);
        if overlap == Overlap::Refused {
            return self.refuse_overlapping(key, &request, out);
        }
        let submitted = asked(&request.messages);
        let messages = self.prepare(request.messages);
        if let Err(too_much) = self.has_room_for_bytes(&messages) {
            return self.refuse_too_much(key, &request.id, &too_much, out);
        }
        let message_ids = ids_of(trailing_user_messages(&messages));
        if request.trigger == Trigger::Submit && self.is_past(&messages) {
            let done = ChatResponse::done(request.id, Outcome::Completed, message_ids);
            return self.tell_settled(key, done, out);
        }
        if request.trigger == Trigger::Regenerate && self.is_lost(request.after.as_ref()) {
            let done = ChatResponse::done(
                request.id,
                Outcome::Error(Some(LOST.to_owned())),
                message_ids,
            );
            return send(out, vec![key], ServerFrame::ChatResponse(done).encode());
        }
        let mut writes: Vec<Write> = self.title_from(&messages).into_iter().collect();
        let cut = self.cut_of(request.after.as_ref(), &messages);
        let mut dropped = self.reconcile(request.trigger, cut, &messages, &mut writes, out);
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
        let context = RequestContext {
            model,
            client_tools: request.client_tools,
        };
        if self.context != context {
            self.context = context.clone();
            writes.push(Write::PutContext(context.clone()));
        }
        let answer_id = format!("assistant_{}_{}", now.as_millis(), self.ids.fresh());
        let answer_position = self.transcript.reserve();
        let mut asked = Asked {
            message_ids,
            submitted,
        };
        let (superseded, not_before) =
            self.supersede(now, overlap, &messages, &mut asked, &mut writes);
        dropped.extend(superseded);
        let turn = QueuedTurn {
            turn: Turn {
                request_id: request.id,
                requester: self.connections.id(key).cloned(),
                answer_id: MessageId::new(answer_id),
                answer_position,
                kind: TurnKind::Answer(asked),
            },
            context,
            not_before,
            steers: steer,
        };
        self.trim(&mut writes);
        let replaced = replaced(&writes);
        writes.push(Write::turn(turn.clone()));
        // The alarm first: no turn is stored that nothing wakes the agent for.
        self.wake_at(now, now + HEARTBEAT_INTERVAL, out);
        out.push(Effect::Persist(writes));
        self.announce_all(dropped, out);
        let observers = match overlap {
            // Who sent what was merged learns what became of it.
            Overlap::Merges => self.connections.told(),
            Overlap::None
            | Overlap::Queues
            | Overlap::Replaces
            | Overlap::Waits(_)
            | Overlap::Refused => self.connections.told_but(key),
        };
        self.send_transcript(observers, out);
        self.tell_replaced(&replaced, key, out);
        self.queue.push_back(turn);
        if steer {
            self.drop_slow_tools(now, out);
        }
        self.start_next(now, out);
    }

    /// Whether a submission came before under this id. The same one is answered with how it ended, once it has; another
    /// one is refused.
    fn is_known(&self, key: ConnectionKey, request: &ChatRequest, out: &mut Vec<Effect>) -> bool {
        let settled = self.settled_turn(&request.id);
        let mut unsettled = self.unsettled();
        let unsettled = unsettled.find(|turn| turn.request_id == request.id);
        let Some(turn) = unsettled.or(settled.map(|settled| &settled.turn)) else {
            return false;
        };
        if !self.is_repeated(turn, request) {
            self.refuse_other_message(key, request.id.clone(), out);
        } else if let (None, Some(settled)) = (unsettled, settled) {
            self.tell_settled(key, terminal(settled), out);
        }
        true
    }

    /// Tells a client how its submission ended. It has not heard the answer, or it would not ask: the transcript first.
    fn tell_settled(&self, key: ConnectionKey, done: ChatResponse, out: &mut Vec<Effect>) {
        self.send_transcript(vec![key], out);
        send(out, vec![key], ServerFrame::ChatResponse(done).encode());
    }

    /// Whether everything a submission says was said before, and more came after it: it was answered so long ago that
    /// its id is forgotten. It must not cut off what came after.
    fn is_past(&self, messages: &[Message]) -> bool {
        let last = messages
            .last()
            .and_then(|message| self.transcript.find(&message.id));
        let is_said = |message: &Message| match self.transcript.find(&message.id) {
            Some(entry) => message.role != Role::User || entry.hash == ContentHash::of(message),
            None => false,
        };
        last.is_some_and(|entry| Some(entry.position) != self.transcript.last())
            && messages.iter().all(is_said)
    }

    /// Stores messages without a turn; never deletes.
    pub(super) fn store_messages(
        &mut self,
        key: ConnectionKey,
        messages: Vec<Message>,
        out: &mut Vec<Effect>,
    ) {
        if let Err(too_much) = self.has_room_for_messages(&messages) {
            return self.refuse_messages(key, &too_much, out);
        }
        let messages = self.prepare(messages);
        if let Err(too_much) = self.has_room_for_bytes(&messages) {
            return self.refuse_messages(key, &too_much, out);
        }
        let mut writes = self.put_messages(&messages);
        if writes.is_empty() {
            return;
        }
        self.trim(&mut writes);
        let replaced = replaced(&writes);
        out.push(Effect::Persist(writes));
        let observers = self.connections.told_but(key);
        self.send_transcript(observers, out);
        self.tell_replaced(&replaced, key, out);
    }

    pub(super) fn send_transcript(&self, to: Vec<ConnectionKey>, out: &mut Vec<Effect>) {
        for breadth in [Breadth::Whole, Breadth::End] {
            let to = self.connections.of_breadth(&to, breadth);
            if !to.is_empty() {
                out.push(Effect::SendTranscript {
                    to,
                    breadth,
                    growing: None,
                });
            }
        }
    }

    /// Tells of messages that were changed where they stand. Who is sent the end of the transcript may not find them
    /// there.
    fn tell_replaced(&self, replaced: &[Position], key: ConnectionKey, out: &mut Vec<Effect>) {
        let hearing = self.connections.hearing();
        let mut others = self.connections.of_breadth(&hearing, Breadth::End);
        others.retain(|other| *other != key);
        for position in replaced {
            if !others.is_empty() {
                out.push(Effect::SendMessage {
                    to: others.clone(),
                    position: *position,
                });
            }
        }
    }

    /// Whether the message to be answered again is gone.
    fn is_lost(&self, after: Option<&MessageId>) -> bool {
        after.is_some_and(|id| self.transcript.find(id).is_none())
    }

    /// How many messages a submission leaves of the transcript; `None`: all. Either it says behind which message everything
    /// is void, or its list *is* the transcript's beginning, message by message: a list of some known messages is a client
    /// that sends what it has, and must not delete what it does not have.
    fn cut_of(&self, after: Option<&MessageId>, messages: &[Message]) -> Option<usize> {
        match after {
            Some(id) => self.transcript.count_up_to(id),
            None => {
                let is_beginning = !messages.is_empty() && self.transcript.begins_with(messages);
                is_beginning.then_some(messages.len())
            }
        }
    }

    /// What a submission's messages change in the store (protocol §5.10), after `cut` has left so many of the transcript.
    /// Asking once more brings nothing new in: what the agent does not know was cleared. Returns the turns whose question
    /// or place is gone.
    fn reconcile(
        &mut self,
        trigger: Trigger,
        cut: Option<usize>,
        messages: &[Message],
        writes: &mut Vec<Write>,
        out: &mut Vec<Effect>,
    ) -> Vec<SettledTurn> {
        let mut dropped = Vec::new();
        if let Some(kept) = cut {
            let cut = self.transcript.truncate(kept);
            self.open.retain(|position, _| !cut.contains(position));
            writes.extend(cut.into_iter().map(Write::DeleteMessage));
            if let Some(last) = self.transcript.last() {
                dropped = self.drop_turns_behind(last, out);
                writes.extend(self.cut_streams_behind(last, out));
            }
            for settled in &dropped {
                writes.extend([
                    Write::turn(settled.clone()),
                    Write::DeleteChunks(settled.turn.request_id.clone()),
                ]);
            }
        }
        writes.extend(match trigger {
            Trigger::Submit => self.put_messages(messages),
            Trigger::Regenerate => {
                let known: Vec<Message> = messages
                    .iter()
                    .filter(|message| self.transcript.find(&message.id).is_some())
                    .cloned()
                    .collect();
                self.put_messages(&known)
            }
        });
        dropped
    }

    /// Takes out the turns that would answer behind a position, the running one included.
    fn drop_turns_behind(&mut self, last: Position, out: &mut Vec<Effect>) -> Vec<SettledTurn> {
        let mut dropped = Vec::new();
        if let Some(running) = self
            .running
            .take_if(|running| running.turn.answer_position > last)
        {
            out.extend(running.work.abort());
            self.connections.withdraw(&running.turn.request_id);
            dropped.push(running.turn.settled(Settlement::Aborted));
        }
        type Turns = VecDeque<QueuedTurn>;
        let (kept, behind): (Turns, Turns) = std::mem::take(&mut self.queue)
            .into_iter()
            .partition(|queued| queued.turn.answer_position <= last);
        self.queue = kept;
        dropped.extend(
            behind
                .into_iter()
                .map(|queued| queued.turn.settled(Settlement::Skipped)),
        );
        dropped
    }

    /// Tells of turns that are settled and stored.
    pub(super) fn announce_all(&mut self, turns: Vec<SettledTurn>, out: &mut Vec<Effect>) {
        for settled in turns {
            self.announce_settled(&settled, out);
        }
    }

    /// Settles turns that were not run, and tells of it.
    pub(super) fn skip(&mut self, turns: Vec<QueuedTurn>, out: &mut Vec<Effect>) {
        let turns: Vec<SettledTurn> = turns
            .into_iter()
            .map(|queued| queued.turn.settled(Settlement::Skipped))
            .collect();
        if !turns.is_empty() {
            out.push(Effect::Persist(
                turns.iter().cloned().map(Write::turn).collect(),
            ));
            self.announce_all(turns, out);
        }
    }

    /// Appends what is new and replaces what the user changed. What the agent wrote, or is writing, stays as it is.
    fn put_messages(&mut self, messages: &[Message]) -> Vec<Write> {
        let mut writes = Vec::new();
        for message in messages {
            let known = self.transcript.find(&message.id);
            match known.map(|entry| (entry.position, entry.role)) {
                // A client that sends all it has sends the answer that grows, too.
                None if self.is_to_come(&message.id) => {}
                None => {
                    let position = self.transcript.reserve();
                    self.transcript.put(position, message);
                    self.hold(position, message);
                    writes.push(Write::AddMessage {
                        position,
                        message: message.clone(),
                    });
                }
                // A page has no more of a message that is too large for it.
                Some((_, Role::User)) if message.whole_bytes().is_some() => {}
                Some((position, Role::User)) if message.role == Role::User => {
                    if self.transcript.put(position, message) == super::index::Put::Changed {
                        writes.push(Write::ReplaceMessage {
                            position,
                            message: message.clone(),
                        });
                    }
                }
                Some((_, Role::User | Role::Assistant | Role::System)) => {}
            }
        }
        writes
    }

    /// Whether a turn that is not settled will store its answer under this id.
    pub(super) fn is_to_come(&self, id: &MessageId) -> bool {
        self.unsettled().any(|turn| turn.answer_id == *id)
    }

    /// The turn that runs, and those that wait.
    fn unsettled(&self) -> impl Iterator<Item = &Turn> {
        let running = self.running.iter().map(|running| &running.turn);
        running.chain(self.queue.iter().map(|queued| &queued.turn))
    }

    /// Drops the oldest messages beyond the most that are kept.
    pub(super) fn trim(&mut self, writes: &mut Vec<Write>) {
        let Some(most) = self.options.max_messages else {
            return;
        };
        for position in self
            .transcript
            .drop_oldest(usize::try_from(most).unwrap_or(usize::MAX))
        {
            self.open.remove(&position);
            writes.push(Write::DeleteMessage(position));
        }
    }
}

/// Where messages are replaced.
fn replaced(writes: &[Write]) -> Vec<Position> {
    let position = |write: &Write| {
        if let Write::ReplaceMessage { position, .. } = write {
            Some(*position)
        } else {
            None
        }
    };
    writes.iter().filter_map(position).collect()
}

/// The user messages at the end of a list.
pub(super) fn trailing_user_messages(messages: &[Message]) -> &[Message] {
    let of_others = messages
        .iter()
        .rposition(|message| message.role != Role::User);
    let begin = of_others.map_or(0, |at| at + 1);
    messages.get(begin..).unwrap_or_default()
}

fn ids_of(messages: &[Message]) -> Vec<MessageId> {
    messages.iter().map(|message| message.id.clone()).collect()
}
