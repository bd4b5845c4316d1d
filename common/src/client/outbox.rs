//! The user's own submissions, from the key press to the end of their turns.

use std::time::Duration;

use super::{io::Delivery, kept::Ledger};
use crate::{
    id::{MessageId, RequestId, ToolCallId},
    message::ToolAnswer,
    state::Choices,
    time::Timestamp,
};

/// After this time, the user has to confirm that a submission is still wanted.
pub(super) const OVERDUE: Duration = Duration::from_secs(24 * 60 * 60);

/// After this time, a clear is dropped: other clients may have written messages that the user never saw.
pub(super) const CLEAR_OVERDUE: Duration = Duration::from_secs(10 * 60);

/// A position in the sequence of frames this client has sent; it rises with every frame that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Mark(u64);

impl Mark {
    pub(super) const fn next(&mut self) -> Self {
        self.0 += 1;
        *self
    }
}

/// A submission that is not settled.
#[derive(Debug)]
pub(super) struct Submission {
    pub(super) id: RequestId,
    pub(super) ask: Ask,
    pub(super) stage: Stage,
    /// How often the server, when probed, did not know it.
    pub(super) ignored: u8,
    /// When the user made it.
    pub(super) at: Timestamp,
    /// Whether the running turn is to take it in at its next boundary.
    pub(super) steers: bool,
    /// What was chosen for the conversation that it begins.
    pub(super) choices: Option<Choices>,
    /// How often the user has changed it since.
    pub(super) changes: u32,
    /// Whether it may have reached the server.
    pub(super) was_sent: bool,
}

/// The request in a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// An answer to this message, which is new.
    Answer(MessageId),
    /// An answer to this changed message, of which the server has an earlier text. Everything after it is void.
    Anew(MessageId),
    /// Another answer to this message. Everything after it is void.
    Again(MessageId),
}

/// How far a submission has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Waits for the user's confirmation.
    Overdue,
    /// Never sent, or known to be lost.
    Waiting,
    /// Sent on this connection, without a reply so far.
    Sent(Mark),
    /// Sent on an earlier connection, without a reply: the stored transcript will show whether it arrived.
    Unsure,
    /// Accepted by the server; its turn has not begun.
    Accepted(Mark),
    /// Its turn has begun.
    Begun(Mark),
}

/// The user's answer to a tool call, kept until the server has decided about the call. The server takes the first
/// answer it gets, so that sending one again is harmless.
#[derive(Debug)]
pub(super) struct KeptAnswer {
    pub(super) call: ToolCallId,
    pub(super) answer: ToolAnswer,
    pub(super) stage: AnswerStage,
}

/// How far an answer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnswerStage {
    /// Not sent on this connection.
    Waiting,
    /// Sent on this connection.
    Sent(Mark),
}

/// Whether a continuation is expected whose id the server has not sent yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Continuation {
    #[default]
    None,
    Expected,
    /// Expected, but the user stopped it before its id was known.
    Stopped,
}

/// The submissions and answers, each in the order in which the server must get them.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pub(super) submissions: Vec<Submission>,
    pub(super) answers: Vec<KeptAnswer>,
    pub(super) continuation: Continuation,
    /// The turns that the user stopped and that have not ended.
    pub(super) stops: Vec<Stop>,
    pub(super) clear: Clear,
    /// The stored entries.
    pub(super) ledger: Ledger,
}

/// A turn that the user stopped. The cancel is sent on each connection until the turn ends: it may get lost.
#[derive(Debug)]
pub(super) struct Stop {
    pub(super) id: RequestId,
    pub(super) is_sent: bool,
}

/// Whether the server still has to clear the transcript, before it gets any submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Clear {
    #[default]
    Settled,
    /// Requested by the user at this moment.
    Wanted(Timestamp),
}

impl Submission {
    pub(super) const fn new(id: RequestId, ask: Ask, at: Timestamp) -> Self {
        Self {
            id,
            ask,
            stage: Stage::Waiting,
            ignored: 0,
            at,
            steers: false,
            choices: None,
            changes: 0,
            was_sent: false,
        }
    }

    /// The version of its content, for storage.
    pub(super) fn form(&self) -> u32 {
        self.changes.saturating_mul(2) + u32::from(self.was_sent)
    }

    /// Whether the server cannot know anything of it.
    pub(super) const fn is_new(&self) -> bool {
        !self.was_sent && matches!(self.ask, Ask::Answer(_))
    }
}

impl AnswerStage {
    pub(super) const fn is_sent(self) -> bool {
        match self {
            Self::Waiting => false,
            Self::Sent(_) => true,
        }
    }

    /// Whether it was sent before the probe at `asked`.
    pub(super) fn is_before(self, asked: Mark) -> bool {
        match self {
            Self::Waiting => false,
            Self::Sent(mark) => mark < asked,
        }
    }
}

impl Ask {
    /// Whether it has text of the user that the server does not have.
    pub(super) const fn has_words(&self) -> bool {
        match self {
            Self::Answer(_) | Self::Anew(_) => true,
            Self::Again(_) => false,
        }
    }

    /// The message that the answer follows.
    pub(super) const fn message(&self) -> &MessageId {
        match self {
            Self::Answer(id) | Self::Anew(id) | Self::Again(id) => id,
        }
    }
}

impl Stage {
    /// Whether its turn has begun.
    pub(super) const fn is_begun(self) -> bool {
        match self {
            Self::Overdue | Self::Waiting | Self::Sent(_) | Self::Unsure | Self::Accepted(_) => {
                false
            }
            Self::Begun(_) => true,
        }
    }

    /// Whether the server may not have it.
    pub(super) const fn is_unconfirmed(self) -> bool {
        match self {
            Self::Overdue | Self::Waiting | Self::Sent(_) | Self::Unsure => true,
            Self::Accepted(_) | Self::Begun(_) => false,
        }
    }

    /// Whether the server is expected to act on it.
    pub(super) const fn is_out(self) -> bool {
        match self {
            Self::Overdue | Self::Waiting => false,
            Self::Sent(_) | Self::Unsure | Self::Accepted(_) | Self::Begun(_) => true,
        }
    }

    pub(super) const fn delivery(self) -> Delivery {
        match self {
            Self::Overdue => Delivery::Overdue,
            Self::Waiting => Delivery::Stored,
            Self::Sent(_) | Self::Unsure => Delivery::Sent,
            Self::Accepted(_) => Delivery::Accepted,
            Self::Begun(_) => Delivery::Running,
        }
    }

    /// The stage after the server accepted it.
    pub(super) fn accepted(self) -> Self {
        match self {
            Self::Sent(mark) => Self::Accepted(mark),
            Self::Overdue | Self::Waiting | Self::Unsure => Self::Accepted(Mark::default()),
            Self::Accepted(_) | Self::Begun(_) => self,
        }
    }

    /// The stage after its turn began.
    pub(super) fn begun(self) -> Self {
        match self {
            Self::Sent(mark) | Self::Accepted(mark) | Self::Begun(mark) => Self::Begun(mark),
            Self::Overdue | Self::Waiting | Self::Unsure => Self::Begun(Mark::default()),
        }
    }

    /// The stage after the connection was lost.
    pub(super) const fn cut_off(self) -> Self {
        match self {
            Self::Sent(_) => Self::Unsure,
            Self::Overdue | Self::Waiting | Self::Unsure | Self::Accepted(_) | Self::Begun(_) => {
                self
            }
        }
    }

    /// Whether it was sent before the probe at `asked`.
    pub(super) fn is_before(self, asked: Mark) -> bool {
        match self {
            Self::Overdue | Self::Waiting | Self::Unsure => false,
            Self::Sent(mark) | Self::Accepted(mark) | Self::Begun(mark) => mark < asked,
        }
    }
}

impl Outbox {
    /// The user stops a turn.
    pub(super) fn stop(&mut self, id: RequestId) {
        if !self.stops.iter().any(|stop| stop.id == id) {
            self.stops.push(Stop { id, is_sent: false });
        }
    }

    pub(super) fn get_mut(&mut self, id: &RequestId) -> Option<&mut Submission> {
        self.submissions.iter_mut().find(|one| one.id == *id)
    }

    pub(super) fn get(&self, id: &RequestId) -> Option<&Submission> {
        self.submissions.iter().find(|one| one.id == *id)
    }

    pub(super) fn position(&self, id: &RequestId) -> Option<usize> {
        self.submissions.iter().position(|one| one.id == *id)
    }

    /// The submission whose own message this is.
    pub(super) fn of_message(&self, id: &MessageId) -> Option<&Submission> {
        self.submissions.iter().find(|one| match &one.ask {
            Ask::Answer(message) | Ask::Anew(message) => message == id,
            Ask::Again(_) => false,
        })
    }

    /// The message whose followers are void: the user asked for another answer to it, and the server may not know
    /// that yet.
    pub(super) fn void_after(&self) -> Option<&MessageId> {
        self.submissions
            .iter()
            .rev()
            .find_map(|one| match (&one.ask, one.stage) {
                (
                    Ask::Again(message) | Ask::Anew(message),
                    Stage::Waiting | Stage::Sent(_) | Stage::Unsure,
                ) => Some(message),
                (
                    Ask::Again(_) | Ask::Anew(_),
                    Stage::Overdue | Stage::Accepted(_) | Stage::Begun(_),
                )
                | (Ask::Answer(_), _) => None,
            })
    }
}
