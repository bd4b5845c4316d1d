//! Fetches the pages that tools request.

use std::pin::pin;

use futures::{
    StreamExt as _,
    future::{Either, select},
};
use tools::{
    ToolDone, ToolFailure,
    fetch_url::{AnswerHead, Fetched, Hosts, MAX_BODY_BYTES, PATIENCE, Visit, VisitStep},
};
use worker::{
    AbortSignal, Delay, Env, Fetch, Headers, Request, RequestInit, RequestRedirect, Response,
};

use super::binding::Binding;

/// The binding that reaches public addresses only, regardless of name resolution. It is absent on Cloudflare, where Workers
/// cannot reach private addresses.
const INTERNET: &str = "internet";

/// The text of `workerd` for a failure whose reason it only logs.
const HIDDEN: &str = "internal error";

/// Fetches a page, with its redirects.
///
/// # Errors
/// When the fetch fails or takes too long. The text is for the model.
pub(super) async fn visit(
    visit: Visit,
    env: &Env,
    signal: AbortSignal,
) -> Result<ToolDone, ToolFailure> {
    let way = match visit.hosts() {
        Hosts::Public => Binding::of(env, INTERNET),
        Hosts::Any => None,
    };
    let follow = pin!(follow(visit.clone(), way, signal));
    let deadline = pin!(Delay::from(PATIENCE));
    match select(follow, deadline).await {
        Either::Left((result, _)) => result,
        Either::Right(_) => {
            Err(visit.failed(&format!("it took longer than {} s", PATIENCE.as_secs())))
        }
    }
}

async fn follow(
    mut visit: Visit,
    way: Option<Binding>,
    signal: AbortSignal,
) -> Result<ToolDone, ToolFailure> {
    loop {
        let failed = |error: worker::Error| visit.failed(&error.to_string());
        let request = request(visit.url()).map_err(failed)?;
        let sent = match &way {
            Some(way) => way.send(&request, Some(&signal)).await,
            None => Fetch::Request(request).send_with_signal(&signal).await,
        };
        let mut response = sent.map_err(|error| match &way {
            Some(_) if error.to_string().contains(HIDDEN) => visit.not_let_through(),
            Some(_) | None => failed(error),
        })?;
        match visit.clone().answered(&head_of(&response))? {
            VisitStep::Ask(next) => visit = next,
            VisitStep::Read(visit) => {
                let body = body_of(&mut response)
                    .await
                    .map_err(|error| visit.failed(&error.to_string()))?;
                return Ok(visit.read(&body));
            }
            VisitStep::Done(done) => return Ok(done),
        }
    }
}

fn request(url: &str) -> worker::Result<Request> {
    let headers = Headers::new();
    headers.set(
        "Accept",
        "text/html, text/*;q=0.9, application/json;q=0.9, */*;q=0.1",
    )?;
    headers.set("User-Agent", "Coder")?;
    let mut init = RequestInit::new();
    init.with_headers(headers)
        .with_redirect(RequestRedirect::Manual);
    Request::new_with_init(url, &init)
}

fn head_of(response: &Response) -> AnswerHead {
    let header = |name| response.headers().get(name).ok().flatten();
    AnswerHead {
        status: response.status_code(),
        location: header("Location"),
        content_type: header("Content-Type"),
        content_length: header("Content-Length").and_then(|length| length.parse().ok()),
    }
}

async fn body_of(response: &mut Response) -> worker::Result<Fetched> {
    let mut bytes = Vec::new();
    let mut stream = response.stream()?;
    while let Some(read) = stream.next().await {
        bytes.extend_from_slice(&read?);
        if bytes.len() > MAX_BODY_BYTES {
            bytes.truncate(MAX_BODY_BYTES);
            return Ok(Fetched { bytes, more: true });
        }
    }
    Ok(Fetched { bytes, more: false })
}
