//! A call of a model on a server.

use common::models::ModelInfo;
use providers::{
    ModelRequest, ProviderError, ProviderEvent, StreamEnd,
    legal::ModelAbilities,
    openai_compatible::{
        Exchange, ExchangeNext, ExchangeStep, KnownModels, ProviderSettings, ServerModel,
    },
    price,
};

use super::{CallInput, CallNext, SourceStep};
use crate::{culprit::culprit, io::ModelFailure};

/// A call of a model on a server.
#[derive(Debug)]
pub(super) struct ServerCall {
    model: ServerModel,
    exchange: Exchange,
}

impl ServerCall {
    pub(super) fn new(
        request: ModelRequest,
        settings: &ProviderSettings,
        info: Option<&ModelInfo>,
        known: &KnownModels,
    ) -> Self {
        let model = settings.named(request.model.as_deref());
        let exchange = Exchange::new(request, settings.clone(), known.traits(&model));
        let abilities = info.map(ModelAbilities::listed).unwrap_or_default();
        Self {
            model,
            exchange: exchange.with_abilities(abilities),
        }
    }

    pub(super) fn handle(&mut self, input: CallInput<'_>, known: &mut KnownModels) -> SourceStep {
        let ExchangeStep {
            events,
            next,
            learned,
            log,
        } = match input {
            CallInput::Due => self.exchange.begin(),
            CallInput::Head(head) => self.exchange.head(head),
            CallInput::Bytes(bytes) => self.exchange.bytes(bytes),
            CallInput::BodyEnded => self.exchange.end(StreamEnd::Closed),
            CallInput::NoResponse(cause) => self.exchange.unconnected(cause),
        };
        let ServerModel { base_url, model } = &self.model;
        let mut lines: Vec<String> = learned
            .iter()
            .map(|without| format!("{model} at {base_url} does not take {without:?}"))
            .collect();
        lines.extend(log);
        known.learn_traits(&self.model, learned);
        let notices = match next {
            ExchangeNext::Send(_) => {
                let left_out = self.exchange.left_out().iter();
                left_out.map(|left_out| left_out.what.clone()).collect()
            }
            ExchangeNext::Read | ExchangeNext::Done | ExchangeNext::Failed(_) => Vec::new(),
        };
        SourceStep {
            events: self.priced(events, known),
            notices,
            next: match next {
                ExchangeNext::Send(request) => CallNext::Send(request),
                ExchangeNext::Read => CallNext::Read,
                ExchangeNext::Done => CallNext::End(Ok(())),
                ExchangeNext::Failed(error) => CallNext::End(Err(self.failure(error, known))),
            },
            log: lines,
        }
    }

    /// Adds the cost by the list where the provider does not report it. The list may have arrived during the call.
    fn priced(&self, events: Vec<ProviderEvent>, known: &KnownModels) -> Vec<ProviderEvent> {
        let is_usage = |event: &ProviderEvent| matches!(event, ProviderEvent::Usage(_));
        if !events.iter().any(is_usage) {
            return events;
        }
        let prices = known.prices(&self.model);
        let events = events.into_iter();
        events
            .map(|event| price::with_cost(event, prices.as_ref()))
            .collect()
    }

    fn failure(&self, error: ProviderError, known: &mut KnownModels) -> ModelFailure {
        if let ProviderError::ContextTooLong {
            limit: Some(tokens),
            ..
        } = &error
        {
            known.learn_window(&self.model, *tokens);
        }
        let origin = |index| self.exchange.origin(index).cloned();
        let culprit = culprit(&error, self.exchange.messages(), origin);
        ModelFailure { error, culprit }
    }
}
