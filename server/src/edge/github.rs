//! Sends the requests of tools to GitHub.

use std::ops::ControlFlow;

use ::github::{Head, Hop, Method as HopMethod};
use common::secret::Secret;
use futures::StreamExt as _;
use worker::{
    AbortSignal, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Response,
    ResponseBody, wasm_bindgen::JsValue,
};

/// Sends a request, with the token where it belongs, and passes the body of the answer on. Redirects are not followed.
///
/// # Errors
/// Why there is no answer, or no whole one. The text holds neither the token nor the query of the address, which may be a key.
pub(super) async fn send(
    hop: &Hop,
    token: Option<&Secret>,
    signal: &AbortSignal,
    take: &mut dyn FnMut(&Head, &[u8]) -> ControlFlow<()>,
) -> Result<Head, String> {
    let said = |error: worker::Error| {
        let text = error.to_string().replace(hop.url(), "the address");
        token.map_or_else(|| text.clone(), |token| token.redact(&text))
    };
    let request = request(hop, token).map_err(said)?;
    let sent = Fetch::Request(request).send_with_signal(signal).await;
    let mut response = sent.map_err(said)?;
    let head = head_of(&response);
    if matches!(response.body(), ResponseBody::Empty) {
        return Ok(head);
    }
    let mut body = response.stream().map_err(said)?;
    while let Some(bytes) = body.next().await {
        if take(&head, &bytes.map_err(said)?).is_break() {
            break;
        }
    }
    Ok(head)
}

fn request(hop: &Hop, token: Option<&Secret>) -> worker::Result<Request> {
    let headers = Headers::new();
    for (name, value) in hop.headers() {
        headers.set(name, value)?;
    }
    if let Some(token) = token.filter(|_| hop.is_authorized()) {
        headers.set("Authorization", &format!("Bearer {}", token.expose()))?;
    }
    let mut init = RequestInit::new();
    init.with_method(match hop.method() {
        HopMethod::Get => Method::Get,
        HopMethod::Post => Method::Post,
        HopMethod::Patch => Method::Patch,
    })
    .with_headers(headers)
    .with_redirect(RequestRedirect::Manual)
    .with_body(hop.body().map(JsValue::from_str));
    Request::new_with_init(hop.url(), &init)
}

fn head_of(response: &Response) -> Head {
    Head::of(response.status_code(), |name| {
        response.headers().get(name).ok().flatten()
    })
}
