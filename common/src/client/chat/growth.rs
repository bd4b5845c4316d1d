//! Answers that grow, of own turns and others', from live and replayed chunks.

use std::time::Duration;

use super::{Chat, Recovery};
use crate::{
    chunk::Chunk,
    client::{
        context::Context,
        deadlines::Timer,
        io::{Row, SharedRow},
        turn::{Base, Feed, Fit, Step, Turn},
    },
    id::{MessageId, RequestId, ToolCallId},
    message::{Message, Role},
};

/// A replay without an end marker is shown after this pause: older servers send none.
const REPLAY_PAUSE: Duration = Duration::from_millis(250);

impl Chat {
    /// A turn began. The server runs turns one at a time and in order, so the previous turn and the earlier
    /// submissions are over.
    pub(super) fn begin(&mut self, cx: &mut Context<'_>, id: &RequestId) {
        self.recovery = Recovery::None;
        self.settle_cut_off(cx, id);
        self.settle_before(cx, id);
        if let Some(index) = self.outbox.position(id)
            && let Some(submission) = self.outbox.submissions.get(index)
        {
            let stage = submission.stage.begun();
            self.set_stage(cx, index, stage);
        }
    }

    /// Handles a live chunk.
    pub(super) fn grow(&mut self, cx: &mut Context<'_>, id: &RequestId, step: Step) {
        self.begin(cx, id);
        self.expect(id);
        self.show_held(cx, id);
        let Some(turn) = self.turns.get_mut(id) else {
            return;
        };
        match (turn.fit(step.seq), &turn.feed) {
            (Fit::Known, _) | (Fit::Early, Feed::Missing | Feed::Replay(_)) => {}
            (Fit::Early, Feed::Pending | Feed::Live) => {
                turn.feed = Feed::Missing;
                self.probe(cx);
            }
            (Fit::Next, _) => {
                turn.feed = Feed::Live;
                self.apply(cx, id, step);
            }
        }
    }

    /// Handles a replayed chunk.
    pub(super) fn replay(&mut self, cx: &mut Context<'_>, id: &RequestId, step: Step) {
        let Some(turn) = self.turns.get_mut(id) else {
            return;
        };
        match &mut turn.feed {
            Feed::Replay(steps) => {
                steps.push(step);
                if !cx.deadlines.is_set(Timer::Replay) {
                    cx.deadlines.set(Timer::Replay, cx.now + REPLAY_PAUSE);
                }
            }
            // The rest of a replay that took longer than the pause.
            Feed::Live => {
                if turn.fit(step.seq) != Fit::Known {
                    self.apply(cx, id, step);
                }
            }
            Feed::Pending | Feed::Missing => {}
        }
    }

    /// Handles [`Timer::Replay`].
    pub(in crate::client) fn replay_due(&mut self, cx: &mut Context<'_>) {
        let ids: Vec<RequestId> = self.turns.ids().cloned().collect();
        for id in ids {
            self.show_held(cx, &id);
        }
    }

    /// Shows the held chunks of a replay, if there are any.
    fn show_held(&mut self, cx: &mut Context<'_>, id: &RequestId) {
        if let Some(Turn {
            feed: Feed::Replay(steps),
            ..
        }) = self.turns.get(id)
            && !steps.is_empty()
        {
            self.replayed(cx, id);
        }
    }

    /// The replay is complete: rebuilds the message from it, unless the stream is a continuation.
    pub(super) fn replayed(&mut self, cx: &mut Context<'_>, id: &RequestId) {
        let Some(turn) = self.turns.get_mut(id) else {
            return;
        };
        let Feed::Replay(steps) = &mut turn.feed else {
            return;
        };
        let steps = std::mem::take(steps);
        turn.feed = Feed::Live;
        cx.deadlines.clear(Timer::Replay);
        let Some(first) = steps.first() else {
            return;
        };
        self.rows.begin_replay();
        if !first.continuation {
            turn.applied = None;
            if let Some(shown) = turn.message.clone() {
                match named(&first.chunk) {
                    Some(other) if *other != shown => {
                        turn.message = None;
                        self.rows.remove(cx, &shown);
                    }
                    Some(_) | None => self.rows.rebuild(cx, &shown),
                }
            }
        }
        for step in steps {
            let known = |turn: &Turn| matches!((turn.applied, step.seq), (Some(applied), Some(seq)) if seq <= applied);
            if !self.turns.get(id).is_some_and(known) {
                self.apply(cx, id, step);
            }
        }
        self.rows.end_replay(cx);
    }

    /// Applies one chunk.
    fn apply(&mut self, cx: &mut Context<'_>, id: &RequestId, step: Step) {
        self.error = None;
        if let Some(call) = settled_call(&step.chunk) {
            self.decided(call);
        }
        let Some(turn) = self.turns.get_mut(id) else {
            return;
        };
        turn.applied = step.seq.or(turn.applied);
        let shown = turn.message.clone();
        let message = match shown.filter(|message| self.rows.message(message).is_some()) {
            Some(message) => message,
            None => {
                let message = self.row_for(cx, id, &step);
                if let Some(turn) = self.turns.get_mut(id) {
                    turn.message = Some(message.clone());
                }
                message
            }
        };
        let target = self.elsewhere(&message, &step.chunk).unwrap_or(message);
        self.rows.grow(cx, &target, step.chunk);
    }

    /// The earlier message that contains the call whose output this is, unless it is the growing one.
    fn elsewhere(&self, message: &MessageId, chunk: &Chunk) -> Option<MessageId> {
        let call = settled_call(chunk)?;
        if self.rows.message(message)?.holds_call(call) {
            return None;
        }
        self.rows.with_call(call).cloned()
    }

    /// The row that a turn's answer grows in, created at its first chunk.
    fn row_for(&mut self, cx: &mut Context<'_>, request: &RequestId, first: &Step) -> MessageId {
        let named = named(&first.chunk);
        let role = named
            .and_then(|id| self.rows.message(id))
            .map(|message| message.role);
        if first.continuation {
            let continued = match (named, role) {
                (Some(id), Some(Role::Assistant)) => Some(id),
                (Some(_) | None, _) => self.rows.last(Role::Assistant),
            };
            if let Some(id) = continued.cloned() {
                self.rows.go_on(&id);
                if let Some(turn) = self.turns.get_mut(request) {
                    turn.base = Base::Same;
                }
                return id;
            }
        }
        let message = match (named, role) {
            (Some(id), Some(Role::Assistant)) => {
                let id = id.clone();
                self.rows.rebuild(cx, &id);
                return id;
            }
            (Some(id), None) => id.clone(),
            (Some(_), Some(Role::User | Role::System)) | (None, _) => {
                MessageId::new(cx.ids.fresh())
            }
        };
        let index = self.place(request);
        let row = Row::taken(Message::empty_assistant(message.clone()));
        self.rows.insert(cx, index, row);
        message
    }

    /// The position of a turn's answer: after the message it answers, and after answers that ended later and that an
    /// official server stored there. Another client's answer goes to the end, but before messages whose turns come
    /// later.
    fn place(&self, id: &RequestId) -> usize {
        let own = self.outbox.get(id);
        if let Some(index) = own.and_then(|own| self.rows.position(own.ask.message())) {
            let is_answer = |row: &&SharedRow| row.role() == Role::Assistant;
            let behind = self.rows.all().iter().skip(index + 1);
            return index + 1 + behind.take_while(is_answer).count();
        }
        let later = |id: &&MessageId| {
            let own = self.outbox.of_message(id);
            let waits = self.waiting.iter().any(|one| one.message == **id);
            waits || own.is_some_and(|own| !own.stage.is_begun())
        };
        self.rows.len() - self.rows.ids().rev().take_while(later).count()
    }
}

/// The id that a message is stored under, if the chunk contains it.
fn named(chunk: &Chunk) -> Option<&MessageId> {
    if let Chunk::Start {
        message_id: Some(id),
        ..
    } = chunk
        && !id.as_str().is_empty()
    {
        Some(id)
    } else {
        None
    }
}

/// The call that a chunk settles.
fn settled_call(chunk: &Chunk) -> Option<&ToolCallId> {
    if let Chunk::ToolOutputAvailable { tool_call_id, .. }
    | Chunk::ToolOutputError { tool_call_id, .. }
    | Chunk::ToolOutputDenied { tool_call_id } = chunk
    {
        Some(tool_call_id)
    } else {
        None
    }
}
