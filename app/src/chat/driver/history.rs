//! The stored transcript, over HTTP.

use common::{
    client::{Fetched, Snapshot},
    frame::{Excerpt, Wanted},
    json,
};
use futures::channel::oneshot;
use leptos::{
    prelude::{Callable as _, Callback},
    task::spawn_local,
};

use crate::{
    api::{BackendError, Transcript},
    browser::{address::Address, console, http::Request, location},
};

/// Asks for the transcript unless it is still the one at hand.
pub(super) async fn fetch(url: &str, if_none_match: Option<&str>) -> Fetched {
    get(url, if_none_match)
        .await
        .unwrap_or_else(|error| Fetched::Failed(format!("{url}: {error}")))
}

async fn get(url: &str, if_none_match: Option<&str>) -> Result<Fetched, String> {
    // Not from the browser's cache: it would answer with what it has and hide the 304.
    let mut request = Request::get(url).uncached();
    if let Some(etag) = if_none_match {
        request = request.header("If-None-Match", etag);
    }
    let response = request.send().await?;
    Ok(match response.status() {
        304 => Fetched::Unchanged,
        200 => {
            let etag = response.header("ETag");
            match json::parse(&response.text().await?) {
                Ok(value) => {
                    let Excerpt { messages, earlier } = Excerpt::from_json(value);
                    Fetched::Transcript(Snapshot {
                        messages,
                        earlier,
                        etag,
                    })
                }
                Err(error) => Fetched::Failed(format!("{url} answered with no JSON: {error}")),
            }
        }
        status => Fetched::Failed(format!("{url} answered {status}")),
    })
}

/// Asks for a part that is not at hand.
pub(super) async fn fetch_new(url: &str) -> Result<Snapshot, String> {
    match fetch(url, None).await {
        Fetched::Transcript(part) => Ok(part),
        Fetched::Unchanged => Err(format!("{url} answered 304")),
        Fetched::Failed(words) => Err(words),
    }
}

/// A part of the transcript of an instance, for a page reached inside the browser.
pub(crate) async fn load(address: Address, wanted: Wanted) -> Result<Transcript, BackendError> {
    // A task of its own, since the browser's futures do not leave their thread and a resource's may.
    let (sender, receiver) = oneshot::channel();
    spawn_local(async move {
        let url = address.transcript(&location::origin(), &wanted);
        let _ = sender.send(fetch_new(&url).await);
    });
    match receiver.await {
        Ok(Ok(Snapshot {
            messages,
            earlier,
            etag,
        })) => Ok(Transcript {
            messages,
            earlier,
            etag,
        }),
        Ok(Err(words)) => {
            console::warn(&words);
            Err(BackendError {
                text: "The stored messages could not be loaded.".to_owned(),
            })
        }
        Err(oneshot::Canceled) => Ok(Transcript::default()),
    }
}

/// Deletes the conversation at an address and goes home; says why when it cannot.
pub(crate) fn delete_and_leave(address: String, failed: Callback<String>) {
    spawn_local(async move {
        let words = match Request::delete(&address).send().await {
            // Somebody else was quicker.
            Ok(response) if matches!(response.status(), 204 | 404) => return location::leave("/"),
            Ok(response) => format!(
                "The server answered with status {}. Try again.",
                response.status()
            ),
            Err(_) => "The server could not be reached. Try again.".to_owned(),
        };
        failed.try_run(words);
    });
}
