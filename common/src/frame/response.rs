//! `cf_agent_use_chat_response`: the answer to a submission, frame by frame (protocol §5.4).

use serde::Serialize;

use crate::{
    chunk::Chunk,
    fields::{FieldError, Fields, Record, flag, or_empty},
    id::{MessageId, RequestId},
    json,
};

/// One frame of the answer to a submission.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatResponse {
    /// Which submission.
    pub id: RequestId,
    /// The turn continues an earlier one.
    pub continuation: bool,
    /// As it happens, or from the stored stream.
    pub delivered: Delivered,
    /// What it says.
    pub kind: ResponseKind,
}

/// Whether a frame tells what happens or what has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// As it happens.
    Live,
    /// From the stored stream, during a resume.
    Replay,
}

/// What a frame of an answer says.
#[derive(Clone, Debug, PartialEq)]
pub enum ResponseKind {
    /// The answer grows.
    Chunk {
        /// By what.
        chunk: Chunk,
        /// Its index in the stored stream, from 0 without gaps. Older servers send none.
        seq: Option<u64>,
    },
    /// A body that is no chunk: older servers put words here. Changes nothing.
    Words(String),
    /// All stored chunks were sent; live ones follow.
    ReplayComplete,
    /// The turn fails; a terminal frame follows, or not.
    Failing(String),
    /// The submission was not taken. No turn ends with it: one that runs under the same id goes on.
    Refused(String),
    /// The turn is over.
    Done {
        /// How.
        outcome: Outcome,
        /// The user messages the turn answered. Empty: not known.
        message_ids: Vec<MessageId>,
    },
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer is complete, unless an earlier frame reported an error.
    Completed,
    /// It failed. `None`: an earlier frame said why.
    Error(Option<String>),
    /// It was cancelled.
    Aborted,
    /// It never ran.
    Skipped,
    /// It was interrupted; the server tries again.
    Recovering,
    /// An outcome this version does not know.
    Other(String),
}

impl Outcome {
    /// From the wire's word and, where the frame tells of an error, its text.
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

    /// The wire's word; `None` where it is left out.
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

/// The frame's type, for a frame that is put together from text.
const KIND: &str = "cf_agent_use_chat_response";

record! {
    /// The fields of the frame.
    struct ResponseFields {
        id: RequestId = "id",
        body: String = or_empty "body",
        /// Missing and `false` are the same.
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

/// Texts in an array, which is left out where it has none.
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

/// The frame for a chunk that is JSON already, as it is in the stored stream.
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

/// The frame of a chunk, as [`ResponseFields`] declares it: written at every delta, so without a copy of the text.
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

    /// A submission was not taken; `words` say why.
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
