//! The user's answers to tool calls that wait for them.
//!
//! An answer shows at once and is kept until the server is known to have decided about the call: it may be lost with
//! the connection, and another client's may come first. What the server says then counts.

use super::{Chat, sync::Exact};
use crate::{
    client::{
        context::Context,
        io::Delivery,
        outbox::{Answer, AnswerStage, Continuation, Mark, Verdict},
    },
    frame::{ClientFrame, ToolApproval},
    id::{MessageId, ToolCallId},
    message::{Message, Part, Role},
};

impl Chat {
    /// The user answers a call of the last answer. An earlier one is behind: no turn would go on with it.
    pub(in crate::client) fn answer(
        &mut self,
        cx: &mut Context<'_>,
        call: ToolCallId,
        verdict: Verdict,
    ) {
        let last = self.rows.last(Role::Assistant).cloned();
        let asks = |message: &Message| {
            let mut calls = message.calls();
            calls.any(|one| one.tool_call_id == call && one.state.asks())
        };
        let Some(id) = last.filter(|id| self.rows.message(id).is_some_and(asks)) else {
            return;
        };
        self.error = None;
        self.rows.answer(cx, &id, &call, verdict.approved());
        if self.session.is_none() {
            self.rows.deliver(cx, &id, Delivery::Waiting);
        }
        self.outbox.answers.push(Answer {
            call,
            verdict,
            stage: AnswerStage::Waiting,
        });
    }

    /// Sends the answers that wait, and asks what became of them: the server says nothing to one it does not take.
    pub(super) fn send_answers(&mut self, cx: &mut Context<'_>) {
        if self.outbox.answers.is_empty() {
            return;
        }
        let mut is_new = false;
        for mut answer in std::mem::take(&mut self.outbox.answers) {
            let Some(id) = self.rows.with_call(&answer.call).cloned() else {
                continue;
            };
            self.show_answer(cx, &id, &answer);
            if answer.stage == AnswerStage::Waiting {
                cx.transmit(&ClientFrame::ToolApproval(ToolApproval {
                    tool_call_id: answer.call.clone(),
                    approved: answer.verdict.approved(),
                    auto_continue: true,
                }));
                answer.stage = AnswerStage::Sent(self.mark.next());
                self.rows.deliver(cx, &id, Delivery::Taken);
                let message = self.rows.message(&id);
                let waits =
                    |message: &Message| message.calls().any(|call| call.state.is_unanswered());
                if self.outbox.continuation == Continuation::None
                    && message.is_some_and(|message| !waits(message))
                {
                    self.outbox.continuation = Continuation::Expected;
                }
                is_new = true;
            }
            self.outbox.answers.push(answer);
        }
        if is_new {
            self.sign(cx.now);
            self.ask(cx, 1, cx.now);
        }
    }

    /// A message that was built anew from its stream asks again.
    fn show_answer(&mut self, cx: &mut Context<'_>, id: &MessageId, answer: &Answer) {
        let message = self.rows.message(id);
        let call = message.and_then(|message| {
            let mut calls = message.calls();
            calls.find(|call| call.tool_call_id == answer.call)
        });
        if call.is_some_and(|call| call.state.asks()) {
            self.rows
                .answer(cx, id, &answer.call, answer.verdict.approved());
        }
    }

    /// The connection is lost, and perhaps the answers with it.
    pub(super) fn recall_answers(&mut self, cx: &mut Context<'_>) {
        for answer in &mut self.outbox.answers {
            answer.stage = AnswerStage::Waiting;
            if let Some(id) = self.rows.with_call(&answer.call).cloned() {
                self.rows.deliver(cx, &id, Delivery::Waiting);
            }
        }
    }

    /// The transcript they belong to is void.
    pub(super) fn forget_answers(&mut self) {
        self.outbox.answers.clear();
        self.outbox.continuation = Continuation::None;
    }

    /// The server has decided about a call.
    pub(super) fn decided(&mut self, call: &ToolCallId) {
        self.outbox.answers.retain(|answer| answer.call != *call);
    }

    /// Reads what the server says of answered calls. Where it has not decided, the message is older than the answer,
    /// which stays on it.
    pub(super) fn judge(&mut self, message: &mut Message) -> Exact {
        let mut exact = Exact::Yes;
        if self.outbox.answers.is_empty() {
            return exact;
        }
        for part in &mut message.parts {
            if let Part::Tool(call) = part {
                let answers = self.outbox.answers.iter();
                let answer = answers.rev().find(|one| one.call == call.tool_call_id);
                let answered = answer.and_then(|answer| {
                    (call.state).answered(&call.tool_call_id, answer.verdict.approved())
                });
                if let Some(state) = answered {
                    call.state = state;
                    exact = Exact::No;
                } else {
                    self.outbox
                        .answers
                        .retain(|answer| answer.call != call.tool_call_id);
                }
            }
        }
        exact
    }

    /// Nothing runs, and answers sent before `asked` were not heard of: they were not taken, or what came of them was
    /// not told. Whether there were any; the stored transcript knows.
    pub(super) fn drop_unheeded(&mut self, asked: Mark) -> bool {
        let before = self.outbox.answers.len();
        self.outbox
            .answers
            .retain(|answer| !answer.stage.is_before(asked));
        self.outbox.continuation = Continuation::None;
        self.outbox.answers.len() < before
    }
}
