//! The user's own submissions, from the key press to the end of their turns.

use std::time::Duration;

use super::{io::Delivery, kept::Ledger};
use crate::{
    id::{MessageId, RequestId, ToolCallId},
    message::ToolAnswer,
    time::Timestamp,
};

/// After so long, whether something is still to be done is for the user to say.
pub(super) const OVERDUE: Duration = Duration::from_secs(24 * 60 * 60);

/// After so long a clear is not carried out unasked: others may have written what its user never saw.
pub(super) const CLEAR_OVERDUE: Duration = Duration::from_secs(10 * 60);

/// A position in the order of everything this client has sent; it rises with every frame that matters.
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
    /// How often the server, asked, knew nothing of it.
    pub(super) ignored: u8,
    /// When the user asked for it.
    pub(super) at: Timestamp,
    /// Whether it is to be heard at the next boundary of the running turn.
    pub(super) steers: bool,
    /// How often what is asked for has changed since.
    pub(super) changes: u32,
    /// Whether the server may have it.
    pub(super) was_sent: bool,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// An answer to this message, which is new.
    Answer(MessageId),
    /// An answer to this message, which the server has in other words; what comes after it is void.
    Anew(MessageId),
    /// Another answer to this message; what comes after it is void.
    Again(MessageId),
}

/// How far a submission is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not to be sent before the user says so.
    Overdue,
    /// Never sent, or known to be lost.
    Waiting,
    /// Sent on this connection; nothing has been heard of it.
    Sent(Mark),
    /// Sent on an earlier connection, and nothing was heard of it: the stored transcript will tell.
    Unsure,
    /// The server has it; its turn has not begun.
    Accepted(Mark),
    /// Its turn has begun.
    Begun(Mark),
}

/// The user's answer to a tool call, until the server is known to have decided about the call. The server takes the
/// first answer it gets, so that sending one again is harmless.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) call: ToolCallId,
    pub(super) answer: ToolAnswer,
    pub(super) stage: AnswerStage,
}

/// How far an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnswerStage {
    /// Not sent on this connection.
    Waiting,
    /// Sent on it.
    Sent(Mark),
}

/// Whether a turn is to go on after answers, under an id that the server makes and has not told yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Continuation {
    #[default]
    None,
    Expected,
    /// The user stopped it before its id was known.
    Stopped,
}

/// The submissions and answers, each in the order in which the server is to take them.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pub(super) submissions: Vec<Submission>,
    pub(super) answers: Vec<Answer>,
    pub(super) continuation: Continuation,
    /// The turns that the user stopped and that have not ended.
    pub(super) stops: Vec<Stop>,
    pub(super) clear: Clear,
    /// What is kept beyond the life of the page.
    pub(super) ledger: Ledger,
}

/// A turn that the user stopped. Told on each connection until the turn ends: the cancel may be lost.
#[derive(Debug)]
pub(super) struct Stop {
    pub(super) id: RequestId,
    pub(super) is_sent: bool,
}

/// Whether the transcript is still to be emptied on the server's side, before any submission is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Clear {
    #[default]
    Settled,
    /// Since then.
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
            changes: 0,
            was_sent: false,
        }
    }

    /// The number of the form in which it is kept.
    pub(super) fn form(&self) -> u32 {
        self.changes.saturating_mul(2) + u32::from(self.was_sent)
    }

    /// Whether the server cannot know any of it.
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

    /// Whether a question sent at `asked` came after it.
    pub(super) fn is_before(self, asked: Mark) -> bool {
        match self {
            Self::Waiting => false,
            Self::Sent(mark) => mark < asked,
        }
    }
}

impl Ask {
    /// Whether it holds words of the user that the server does not have.
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

    /// Whether the server is not known to have it.
    pub(super) const fn is_unconfirmed(self) -> bool {
        match self {
            Self::Overdue | Self::Waiting | Self::Sent(_) | Self::Unsure => true,
            Self::Accepted(_) | Self::Begun(_) => false,
        }
    }

    /// Whether the server is to act on it, as far as is known.
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

    /// The same, the server having told that it has it.
    pub(super) fn accepted(self) -> Self {
        match self {
            Self::Sent(mark) => Self::Accepted(mark),
            Self::Overdue | Self::Waiting | Self::Unsure => Self::Accepted(Mark::default()),
            Self::Accepted(_) | Self::Begun(_) => self,
        }
    }

    /// The same, its turn having begun.
    pub(super) fn begun(self) -> Self {
        match self {
            Self::Sent(mark) | Self::Accepted(mark) | Self::Begun(mark) => Self::Begun(mark),
            Self::Overdue | Self::Waiting | Self::Unsure => Self::Begun(Mark::default()),
        }
    }

    /// The same, the connection being lost.
    pub(super) const fn cut_off(self) -> Self {
        match self {
            Self::Sent(_) => Self::Unsure,
            Self::Overdue | Self::Waiting | Self::Unsure | Self::Accepted(_) | Self::Begun(_) => {
                self
            }
        }
    }

    /// Whether a question sent at `asked` came after it.
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

    /// The message after which everything is void, as another answer to it was asked for and the server may not have
    /// heard of that.
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
