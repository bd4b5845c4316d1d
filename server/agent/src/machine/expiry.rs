//! Approvals that nobody gave in time. The model hears of it when the conversation continues: an alarm must not cost the
//! user anything while nobody is there.

use common::{
    frame::ServerFrame,
    id::ToolCallId,
    message::{Message, ToolAnswer, ToolOutcome},
};
use store::{Position, Write};

use super::Parts;
use crate::{
    context::Context,
    transcript::{change_call, waits_for_others},
};

/// The output of an allowed call whose turn did not continue, since another approval expired.
const LEFT_BEHIND: &str = "The user allowed this call, but it was not made: another call of the same answer was not \
                           answered within 24 hours. Make it again if it is still wanted.";

impl Parts {
    /// Refuses what nobody has answered in time.
    pub(super) fn expire(&mut self, cx: &mut Context<'_>) {
        let transcript = &self.transcript;
        let expired = self
            .approvals
            .expired(cx.now, |position| transcript.is_open(position));
        for position in expired {
            self.expire_at(cx, position);
        }
    }

    fn expire_at(&mut self, cx: &mut Context<'_>, position: Position) {
        let Some(mut message) = self.transcript.open(position).cloned() else {
            return;
        };
        let mut writes = self.approvals.expire(cx.now, position, &mut message);
        if !waits_for_others(&message) {
            // First of all: once the calls are settled, it would start.
            self.skip_continuation(cx, position, &mut message);
        }
        self.transcript.put(position, &message);
        self.transcript.keep_open(position, message.clone());
        writes.push(Write::ReplaceMessage {
            position,
            message: message.clone(),
        });
        cx.persist(writes);
        self.close_settled(position);
        let updated = ServerFrame::MessageUpdated(message);
        cx.send(self.connections.notified(), updated.encode());
    }

    /// The continuation of a message is not run, and the calls that it would have made are not made.
    fn skip_continuation(
        &mut self,
        cx: &mut Context<'_>,
        position: Position,
        message: &mut Message,
    ) {
        let Some(turn) = self.queue.remove_continuation(position) else {
            return;
        };
        self.skip(cx, vec![turn]);
        let allowed = message.calls().filter(|call| !call.state.is_settled());
        let allowed: Vec<ToolCallId> = allowed.map(|call| call.tool_call_id.clone()).collect();
        for call in allowed {
            let failed = ToolOutcome::Error(Some(LEFT_BEHIND.to_owned()));
            change_call(message, &call, |state| {
                state.answered(&call, &ToolAnswer::Outcome(failed))
            });
        }
    }

    /// Forgets the approvals of calls in messages that nothing waits for.
    pub(super) fn forget_approvals(&mut self) {
        let running = self.running.as_ref();
        let running = running.map(|running| running.turn().answer_position);
        let transcript = &self.transcript;
        self.approvals
            .keep_where(|position| transcript.is_open(position) || running == Some(position));
    }
}
