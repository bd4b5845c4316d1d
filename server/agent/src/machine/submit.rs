//! A client's request becomes stored messages and a queued turn.

use common::{
    frame::{ChatRequest, ChatResponse, Outcome, ServerFrame, SubmissionOptions, Trigger},
    id::{MessageId, RequestId},
    message::{Message, Role},
    state::Choices,
};
use store::{
    Asked, AskedMessage, ContentHash, Position, QueuedTurn, RequestContext, SettledTurn,
    Settlement, Turn, TurnKind, Write,
};

use super::{
    Parts,
    messages::replaced,
    next::Next,
    overlap::Overlap,
    refusal::{asked, trailing_user_messages},
    settle::end_of,
};
use crate::{attached::ConnectionKey, context::Context, turn::HEARTBEAT_INTERVAL};

/// What a client hears that wants another answer to a message that is gone.
const LOST: &str = "The message to be answered again is not in this conversation any more.";

/// What a client hears whose submission leaves nothing to be answered.
const NOTHING_TO_ANSWER: &str = "There is no message to answer. Write one first.";

/// What a client hears that sends another message under a request id it has used.
const ID_IS_TAKEN: &str = "The message was not taken: its request id belongs to another message. Send it again under a new id.";

/// A submission whose messages are as they can be stored.
struct Submission {
    id: RequestId,
    trigger: Trigger,
    /// The message behind which everything is void.
    after: Option<MessageId>,
    /// The user messages at its end, as they came.
    submitted: Vec<AskedMessage>,
    messages: Vec<Message>,
    /// The ids of the user messages at its end.
    message_ids: Vec<MessageId>,
    context: RequestContext,
    steers: bool,
    /// What was chosen for the conversation, if it begins one.
    choices: Option<Choices>,
}

impl Submission {
    fn done(&self, outcome: Outcome) -> ChatResponse {
        ChatResponse::done(self.id.clone(), outcome, self.message_ids.clone())
    }

    fn failed(&self, words: &str) -> ChatResponse {
        self.done(Outcome::Error(Some(words.to_owned())))
    }
}

impl Parts {
    /// Accepts a submission. One that came before is not run twice.
    pub(super) fn submit(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        request: ChatRequest,
    ) -> Next {
        if self.is_known(cx, key, &request) {
            return Next::Wait;
        }
        if let Err(too_much) = self.has_room_for(&request) {
            refuse(cx, key, &request.id, too_much.to_string());
            return Next::Wait;
        }
        let options = &self.options.model;
        let named = request.options().model;
        if let Some(model) = named.filter(|model| !options.allows(model)) {
            refuse(cx, key, &request.id, options.refusal_of(&model));
            return Next::Wait;
        }
        let overlap = self.overlap(request.trigger);
        if overlap == Overlap::Refused {
            self.refuse_overlapping(cx, key, &request);
            return Next::Wait;
        }
        let submission = self.read(request);
        if let Err(too_much) = self.has_room_for_bytes(&submission.messages) {
            refuse(cx, key, &submission.id, too_much.to_string());
            return Next::Wait;
        }
        match submission.trigger {
            Trigger::Submit if self.is_past(&submission.messages) => {
                self.send_settled(cx, key, submission.done(Outcome::Completed));
                Next::Wait
            }
            Trigger::Regenerate if self.is_lost(submission.after.as_ref()) => {
                send_end(cx, key, submission.failed(LOST));
                Next::Wait
            }
            Trigger::Submit | Trigger::Regenerate => self.accept(cx, key, overlap, submission),
        }
    }

    fn read(&self, request: ChatRequest) -> Submission {
        let SubmissionOptions {
            model,
            steer,
            choices,
        } = request.options();
        let submitted = asked(&request.messages);
        let messages = self.prepare(request.messages);
        let asking = trailing_user_messages(&messages).iter();
        Submission {
            id: request.id,
            trigger: request.trigger,
            after: request.after,
            submitted,
            message_ids: asking.map(|message| message.id.clone()).collect(),
            messages,
            context: RequestContext {
                model,
                client_tools: request.client_tools,
            },
            steers: steer,
            choices,
        }
    }

    /// Stores the messages of a submission, and queues its turn.
    fn accept(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        overlap: Overlap,
        submission: Submission,
    ) -> Next {
        let begins = !self.synced.is_stored() && self.transcript.is_empty();
        let mut writes = Vec::new();
        if let Some(choices) = submission.choices.clone().filter(|_| begins) {
            writes.extend(self.choose(cx, choices));
        }
        writes.extend(self.title_from(&submission.messages));
        let mut dropped = self.reconcile(cx, &submission, &mut writes);
        if !self.transcript.ends_with_user_message() {
            cx.persist(writes);
            self.announce_all(cx, dropped);
            if self.running.is_none() {
                self.connections.release_parked(cx);
            }
            send_end(cx, key, submission.failed(NOTHING_TO_ANSWER));
            return Next::Wait;
        }
        if self.context != submission.context {
            self.context = submission.context.clone();
            writes.push(Write::PutContext(self.context.clone()));
        }
        let answer_id = format!("assistant_{}_{}", cx.now.as_millis(), cx.ids.fresh());
        let answer_position = self.transcript.reserve();
        let mut asked = Asked {
            message_ids: submission.message_ids,
            submitted: submission.submitted,
        };
        let messages = &submission.messages;
        let (superseded, not_before) =
            self.supersede(cx.now, overlap, messages, &mut asked, &mut writes);
        dropped.extend(superseded);
        let turn = QueuedTurn {
            turn: Turn {
                request_id: submission.id,
                requester: self.connections.id(key).cloned(),
                answer_id: MessageId::new(answer_id),
                answer_position,
                kind: TurnKind::Answer(asked),
            },
            context: submission.context,
            not_before,
            steers: submission.steers,
            begins: begins && submission.choices.is_none(),
        };
        self.trim(&mut writes);
        let mut replaced = replaced(&writes);
        replaced.retain(|position| self.transcript.id_at(*position).is_some());
        writes.push(Write::turn(turn.clone()));
        // The alarm first: no turn is stored that nothing wakes the agent for.
        cx.wake_at(cx.now + HEARTBEAT_INTERVAL);
        cx.persist(writes);
        self.announce_all(cx, dropped);
        let observers = match overlap {
            // Who sent what was merged learns what happened to it.
            Overlap::Merges => self.connections.notified(),
            Overlap::None
            | Overlap::Queues
            | Overlap::Replaces
            | Overlap::Waits(_)
            | Overlap::Refused => self.connections.notified_except(key),
        };
        self.connections.send_transcript(cx, &observers);
        self.send_replaced(cx, &replaced, key);
        self.queue.push(turn);
        self.ask_defaults(cx);
        if submission.steers {
            self.drop_slow_tools(cx);
        }
        Next::StartTurn
    }

    /// A message that steers is answered at the next boundary, and does not wait for the network to bring it about.
    fn drop_slow_tools(&mut self, cx: &mut Context<'_>) {
        if let Some(running) = &mut self.running
            && running.drop_slow_tools(cx, &mut self.connections)
        {
            self.follow(cx, Next::EndStep);
        }
    }

    /// Whether a submission came before under this id. The same one is answered with how it ended, once it has; another
    /// one is refused.
    fn is_known(&self, cx: &mut Context<'_>, key: ConnectionKey, request: &ChatRequest) -> bool {
        let settled = self.past.find(&request.id);
        let mut unsettled = self.unsettled();
        let unsettled = unsettled.find(|turn| turn.request_id == request.id);
        let Some(turn) = unsettled.or(settled.map(|settled| &settled.turn)) else {
            return false;
        };
        if !self.is_repeated(turn, request) {
            refuse(cx, key, &request.id, ID_IS_TAKEN.to_owned());
        } else if let (None, Some(settled)) = (unsettled, settled) {
            self.send_settled(cx, key, end_of(settled));
        }
        true
    }

    /// Sends a client the end of its submission. It has not heard the answer, or it would not ask: the transcript first.
    fn send_settled(&self, cx: &mut Context<'_>, key: ConnectionKey, done: ChatResponse) {
        self.connections.send_transcript(cx, &[key]);
        send_end(cx, key, done);
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

    /// Whether the message to be answered again is gone.
    fn is_lost(&self, after: Option<&MessageId>) -> bool {
        after.is_some_and(|id| self.transcript.find(id).is_none())
    }

    /// How many messages a submission leaves of the transcript; `None`: all. Either it says behind which message everything
    /// is void, or its list *is* the transcript's beginning, message by message: a list of some known messages is a client
    /// that sends what it has, and must not delete what it does not have. A message that was edited goes, too: it stays in
    /// the branch that it began.
    fn cut_of(&self, submission: &Submission) -> Option<usize> {
        let messages = &submission.messages;
        match &submission.after {
            Some(id) => {
                let count = self.transcript.count_up_to(id)?;
                let edited = messages.iter().find(|message| message.id == *id);
                let is_edited = submission.trigger == Trigger::Submit
                    && edited.is_some_and(|edited| self.is_edited(edited));
                Some(count - usize::from(is_edited))
            }
            None => {
                let is_beginning = !messages.is_empty() && self.transcript.begins_with(messages);
                is_beginning.then_some(messages.len())
            }
        }
    }

    /// Whether a message of the user's is stored with another content. A page has no more than the beginning of one that is
    /// too large for it.
    fn is_edited(&self, message: &Message) -> bool {
        let is_whole = message.role == Role::User && message.whole_bytes().is_none();
        let stored = self.transcript.find(&message.id);
        is_whole
            && stored.is_some_and(|stored| {
                stored.role == Role::User && stored.hash != ContentHash::of(message)
            })
    }

    /// What a submission's messages change in the store. Asking once more brings nothing new in: what the agent does not
    /// know was cleared. Returns the turns whose question or place is gone.
    fn reconcile(
        &mut self,
        cx: &mut Context<'_>,
        submission: &Submission,
        writes: &mut Vec<Write>,
    ) -> Vec<SettledTurn> {
        let messages = &submission.messages;
        let mut dropped = Vec::new();
        if let Some(kept) = self.cut_of(submission) {
            self.cut(kept, writes);
            let last = self.transcript.last().unwrap_or(Position::START);
            dropped = self.drop_turns_behind(cx, last);
            writes.extend(self.cut_streams_behind(cx, last));
            for settled in &dropped {
                writes.extend([
                    Write::turn(settled.clone()),
                    Write::DeleteChunks(settled.turn.request_id.clone()),
                ]);
            }
        }
        writes.extend(match submission.trigger {
            Trigger::Submit => self.put_messages(messages),
            Trigger::Regenerate => {
                let known = messages.iter();
                let known = known.filter(|message| self.transcript.find(&message.id).is_some());
                let known: Vec<Message> = known.cloned().collect();
                self.put_messages(&known)
            }
        });
        dropped
    }

    /// Takes out the turns that would answer behind a position, the running one included.
    fn drop_turns_behind(&mut self, cx: &mut Context<'_>, last: Position) -> Vec<SettledTurn> {
        let mut dropped = Vec::new();
        let running = self
            .running
            .take_if(|running| running.turn().answer_position > last);
        if let Some(running) = running {
            cx.effects.extend(running.abort());
            self.connections.withdraw(running.id());
            let (turn, _) = running.into_parts();
            dropped.push(turn.settled(Settlement::Aborted));
        }
        let behind = self.queue.take(|turn| turn.answer_position > last);
        let behind = behind.into_iter();
        dropped.extend(behind.map(|queued| queued.turn.settled(Settlement::Skipped)));
        dropped
    }
}

/// Says that a submission is not taken.
fn refuse(cx: &mut Context<'_>, key: ConnectionKey, request: &RequestId, words: String) {
    send_end(cx, key, ChatResponse::refused(request.clone(), words));
}

fn send_end(cx: &mut Context<'_>, key: ConnectionKey, response: ChatResponse) {
    cx.send(vec![key], ServerFrame::ChatResponse(response).encode());
}
