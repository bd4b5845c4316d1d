//! A model call for a single token, when the connection doctor asks for it.

use std::{pin::pin, rc::Rc, time::Duration};

use futures::future::{Either, select};
use worker::{AbortController, AbortSignal, Delay, Fetch};

use super::{
    instance::Instance,
    model::{beginning_of, platform_request},
    random::now,
};
use crate::{
    agent::{Input, ModelCheck},
    config::{Config, ConfigError},
    providers::{
        ModelMessage, ModelRequest, Provider, ProviderError,
        openai_compatible::{ProviderSettings, ResponseHead, Traits, encode, error_from_response},
    },
};

/// The doctor waits a little longer, so that it hears the words of this end.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks the model and tells the machine.
pub(super) async fn check(
    instance: Rc<Instance>,
    config: Result<Config, ConfigError>,
    check: ModelCheck,
) {
    let result = match config {
        Ok(config) => ask(&config.provider, check.model.clone()).await,
        Err(error) => Err(ProviderError::Misconfigured {
            message: error.to_string(),
        }),
    };
    instance.input(Input::ModelChecked { check, result });
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
    let answer = pin!(head(&request, settings, controller.signal()));
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

/// A stream that begins says that address, key and model are right.
async fn head(
    request: &ModelRequest,
    settings: &ProviderSettings,
    signal: AbortSignal,
) -> Result<(), ProviderError> {
    let unreachable = |error: worker::Error| {
        ProviderError::unreachable(&error.to_string(), settings.api_key.as_ref())
    };
    let http =
        platform_request(&encode(request, settings, &Traits::default())).map_err(unreachable)?;
    let mut response = Fetch::Request(http)
        .send_with_signal(&signal)
        .await
        .map_err(unreachable)?;
    let content_type = response.headers().get("Content-Type").ok().flatten();
    let retry_after = response.headers().get("Retry-After").ok().flatten();
    let head = ResponseHead {
        status: response.status_code(),
        content_type: content_type.as_deref(),
        retry_after: retry_after.as_deref(),
    };
    if head.is_stream() {
        return Ok(());
    }
    let body = beginning_of(&mut response).await;
    Err(error_from_response(&head, &body, request, settings, now()))
}
