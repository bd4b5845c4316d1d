//! A model call for a single token, when the connection doctor requests it.

use std::{ops::ControlFlow, pin::pin, rc::Rc, time::Duration};

use agent::{Input, LiveCall, ModelCheck, ModelProgress};
use futures::future::{Either, select};
use providers::{
    ModelMessage, ModelRequest, Provider, ProviderError, openai_compatible::ProviderSettings,
};
use worker::{AbortController, AbortSignal, Delay};

use super::{instance::Instance, known, ledger, wire};
use crate::config::{Config, ConfigError};

/// The doctor waits a little longer, so that it gets this error.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks the model and reports the result to the machine.
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
        Err(error) => Err(error.into()),
    };
    instance.input(Input::ModelChecked { check, result });
}

/// Checks that some of the day's budget is left. The cost of the check itself is not counted, since its answer is dropped.
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
    // The rest of the answer is not needed.
    controller.abort();
    result
}

/// Waits for the beginning of an answer: it proves that the address, the key and the model are right.
async fn first_event(
    request: ModelRequest,
    settings: &ProviderSettings,
    signal: AbortSignal,
) -> Result<(), ProviderError> {
    let mut call = known::with(|known| LiveCall::of_server(request, settings, None, known));
    let end = wire::run(&mut call, signal, |_, reports| {
        if reports.iter().any(ModelProgress::is_answer) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    match end.await {
        Some(Err(failure)) => Err(failure.error),
        Some(Ok(())) | None => Ok(()),
    }
}
