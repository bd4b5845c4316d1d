//! The bytes of a model call, between an exchange and the network.

use std::{cell::RefCell, collections::HashMap};

use futures::StreamExt as _;
use providers::{
    ModelRequest, StreamEnd,
    openai_compatible::{Exchange, HttpRequest, ProviderSettings, ResponseHead, Step, Traits},
};
use worker::{AbortSignal, ByteStream, Fetch, Headers, Method, Request, RequestInit, console_log};

use super::random::now;

thread_local! {
    /// What a model on a server does not take, by base URL and model, as far as this isolate knows.
    static TRAITS: RefCell<HashMap<(String, String), Traits>> = RefCell::new(HashMap::new());
}

/// A model on a server.
#[derive(Clone, Debug)]
pub(super) struct Asked(String, String);

impl Asked {
    pub(super) fn new(request: &ModelRequest, settings: &ProviderSettings) -> Self {
        Self(
            settings.base_url.clone(),
            settings.model_for(request).to_owned(),
        )
    }

    /// What it does not take.
    pub(super) fn traits(&self) -> Traits {
        TRAITS.with_borrow(|known| {
            known
                .get(&(self.0.clone(), self.1.clone()))
                .cloned()
                .unwrap_or_default()
        })
    }

    /// Remembers what a step learned, and logs what it says.
    pub(super) fn note(&self, step: &mut Step) {
        let learned = std::mem::take(&mut step.learned);
        for without in &learned {
            console_log!("{} at {} does not take {without:?}", self.1, self.0);
        }
        if !learned.is_empty() {
            TRAITS.with_borrow_mut(|known| {
                let traits = known.entry((self.0.clone(), self.1.clone())).or_default();
                traits.extend(learned);
            });
        }
        if let Some(line) = step.log.take() {
            console_log!("{line}");
        }
    }
}

/// Moves the bytes between an exchange and the network.
pub(super) struct Wire {
    signal: AbortSignal,
    body: Option<ByteStream>,
}

impl Wire {
    pub(super) fn new(signal: AbortSignal) -> Self {
        Self { signal, body: None }
    }

    /// Sends a request and gives the exchange the head of the response.
    pub(super) async fn send(&mut self, exchange: &mut Exchange, request: &HttpRequest) -> Step {
        self.body = None;
        let response = match platform_request(request) {
            Ok(request) => Fetch::Request(request).send_with_signal(&self.signal).await,
            Err(error) => Err(error),
        };
        let opened = response.map(|mut response| (response.stream(), response));
        match opened {
            Ok((body, response)) => {
                let header = |name: &str| response.headers().get(name).ok().flatten();
                self.body = body.ok();
                exchange.head(ResponseHead::read(response.status_code(), header, now()))
            }
            Err(error) => exchange.unconnected(&error.to_string()),
        }
    }

    /// Gives the exchange the next bytes of the body, or its end.
    pub(super) async fn read(&mut self, exchange: &mut Exchange) -> Step {
        let read = match &mut self.body {
            Some(body) => body.next().await,
            None => None,
        };
        match read {
            Some(Ok(bytes)) => exchange.bytes(&bytes),
            Some(Err(_)) | None => exchange.end(StreamEnd::Closed),
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
