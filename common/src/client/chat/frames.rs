//! Frames of the agent.

use super::{Chat, Recovery};
use crate::{
    chunk::Chunk,
    client::{
        context::Context,
        io::Earlier,
        outbox::{Ask, Continuation, Mark, Stage},
        session::Clearing,
    },
    frame::{ChatResponse, ClientFrame, Delivered, NoResume, Outcome, ResponseKind, ServerFrame},
    id::{ProbeId, RequestId},
    id_map::IdSet,
    message::Message,
    state::Waiting,
};

impl Chat {
    /// Handles a frame of the agent.
    pub(in crate::client) fn received(&mut self, cx: &mut Context<'_>, frame: ServerFrame) {
        let Some(session) = &self.session else {
            return;
        };
        match (frame, session.clearing) {
            (ServerFrame::ChatResponse(response), _) => self.response(cx, response),
            (ServerFrame::ChatClear, _) => self.cleared(cx),
            (ServerFrame::StreamResuming { id, probe_id }, _) => {
                self.resuming(cx, &id, probe_id.as_ref());
            }
            (ServerFrame::StreamResumeNone { reason, probe_id }, _) => {
                self.nothing_to_resume(cx, reason, probe_id.as_ref());
            }
            (ServerFrame::StreamPending { id, probe_id }, _) => {
                self.pending(cx, id, probe_id.as_ref());
            }
            (
                ServerFrame::ChatMessages {
                    messages, before, ..
                },
                Clearing::Over,
            ) => {
                self.sent_transcript(cx, messages, before.as_ref());
            }
            (ServerFrame::MessageUpdated(message), Clearing::Over) => self.updated(cx, message),
            (ServerFrame::ChatRecovering { recovering, .. }, Clearing::Over) => {
                self.sign(cx.now);
                self.recovery = if recovering {
                    Recovery::Expected
                } else {
                    Recovery::None
                };
            }
            (
                ServerFrame::ChatMessages { .. }
                | ServerFrame::MessageUpdated(_)
                | ServerFrame::ChatRecovering { .. },
                Clearing::Asked,
            )
            | (
                ServerFrame::Identity { .. }
                | ServerFrame::State(_)
                | ServerFrame::StateError(_)
                | ServerFrame::McpServers(_)
                | ServerFrame::Rpc(_)
                | ServerFrame::FrameError { .. },
                _,
            ) => {}
        }
    }

    /// Whether a clear cancelled the turn.
    fn is_void(&mut self, id: &RequestId) -> bool {
        if self.is_clearing() && self.outbox.get(id).is_none() {
            self.void.insert(id.as_str());
        }
        self.void.contains(id.as_str())
    }

    /// A turn begins. If a clear had cancelled it, its submission reached the server again after the clear.
    fn renew(&mut self, id: &RequestId) {
        if !self.is_clearing() {
            self.void.remove(id.as_str());
        }
    }

    fn is_clearing(&self) -> bool {
        let session = self.session.as_ref();
        session.is_some_and(|session| session.clearing == Clearing::Asked)
    }

    fn response(&mut self, cx: &mut Context<'_>, response: ChatResponse) {
        let ChatResponse {
            id,
            continuation,
            delivered,
            kind,
        } = response;
        let acked = |chat: &Self| {
            let session = chat.session.as_ref();
            session.is_some_and(|session| session.acked.contains(&id))
        };
        if let (ResponseKind::Chunk { seq: Some(0), .. }, Delivered::Live) = (&kind, delivered) {
            self.renew(&id);
        }
        if self.is_void(&id) || (delivered == Delivered::Replay && !acked(self)) {
            return;
        }
        self.sign(cx.now);
        match kind {
            ResponseKind::Chunk {
                chunk: Chunk::Error { error_text },
                ..
            }
            | ResponseKind::Failing(error_text) => {
                self.end(cx, &id, Outcome::Error(Some(error_text)), &[]);
            }
            ResponseKind::Chunk { chunk, seq } => {
                let step = crate::client::turn::Step {
                    chunk,
                    seq,
                    continuation,
                };
                match delivered {
                    Delivered::Live => self.grow(cx, &id, step),
                    Delivered::Replay => self.replay(cx, &id, step),
                }
            }
            ResponseKind::Words(_) => self.accepted(cx, &id),
            ResponseKind::Refused(words) => self.refused(cx, &id, words),
            ResponseKind::ReplayComplete => {
                if let Some(turn) = self.turns.get_mut(&id) {
                    turn.replays = turn.replays.saturating_sub(1);
                }
                self.replayed(cx, &id);
            }
            ResponseKind::Done {
                outcome,
                message_ids,
            } => self.end(cx, &id, outcome, &message_ids),
        }
    }

    /// The server has accepted a submission, possibly one of this client.
    pub(super) fn accepted(&mut self, cx: &mut Context<'_>, id: &RequestId) {
        if let Some(index) = self.outbox.position(id)
            && let Some(submission) = self.outbox.submissions.get(index)
        {
            let stage = submission.stage.accepted();
            self.set_stage(cx, index, stage);
        }
    }

    /// Another client cleared the transcript. Submissions that the server did not have at that moment stay.
    fn cleared(&mut self, cx: &mut Context<'_>) {
        self.void_turns();
        self.recovery = Recovery::None;
        self.error = None;
        self.forget_answers();
        let mut keep = IdSet::default();
        let void = &mut self.void;
        self.outbox.submissions.retain(|one| {
            let stays = match (&one.ask, one.stage) {
                (Ask::Answer(_) | Ask::Anew(_), Stage::Overdue | Stage::Waiting)
                | (_, Stage::Sent(_) | Stage::Unsure) => true,
                (Ask::Again(_), Stage::Overdue | Stage::Waiting)
                | (_, Stage::Accepted(_) | Stage::Begun(_)) => false,
            };
            match (&one.ask, stays) {
                (Ask::Answer(message) | Ask::Anew(message), true) => {
                    keep.insert(message.as_str());
                }
                (Ask::Again(_), true) => {}
                (_, false) => {
                    void.insert(one.id.as_str());
                }
            }
            stays
        });
        self.outdate();
        self.rows.retain(cx, &keep);
        self.rows.set_earlier(Earlier::None);
    }

    /// Replaces a message: the one with the same id, else the one that shares a tool call, which keeps its own id.
    fn updated(&mut self, cx: &mut Context<'_>, mut message: Message) {
        self.sign(cx.now);
        if self.rows.message(&message.id).is_none() {
            let same = message
                .calls()
                .find_map(|call| self.rows.with_call(&call.tool_call_id));
            match same.cloned() {
                Some(id) => message.id = id,
                None => return,
            }
        }
        self.outdate();
        let own = self.outbox.of_message(&message.id);
        if own.is_some_and(|own| matches!(own.ask, Ask::Anew(_)) && own.stage.is_unconfirmed()) {
            // The server still has the earlier text.
            return;
        }
        self.judge(&mut message);
        self.rows.replace(cx, message);
    }

    fn resuming(&mut self, cx: &mut Context<'_>, id: &RequestId, probe_id: Option<&ProbeId>) {
        let Some(session) = &mut self.session else {
            return;
        };
        let is_answer = session.take_answer(cx, probe_id);
        session.sign = cx.now;
        // The server sends nothing else until this ACK. A second ACK would cause a second replay, but a probe sent
        // after the last ACK makes the server wait again.
        let is_held = |acked: &Mark| *acked < session.probed;
        if !session.acked.get(id).is_none_or(is_held) {
            return;
        }
        session.acked.insert(id.clone(), self.mark.next());
        cx.transmit(&ClientFrame::ResumeAck(id.clone()));
        let has_ended = session.ended.contains(id.as_str());
        self.renew(id);
        if has_ended {
            // A failed turn stays available for resume while nothing else runs.
            if is_answer {
                self.idle(cx);
            }
        } else if !self.is_void(id) {
            self.begin(cx, id);
            self.expect(id);
            if let Some(turn) = self.turns.get_mut(id) {
                turn.await_replay();
            }
        }
    }

    /// The agent's state lists the messages that wait.
    pub(in crate::client) fn wait(&mut self, waiting: Vec<Waiting>) {
        self.waiting = waiting;
    }

    /// Whether the agent has not begun a turn, as its state says.
    pub(super) fn waits(&self, id: &RequestId) -> bool {
        self.waiting.iter().any(|one| one.request == *id)
    }

    /// The agent's state names the running turn, perhaps one of another client. It can be stopped even while it is
    /// silent.
    pub(in crate::client) fn runs(&mut self, cx: &mut Context<'_>, id: &RequestId) {
        let session = self.session.as_ref();
        let may_run = session.is_some_and(|session| !session.ended.contains(id.as_str()));
        if may_run && !self.is_void(id) {
            self.accepted(cx, id);
            self.expect(id);
        }
    }

    fn pending(&mut self, cx: &mut Context<'_>, id: Option<RequestId>, probe_id: Option<&ProbeId>) {
        if let Some(session) = &mut self.session {
            session.take_answer(cx, probe_id);
            session.sign = cx.now;
        }
        if let Some(id) = id {
            self.renew(&id);
            if !self.is_void(&id) {
                self.accepted(cx, &id);
                self.expect(&id);
            }
        }
    }

    fn nothing_to_resume(
        &mut self,
        cx: &mut Context<'_>,
        reason: Option<NoResume>,
        probe_id: Option<&ProbeId>,
    ) {
        let Some(session) = &mut self.session else {
            return;
        };
        if session.take_answer(cx, probe_id) {
            session.sign = cx.now;
            match reason {
                Some(NoResume::Idle) | None => self.idle(cx),
                // Its frames arrive live, and it may not have begun.
                Some(NoResume::ContinuationOwned) if self.turns.is_empty() => {}
                Some(NoResume::ContinuationOwned | NoResume::Other(_)) => {
                    self.outbox.continuation = Continuation::None;
                }
            }
        } else if probe_id.is_none() {
            // The pending turn will not stream. A new probe finds out whether another one does.
            self.probe(cx);
        }
    }
}
