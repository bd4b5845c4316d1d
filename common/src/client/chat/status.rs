//! The states that views show.

use super::{Chat, Recovery};
use crate::{
    client::{
        io::{ChatError, Run, Status},
        outbox::{Ask, Continuation, Stage},
        turn::Turn,
    },
    id::MessageId,
    message::{Part, Role},
};

impl Chat {
    pub(in crate::client) const fn error(&self) -> Option<&ChatError> {
        self.error.as_ref()
    }

    /// The state of the turn, independent of the connection.
    pub(in crate::client) fn status(&self) -> Status {
        let submitted = self.recovery == Recovery::Expected
            || !self.turns.is_empty()
            || self.outbox.submissions.iter().any(|one| one.stage.is_out())
            || self.outbox.continuation != Continuation::None;
        if self.turns.values().any(Turn::is_streaming) {
            Status::Streaming
        } else if submitted {
            Status::Submitted
        } else if self.error.is_some() {
            Status::Error
        } else {
            Status::Ready
        }
    }

    /// Whether a turn runs or was requested.
    pub(super) fn is_busy(&self) -> bool {
        match self.status() {
            Status::Submitted | Status::Streaming => true,
            Status::Ready | Status::Error => false,
        }
    }

    /// What the agent is doing, in more detail than [`Self::status`].
    pub(in crate::client) fn run(&self) -> Run {
        match (self.status(), &self.error) {
            (Status::Streaming, _) => self.streaming(),
            (Status::Submitted, _) if self.recovery == Recovery::Expected => Run::Recovering,
            (Status::Submitted, _) => {
                let others = self.turns.ids().any(|id| self.outbox.get(id).is_none());
                match self.queue().count() {
                    waiting if others && waiting > 0 => Run::Queued(waiting),
                    _ => Run::Thinking,
                }
            }
            (Status::Error, Some(error)) => Run::Failed(error.clone()),
            (Status::Ready | Status::Error, _) if self.asks() => Run::WaitingForUser,
            (Status::Ready | Status::Error, _) => Run::Idle,
        }
    }

    /// The activity of the growing answer, from its last part.
    fn streaming(&self) -> Run {
        let turn = self.turns.values().find(|turn| turn.is_streaming());
        let id = turn.and_then(|turn| turn.message.as_ref());
        let message = id.and_then(|id| self.rows.message(id));
        match message.as_ref().and_then(|message| message.parts.last()) {
            Some(Part::Text(_)) => Run::Writing,
            Some(Part::Tool(call)) if !call.state.is_settled() => {
                Run::CallingTool(call.name.clone())
            }
            Some(
                Part::Tool(_)
                | Part::Reasoning(_)
                | Part::File(_)
                | Part::SourceUrl(_)
                | Part::SourceDocument(_)
                | Part::StepStart
                | Part::Data(_)
                | Part::Other(_),
            )
            | None => Run::Thinking,
        }
    }

    /// Whether a call of the last answer waits for the user.
    fn asks(&self) -> bool {
        let last = self.rows.last(Role::Assistant);
        let message = last.and_then(|id| self.rows.message(id));
        message.is_some_and(|message| message.calls().any(|call| call.state.asks()))
    }

    /// This client's messages whose turns have not begun, in the order of their turns.
    pub(in crate::client) fn queue(&self) -> impl Iterator<Item = &MessageId> {
        let waiting = self.outbox.submissions.iter();
        waiting.filter_map(|one| match (&one.ask, one.stage) {
            (_, Stage::Begun(_)) | (Ask::Again(_), _) => None,
            (Ask::Answer(id) | Ask::Anew(id), _) => Some(id),
        })
    }
}
