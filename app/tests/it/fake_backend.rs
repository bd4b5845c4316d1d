//! Conversations that are made up.

use std::future::ready;

use app::api::{Backend, BackendError, Listed, OwnModel, Reader, Transcript, TranscriptFuture};
use common::frame::{Place, Wanted};
use serde_json::{Value, json};

#[derive(Clone)]
pub(crate) struct FakeBackend {
    pub(crate) transcript: Result<Transcript, BackendError>,
    pub(crate) setup_problem: Option<String>,
    pub(crate) own_model: OwnModel,
    pub(crate) image_hosts: Vec<String>,
    pub(crate) reader: Reader,
    pub(crate) conversations: Listed,
}

impl FakeBackend {
    pub(crate) fn with(messages: Value) -> Self {
        let messages = common::message::Message::list_from_json(messages);
        Self {
            transcript: Ok(Transcript {
                messages,
                earlier: 0,
                etag: Some("\"1\"".to_owned()),
            }),
            setup_problem: None,
            own_model: OwnModel::None,
            image_hosts: Vec::new(),
            reader: Reader::default(),
            conversations: Listed::default(),
        }
    }

    pub(crate) fn empty() -> Self {
        Self::with(json!([]))
    }

    /// A question, and an answer with this markdown.
    pub(crate) fn answering(markdown: &str) -> Self {
        Self::with(json!([
            { "id": "u1", "role": "user", "parts": [{ "type": "text", "text": "question" }] },
            { "id": "a1", "role": "assistant", "parts": [{ "type": "text", "text": markdown }] },
        ]))
    }
}

impl Backend for FakeBackend {
    fn transcript(&self, instance: String, wanted: Wanted) -> TranscriptFuture {
        // A name that only an encoding page can have asked for.
        let known = ["calm-otter", "a%20b%2F%C3%A9"].contains(&instance.as_str());
        let missing = || {
            Err(BackendError {
                text: format!("Asked for {instance}."),
            })
        };
        Box::pin(ready(if known {
            self.transcript.clone().and_then(|all| part(all, &wanted))
        } else {
            missing()
        }))
    }

    fn setup_problem(&self) -> Option<String> {
        self.setup_problem.clone()
    }

    fn own_model(&self) -> OwnModel {
        self.own_model.clone()
    }

    fn image_hosts(&self) -> Vec<String> {
        self.image_hosts.clone()
    }

    fn reader(&self) -> Reader {
        self.reader.clone()
    }

    fn conversations(&self) -> Listed {
        self.conversations.clone()
    }
}

/// What the store gives when so much of a transcript is wanted.
fn part(all: Transcript, wanted: &Wanted) -> Result<Transcript, BackendError> {
    let odd = |text: &str| BackendError {
        text: text.to_owned(),
    };
    let mut messages = all.messages;
    match &wanted.place {
        Place::End => {}
        Place::From(_) => return Err(odd("A page asked for more than a part.")),
        Place::Before(id) => {
            let place = messages.iter().position(|message| message.id == *id);
            messages.truncate(place.ok_or_else(|| odd("There is no such message."))?);
        }
    }
    let last = usize::try_from(wanted.last).map_err(|_| odd("Far too many."))?;
    let earlier = messages.len().saturating_sub(last);
    Ok(Transcript {
        messages: messages.split_off(earlier),
        earlier: earlier as u64,
        etag: all.etag,
    })
}
