//! `cf_agent_use_chat_response`: the answer to a submission, frame by frame (protocol §5.4).

use serde::Serialize;

use crate::{
    chunk::Chunk,
    fields::{FieldError, Fields, Record, flag, or_empty},
    id::{MessageId, RequestId},
    json,
};

/// A frame of the answer to a submission.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatResponse {
    /// The submission's id.
    pub id: RequestId,
    /// Whether the turn continues an earlier one.
    pub continuation: bool,
    /// Whether the frame is live or replayed.
    pub delivered: Delivered,
    /// The content.
    pub kind: ResponseKind,
}

/// Whether a frame is live or replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// Sent as it happens.
    Live,
    /// Sent again from the stored stream, during a resume.
    Replay,
}

/// The content of a frame of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum ResponseKind {
    /// A chunk of the answer.
    Chunk {
        /// The chunk.
        chunk: Chunk,
        /// The chunk's index in the stored stream, from 0 without gaps. Older servers omit it.
        seq: Option<u64>,
    },
    /// A body that is no chunk, such as plain text of older servers. It changes nothing.
    Words(String),
    /// The end of a replay; live chunks follow.
    ReplayComplete,
    /// An error of the turn. A terminal frame may follow.
    Failing(String),
    /// The submission was refused. This ends no turn: one that runs under the same id continues.
    Refused(String),
    /// The turn ended.
    Done {
        /// The outcome.
        outcome: Outcome,
        /// The user messages that the turn answered. Empty when unknown.
        message_ids: Vec<MessageId>,
    },
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer is complete, unless an earlier frame reported an error.
    Completed,
    /// The turn failed. `None` when an earlier frame had the error.
    Error(Option<String>),
    /// The turn was cancelled.
    Aborted,
    /// The turn was dropped before it began.
    Skipped,
    /// The turn was interrupted; the server tries again.
    Recovering,
    /// An outcome this version does not know.
    Other(String),
}

impl Outcome {
    /// Reads the wire's word and the text of an error frame.
    fn read(word: Option<String>, error: Option<String>) -> Self {
        match (error, word.as_deref()) {
            (Some(text), _) => Self::Error(Some(text)),
            (None, None | Some("completed")) => Self::Completed,
            (None, Some("error")) => Self::Error(None),
            (None, Some("aborted")) => Self::Aborted,
            (None, Some("skipped")) => Self::Skipped,
            (None, Some("recovering")) => Self::Recovering,
            (None, Some(_)) => Self::Other(word.unwrap_or_default()),
        }
    }

    /// The wire's word; `None` where the wire omits it.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Completed => None,
            Self::Error(_) => Some("error"),
            Self::Aborted => Some("aborted"),
            Self::Skipped => Some("skipped"),
            Self::Recovering => Some("recovering"),
            Self::Other(word) => Some(word),
        }
    }
}

/// The frame's type, for frames that are assembled from text.
const KIND: &str = "cf_agent_use_chat_response";

record! {
    /// The fields of the frame.
    struct ResponseFields {
        id: RequestId = "id",
        body: String = or_empty "body",
        /// Missing and `false` mean the same.
        done: bool = written_flag "done",
        error: bool = flag "error",
        refused: bool = flag "refused",
        continuation: bool = flag "continuation",
        replay: bool = flag "replay",
        replay_complete: bool = flag "replayComplete",
        seq: Option<u64> = "seq",
        message_ids: Vec<String> = texts "messageIds",
        outcome: Option<String> = "outcome",
    }
}

/// Missing is `false`, which is written.
mod written_flag {
    use crate::fields::{Field as _, FieldError, Fields};

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<bool, FieldError> {
        fields.flag(name)
    }

    pub(super) fn put(flag: &bool, fields: &mut Fields, name: &str) {
        flag.put(fields, name);
    }
}

/// Strings in an array, which is omitted when empty.
mod texts {
    use crate::fields::{FieldError, Fields};

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<Vec<String>, FieldError> {
        fields.texts(name)
    }

    pub(super) fn put(texts: &[String], fields: &mut Fields, name: &str) {
        if !texts.is_empty() {
            fields.set(name, texts.to_vec());
        }
    }
}

impl ResponseFields {
    fn new(id: RequestId, continuation: bool, delivered: Delivered) -> Self {
        Self {
            id,
            body: String::new(),
            done: false,
            error: false,
            refused: false,
            continuation,
            replay: delivered == Delivered::Replay,
            replay_complete: false,
            seq: None,
            message_ids: Vec::new(),
            outcome: None,
        }
    }
}

/// The frame of a chunk that is JSON already, as in the stored stream.
#[must_use]
pub fn encode_chunk(
    id: &RequestId,
    chunk: &str,
    seq: u64,
    delivered: Delivered,
    continuation: bool,
) -> String {
    let frame = ChunkFrame {
        body: chunk,
        continuation,
        done: false,
        id: id.as_str(),
        replay: delivered == Delivered::Replay,
        seq,
        kind: KIND,
    };
    serde_json::to_string(&frame).unwrap_or_default()
}

/// The frame of a chunk, as [`ResponseFields`] declares it: written at each delta, hence without a copy of the text.
#[derive(Serialize)]
struct ChunkFrame<'a> {
    body: &'a str,
    #[serde(skip_serializing_if = "is_false")]
    continuation: bool,
    done: bool,
    id: &'a str,
    #[serde(skip_serializing_if = "is_false")]
    replay: bool,
    seq: u64,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl ChatResponse {
    /// A live terminal frame.
    #[must_use]
    pub const fn done(id: RequestId, outcome: Outcome, message_ids: Vec<MessageId>) -> Self {
        Self {
            id,
            continuation: false,
            delivered: Delivered::Live,
            kind: ResponseKind::Done {
                outcome,
                message_ids,
            },
        }
    }

    /// Refuses a submission; `words` is the reason.
    #[must_use]
    pub const fn refused(id: RequestId, words: String) -> Self {
        Self {
            id,
            continuation: false,
            delivered: Delivered::Live,
            kind: ResponseKind::Refused(words),
        }
    }
}

impl Record for ChatResponse {
    fn take(fields: &mut Fields) -> Result<Self, FieldError> {
        let wire = ResponseFields::take(fields)?;
        let ResponseFields { body, done, .. } = wire;
        let kind = if done && wire.refused {
            ResponseKind::Refused(body)
        } else if done {
            let message_ids = wire.message_ids.into_iter().map(MessageId::new);
            ResponseKind::Done {
                outcome: Outcome::read(wire.outcome, wire.error.then_some(body)),
                message_ids: message_ids.collect(),
            }
        } else if wire.error {
            ResponseKind::Failing(body)
        } else if wire.replay_complete {
            ResponseKind::ReplayComplete
        } else {
            match json::parse(&body).ok().and_then(Chunk::from_json) {
                Some(chunk) => ResponseKind::Chunk {
                    chunk,
                    seq: wire.seq,
                },
                None => ResponseKind::Words(body),
            }
        };
        let delivered = if wire.replay {
            Delivered::Replay
        } else {
            Delivered::Live
        };
        Ok(Self {
            id: wire.id,
            continuation: wire.continuation,
            delivered,
            kind,
        })
    }

    fn put(&self, fields: &mut Fields) {
        let mut wire = ResponseFields::new(self.id.clone(), self.continuation, self.delivered);
        match &self.kind {
            ResponseKind::Chunk { chunk, seq } => {
                wire.body = serde_json::to_string(chunk).unwrap_or_default();
                wire.seq = *seq;
            }
            ResponseKind::Words(words) => wire.body.clone_from(words),
            ResponseKind::ReplayComplete => wire.replay_complete = true,
            ResponseKind::Failing(text) => {
                wire.body.clone_from(text);
                wire.error = true;
            }
            ResponseKind::Refused(text) => {
                wire.body.clone_from(text);
                wire.done = true;
                wire.error = true;
                wire.refused = true;
                wire.outcome = Some("error".to_owned());
            }
            ResponseKind::Done {
                outcome,
                message_ids,
            } => {
                wire.done = true;
                wire.message_ids = message_ids.iter().map(MessageId::to_string).collect();
                wire.outcome = outcome.as_str().map(str::to_owned);
                if let Outcome::Error(Some(text)) = outcome {
                    wire.body.clone_from(text);
                    wire.error = true;
                }
            }
        }
        wire.put(fields);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::frame::ServerFrame;

    #[test]
    fn a_chunk_that_is_json_already_makes_the_same_frame() {
        let id = RequestId::new("r1");
        let chunk = json!({"type": "text-delta", "id": "p1", "delta": "a \"b\" \u{2028}"});
        for (delivered, continuation) in [
            (Delivered::Live, false),
            (Delivered::Replay, false),
            (Delivered::Live, true),
        ] {
            let frame = ServerFrame::ChatResponse(ChatResponse {
                id: id.clone(),
                continuation,
                delivered,
                kind: ResponseKind::Chunk {
                    chunk: Chunk::from_json(chunk.clone()).unwrap(),
                    seq: Some(7),
                },
            });
            let text = encode_chunk(&id, &chunk.to_string(), 7, delivered, continuation);
            assert_eq!(text, frame.encode());
        }
    }
}
