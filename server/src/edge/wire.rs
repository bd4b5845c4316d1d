//! The bytes of a model call, between [`LiveCall`] and the network.

use std::ops::ControlFlow;

use agent::{CallInput, CallNext, CallStep, LiveCall, ModelFailure, ModelProgress};
use common::time::Timestamp;
use futures::StreamExt as _;
use providers::openai_compatible::{HttpRequest, ResponseHead};
use worker::{
    AbortSignal, ByteStream, Delay, Fetch, Headers, Method, Request, RequestInit, console_log,
};

use super::{known, random::now};

/// Makes a call. `report` gets the time of the first token and the new reports, and can stop the call. Returns the end of
/// the call; `None` when it was stopped.
pub(super) async fn run(
    call: &mut LiveCall,
    signal: AbortSignal,
    mut report: impl FnMut(Option<Timestamp>, Vec<ModelProgress>) -> ControlFlow<()>,
) -> Option<Result<(), ModelFailure>> {
    let mut wire = Wire { signal, body: None };
    let mut step = handle(call, CallInput::Due);
    loop {
        for line in &step.log {
            console_log!("{line}");
        }
        if report(call.first_token(), step.reports).is_break() {
            return None;
        }
        step = match step.next {
            CallNext::Send(request) => wire.send(call, &request).await,
            CallNext::Read => wire.read(call).await,
            CallNext::Wait(time) => {
                Delay::from(time).await;
                handle(call, CallInput::Due)
            }
            CallNext::End(end) => return Some(end),
        };
    }
}

fn handle(call: &mut LiveCall, input: CallInput<'_>) -> CallStep {
    known::with(|known| call.handle(now(), input, known))
}

/// The connection to the server.
struct Wire {
    signal: AbortSignal,
    body: Option<ByteStream>,
}

impl Wire {
    /// Sends a request and hands over the head of the response.
    async fn send(&mut self, call: &mut LiveCall, request: &HttpRequest) -> CallStep {
        self.body = None;
        let response = match platform_request(request) {
            Ok(request) => Fetch::Request(request).send_with_signal(&self.signal).await,
            Err(error) => Err(error),
        };
        match response {
            Ok(mut response) => {
                self.body = response.stream().ok();
                let header = |name: &str| response.headers().get(name).ok().flatten();
                let head = ResponseHead::read(response.status_code(), header, now());
                handle(call, CallInput::Head(head))
            }
            Err(error) => handle(call, CallInput::NoResponse(&error.to_string())),
        }
    }

    /// Hands over the next bytes of the body, or its end.
    async fn read(&mut self, call: &mut LiveCall) -> CallStep {
        let read = match &mut self.body {
            Some(body) => body.next().await,
            None => None,
        };
        match read {
            Some(Ok(bytes)) => handle(call, CallInput::Bytes(&bytes)),
            Some(Err(_)) | None => handle(call, CallInput::BodyEnded),
        }
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
