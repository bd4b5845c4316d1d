//! What a connection may hear of the chat, and what it is owed.

use std::time::Duration;

use common::{id::RequestId, time::Timestamp};
use serde::{Deserialize, Serialize};

/// A client that was offered a stream is silent towards for this long at most. Then it is sent the stream unasked.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// What a connection may hear of the chat. It survives hibernation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hearing {
    /// Everything.
    #[default]
    Live,
    /// Everything; the client knows that a turn is pending and waits for the offer of its stream.
    Parked,
    /// The client was offered a stream and has not acknowledged it.
    Offered(Offer),
}

/// A stream that a client was offered and has not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Of which turn.
    pub id: RequestId,
    /// Whether nothing of the chat is sent until the client answers.
    pub is_silent: bool,
    /// Whether the client heard the beginning of the stream before it was offered.
    pub heard: bool,
    /// When it was offered; `None`: just now.
    pub since: Option<Timestamp>,
    /// Whether the stream was sent unasked since: who asks for it then may show some of it twice until the turn is over
    /// and the transcript comes.
    pub was_sent: bool,
    /// Whether the transcript changed in the silence.
    pub is_stale: bool,
    /// The turns that streamed and ended in the silence, in order.
    pub owed: Vec<RequestId>,
}

impl Offer {
    pub(super) const fn new(id: RequestId, heard: bool) -> Self {
        Self {
            id,
            is_silent: true,
            heard,
            since: None,
            was_sent: false,
            is_stale: false,
            owed: Vec::new(),
        }
    }

    /// The same, after all that was held back was sent.
    pub(super) fn released(&self) -> Self {
        Self {
            is_silent: false,
            is_stale: false,
            owed: Vec::new(),
            ..self.clone()
        }
    }

    /// Whether the stream of a turn has to be kept for this client.
    pub(super) fn needs(&self, id: &RequestId) -> bool {
        self.id == *id || self.owed.contains(id)
    }

    pub(super) fn is_overdue(&self, now: Timestamp) -> bool {
        self.is_silent
            && self
                .since
                .is_some_and(|since| now.since(since) >= ANSWER_WITHIN)
    }
}

impl Hearing {
    /// The offer that silences the connection.
    pub(super) const fn silent_offer(&self) -> Option<&Offer> {
        match self {
            Self::Offered(offer) if offer.is_silent => Some(offer),
            Self::Offered(_) | Self::Live | Self::Parked => None,
        }
    }
}
