//! A model call for a single token, when the connection doctor asks for it.

use std::{pin::pin, rc::Rc, time::Duration};

use agent::{Input, ModelCheck};
use futures::future::{Either, select};
use providers::{
    ModelMessage, ModelRequest, Provider, ProviderError,
    openai_compatible::{Exchange, Next, ProviderSettings},
};
use worker::{AbortController, AbortSignal, Delay};

use super::{
    instance::Instance,
    ledger,
    wire::{Asked, Wire},
};
use crate::config::{Config, ConfigError};

/// The doctor waits a little longer, so that it hears the words of this end.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks the model and tells the machine.
pub(super) async fn check(
    instance: Rc<Instance>,
    config: Result<Config, ConfigError>,
    check: ModelCheck,
) {
    let result = match config {
        Ok(config) => match has_money(&instance, &config).await {
            Ok(()) => ask(&config.provider, check.model.clone()).await,
            Err(error) => Err(error),
        },
        Err(error) => Err(ProviderError::Misconfigured {
            message: error.to_string(),
        }),
    };
    instance.input(Input::ModelChecked { check, result });
}

/// Whether anything is left of the day's budget. What the check itself costs is not counted: its answer is not waited for.
async fn has_money(instance: &Instance, config: &Config) -> Result<(), ProviderError> {
    match ledger::limit(config) {
        Some(limit_usd) => {
            let today = ledger::today(instance, limit_usd).await?;
            today.budget.cap(None).map(|_| ())
        }
        None => Ok(()),
    }
}

async fn ask(provider: &Provider, model: Option<String>) -> Result<(), ProviderError> {
    let settings = match provider {
        Provider::Demo => return Ok(()),
        Provider::OpenAiCompatible(settings) if settings.lacks_key() => {
            return Err(ProviderError::MissingKey);
        }
        Provider::OpenAiCompatible(settings) => settings,
    };
    let request = ModelRequest {
        model,
        messages: vec![ModelMessage::user("Say yes.")],
        max_tokens: Some(1),
        ..ModelRequest::default()
    };
    let controller = AbortController::default();
    let answer = pin!(first_event(request, settings, controller.signal()));
    let deadline = pin!(Delay::from(PATIENCE));
    let result = match select(answer, deadline).await {
        Either::Left((result, _)) => result,
        Either::Right(_) => Err(ProviderError::Silent {
            seconds: PATIENCE.as_secs(),
        }),
    };
    // What else the model has to say is of no interest.
    controller.abort();
    result
}

/// An answer that begins says that address, key and model are right.
async fn first_event(
    request: ModelRequest,
    settings: &ProviderSettings,
    signal: AbortSignal,
) -> Result<(), ProviderError> {
    let asked = Asked::new(&request, settings);
    let mut exchange = Exchange::new(request, settings.clone(), asked.traits());
    let mut wire = Wire::new(signal);
    let mut step = exchange.begin();
    loop {
        asked.note(&mut step);
        step = match step.next {
            Next::Failed(error) => return Err(error),
            Next::Send(request) => wire.send(&mut exchange, &request).await,
            Next::Read if step.events.is_empty() => wire.read(&mut exchange).await,
            Next::Read | Next::Done => return Ok(()),
        };
    }
}
