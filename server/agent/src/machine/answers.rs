//! Outputs of client tools and answers to approvals, and the turns that continue with them.
//!
//! A continuation is a queued turn like any other. It is stored with the answer that made it, starts when every call of
//! its message is answered, and is dropped when the message is no longer the last answer.

use std::time::Duration;

use common::{
    frame::{ClientTool, ServerFrame, ToolApproval, ToolResult},
    id::{RequestId, ToolCallId},
    message::{Message, ToolAnswer},
};
use store::{Position, QueuedTurn, Turn, TurnKind, Write};

use super::{Parts, next::Next};
use crate::{approvals::Decided, attached::ConnectionKey, context::Context, pause};

/// Answers that come within this time make one continuation.
const COALESCE: Duration = Duration::from_millis(50);

/// Whether the model is to continue with an answer.
enum Continues {
    /// It is, with these tools of the client if there are any.
    With(Vec<ClientTool>),
    /// It is not.
    No,
}

impl Continues {
    fn new(auto_continue: bool, client_tools: Vec<ClientTool>) -> Self {
        if auto_continue {
            Self::With(client_tools)
        } else {
            Self::No
        }
    }
}

impl Parts {
    /// A client tool has run.
    pub(super) fn tool_result(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        result: ToolResult,
    ) -> Next {
        let answer = ToolAnswer::Outcome(result.outcome);
        let continues = Continues::new(result.auto_continue, result.client_tools);
        self.answer_call(cx, key, &result.tool_call_id, &answer, continues)
    }

    /// The user says yes or no, with what the same client has said beside it.
    pub(super) fn tool_approval(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        approval: &ToolApproval,
    ) -> Next {
        let id = &approval.tool_call_id;
        let client = self.connections.id(key);
        let note = client.and_then(|client| self.approvals.note_of(client, id));
        let answer = if approval.approved {
            ToolAnswer::Allow {
                always: note.and_then(|note| note.always.clone()),
            }
        } else {
            ToolAnswer::Refuse {
                reason: note.and_then(|note| note.reason.clone()),
            }
        };
        let continues = Continues::new(approval.auto_continue, Vec::new());
        self.answer_call(cx, key, id, &answer, continues)
    }

    /// Changes a call that waits. One that is settled, or that nobody knows, stays as it is, without a word.
    fn answer_call(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        id: &ToolCallId,
        answer: &ToolAnswer,
        continues: Continues,
    ) -> Next {
        if let Some(running) = &mut self.running
            && running.answer_call(cx, &mut self.connections, id, answer)
        {
            return Next::Wait;
        }
        let Some(position) = self.transcript.open_with_call(id) else {
            return Next::Wait;
        };
        let Some(message) = self.transcript.answer_call(position, id, answer) else {
            return Next::Wait;
        };
        let mut writes = vec![Write::ReplaceMessage {
            position,
            message: message.clone(),
        }];
        let grants = self.decide(cx, key, id, answer, &mut writes);
        if let Continues::With(client_tools) = continues
            && !pause::is_stopped(&message.parts)
        {
            writes.extend(self.queue_continuation(cx, key, position, &message, client_tools));
            // The alarm first: no turn is stored that nothing wakes the agent for.
            cx.wake_at(cx.now + COALESCE);
        }
        cx.persist(writes);
        self.close_settled(position);
        let updated = ServerFrame::MessageUpdated(message);
        cx.send(self.connections.notified(), updated.encode());
        if grants {
            self.synced.broadcast(cx, &self.connections);
        }
        Next::StartTurn
    }

    /// An answer was taken: adds what is stored of the approval. Whether calls were allowed for good.
    fn decide(
        &mut self,
        cx: &Context<'_>,
        key: ConnectionKey,
        id: &ToolCallId,
        answer: &ToolAnswer,
        writes: &mut Vec<Write>,
    ) -> bool {
        let client = self.connections.id(key);
        let note = client.and_then(|client| self.approvals.note_of(client, id));
        let reason = note.and_then(|note| note.reason.clone());
        let Some(Decided { write, grant }) = self.approvals.decide(cx.now, id, answer, reason)
        else {
            return false;
        };
        writes.push(write);
        let granted = grant.and_then(|grant| self.synced.grant(grant));
        let grants = granted.is_some();
        writes.extend(granted);
        grants
    }

    /// Queues the continuation of a message, unless there is one already.
    fn queue_continuation(
        &mut self,
        cx: &mut Context<'_>,
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
        let is_last = self.transcript.last_assistant() == Some(position);
        if self.queue.continues(position) || !is_last {
            return writes;
        }
        let turn = QueuedTurn {
            turn: Turn {
                request_id: RequestId::new(cx.ids.fresh()),
                requester: self.connections.id(key).cloned(),
                answer_id: message.id.clone(),
                answer_position: position,
                kind: TurnKind::Continuation,
            },
            context: self.context.clone(),
            not_before: Some(cx.now + COALESCE),
            steers: false,
            begins: false,
        };
        writes.push(Write::turn(turn.clone()));
        self.queue.push(turn);
        writes
    }

    /// Forgets the content of a message that nothing waits for.
    pub(super) fn close_settled(&mut self, position: Position) {
        let waits = self
            .transcript
            .open(position)
            .is_some_and(|message| message.calls().any(|call| !call.state.is_settled()));
        if !self.queue.continues(position) && !waits {
            self.transcript.close(position);
        }
        self.forget_approvals();
    }
}
