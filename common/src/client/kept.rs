//! The stored form of the outbox: one entry for each request of the user that the server may not have. The client
//! makes the ids, so that repeating a request is harmless.

use serde_json::{Map, Value};

use super::io::Effect;
use crate::{
    fields::{FieldError, Fields},
    id::{MessageId, RequestId, ToolCallId},
    message::{Message, ToolAnswer, ToolOutcome},
    state::{Choices, chosen},
    time::Timestamp,
};

/// The entries in the browser's storage.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    entries: Vec<StoredEntry>,
    /// The highest order number used.
    last: u64,
}

/// A stored entry, without its text.
#[derive(Debug)]
struct StoredEntry {
    key: String,
    /// The version of its content that is stored.
    form: u32,
    order: u64,
}

/// A round of writing: entries not put in it are deleted at its end.
pub(super) struct Round<'a> {
    before: Vec<StoredEntry>,
    ledger: &'a mut Ledger,
}

impl Ledger {
    pub(super) const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn begin(&mut self) -> Round<'_> {
        Round {
            before: std::mem::take(&mut self.entries),
            ledger: self,
        }
    }

    /// Takes over an entry of an earlier page.
    pub(super) fn adopt(&mut self, key: String, form: u32, order: u64) {
        self.last = self.last.max(order);
        self.entries.push(StoredEntry { key, form, order });
    }
}

impl Round<'_> {
    /// Stores a wish under its key, unless this version of it is already stored.
    pub(super) fn put(
        &mut self,
        effects: &mut Vec<Effect>,
        key: String,
        form: u32,
        wish: impl FnOnce() -> (Timestamp, Wish),
    ) {
        let known = self.before.iter().position(|entry| entry.key == key);
        let known = known.map(|index| self.before.swap_remove(index));
        let order = known.as_ref().map_or_else(
            || {
                self.ledger.last += 1;
                self.ledger.last
            },
            |known| known.order,
        );
        if known.is_none_or(|known| known.form != form) {
            let (at, wish) = wish();
            let entry = Kept { at, order, wish }.encode();
            let key = key.clone();
            effects.push(Effect::Keep { key, entry });
        }
        self.ledger.entries.push(StoredEntry { key, form, order });
    }

    pub(super) fn end(self, effects: &mut Vec<Effect>) {
        for StoredEntry { key, .. } in self.before {
            effects.push(Effect::Forget { key });
        }
    }
}

/// A stored request of the user.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    /// When the user made it.
    pub(super) at: Timestamp,
    /// Its order among requests of the same millisecond.
    pub(super) order: u64,
    pub(super) wish: Wish,
}

/// A request of the user.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wish {
    Submission {
        id: RequestId,
        subject: Subject,
        is_sent: bool,
        steers: bool,
        choices: Option<Choices>,
    },
    Answer {
        call: ToolCallId,
        answer: ToolAnswer,
    },
    /// Stop this turn; `None`: the continuation whose id is not known yet.
    Stop(Option<RequestId>),
    Clear,
}

/// The message of a submission.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Subject {
    New(Message),
    /// A message whose text was changed.
    Anew(Message),
    Again(MessageId),
}

impl Kept {
    pub(super) fn encode(self) -> String {
        let fields = Fields::default()
            .put("at", self.at.as_millis())
            .put("order", self.order);
        let fields = match self.wish {
            Wish::Submission {
                id,
                subject,
                is_sent,
                steers,
                choices,
            } => {
                let fields = fields
                    .put("request", id.as_str())
                    .put_flag("sent", is_sent)
                    .put_flag("steers", steers)
                    .put_some("choices", choices.map(|choices| choices.to_json()));
                match subject {
                    Subject::New(message) => fields.put("new", message.to_json()),
                    Subject::Anew(message) => fields.put("anew", message.to_json()),
                    Subject::Again(message) => fields.put("again", message.as_str()),
                }
            }
            Wish::Answer { call, answer } => {
                let fields = fields.put("call", call.as_str());
                match answer {
                    ToolAnswer::Allow { always } => fields
                        .put("approved", true)
                        .put_some("always", always.as_deref()),
                    ToolAnswer::Refuse { reason } => fields
                        .put("approved", false)
                        .put_some("reason", reason.as_deref()),
                    ToolAnswer::Outcome(ToolOutcome::Output(output)) => {
                        fields.put("output", output)
                    }
                    ToolAnswer::Outcome(ToolOutcome::Error(words)) => {
                        fields.put_some("error", words.as_deref())
                    }
                }
            }
            Wish::Stop(id) => fields.put("stop", id.as_ref().map(RequestId::as_str)),
            Wish::Clear => fields.put("clear", true),
        };
        fields.into_value().to_string()
    }

    /// Reads an entry; `None` when another version wrote it.
    pub(super) fn decode(text: &str) -> Option<Self> {
        let fields: Map<String, Value> = serde_json::from_str(text).ok()?;
        Self::take(Fields::of(fields)).ok().flatten()
    }

    fn take(mut fields: Fields) -> Result<Option<Self>, FieldError> {
        let (Some(at), Some(order)) = (
            fields.optional_number("at")?,
            fields.optional_number("order")?,
        ) else {
            return Ok(None);
        };
        let wish = if let Some(id) = fields.optional_text("request")? {
            let Some(subject) = Subject::take(&mut fields)? else {
                return Ok(None);
            };
            Wish::Submission {
                id: RequestId::new(id),
                subject,
                is_sent: fields.flag("sent")?,
                steers: fields.flag("steers")?,
                choices: chosen::take(&mut fields, "choices")?,
            }
        } else if let Some(call) = fields.optional_text("call")? {
            let answer = match (fields.optional_bool("approved")?, fields.present("output")) {
                (Some(true), _) => ToolAnswer::Allow {
                    always: fields.optional_text("always")?,
                },
                (Some(false), _) => ToolAnswer::Refuse {
                    reason: fields.optional_text("reason")?,
                },
                (None, Some(output)) => ToolAnswer::Outcome(ToolOutcome::Output(output)),
                (None, None) => {
                    ToolAnswer::Outcome(ToolOutcome::Error(fields.optional_text("error")?))
                }
            };
            Wish::Answer {
                call: ToolCallId::new(call),
                answer,
            }
        } else if let Some(id) = fields.present("stop") {
            Wish::Stop(id.as_str().map(RequestId::from))
        } else if fields.flag("clear")? {
            Wish::Clear
        } else {
            return Ok(None);
        };
        Ok(Some(Self {
            at: Timestamp::from_millis(at),
            order,
            wish,
        }))
    }
}

impl Subject {
    fn take(fields: &mut Fields) -> Result<Option<Self>, FieldError> {
        if let Some(id) = fields.optional_text("again")? {
            return Ok(Some(Self::Again(MessageId::new(id))));
        }
        if let Some(new) = fields.value("new") {
            return Message::from_json(new).map(|message| Some(Self::New(message)));
        }
        let anew = fields.value("anew").map(Message::from_json);
        Ok(anew.transpose()?.map(Self::Anew))
    }
}

impl Wish {
    /// The storage key; equal for equal requests.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Submission { id, .. } => submission_key(id),
            Self::Answer { call, .. } => answer_key(call),
            Self::Stop(id) => stop_key(id.as_ref()),
            Self::Clear => CLEAR_KEY.to_owned(),
        }
    }
}

pub(super) const CLEAR_KEY: &str = "clear";

pub(super) fn submission_key(id: &RequestId) -> String {
    format!("message.{id}")
}

pub(super) fn answer_key(call: &ToolCallId) -> String {
    format!("answer.{call}")
}

pub(super) fn stop_key(id: Option<&RequestId>) -> String {
    format!("stop.{}", id.map_or("", RequestId::as_str))
}
