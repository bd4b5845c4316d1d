//! Results of client tools and answers to approvals, and the turns that go on with them (protocol §5.7).
//!
//! A continuation is a queued turn like any other. It is stored with the result that made it, starts when every call of
//! its message is answered, and is dropped when the message is no longer the last answer.

use std::time::Duration;

use common::{
    chunk::Chunk,
    frame::{ClientTool, ServerFrame, ToolApproval, ToolResult},
    id::{IdSource, RequestId, ToolCallId},
    message::{Message, ToolAnswer, ToolState},
    time::Timestamp,
};
use store::Write;

use super::{
    Agent, ConnectionKey, Effect, Position, QueuedTurn, Turn, TurnKind, pause, running::send,
    steps::Work,
};

/// Results that come within this time make one continuation.
const COALESCE: Duration = Duration::from_millis(50);

impl<I: IdSource> Agent<I> {
    /// A client tool has run.
    pub(super) fn tool_result(
        &mut self,
        now: Timestamp,
        key: ConnectionKey,
        result: ToolResult,
        out: &mut Vec<Effect>,
    ) {
        let id = &result.tool_call_id;
        let answer = ToolAnswer::Outcome(result.outcome);
        let goes_on = result.auto_continue.then_some(result.client_tools);
        self.answer_call(now, key, id, &answer, goes_on, out);
    }

    /// The user says yes or no.
    pub(super) fn tool_approval(
        &mut self,
        now: Timestamp,
        key: ConnectionKey,
        approval: &ToolApproval,
        out: &mut Vec<Effect>,
    ) {
        let id = &approval.tool_call_id;
        let answer = self.noted_answer(key, id, approval.approved);
        let goes_on = approval.auto_continue.then(Vec::new);
        self.answer_call(now, key, id, &answer, goes_on, out);
    }

    /// Changes a call that waits. One that is settled, or that nobody knows, stays as it is, without a word.
    /// `goes_on`: the model is to go on, with these tools of the client if there are any.
    fn answer_call(
        &mut self,
        now: Timestamp,
        key: ConnectionKey,
        id: &ToolCallId,
        answer: &ToolAnswer,
        goes_on: Option<Vec<ClientTool>>,
        out: &mut Vec<Effect>,
    ) {
        if self.answer_running_call(id, answer, out) {
            return;
        }
        let found = self.open.iter().find(|(_, message)| message.holds_call(id));
        let Some(position) = found.map(|(position, _)| *position) else {
            return;
        };
        let Some(message) = self.open.get_mut(&position) else {
            return;
        };
        if !change_call(message, id, answer) {
            return;
        }
        let message = message.clone();
        self.transcript.put(position, &message);
        let mut writes = vec![Write::ReplaceMessage {
            position,
            message: message.clone(),
        }];
        let decided = self.decide(now, key, id, answer);
        let grants = decided
            .iter()
            .any(|write| matches!(write, Write::PutAbout(_)));
        writes.extend(decided);
        let goes_on = goes_on.filter(|_| !pause::is_stopped(&message.parts));
        if let Some(client_tools) = goes_on {
            writes.extend(self.arm(now, key, position, &message, client_tools));
            // The alarm first: no turn is stored that nothing wakes the agent for.
            self.wake_at(now, now + COALESCE, out);
        }
        out.push(Effect::Persist(writes));
        self.let_go_of_settled(position);
        let updated = ServerFrame::MessageUpdated(message);
        send(out, self.connections.told(), updated.encode());
        if grants {
            self.tell_state(out);
        }
        self.start_next(now, out);
    }

    /// Answers a call of the answer that is being written: as a chunk of it. Calls that the agent itself runs are not
    /// for others to answer.
    fn answer_running_call(
        &mut self,
        id: &ToolCallId,
        answer: &ToolAnswer,
        out: &mut Vec<Effect>,
    ) -> bool {
        let Some(running) = self.running.as_ref() else {
            return false;
        };
        let Some(call) = running
            .answer
            .message()
            .calls()
            .find(|call| call.tool_call_id == *id)
        else {
            return false;
        };
        let runs = match &running.work {
            Work::Tools(runs) => runs.iter().any(|(_, run)| run == id),
            Work::None | Work::Model(_) | Work::Retry => false,
        };
        let state = call.state.answered(id, answer);
        let chunk = state.and_then(|state| chunk_of(id, state));
        if let (false, Some(chunk)) = (runs, chunk) {
            self.grow(vec![chunk], Vec::new(), out);
            if let Some(running) = &self.running {
                let updated = ServerFrame::MessageUpdated(running.answer.message().clone());
                send(out, self.connections.told(), updated.encode());
            }
        }
        true
    }

    /// Makes the continuation of a message, unless there is one already.
    fn arm(
        &mut self,
        now: Timestamp,
        key: ConnectionKey,
        position: Position,
        message: &Message,
        client_tools: Vec<ClientTool>,
    ) -> Vec<Write> {
        let mut writes = Vec::new();
        if !client_tools.is_empty() && self.context.client_tools != client_tools {
            self.context.client_tools = client_tools;
            writes.push(Write::PutContext(self.context.clone()));
        }
        let mut queue = self.queue.iter();
        if queue.any(|queued| queued.continues(position))
            || self.transcript.last_assistant() != Some(position)
        {
            return writes;
        }
        let turn = QueuedTurn {
            turn: Turn {
                request_id: RequestId::new(self.ids.fresh()),
                requester: self.connections.id(key).cloned(),
                answer_id: message.id.clone(),
                answer_position: position,
                kind: TurnKind::Continuation,
            },
            context: self.context.clone(),
            not_before: Some(now + COALESCE),
            steers: false,
        };
        writes.push(Write::turn(turn.clone()));
        self.queue.push_back(turn);
        writes
    }

    /// Whether a queued turn may start.
    pub(super) fn is_ready(&self, now: Timestamp, queued: &QueuedTurn) -> bool {
        queued.not_before.is_none_or(|at| at <= now) && self.will_start(&queued.turn)
    }

    /// Whether a queued turn starts by itself: not one that waits for an answer of the user or of the client.
    pub(super) fn will_start(&self, turn: &Turn) -> bool {
        match turn.kind {
            TurnKind::Answer(_) => true,
            TurnKind::Continuation => self
                .open
                .get(&turn.answer_position)
                .is_some_and(|message| !waits_for_others(message)),
        }
    }

    /// Drops continuations of messages that are gone or are no longer the last answer.
    pub(super) fn drop_needless_continuations(&mut self, out: &mut Vec<Effect>) {
        let last = self.transcript.last_assistant();
        let open = &self.open;
        let needless = |turn: &Turn| {
            turn.is_continuation()
                && (last != Some(turn.answer_position) || !open.contains_key(&turn.answer_position))
        };
        let (dropped, kept): (Vec<QueuedTurn>, Vec<QueuedTurn>) = self
            .queue
            .drain(..)
            .partition(|queued| needless(&queued.turn));
        self.queue.extend(kept);
        self.skip(dropped, out);
    }

    /// Forgets the content of a message that nothing waits for.
    pub(super) fn let_go_of_settled(&mut self, position: Position) {
        let mut queue = self.queue.iter();
        let goes_on = queue.any(|queued| queued.continues(position));
        let waits = self
            .open
            .get(&position)
            .is_some_and(|message| message.calls().any(|call| !call.state.is_settled()));
        if !goes_on && !waits {
            self.open.remove(&position);
        }
        self.forget_approvals();
    }
}

/// Whether a message has calls that the user or the client has to answer.
pub(super) fn waits_for_others(message: &Message) -> bool {
    message.calls().any(|call| call.state.is_unanswered())
}

fn change_call(message: &mut Message, id: &ToolCallId, answer: &ToolAnswer) -> bool {
    let Some(call) = message.call_mut(id) else {
        return false;
    };
    let answered = call.state.answered(id, answer);
    let changes = answered.is_some();
    if let Some(state) = answered {
        call.state = state;
    }
    changes
}

/// A settled call as a chunk. There is no chunk for an approval: it is asked for when the turn ends.
fn chunk_of(id: &ToolCallId, state: ToolState) -> Option<Chunk> {
    let tool_call_id = id.clone();
    match state {
        ToolState::OutputAvailable { output, .. } => Some(Chunk::ToolOutputAvailable {
            tool_call_id,
            output,
            preliminary: None,
        }),
        ToolState::OutputError { error_text, .. } => Some(Chunk::ToolOutputError {
            tool_call_id,
            error_text,
        }),
        ToolState::OutputDenied { .. } => Some(Chunk::ToolOutputDenied { tool_call_id }),
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. } => None,
    }
}
