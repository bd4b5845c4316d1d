//! Model calls: bytes in, provider events out.

use std::rc::Rc;

use common::message::Message;
use futures::StreamExt as _;
use worker::{AbortSignal, Delay, Fetch, Headers, Method, Request, RequestInit, Response};

use super::{instance::Instance, random::now};
use crate::{
    agent::{Input, ModelCall, Progress, prompt},
    config::{Config, ConfigError},
    providers::{
        ModelRequest, Provider, ProviderError, ProviderEvent, ProviderItem, StreamEnd, demo,
        openai_compatible::{
            Decoder, HttpRequest, ProviderSettings, ResponseHead, encode, error_from_response,
        },
    },
    tools,
};

/// An error page larger than this is not read to its end.
const MAX_ERROR_BODY_BYTES: usize = 64 * 1024;

/// Where a call's progress goes.
struct Report {
    instance: Rc<Instance>,
    life: u64,
    call: ModelCall,
}

/// Makes a model call and reports its progress until it ends or is no longer wanted.
pub(super) async fn call(
    instance: Rc<Instance>,
    config: Result<Config, ConfigError>,
    life: u64,
    call: ModelCall,
    transcript: Vec<Message>,
    signal: AbortSignal,
) {
    let report = Report {
        instance,
        life,
        call,
    };
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            return report.failed(ProviderError::Misconfigured {
                message: error.to_string(),
            });
        }
    };
    let request = ModelRequest {
        model: report.call.model.clone(),
        messages: prompt::messages(
            config.system_prompt_extra.as_deref(),
            report.call.project_context.as_deref(),
            &transcript,
            report.call.answer.as_ref(),
        ),
        tools: tools::schemas(&report.call.client_tools),
    };
    match &config.provider {
        Provider::Demo => play_demo(&report, &request).await,
        Provider::OpenAiCompatible(settings) if settings.lacks_key() => {
            report.failed(ProviderError::MissingKey)
        }
        Provider::OpenAiCompatible(settings) => {
            match stream(&report, &request, settings, &signal).await {
                Ok(()) => {}
                Err(error) => report.failed(error),
            }
        }
    }
}

impl Report {
    fn wanted(&self) -> bool {
        self.instance.wants(self.life, self.call.call)
    }

    fn progress(&self, progress: Progress) {
        if self.wanted() {
            self.instance.input(Input::Provider {
                call: self.call.call,
                progress,
            });
        }
    }

    fn ended(&self) {
        self.progress(Progress::Ended);
        self.instance.forget_call(self.call.call);
    }

    fn failed(&self, error: ProviderError) {
        self.progress(Progress::Failed(error));
        self.instance.forget_call(self.call.call);
    }
}

async fn play_demo(report: &Report, request: &ModelRequest) {
    for step in demo::reply(request) {
        Delay::from(step.after).await;
        if !report.wanted() {
            return;
        }
        report.progress(Progress::Events(vec![step.event]));
    }
    report.ended();
}

/// Reads the vendor's stream. An error that comes after events is reported after them.
async fn stream(
    report: &Report,
    request: &ModelRequest,
    settings: &ProviderSettings,
    signal: &AbortSignal,
) -> Result<(), ProviderError> {
    let unreachable = |error: worker::Error| {
        ProviderError::unreachable(&error.to_string(), settings.api_key.as_ref())
    };
    let http = platform_request(&encode(request, settings)).map_err(unreachable)?;
    let mut response = Fetch::Request(http)
        .send_with_signal(signal)
        .await
        .map_err(unreachable)?;
    let content_type = response.headers().get("Content-Type").ok().flatten();
    let retry_after = response.headers().get("Retry-After").ok().flatten();
    let head = ResponseHead {
        status: response.status_code(),
        content_type: content_type.as_deref(),
        retry_after: retry_after.as_deref(),
    };
    if !head.is_stream() {
        let body = beginning_of(&mut response).await;
        return Err(error_from_response(&head, &body, request, settings, now()));
    }
    let mut bytes = response.stream().map_err(unreachable)?;
    let mut decoder = Decoder::new(request, settings);
    while let Some(Ok(read)) = bytes.next().await {
        if !report.wanted() {
            return Ok(());
        }
        if pass_on(report, decoder.push(&read))? {
            return Ok(());
        }
    }
    pass_on(report, decoder.finish(StreamEnd::Closed))?;
    Ok(())
}

/// Passes events on as one input; whether the answer is complete.
fn pass_on(report: &Report, items: Vec<ProviderItem>) -> Result<bool, ProviderError> {
    let mut events = Vec::with_capacity(items.len());
    let mut failure = None;
    for item in items {
        match item {
            Ok(event) => events.push(event),
            Err(error) => failure = Some(error),
        }
    }
    let finished = matches!(events.last(), Some(ProviderEvent::Finished(_)));
    report.progress(Progress::Events(events));
    match failure {
        Some(error) => Err(error),
        None if finished => {
            report.ended();
            Ok(true)
        }
        None => Ok(false),
    }
}

fn platform_request(request: &HttpRequest) -> worker::Result<Request> {
    let headers = Headers::new();
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_headers(headers)
        .with_body(Some(request.body.as_str().into()));
    Request::new_with_init(&request.url, &init)
}

async fn beginning_of(response: &mut Response) -> Vec<u8> {
    let mut body = Vec::new();
    if let Ok(mut bytes) = response.stream() {
        while let Some(Ok(read)) = bytes.next().await {
            body.extend_from_slice(&read);
            if body.len() > MAX_ERROR_BODY_BYTES {
                break;
            }
        }
    }
    body
}
