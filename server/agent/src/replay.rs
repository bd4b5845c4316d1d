//! A stored stream, as it is sent again.

use common::{
    frame::{ChatResponse, Delivered, Outcome, ResponseKind, ServerFrame, encode_chunk},
    id::{MessageId, RequestId},
};

use super::attached::ConnectionKey;

/// A stored stream to be sent again.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// To which connection.
    pub to: ConnectionKey,
    /// The stream of which turn.
    pub request_id: RequestId,
    /// Whether that turn continues a message.
    pub continuation: bool,
    /// Whether it is marked as a replay, or sent as if it happened now.
    pub manner: Delivered,
    /// What follows the stored chunks.
    pub end: ReplayEnd,
}

/// What follows the stored chunks of a replay.
#[derive(Clone, Debug, PartialEq)]
pub enum ReplayEnd {
    /// The live chunks of the turn.
    Live,
    /// The end of the turn.
    Settled {
        /// How it ended.
        outcome: Outcome,
        /// The user messages it answered.
        message_ids: Vec<MessageId>,
    },
}

/// The frames of a replay: every stored chunk, then what follows.
pub(super) fn replay_frames(replay: &Replay, chunks: &[String]) -> Vec<String> {
    let id = &replay.request_id;
    let chunk = |(seq, chunk): (u64, &String)| {
        encode_chunk(id, chunk, seq, replay.manner, replay.continuation)
    };
    let mut frames: Vec<String> = (0..).zip(chunks).map(chunk).collect();
    let end = match (&replay.end, replay.manner) {
        (ReplayEnd::Live, Delivered::Live) => None,
        (ReplayEnd::Live, Delivered::Replay) => {
            Some((Delivered::Replay, ResponseKind::ReplayComplete))
        }
        (
            ReplayEnd::Settled {
                outcome,
                message_ids,
            },
            manner,
        ) => {
            // A recorded error is sent like a live one, so that clients show it.
            let delivered = match outcome {
                Outcome::Error(_) => Delivered::Live,
                Outcome::Completed
                | Outcome::Aborted
                | Outcome::Skipped
                | Outcome::Recovering
                | Outcome::Other(_) => manner,
            };
            let kind = ResponseKind::Done {
                outcome: outcome.clone(),
                message_ids: message_ids.clone(),
            };
            Some((delivered, kind))
        }
    };
    frames.extend(end.map(|(delivered, kind)| {
        ServerFrame::ChatResponse(ChatResponse {
            id: id.clone(),
            continuation: replay.continuation,
            delivered,
            kind,
        })
        .encode()
    }));
    frames
}
