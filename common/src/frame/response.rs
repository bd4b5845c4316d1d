//! `cf_agent_use_chat_response`: the answer to a submission, frame by frame (protocol §5.4).

use serde::Serialize;

use crate::{
    chunk::Chunk,
    fields::{FieldError, Fields},
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
    /// The answer is complete, unless an earlier frame told of an error.
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

/// The wire's shape. Missing and `false` are the same.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
    body: std::borrow::Cow<'a, str>,
    done: bool,
    #[serde(skip_serializing_if = "is_false")]
    error: bool,
    #[serde(skip_serializing_if = "is_false")]
    refused: bool,
    #[serde(skip_serializing_if = "is_false")]
    continuation: bool,
    #[serde(skip_serializing_if = "is_false")]
    replay: bool,
    #[serde(skip_serializing_if = "is_false")]
    replay_complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    message_ids: Vec<std::borrow::Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<std::borrow::Cow<'a, str>>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_false(value: &bool) -> bool {
    !*value
}

pub(super) const KIND: &str = "cf_agent_use_chat_response";

impl<'a> Wire<'a> {
    fn new(id: &'a RequestId, continuation: bool, replay: bool) -> Self {
        Self {
            kind: KIND,
            id: id.as_str(),
            body: std::borrow::Cow::Borrowed(""),
            done: false,
            error: false,
            refused: false,
            continuation,
            replay,
            replay_complete: false,
            seq: None,
            message_ids: Vec::new(),
            outcome: None,
        }
    }

    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
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
    let mut wire = Wire::new(id, continuation, delivered == Delivered::Replay);
    wire.body = chunk.into();
    wire.seq = Some(seq);
    wire.text()
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

    pub(super) fn encode(&self) -> String {
        let mut wire = Wire::new(
            &self.id,
            self.continuation,
            self.delivered == Delivered::Replay,
        );
        match &self.kind {
            ResponseKind::Chunk { chunk, seq } => {
                wire.body = serde_json::to_string(chunk).unwrap_or_default().into();
                wire.seq = *seq;
            }
            ResponseKind::Words(words) => wire.body = words.into(),
            ResponseKind::ReplayComplete => wire.replay_complete = true,
            ResponseKind::Failing(text) => {
                wire.body = text.into();
                wire.error = true;
            }
            ResponseKind::Refused(text) => {
                wire.body = text.into();
                wire.done = true;
                wire.error = true;
                wire.refused = true;
                wire.outcome = Some("error".into());
            }
            ResponseKind::Done {
                outcome,
                message_ids,
            } => {
                wire.done = true;
                wire.message_ids = message_ids.iter().map(|id| id.as_str().into()).collect();
                wire.outcome = outcome.as_str().map(Into::into);
                if let Outcome::Error(Some(text)) = outcome {
                    wire.body = text.into();
                    wire.error = true;
                }
            }
        }
        wire.text()
    }

    pub(super) fn decode(mut fields: Fields) -> Result<Self, FieldError> {
        let id = RequestId::new(fields.text("id")?);
        let body = fields.optional_text("body")?.unwrap_or_default();
        let (done, error) = (fields.flag("done")?, fields.flag("error")?);
        let outcome = fields.optional_text("outcome")?;
        let message_ids = fields.texts("messageIds")?;
        let (seq, replay_complete) = (
            fields.optional_number("seq")?,
            fields.flag("replayComplete")?,
        );
        let kind = if done && fields.flag("refused")? {
            ResponseKind::Refused(body)
        } else if done {
            ResponseKind::Done {
                outcome: Outcome::read(outcome, error.then_some(body)),
                message_ids: message_ids.into_iter().map(MessageId::new).collect(),
            }
        } else if error {
            ResponseKind::Failing(body)
        } else if replay_complete {
            ResponseKind::ReplayComplete
        } else {
            let chunk = json::parse(&body).ok().and_then(Chunk::from_json);
            match chunk {
                Some(chunk) => ResponseKind::Chunk { chunk, seq },
                None => ResponseKind::Words(body),
            }
        };
        let delivered = if fields.flag("replay")? {
            Delivered::Replay
        } else {
            Delivered::Live
        };
        Ok(Self {
            id,
            continuation: fields.flag("continuation")?,
            delivered,
            kind,
        })
    }
}
