//! Answers to waiting tool calls: the user's approval or refusal, and the outputs of client tools.
//!
//! An answer shows at once and is kept until the server has decided about the call: the connection may lose it, and
//! another client may answer first. The server's decision wins.

use serde_json::Value;

use super::{Chat, sync::Exact};
use crate::{
    callable::Callable,
    client::{
        context::Context,
        io::{Delivery, Effect},
        link::Peer,
        outbox::{AnswerStage, Continuation, KeptAnswer, Mark},
        session::Fetch,
        turn::Turn,
    },
    fields::Fields,
    frame::{ClientFrame, ToolApproval, ToolResult},
    id::{MessageId, RpcId, ToolCallId},
    message::{Message, Part, Role, ToolAnswer, ToolState},
};

impl Chat {
    /// The user answers a call of the last message. Calls of earlier messages cannot be answered: no turn would
    /// continue from them.
    pub(in crate::client) fn answer(
        &mut self,
        cx: &mut Context<'_>,
        call: ToolCallId,
        answer: ToolAnswer,
    ) {
        let last = self.rows.last(Role::Assistant).cloned();
        let waits = |state: &ToolState| match answer {
            ToolAnswer::Allow { .. } | ToolAnswer::Refuse { .. } => state.asks(),
            ToolAnswer::Outcome(_) => state.answered(&call, &answer).is_some(),
        };
        let asks = |message: &Message| {
            let mut calls = message.calls();
            calls.any(|one| one.tool_call_id == call && waits(&one.state))
        };
        let Some(id) =
            last.filter(|id| (self.rows.message(id)).is_some_and(|message| asks(&message)))
        else {
            return;
        };
        self.error = None;
        self.rows.answer(cx, &id, &call, &answer);
        if self.session.is_none() {
            self.rows.deliver(cx, &id, Delivery::Stored);
        }
        self.outbox.answers.push(KeptAnswer {
            call,
            answer,
            stage: AnswerStage::Waiting,
        });
    }

    /// Sends the waiting answers and probes afterwards, since the server does not reply to an answer it ignores. An
    /// answer with a reason or grant waits until the server's kind is known.
    pub(super) fn send_answers(&mut self, cx: &mut Context<'_>, peer: Peer) {
        if self.outbox.answers.is_empty() {
            return;
        }
        let (mut is_new, mut holds_back) = (false, false);
        for mut answer in std::mem::take(&mut self.outbox.answers) {
            let Some(id) = self.rows.with_call(&answer.call).cloned() else {
                // An answer of an earlier page waits until the transcript is loaded.
                if self.is_fetching() {
                    self.outbox.answers.push(answer);
                }
                continue;
            };
            self.show_answer(cx, &id, &answer);
            let note = note_of(&answer);
            holds_back |= note.is_some() && peer == Peer::Asked;
            if answer.stage == AnswerStage::Waiting && !holds_back {
                if let Some(note) = note.filter(|_| peer == Peer::Ours) {
                    let id = RpcId::new(cx.ids.fresh());
                    let (method, args) =
                        (Callable::AnnotateApproval.as_str().to_owned(), vec![note]);
                    cx.transmit(&ClientFrame::Rpc { id, method, args });
                }
                cx.transmit(&self.answer_frame(&id, &answer));
                answer.stage = AnswerStage::Sent(self.mark.next());
                self.rows.deliver(cx, &id, Delivery::Answered);
                let message = self.rows.message(&id);
                let waits =
                    |message: &Message| message.calls().any(|call| call.state.is_unanswered());
                if self.auto_continue
                    && self.outbox.continuation == Continuation::None
                    && message.is_some_and(|message| !waits(&message))
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

    fn is_fetching(&self) -> bool {
        let session = self.session.as_ref();
        session.is_some_and(|session| session.fetch != Fetch::Settled)
    }

    fn answer_frame(&self, message: &MessageId, answer: &KeptAnswer) -> ClientFrame {
        let approval = |approved| {
            ClientFrame::ToolApproval(ToolApproval {
                tool_call_id: answer.call.clone(),
                approved,
                auto_continue: self.auto_continue,
            })
        };
        match &answer.answer {
            ToolAnswer::Allow { .. } => approval(true),
            ToolAnswer::Refuse { .. } => approval(false),
            ToolAnswer::Outcome(outcome) => {
                let message = self.rows.message(message);
                let mut calls = message.iter().flat_map(|message| message.calls());
                let call = calls.find(|call| call.tool_call_id == answer.call);
                ClientFrame::ToolResult(ToolResult {
                    tool_call_id: answer.call.clone(),
                    tool_name: call.map(|call| call.name.clone()).unwrap_or_default(),
                    outcome: outcome.clone(),
                    auto_continue: self.auto_continue,
                    client_tools: self.client_tools.clone(),
                })
            }
        }
    }

    /// Shows kept answers on calls that do not have them yet, such as answers of an earlier page.
    pub(super) fn show_answers(&mut self, cx: &mut Context<'_>) {
        for answer in std::mem::take(&mut self.outbox.answers) {
            if let Some(id) = self.rows.with_call(&answer.call).cloned() {
                self.show_answer(cx, &id, &answer);
                self.rows.deliver(cx, &id, Delivery::Stored);
            }
            self.outbox.answers.push(answer);
        }
    }

    /// Shows an answer again on a message that was rebuilt from its stream.
    fn show_answer(&mut self, cx: &mut Context<'_>, id: &MessageId, answer: &KeptAnswer) {
        let message = self.rows.message(id);
        let call = message.as_ref().and_then(|message| {
            let mut calls = message.calls();
            calls.find(|call| call.tool_call_id == answer.call)
        });
        let waits = |state: &ToolState| match answer.answer {
            ToolAnswer::Allow { .. } | ToolAnswer::Refuse { .. } => state.asks(),
            ToolAnswer::Outcome(_) => !state.is_settled(),
        };
        let waits = call.is_some_and(|call| waits(&call.state));
        drop(message);
        if waits {
            self.rows.answer(cx, id, &answer.call, &answer.answer);
        }
    }

    /// Requests the run of each client tool call once, after the message that contains it is complete.
    pub(super) fn run_tools(&mut self, cx: &mut Context<'_>) {
        if self.client_tools.is_empty() || self.turns.values().any(Turn::is_streaming) {
            return;
        }
        let last = self.rows.last(Role::Assistant);
        let message = last.and_then(|id| self.rows.message(id));
        for call in message.iter().flat_map(|message| message.calls()) {
            let is_ours = self.client_tools.iter().any(|tool| tool.name == call.name);
            if let ToolState::InputAvailable { input } = &call.state
                && is_ours
                && call.details.provider_executed != Some(true)
                && self.run.insert(call.tool_call_id.as_str())
            {
                cx.effects.push(Effect::RunTool {
                    call: call.tool_call_id.clone(),
                    name: call.name.clone(),
                    input: input.clone(),
                });
            }
        }
    }

    /// The connection was lost: the sent answers may be lost too and wait again.
    pub(super) fn recall_answers(&mut self, cx: &mut Context<'_>) {
        for answer in &mut self.outbox.answers {
            answer.stage = AnswerStage::Waiting;
            if let Some(id) = self.rows.with_call(&answer.call).cloned() {
                self.rows.deliver(cx, &id, Delivery::Stored);
            }
        }
    }

    /// Drops all answers: their transcript was cleared.
    pub(super) fn forget_answers(&mut self) {
        self.outbox.answers.clear();
        self.outbox.continuation = Continuation::None;
    }

    /// The server has decided about a call.
    pub(super) fn decided(&mut self, call: &ToolCallId) {
        self.outbox.answers.retain(|answer| answer.call != *call);
    }

    /// Compares a message of the server with the kept answers. Where the server has not decided, its message is older
    /// than the answer, and the answer stays on it.
    pub(super) fn judge(&mut self, message: &mut Message) -> Exact {
        let mut exact = Exact::Yes;
        if self.outbox.answers.is_empty() {
            return exact;
        }
        for part in &mut message.parts {
            if let Part::Tool(call) = part {
                let answers = self.outbox.answers.iter();
                let answer = answers.rev().find(|one| one.call == call.tool_call_id);
                let answered = answer
                    .and_then(|answer| (call.state).answered(&call.tool_call_id, &answer.answer));
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

    /// Nothing runs on the server: drops answers sent before the probe at `asked`, which the server ignored or whose
    /// result was missed. Returns whether there were any; the stored transcript then has the truth.
    pub(super) fn drop_unheeded(&mut self, asked: Mark) -> bool {
        let before = self.outbox.answers.len();
        self.outbox
            .answers
            .retain(|answer| !answer.stage.is_before(asked));
        self.outbox.continuation = Continuation::None;
        self.outbox.answers.len() < before
    }
}

/// The arguments of [`Callable::AnnotateApproval`]: the reason or grant of an answer.
fn note_of(answer: &KeptAnswer) -> Option<Value> {
    let (field, text) = match &answer.answer {
        ToolAnswer::Allow { always } => ("always", always.as_deref()?),
        ToolAnswer::Refuse { reason } => ("reason", reason.as_deref()?),
        ToolAnswer::Outcome(_) => return None,
    };
    let note = Fields::default()
        .put("toolCallId", answer.call.as_str())
        .put(field, text);
    Some(note.into_value())
}
