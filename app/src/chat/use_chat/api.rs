//! A conversation, for views.

use common::{
    attachments::Draft,
    client::{ChatError, Connection, Input, Run, Snapshot, Status},
    id::{MessageId, ToolCallId},
    message::{Role, ToolOutcome},
    state::Choices,
};
use leptos::prelude::*;
use serde_json::Value;

use super::{
    call::{Calling, MethodCall},
    signals::{Facts, Signals},
};
use crate::{
    browser::address::Address,
    chat::{driver::Inputs, rows::RowHandle},
};

/// A conversation: signals that say how it stands, and what the person does. All of it takes effect at once on this
/// page; whether there is a connection makes no difference to the caller, since what the agent is to know is kept in the
/// browser until it does.
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
    /// Why the last turn failed.
    pub error: ReadSignal<Option<ChatError>>,
    /// What changes seldom: one signal for all of it costs the browser the code of one.
    pub facts: ReadSignal<Facts>,
    seldom: RwSignal<Facts>,
    inputs: StoredValue<Inputs>,
    address: StoredValue<Address>,
    kind: Kind,
}

/// Whether there is somebody to talk to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// There is.
    Live,
    /// What is shown is a part of the past.
    Still,
}

/// How it stands.
impl UseChat {
    pub(super) fn new(signals: Signals, address: Address, inputs: Inputs) -> Self {
        Self {
            messages: signals.messages.read_only(),
            status: signals.status.read_only(),
            run: signals.run.read_only(),
            connection: signals.connection.read_only(),
            error: signals.error.read_only(),
            facts: signals.facts.read_only(),
            seldom: signals.facts,
            inputs: StoredValue::new(inputs),
            address: StoredValue::new(address),
            kind: Kind::Live,
        }
    }

    /// A part of a conversation as it stands: nothing comes in, and what the person does goes nowhere.
    pub(crate) fn still(name: &str, part: Snapshot) -> Self {
        let address = Address::of_conversation(name);
        let signals = Signals::new(part.before());
        signals.start_with(part.into_rows());
        Self {
            kind: Kind::Still,
            ..Self::new(signals, address, Inputs::nowhere())
        }
    }

    /// Whether there is somebody to talk to.
    pub(crate) const fn is_live(&self) -> bool {
        matches!(self.kind, Kind::Live)
    }

    /// Where a message is as text, for a link.
    pub(crate) fn whole_message(&self, id: &MessageId) -> String {
        let link = self
            .address
            .try_with_value(|address| address.whole_message(id));
        link.unwrap_or_default()
    }

    /// Identifies the conversation in the browser's storage.
    pub(crate) fn place(&self) -> String {
        let place = self.address.try_with_value(Address::in_storage);
        place.unwrap_or_default()
    }

    /// The last answer, growing or not.
    #[must_use]
    pub fn last_answer(&self) -> Option<RowHandle> {
        if !self.is_live() {
            return None;
        }
        self.messages.with(|rows| {
            let answer = rows.iter().rfind(|row| row.role == Role::Assistant);
            answer.cloned()
        })
    }

    /// Whether no turn runs and none has failed, as far as an agent of ours has said so.
    pub(crate) fn is_settled(&self) -> bool {
        let is_ours = || {
            let state = |facts: &Facts| {
                facts
                    .state
                    .as_ref()
                    .is_some_and(|state| state.get("run").is_some())
            };
            self.facts.with(state)
        };
        self.status.get() == Status::Ready && is_ours()
    }

    /// Whether the last answer waits for the user to allow or refuse a tool call.
    #[must_use]
    pub fn waits_for_user(&self) -> bool {
        self.run.with(|run| *run == Run::WaitingForUser)
    }
}

/// What the person does.
impl UseChat {
    /// Chooses model, effort and mode of a new conversation. They go with the next message.
    pub fn choose(&self, choices: Choices) {
        self.give(Input::Choose(choices));
    }

    /// Sends a message: a text, or a [`Draft`] with files. While a turn runs it waits for its own.
    pub fn send(&self, draft: impl Into<Draft>) {
        self.give(Input::Send(draft.into()));
    }

    /// Sends a message that the running turn is to hear at its next boundary, between two steps. It never overtakes
    /// another.
    pub fn steer(&self, draft: impl Into<Draft>) {
        self.give(Input::Steer(draft.into()));
    }

    /// Stops the running turn.
    pub fn stop(&self) {
        self.give(Input::Stop);
    }

    /// Empties the transcript.
    pub fn clear(&self) {
        self.give(Input::Clear);
    }

    /// Loads what comes before the first message: [`Facts::earlier`] tells how that goes.
    pub fn load_earlier(&self) {
        self.give(Input::LoadEarlier);
    }

    /// Asks for the failed turn again; where the server refuses the connection, tries that again.
    pub fn retry(&self) {
        self.give(Input::Retry);
    }

    /// Connects now, where that is waited with or was refused.
    pub(crate) fn reconnect(&self) {
        self.give(Input::Retry);
        self.give(Input::Shown);
    }

    /// Asks for another answer: to this message, or in place of this answer. What came after is void. Not while a turn
    /// runs.
    pub fn regenerate(&self, message: MessageId) {
        self.give(Input::Regenerate(message));
    }

    /// Changes a message. One that waits is changed where it is; to another an answer is asked for anew, and what came
    /// after is void. Not while a turn runs.
    pub fn edit(&self, id: MessageId, text: String) {
        self.give(Input::Edit { id, text });
    }

    /// Takes back a message that was not sent yet.
    pub fn withdraw(&self, message: MessageId) {
        self.give(Input::Withdraw(message));
    }

    /// Sends a message that has waited for more than a day.
    pub fn send_overdue(&self, message: MessageId) {
        self.give(Input::SendOverdue(message));
    }

    /// Allows a tool call that waits for the user; the answer then continues. Another client's word may come first: then
    /// that one counts, and shows.
    pub fn approve(&self, call: ToolCallId) {
        self.give(Input::Approve { call, always: None });
    }

    /// Allows it, and with it all later calls of the tool in this conversation at these paths: a glob such as `src/**`.
    /// Tools that do more than to change files take no such grant. An official agent gets the answer to this call alone.
    pub fn approve_always(&self, call: ToolCallId, paths: String) {
        let always = Some(paths);
        self.give(Input::Approve { call, always });
    }

    /// Refuses it, in the same way; the model learns of it and continues.
    pub fn deny(&self, call: ToolCallId) {
        self.give(Input::Deny { call, reason: None });
    }

    /// Refuses it and says why, in at most [`common::message::MAX_REASON_CHARS`] characters: the model gets the reason, too, unless the agent is an official
    /// one.
    pub fn deny_with(&self, call: ToolCallId, reason: String) {
        let reason = Some(reason);
        self.give(Input::Deny { call, reason });
    }

    /// Gives the result of a tool that the page runs itself.
    pub fn add_tool_output(&self, call: ToolCallId, outcome: ToolOutcome) {
        self.give(Input::AddToolOutput { call, outcome });
    }

    /// Replaces the synced state. It shows at once; the agent may refuse it, and then it is as before.
    pub fn set_state(&self, state: Value) {
        self.give(Input::SetState(state));
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

    /// Shows a problem: [`Facts::problem`].
    pub fn report(&self, problem: ChatError) {
        // The answer to a call may come after the conversation's component is gone.
        self.seldom
            .try_update(|facts| facts.problem = Some(problem));
    }

    /// Takes [`Facts::problem`] away.
    pub fn dismiss(&self) {
        self.seldom.try_update(|facts| facts.problem = None);
    }

    /// Puts a message back to where it was written.
    pub fn give_back(&self, draft: impl Into<Draft>) {
        let draft = draft.into();
        self.seldom
            .try_update(|facts| facts.given_back = Some(draft));
    }

    /// Takes [`Facts::given_back`], if there is one.
    pub fn take_given_back(&self) -> Option<Draft> {
        if self.facts.with(|facts| facts.given_back.is_none()) {
            return None;
        }
        self.seldom
            .try_update(|facts| facts.given_back.take())
            .flatten()
    }

    /// After the end of the conversation's component inputs go nowhere.
    fn give(&self, input: Input) {
        self.inputs.try_with_value(|inputs| inputs.give(input));
    }
}
