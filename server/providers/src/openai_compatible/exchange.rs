//! A model call: request, response head, body, events. Pure code: the caller moves the bytes.
//!
//! Features that the server does not support are dropped and the request is sent again at once. Each is dropped only
//! once, so that this ends.

use common::id::MessageId;

use super::{
    HttpRequest, Prepared, ProviderSettings, ResponseHead, Trait, Traits, decode::AnswerDecoder,
    failure::ErrorContext, prepare, refusal, vendor_error::VendorError,
};
use crate::{
    ModelMessage, ModelRequest, ProviderError, ProviderEvent, ProviderItem, StreamEnd,
    legal::{LeftOut, ModelAbilities},
};

/// A larger error body is a page for people, of which only the beginning is used.
const MAX_ERROR_BODY_BYTES: usize = 64 * 1024;

/// A model call.
#[derive(Clone, Debug)]
pub struct Exchange {
    request: ModelRequest,
    settings: ProviderSettings,
    abilities: ModelAbilities,
    /// What the model did not get of the last request.
    left_out: Vec<LeftOut>,
    /// The origin of each message of the last request.
    origins: Vec<Option<MessageId>>,
    context: ErrorContext,
    /// The features that the server does not support, known before or found in this call.
    traits: Traits,
    /// The features dropped in this call whose effect is not confirmed.
    unproven: Vec<Trait>,
    /// The last body sent.
    sent: String,
    /// The server's text when it last refused.
    refused_with: Option<String>,
    phase: Phase,
}

/// The state of the call.
#[derive(Clone, Debug)]
enum Phase {
    /// Waiting for the response.
    Asking {
        /// Whether this is the second attempt, after the first had no connection.
        again: bool,
    },
    /// Reading the body of a refusal.
    Refused {
        head: ResponseHead,
        body: Vec<u8>,
    },
    /// Reading an answer.
    Answering {
        decoder: Box<AnswerDecoder>,
        /// Whether events were returned.
        has_begun: bool,
    },
    Over,
}

/// The result of an input.
#[derive(Clone, Debug, PartialEq)]
pub struct ExchangeStep {
    /// The new events.
    pub events: Vec<ProviderEvent>,
    /// What the caller does next.
    pub next: ExchangeNext,
    /// Features that the server turned out not to support, to be remembered for later calls of this model.
    pub learned: Vec<Trait>,
    /// A line for the log.
    pub log: Option<String>,
}

/// What the caller does next.
#[derive(Clone, Debug, PartialEq)]
pub enum ExchangeNext {
    /// Send this request, then report the head of the response or the network error. The previous response is no
    /// longer needed.
    Send(HttpRequest),
    /// Report more bytes of the body, or its end.
    Read,
    /// Nothing: the answer is complete.
    Done,
    /// Nothing: the call failed.
    Failed(ProviderError),
}

impl Exchange {
    /// A call of the server of `settings` with `request`, without the features `known` as unsupported.
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
            phase: Phase::Over,
        }
    }

    /// Starts the call.
    #[must_use]
    pub fn begin(&mut self) -> ExchangeStep {
        let request = self.encoded();
        self.send(request)
    }

    /// Handles a missing response; `cause` is the network error.
    #[must_use]
    pub fn unconnected(&mut self, cause: &str) -> ExchangeStep {
        // A kept-alive connection may have been closed by the server at that moment: nothing was processed.
        if matches!(self.phase, Phase::Asking { again: false }) {
            self.phase = Phase::Asking { again: true };
            let request = self.encoded();
            return ExchangeStep::then(ExchangeNext::Send(request));
        }
        let secret = self.settings.api_key.as_ref();
        self.failed(ProviderError::unreachable(cause, secret))
    }

    /// Handles the head of the response.
    #[must_use]
    pub fn head(&mut self, head: ResponseHead) -> ExchangeStep {
        self.phase = if head.may_answer() {
            Phase::Answering {
                decoder: Box::new(AnswerDecoder::new(head, &self.request, &self.settings)),
                has_begun: false,
            }
        } else {
            Phase::Refused {
                head,
                body: Vec::new(),
            }
        };
        ExchangeStep::then(ExchangeNext::Read)
    }

    /// Handles more bytes of the body.
    #[must_use]
    pub fn bytes(&mut self, bytes: &[u8]) -> ExchangeStep {
        match &mut self.phase {
            Phase::Answering { decoder, .. } => {
                let items = decoder.push(bytes);
                self.items(items)
            }
            Phase::Refused { body, .. } => {
                let room = MAX_ERROR_BODY_BYTES.saturating_sub(body.len());
                body.extend(bytes.iter().take(room));
                if body.len() < MAX_ERROR_BODY_BYTES {
                    return ExchangeStep::then(ExchangeNext::Read);
                }
                self.end(StreamEnd::Closed)
            }
            Phase::Asking { .. } | Phase::Over => ExchangeStep::then(ExchangeNext::Done),
        }
    }

    /// Handles the end of the body.
    #[must_use]
    pub fn end(&mut self, end: StreamEnd) -> ExchangeStep {
        match &mut self.phase {
            Phase::Answering { decoder, .. } => {
                let items = decoder.finish(end);
                self.items(items)
            }
            Phase::Refused { head, body } => {
                let (head, body) = (std::mem::take(head), std::mem::take(body));
                self.refused(&head, &body)
            }
            Phase::Asking { .. } | Phase::Over => ExchangeStep::then(ExchangeNext::Done),
        }
    }

    /// Sets the known abilities of the model.
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

    /// What the model did not get of the last request.
    #[must_use]
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// The message of the transcript that the message with this index comes from.
    #[must_use]
    pub fn origin(&self, index: usize) -> Option<&MessageId> {
        self.origins.get(index)?.as_ref()
    }

    /// The request, made legal again and encoded without unsupported features.
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

    fn send(&mut self, request: HttpRequest) -> ExchangeStep {
        self.sent.clone_from(&request.body);
        self.phase = Phase::Asking { again: false };
        ExchangeStep::then(ExchangeNext::Send(request))
    }

    fn items(&mut self, items: Vec<ProviderItem>) -> ExchangeStep {
        let mut step = ExchangeStep::then(ExchangeNext::Read);
        for item in items {
            match item {
                Ok(event) => step.events.push(event),
                Err(error) => step.next = ExchangeNext::Failed(error),
            }
        }
        if matches!(step.events.last(), Some(ProviderEvent::Finished(_))) {
            step.next = ExchangeNext::Done;
        }
        let Phase::Answering { decoder, has_begun } = &mut self.phase else {
            return step;
        };
        if let (ExchangeNext::Failed(error), Some(refusal), false) =
            (&step.next, decoder.refusal(), *has_begun)
        {
            let (error, refusal) = (error.clone(), refusal.clone());
            return self.ask_without(refusal.status().unwrap_or(400), error, &refusal);
        }
        *has_begun |= !step.events.is_empty();
        if *has_begun {
            step.learned = std::mem::take(&mut self.unproven);
        }
        if decoder.has_dropped_data() && step.next != ExchangeNext::Read {
            step.log = Some(
                "the provider sent more data to be given back than is kept: none of it will be"
                    .to_owned(),
            );
        }
        if step.next != ExchangeNext::Read {
            self.phase = Phase::Over;
        }
        step
    }

    fn refused(&mut self, head: &ResponseHead, body: &[u8]) -> ExchangeStep {
        let error = self.context.in_response(head, body);
        let body = String::from_utf8_lossy(body);
        let said = VendorError::of_body(&body).unwrap_or_else(|| VendorError::of_words(&body));
        let said = self.context.redacted(said);
        self.ask_without(head.status, error, &said)
    }

    /// Repeats the request without an unsupported feature, if that is why it failed with `error`.
    fn ask_without(
        &mut self,
        status: u16,
        error: ProviderError,
        said: &VendorError,
    ) -> ExchangeStep {
        let words = said.all_words();
        // The text is new: dropping the previous feature had an effect.
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

    fn failed(&mut self, error: ProviderError) -> ExchangeStep {
        self.phase = Phase::Over;
        ExchangeStep::then(ExchangeNext::Failed(error))
    }
}

impl ExchangeStep {
    fn then(next: ExchangeNext) -> Self {
        Self {
            events: Vec::new(),
            next,
            learned: Vec::new(),
            log: None,
        }
    }
}

/// Whether a failure of this kind may be caused by an optional part of the request.
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
