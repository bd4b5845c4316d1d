//! The stored transcript, over HTTP.

use common::{
    client::{Fetched, Snapshot},
    frame::Excerpt,
};
use ureq::{Agent, http::StatusCode};

/// Fetches the transcript unless it is unchanged. Blocks.
pub(crate) fn fetch(url: &str, if_none_match: Option<&str>) -> Fetched {
    get(url, if_none_match).unwrap_or_else(|error| Fetched::Failed(format!("{url}: {error}")))
}

fn get(url: &str, if_none_match: Option<&str>) -> Result<Fetched, ureq::Error> {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let mut request = agent.get(url);
    if let Some(etag) = if_none_match {
        request = request.header("If-None-Match", etag);
    }
    let mut response = request.call()?;
    Ok(match response.status() {
        StatusCode::NOT_MODIFIED => Fetched::Unchanged,
        StatusCode::OK => {
            let etag = response.headers().get("ETag");
            let etag = etag.and_then(|etag| Some(etag.to_str().ok()?.to_owned()));
            match serde_json::from_str(&response.body_mut().read_to_string()?) {
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
