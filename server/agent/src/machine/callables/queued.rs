//! `editQueued(message)`, `removeQueued({messageId})`, `moveQueuedFirst({messageId})` and `sendQueuedNow({messageId})`: the
//! messages that wait for their turns.

use common::{
    id::{MessageId, RequestId},
    message::{Message, Role},
};
use serde::Deserialize;
use store::{Position, Settlement, Turn, Write};
use thiserror::Error;

use super::{CallError, Reply};
use crate::{
    context::Context,
    machine::{Parts, next::Next},
    transcript::Put,
};

/// Which waiting message is meant.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Waiting {
    message_id: MessageId,
}

/// Why a message is not changed in the queue. `Display` is for the caller.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum QueueRefusal {
    #[error("This message does not wait any more: Coder has begun to answer it")]
    Started,
    #[error("This message does not wait any more: it was answered or removed")]
    Over,
    #[error("There is no message `{0}` in this conversation")]
    Unknown(MessageId),
    #[error("A message that waits cannot become empty: remove it instead")]
    Empty,
    #[error(
        "The message was not changed: it is too long for this page, which has only its beginning"
    )]
    Shortened,
}

impl From<QueueRefusal> for CallError {
    fn from(refusal: QueueRefusal) -> Self {
        Self::Refused(refusal.to_string())
    }
}

impl Parts {
    /// Gives a waiting message another content.
    pub(super) fn edit_queued(
        &mut self,
        cx: &mut Context<'_>,
        (message,): (Message,),
    ) -> Result<Reply, CallError> {
        self.waiting(&message.id)?;
        if message.whole_bytes().is_some() {
            return Err(QueueRefusal::Shortened.into());
        }
        let too_much =
            |too_much: crate::machine::limits::TooMuch| CallError::Refused(too_much.to_string());
        let messages = vec![Message {
            role: Role::User,
            ..message
        }];
        self.has_room_for_messages(&messages).map_err(too_much)?;
        let messages = self.prepare(messages);
        self.has_room_for_bytes(&messages).map_err(too_much)?;
        let Some(message) = messages
            .first()
            .filter(|message| !message.draft().is_blank())
        else {
            return Err(QueueRefusal::Empty.into());
        };
        let Some(position) = self
            .transcript
            .find(&message.id)
            .map(|entry| entry.position)
        else {
            return Err(QueueRefusal::Unknown(message.id.clone()).into());
        };
        if self.transcript.put(position, message) == Put::Changed {
            // It may be merged with one that comes.
            self.hold(position, message);
            cx.persist(vec![Write::ReplaceMessage {
                position,
                message: message.clone(),
            }]);
            self.send_changed(cx, position);
        }
        Ok(Reply::Done)
    }

    /// Takes a waiting message out of the queue and of the transcript.
    pub(super) fn remove_queued(
        &mut self,
        cx: &mut Context<'_>,
        (Waiting { message_id },): (Waiting,),
    ) -> Result<Reply, CallError> {
        let request = self.waiting(&message_id)?;
        let Some(queued) = self.queue.remove(&request) else {
            return Err(QueueRefusal::Over.into());
        };
        let own = self.own_messages(&queued.turn);
        let gone = self.transcript.remove(&own).into_iter();
        let mut writes: Vec<Write> = gone.map(Write::DeleteMessage).collect();
        let settled = queued.turn.settled(Settlement::Skipped);
        writes.push(Write::turn(settled.clone()));
        cx.persist(writes);
        // The end first: a client keeps its own message until it has heard it.
        self.announce_all(cx, vec![settled]);
        let hearing = self.connections.notified();
        self.connections.send_transcript(cx, &hearing);
        Ok(Reply::Done)
    }

    /// Has a waiting message answered before the others that wait.
    pub(super) fn move_queued_first(
        &mut self,
        cx: &mut Context<'_>,
        (Waiting { message_id },): (Waiting,),
    ) -> Result<Reply, CallError> {
        let request = self.waiting(&message_id)?;
        self.put_first(cx, &request);
        Ok(Reply::Done)
    }

    /// Stops the running turn, what it has is kept, and has a waiting message answered at once.
    pub(super) fn send_queued_now(
        &mut self,
        cx: &mut Context<'_>,
        (Waiting { message_id },): (Waiting,),
    ) -> Result<Reply, CallError> {
        let request = self.waiting(&message_id)?;
        self.put_first(cx, &request);
        if let Some(hurried) = self.queue.hurry(&request) {
            cx.persist(vec![Write::turn(hurried)]);
        }
        let running = self.running.as_ref().map(|running| running.id().clone());
        let next = match running {
            Some(running) => self.cancel(cx, &running),
            None => Next::StartTurn,
        };
        self.follow(cx, next);
        Ok(Reply::Done)
    }

    /// The turn that a waiting message waits for.
    fn waiting(&self, id: &MessageId) -> Result<RequestId, QueueRefusal> {
        let asks = |turn: &&Turn| turn.message_ids().last() == Some(id);
        if let Some(turn) = self.queue.turns().find(asks) {
            return Ok(turn.request_id.clone());
        }
        let mut running = self.running.iter().map(|running| running.turn());
        if running.any(|turn| turn.message_ids().contains(id)) {
            return Err(QueueRefusal::Started);
        }
        Err(match self.transcript.find(id) {
            Some(_) => QueueRefusal::Over,
            None if self.past.asked(id) => QueueRefusal::Over,
            None => QueueRefusal::Unknown(id.clone()),
        })
    }

    /// The positions of the messages that a turn alone answers. A client that sends all it has names those before them, too.
    fn own_messages(&self, turn: &Turn) -> Vec<Position> {
        let before = self
            .unsettled()
            .chain(self.past.last().map(|past| &past.turn));
        let before = before.map(|other| other.answer_position);
        let before = before
            .filter(|position| *position < turn.answer_position)
            .max();
        let found = turn
            .message_ids()
            .iter()
            .filter_map(|id| self.transcript.find(id));
        let positions = found.map(|entry| entry.position);
        positions
            .filter(|position| before.is_none_or(|before| *position > before))
            .collect()
    }

    /// Puts a waiting turn before the others that wait. Positions are never given twice, so all others go behind it.
    fn put_first(&mut self, cx: &mut Context<'_>, request: &RequestId) {
        if !self.queue.put_first(request) {
            return;
        }
        let is_other = |turn: &&Turn| !turn.is_continuation() && turn.request_id != *request;
        let others = self.queue.turns().filter(is_other);
        let others: Vec<(RequestId, Vec<Position>)> = others
            .map(|turn| (turn.request_id.clone(), self.own_messages(turn)))
            .collect();
        let mut writes = Vec::new();
        for (other, own) in others {
            for from in own {
                let to = self.transcript.move_to_end(from);
                writes.extend(to.map(|to| Write::MoveMessage { from, to }));
            }
            let answer = self.transcript.reserve();
            let moved = self.queue.place(&other, answer);
            writes.extend(moved.map(Write::turn));
        }
        cx.persist(writes);
        let hearing = self.connections.notified();
        self.connections.send_transcript(cx, &hearing);
    }
}
