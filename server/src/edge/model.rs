//! Model calls: bytes in, provider events out.

use std::{cell::RefCell, collections::HashSet, rc::Rc};

use common::message::Message;
use futures::StreamExt as _;
use worker::{AbortSignal, Delay, Fetch, Headers, Method, Request, RequestInit, Response};

use super::{instance::Instance, random::now};
use crate::{
    agent::{Input, ModelCall, Progress, instructions, prompt},
    config::{Config, ConfigError},
    providers::{
        ModelRequest, Provider, ProviderError, ProviderEvent, ProviderItem, StreamEnd, demo,
        legal::ModelAbilities,
        openai_compatible::{
            Decoder, HttpRequest, ProviderSettings, ResponseHead, Traits, error_from_response,
            prepare, refuses_tools,
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

/// What a model call takes from the store.
pub(super) struct ModelContext {
    /// The name of the conversation.
    pub(super) name: String,
    /// The messages before the answer.
    pub(super) transcript: Vec<Message>,
    /// The standing instructions.
    pub(super) standing: Option<String>,
}

/// Makes a model call and reports its progress until it ends or is no longer wanted.
pub(super) async fn call(
    instance: Rc<Instance>,
    config: Result<Config, ConfigError>,
    life: u64,
    call: ModelCall,
    context: ModelContext,
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
    let mut request = ModelRequest {
        model: report.call.model.clone(),
        messages: Vec::new(),
        tools: tools::schemas(&report.call.client_tools),
        max_tokens: None,
        effort: report.call.effort,
    };
    let conversation = prompt::Conversation {
        name: &context.name,
        instructions: instructions::Instructions {
            now: now(),
            deployment: config.system_prompt_extra.as_deref(),
            standing: context.standing.as_deref(),
            project_context: report.call.project_context.as_deref(),
        },
        transcript: &context.transcript,
        answer: report.call.answer.as_ref(),
        model: config.provider.model(&request),
    };
    let mut messages = conversation.fitting(config.model_window, report.call.extent);
    // When the store is closed, nobody waits for the answer any more.
    let _ = report.instance.with_workspace(|workspace| {
        prompt::attach(&mut messages, workspace);
        Ok(())
    });
    request.messages = messages;
    match &config.provider {
        Provider::Demo => play_demo(&report, &request).await,
        Provider::OpenAiCompatible(settings) if settings.lacks_key() => {
            report.failed(ProviderError::MissingKey)
        }
        Provider::OpenAiCompatible(settings) => {
            match stream(&report, request, settings, &signal).await {
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

thread_local! {
    /// Models that turned a request down because they take no tools, by server, as far as this isolate knows.
    static WITHOUT_TOOLS: RefCell<HashSet<(String, String)>> = RefCell::new(HashSet::new());
}

/// Reads the vendor's stream. An error that comes after events is reported after them.
async fn stream(
    report: &Report,
    mut request: ModelRequest,
    settings: &ProviderSettings,
    signal: &AbortSignal,
) -> Result<(), ProviderError> {
    let model = (
        settings.base_url.clone(),
        settings.model_for(&request).to_owned(),
    );
    if WITHOUT_TOOLS.with_borrow(|known| known.contains(&model)) {
        request.tools.clear();
    }
    let mut response = match ask(&request, settings, signal).await? {
        Answer::Stream(response) => response,
        Answer::RefusesTools(_) if !request.tools.is_empty() => {
            WITHOUT_TOOLS.with_borrow_mut(|known| known.insert(model));
            request.tools.clear();
            match ask(&request, settings, signal).await? {
                Answer::Stream(response) => response,
                Answer::RefusesTools(error) | Answer::Error(error) => return Err(error),
            }
        }
        Answer::RefusesTools(error) | Answer::Error(error) => return Err(error),
    };
    let mut bytes = response
        .stream()
        .map_err(|error| unreachable(&error, settings))?;
    let mut decoder = Decoder::new(&request, settings);
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

/// What a vendor does with a request.
enum Answer {
    /// It answers.
    Stream(Response),
    /// It does not, since the model takes no tools.
    RefusesTools(ProviderError),
    /// It does not.
    Error(ProviderError),
}

async fn ask(
    request: &ModelRequest,
    settings: &ProviderSettings,
    signal: &AbortSignal,
) -> Result<Answer, ProviderError> {
    let traits = Traits::default();
    let prepared = prepare(
        request.clone(),
        settings,
        &traits,
        ModelAbilities::default(),
    );
    let request_to_send = prepared.http;
    let mut response = match send(&request_to_send, signal).await {
        Ok(response) => response,
        // A connection that was kept open may have been closed by the other side just now: nothing was said on it.
        Err(_) => send(&request_to_send, signal)
            .await
            .map_err(|error| unreachable(&error, settings))?,
    };
    let content_type = response.headers().get("Content-Type").ok().flatten();
    let retry_after = response.headers().get("Retry-After").ok().flatten();
    let head = ResponseHead {
        status: response.status_code(),
        content_type: content_type.as_deref(),
        retry_after: retry_after.as_deref(),
    };
    if head.is_stream() {
        return Ok(Answer::Stream(response));
    }
    let body = beginning_of(&mut response).await;
    let error = error_from_response(&head, &body, request, settings, now());
    Ok(if refuses_tools(head.status, &body) {
        Answer::RefusesTools(error)
    } else {
        Answer::Error(error)
    })
}

async fn send(request: &HttpRequest, signal: &AbortSignal) -> worker::Result<Response> {
    Fetch::Request(platform_request(request)?)
        .send_with_signal(signal)
        .await
}

fn unreachable(error: &worker::Error, settings: &ProviderSettings) -> ProviderError {
    ProviderError::unreachable(&error.to_string(), settings.api_key.as_ref())
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

pub(super) fn platform_request(request: &HttpRequest) -> worker::Result<Request> {
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

pub(super) async fn beginning_of(response: &mut Response) -> Vec<u8> {
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
