//! One model call: ask, head, body, events. Pure: the caller moves the bytes.
//!
//! What the server does not know is left out, and it is asked again at once; each thing is left out once, so this ends.

use common::id::MessageId;

use super::{
    HttpRequest, Prepared, ProviderSettings, ResponseHead, Trait, Traits, decode::Decoder,
    failure::ErrorContext, prepare, refusal, vendor_error::VendorError,
};
use crate::{
    ModelMessage, ModelRequest, ProviderError, ProviderEvent, ProviderItem, StreamEnd,
    legal::{LeftOut, ModelAbilities},
};

/// A body larger than this is a page for people; only its beginning is looked at.
const MAX_ERROR_BODY_BYTES: usize = 64 * 1024;

/// A model call.
#[derive(Clone, Debug)]
pub struct Exchange {
    request: ModelRequest,
    settings: ProviderSettings,
    abilities: ModelAbilities,
    /// What the model did not get of the request that was sent last.
    left_out: Vec<LeftOut>,
    /// Where the messages of the request that was sent last come from.
    origins: Vec<Option<MessageId>>,
    context: ErrorContext,
    /// What the server does not take, known before or found out here.
    traits: Traits,
    /// What was left out here and has yet to prove right.
    unproven: Vec<Trait>,
    /// The body that was sent last.
    sent: String,
    /// What the server said to it before.
    refused_with: Option<String>,
    place: Place,
}

/// How far the call is.
#[derive(Clone, Debug)]
enum Place {
    /// The request is under way.
    Asking {
        /// It was sent a second time, since the first time there was no connection.
        again: bool,
    },
    /// The server refuses, and says why.
    Refused {
        head: ResponseHead,
        body: Vec<u8>,
    },
    /// The server answers.
    Answering {
        decoder: Box<Decoder>,
        /// Events were given out.
        has_begun: bool,
    },
    Over,
}

/// What follows an input.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What the answer grew by.
    pub events: Vec<ProviderEvent>,
    /// What to do next.
    pub next: Next,
    /// What the server turned out not to take: to be known in later calls of this model on this server.
    pub learned: Vec<Trait>,
    /// A line for the log.
    pub log: Option<String>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Send this, and give in the head of the response, or why there is none. What was read before is done with.
    Send(HttpRequest),
    /// Give in more bytes of the body, or its end.
    Read,
    /// Nothing: the answer is complete.
    Done,
    /// Nothing: the call failed.
    Failed(ProviderError),
}

impl Exchange {
    /// A call that asks `settings`' server for an answer to `request`, without what it is `known` not to take.
    #[must_use]
    pub fn new(request: ModelRequest, settings: ProviderSettings, known: Traits) -> Self {
        let context = ErrorContext::new(&request, &settings);
        Self {
            request,
            settings,
            abilities: ModelAbilities::default(),
            left_out: Vec::new(),
            origins: Vec::new(),
            context,
            traits: known,
            unproven: Vec::new(),
            sent: String::new(),
            refused_with: None,
            place: Place::Over,
        }
    }

    /// Begins.
    #[must_use]
    pub fn begin(&mut self) -> Step {
        let request = self.encoded();
        self.send(request)
    }

    /// There is no response: `cause` is what the network said.
    #[must_use]
    pub fn unconnected(&mut self, cause: &str) -> Step {
        // A connection that was kept open may have been closed by the other side just now: nothing was said on it.
        if matches!(self.place, Place::Asking { again: false }) {
            self.place = Place::Asking { again: true };
            let request = self.encoded();
            return Step::then(Next::Send(request));
        }
        let secret = self.settings.api_key.as_ref();
        self.failed(ProviderError::unreachable(cause, secret))
    }

    /// The head of the response.
    #[must_use]
    pub fn head(&mut self, head: ResponseHead) -> Step {
        self.place = if head.may_answer() {
            Place::Answering {
                decoder: Box::new(Decoder::new(head, &self.request, &self.settings)),
                has_begun: false,
            }
        } else {
            Place::Refused {
                head,
                body: Vec::new(),
            }
        };
        Step::then(Next::Read)
    }

    /// More bytes of the body.
    #[must_use]
    pub fn bytes(&mut self, bytes: &[u8]) -> Step {
        match &mut self.place {
            Place::Answering { decoder, .. } => {
                let items = decoder.push(bytes);
                self.items(items)
            }
            Place::Refused { body, .. } => {
                let room = MAX_ERROR_BODY_BYTES.saturating_sub(body.len());
                body.extend(bytes.iter().take(room));
                if body.len() < MAX_ERROR_BODY_BYTES {
                    return Step::then(Next::Read);
                }
                self.end(StreamEnd::Closed)
            }
            Place::Asking { .. } | Place::Over => Step::then(Next::Done),
        }
    }

    /// The end of the body.
    #[must_use]
    pub fn end(&mut self, end: StreamEnd) -> Step {
        match &mut self.place {
            Place::Answering { decoder, .. } => {
                let items = decoder.finish(end);
                self.items(items)
            }
            Place::Refused { head, body } => {
                let (head, body) = (std::mem::take(head), std::mem::take(body));
                self.refused(&head, &body)
            }
            Place::Asking { .. } | Place::Over => Step::then(Next::Done),
        }
    }

    /// The same, of a model that can do so much, as far as is known.
    #[must_use]
    pub const fn with_abilities(mut self, abilities: ModelAbilities) -> Self {
        self.abilities = abilities;
        self
    }

    /// The messages of the request, before they were made legal.
    #[must_use]
    pub fn messages(&self) -> &[ModelMessage] {
        &self.request.messages
    }

    /// What the model did not get of the request that was sent last.
    #[must_use]
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// The message of the transcript that the message at this place of the request comes from.
    #[must_use]
    pub fn origin(&self, index: usize) -> Option<&MessageId> {
        self.origins.get(index)?.as_ref()
    }

    /// The request, made legal anew, without what the server does not take.
    fn encoded(&mut self) -> HttpRequest {
        let Prepared {
            http,
            left_out,
            origins,
        } = prepare(
            self.request.clone(),
            &self.settings,
            &self.traits,
            self.abilities,
        );
        self.left_out = left_out;
        self.origins = origins;
        http
    }

    fn send(&mut self, request: HttpRequest) -> Step {
        self.sent.clone_from(&request.body);
        self.place = Place::Asking { again: false };
        Step::then(Next::Send(request))
    }

    fn items(&mut self, items: Vec<ProviderItem>) -> Step {
        let mut step = Step::then(Next::Read);
        for item in items {
            match item {
                Ok(event) => step.events.push(event),
                Err(error) => step.next = Next::Failed(error),
            }
        }
        if matches!(step.events.last(), Some(ProviderEvent::Finished(_))) {
            step.next = Next::Done;
        }
        let Place::Answering { decoder, has_begun } = &mut self.place else {
            return step;
        };
        if let (Next::Failed(error), Some(refusal), false) =
            (&step.next, decoder.refusal(), *has_begun)
        {
            let (error, refusal) = (error.clone(), refusal.clone());
            return self.ask_without(refusal.status().unwrap_or(400), error, &refusal);
        }
        *has_begun |= !step.events.is_empty();
        if *has_begun {
            step.learned = std::mem::take(&mut self.unproven);
        }
        if decoder.has_dropped_data() && step.next != Next::Read {
            step.log = Some(
                "the provider sent more data to be given back than is kept: none of it will be"
                    .to_owned(),
            );
        }
        if step.next != Next::Read {
            self.place = Place::Over;
        }
        step
    }

    fn refused(&mut self, head: &ResponseHead, body: &[u8]) -> Step {
        let error = self.context.in_response(head, body);
        let body = String::from_utf8_lossy(body);
        let said = VendorError::of_body(&body).unwrap_or_else(|| VendorError::of_words(&body));
        let said = self.context.redacted(said);
        self.ask_without(head.status, error, &said)
    }

    /// Asks again without what the server does not take, when that is why it failed with `error`.
    fn ask_without(&mut self, status: u16, error: ProviderError, said: &VendorError) -> Step {
        let words = said.all_words();
        // Other words: what was left out for the ones before was their reason.
        let is_news = self.refused_with.as_ref() != Some(&words);
        let learned = if is_news {
            std::mem::take(&mut self.unproven)
        } else {
            Vec::new()
        };
        self.refused_with = Some(words);
        let without = may_be_about_options(&error)
            .then(|| refusal::without(status, said, &self.sent))
            .flatten()
            .filter(|without| self.traits.insert(without.clone()));
        let mut step = match without {
            Some(without) => {
                let request = self.encoded();
                self.unproven.push(without);
                if request.body == self.sent {
                    self.failed(error)
                } else {
                    self.send(request)
                }
            }
            None => self.failed(error),
        };
        step.learned = learned;
        step
    }

    fn failed(&mut self, error: ProviderError) -> Step {
        self.place = Place::Over;
        Step::then(Next::Failed(error))
    }
}

impl Step {
    fn then(next: Next) -> Self {
        Self {
            events: Vec::new(),
            next,
            learned: Vec::new(),
            log: None,
        }
    }
}

/// Whether a failure of this kind may come from something optional in the request.
fn may_be_about_options(error: &ProviderError) -> bool {
    match error {
        ProviderError::InvalidRequest { .. }
        | ProviderError::Upstream { .. }
        | ProviderError::Rejected { .. }
        | ProviderError::ModelNotFound { .. }
        | ProviderError::InStream { .. } => true,
        ProviderError::MissingKey
        | ProviderError::Misconfigured { .. }
        | ProviderError::Unauthorized { .. }
        | ProviderError::PaymentRequired { .. }
        | ProviderError::RateLimited { .. }
        | ProviderError::QuotaUsedUp { .. }
        | ProviderError::ContextTooLong { .. }
        | ProviderError::Budget { .. }
        | ProviderError::DayBudget { .. }
        | ProviderError::NoLedger
        | ProviderError::TooManyCalls { .. }
        | ProviderError::Unreachable { .. }
        | ProviderError::NotAStream { .. }
        | ProviderError::Malformed { .. }
        | ProviderError::Dropped
        | ProviderError::Empty
        | ProviderError::NoFirstToken { .. }
        | ProviderError::CallTooLong { .. }
        | ProviderError::Silent { .. } => false,
    }
}

#[cfg(test)]
mod tests;
