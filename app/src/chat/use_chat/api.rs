//! A conversation, for views.

use common::{
    client::{ChatError, Connection, Identity, Input, Run, Snapshot, Status},
    id::{MessageId, ToolCallId},
    message::{Role, ToolOutcome},
};
use leptos::prelude::*;
use serde_json::Value;

use super::{Calling, MethodCall};
use crate::chat::{
    driver::Inputs,
    rows::{self, RowHandle},
};

/// A conversation: signals that say how it stands, and callbacks for what the person does. The callbacks take effect at
/// once on this page; whether there is a connection makes no difference to the caller, since what the agent is to know
/// is kept in the browser until it does.
#[derive(Clone, Copy, Debug)]
pub struct UseChat {
    /// The transcript, oldest first: a signal for the list and one for each message, so that a word touches one row.
    pub messages: ReadSignal<Vec<RowHandle>>,
    /// The state of the turn.
    pub status: ReadSignal<Status>,
    /// What the agent is doing, in more detail.
    pub run: ReadSignal<Run>,
    /// The state of the connection; no part of it follows from that of the turn, nor the other way round.
    pub connection: ReadSignal<Connection>,
    /// Who the agent is, while there is a connection on which it has said so.
    pub identity: ReadSignal<Option<Identity>>,
    /// The messages of this page that wait for their turns, in order.
    pub queue: ReadSignal<Vec<MessageId>>,
    /// Why the last turn failed.
    pub error: ReadSignal<Option<ChatError>>,
    /// What else went wrong last, until [`UseChat::dismiss`].
    pub problem: ReadSignal<Option<ChatError>>,
    /// A text that could not be sent, to go back to where it was written.
    pub given_back: RwSignal<Option<String>>,
    /// The synced state, once the agent has told it.
    pub state: ReadSignal<Option<Value>>,
    /// Sends a message; while a turn runs it waits for its own.
    pub send: Callback<String>,
    /// Sends a message that the running turn is to hear at its next boundary, between two steps. It never overtakes
    /// another.
    pub steer: Callback<String>,
    /// Stops the running turn.
    pub stop: Callback<()>,
    /// Empties the transcript.
    pub clear: Callback<()>,
    /// Asks for the failed turn again; where the server refuses the connection, tries that again.
    pub retry: Callback<()>,
    /// Asks for another answer: to this message, or in place of this answer. What came after is void. Not while a turn
    /// runs.
    pub regenerate: Callback<MessageId>,
    /// Changes a message. One that waits is changed where it is; to another an answer is asked for anew, and what came
    /// after is void. Not while a turn runs.
    pub edit: Callback<(MessageId, String)>,
    /// Takes back a message that was not sent yet.
    pub withdraw: Callback<MessageId>,
    /// Sends a message that has waited for more than a day.
    pub send_overdue: Callback<MessageId>,
    /// Allows a tool call that waits for the user; the answer then goes on. Another client's word may come first: then
    /// that one counts, and shows.
    pub approve: Callback<ToolCallId>,
    /// Refuses it, in the same way; the model is told so and goes on.
    pub deny: Callback<ToolCallId>,
    /// Gives the result of a tool that the page runs itself.
    pub add_tool_output: Callback<(ToolCallId, ToolOutcome)>,
    /// Replaces the synced state. It shows at once; the agent may refuse it, and then it is as before.
    pub set_state: Callback<Value>,
    /// Takes [`UseChat::problem`] away.
    pub dismiss: Callback<()>,
    inputs: StoredValue<Inputs>,
}

/// The signals that the driver writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signals {
    pub(crate) messages: RwSignal<Vec<RowHandle>>,
    pub(crate) status: RwSignal<Status>,
    pub(crate) run: RwSignal<Run>,
    pub(crate) connection: RwSignal<Connection>,
    pub(crate) identity: RwSignal<Option<Identity>>,
    pub(crate) queue: RwSignal<Vec<MessageId>>,
    pub(crate) error: RwSignal<Option<ChatError>>,
    pub(crate) problem: RwSignal<Option<ChatError>>,
    pub(crate) given_back: RwSignal<Option<String>>,
    pub(crate) state: RwSignal<Option<Value>>,
}

impl Signals {
    pub(super) fn new(initial: &Snapshot) -> Self {
        Self {
            messages: RwSignal::new(rows::stored_rows(initial.messages.clone())),
            status: RwSignal::new(Status::Ready),
            run: RwSignal::new(Run::Idle),
            connection: RwSignal::new(Connection::Connecting),
            identity: RwSignal::new(None),
            queue: RwSignal::new(Vec::new()),
            error: RwSignal::new(None),
            problem: RwSignal::new(None),
            given_back: RwSignal::new(None),
            state: RwSignal::new(None),
        }
    }
}

impl UseChat {
    pub(super) fn new(signals: Signals, stored: StoredValue<Inputs>) -> Self {
        let inputs = stored.get_value();
        let problem = signals.problem;
        Self {
            messages: signals.messages.read_only(),
            status: signals.status.read_only(),
            run: signals.run.read_only(),
            connection: signals.connection.read_only(),
            identity: signals.identity.read_only(),
            queue: signals.queue.read_only(),
            error: signals.error.read_only(),
            problem: signals.problem.read_only(),
            given_back: signals.given_back,
            state: signals.state.read_only(),
            send: inputs.callback(Input::Send),
            steer: inputs.callback(Input::Steer),
            stop: inputs.callback(|()| Input::Stop),
            clear: inputs.callback(|()| Input::Clear),
            retry: inputs.callback(|()| Input::Retry),
            regenerate: inputs.callback(Input::Regenerate),
            edit: inputs.callback(|(id, text)| Input::Edit { id, text }),
            withdraw: inputs.callback(Input::Withdraw),
            send_overdue: inputs.callback(Input::SendOverdue),
            approve: inputs.callback(Input::Approve),
            deny: inputs.callback(Input::Deny),
            add_tool_output: inputs
                .callback(|(call, outcome)| Input::AddToolOutput { call, outcome }),
            set_state: inputs.callback(Input::SetState),
            dismiss: Callback::new(move |()| problem.set(None)),
            inputs: stored,
        }
    }

    /// Calls a method of the agent. Without a connection the call waits for one; a connection that is lost ends it.
    ///
    /// # Errors
    /// [`ChatError::CallFailed`], [`ChatError::CallTimedOut`], [`ChatError::CallCutOff`], [`ChatError::Refused`].
    pub fn call(&self, call: MethodCall) -> Calling {
        match self.inputs.try_with_value(|inputs| inputs.call(call)) {
            Some(calling) => calling,
            // The conversation's component is gone.
            None => Calling::new(std::future::ready(Err(ChatError::CallCutOff))),
        }
    }

    /// The last answer, growing or not.
    #[must_use]
    pub fn last_answer(&self) -> Option<RowHandle> {
        self.messages.with(|rows| {
            let answer = rows.iter().rfind(|row| row.role == Role::Assistant);
            answer.cloned()
        })
    }

    /// Whether the last answer waits for the user to allow or refuse a tool call.
    #[must_use]
    pub fn waits_for_user(&self) -> bool {
        self.run.with(|run| *run == Run::WaitingForUser)
    }
}
