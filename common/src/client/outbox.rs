//! The user's own submissions, from the key press to the end of their turns.

use super::io::Delivery;
use crate::id::{MessageId, RequestId, ToolCallId};

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
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// An answer to this message, which is new.
    Answer(MessageId),
    /// Another answer to this message; what comes after it is void.
    Again(MessageId),
}

/// How far a submission is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
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
    pub(super) verdict: Verdict,
    pub(super) stage: AnswerStage,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Allow,
    Refuse,
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
    /// Turns to be cancelled once there is a connection.
    pub(super) stops: Vec<RequestId>,
    pub(super) clear: Clear,
}

/// Whether the transcript is still to be emptied on the server's side, before any submission is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Clear {
    #[default]
    Settled,
    Wanted,
}

impl Verdict {
    pub(super) const fn approved(self) -> bool {
        match self {
            Self::Allow => true,
            Self::Refuse => false,
        }
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
    /// The message that the answer follows.
    pub(super) const fn message(&self) -> &MessageId {
        match self {
            Self::Answer(id) | Self::Again(id) => id,
        }
    }
}

impl Stage {
    /// Whether the server is to act on it, as far as is known.
    pub(super) const fn is_out(self) -> bool {
        match self {
            Self::Waiting => false,
            Self::Sent(_) | Self::Unsure | Self::Accepted(_) | Self::Begun(_) => true,
        }
    }

    pub(super) const fn delivery(self) -> Delivery {
        match self {
            Self::Waiting => Delivery::Waiting,
            Self::Sent(_) | Self::Unsure | Self::Accepted(_) => Delivery::Queued,
            Self::Begun(_) => Delivery::Taken,
        }
    }

    /// The same, the server having told that it has it.
    pub(super) fn accepted(self) -> Self {
        match self {
            Self::Sent(mark) => Self::Accepted(mark),
            Self::Waiting | Self::Unsure => Self::Accepted(Mark::default()),
            Self::Accepted(_) | Self::Begun(_) => self,
        }
    }

    /// The same, its turn having begun.
    pub(super) fn begun(self) -> Self {
        match self {
            Self::Sent(mark) | Self::Accepted(mark) | Self::Begun(mark) => Self::Begun(mark),
            Self::Waiting | Self::Unsure => Self::Begun(Mark::default()),
        }
    }

    /// The same, the connection being lost.
    pub(super) const fn cut_off(self) -> Self {
        match self {
            Self::Sent(_) => Self::Unsure,
            Self::Waiting | Self::Unsure | Self::Accepted(_) | Self::Begun(_) => self,
        }
    }

    /// Whether a question sent at `asked` came after it.
    pub(super) fn is_before(self, asked: Mark) -> bool {
        match self {
            Self::Waiting | Self::Unsure => false,
            Self::Sent(mark) | Self::Accepted(mark) | Self::Begun(mark) => mark < asked,
        }
    }
}

impl Outbox {
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
            Ask::Answer(message) => message == id,
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
                (Ask::Again(message), Stage::Waiting | Stage::Sent(_) | Stage::Unsure) => {
                    Some(message)
                }
                (Ask::Again(_), Stage::Accepted(_) | Stage::Begun(_)) | (Ask::Answer(_), _) => None,
            })
    }
}
