//! What the agent answers to requests for files.

use common::{http::ErrorBody, workspace};
use serde_json::Value;

use crate::{
    browser::http::{Request, Response},
    workspace::uploads::Unpacked,
};

const UNREACHABLE: &str = "The server could not be reached. Check your network and try again.";

pub(super) async fn answer(request: Request) -> Result<Response, String> {
    request.send().await.map_err(|_| UNREACHABLE.to_owned())
}

/// The text of a file, in the encoding that its type names.
pub(super) async fn text_of(response: &Response, kind: &str) -> Result<String, String> {
    let charset = kind.rsplit_once("charset=").map(|(_, charset)| charset);
    let text = match charset.filter(|charset| *charset != "utf-8") {
        Some(charset) => response.text_in(charset).await,
        None => response.text().await,
    };
    text.map_err(|_| UNREACHABLE.to_owned())
}

pub(super) async fn json(response: &Response) -> Value {
    let text = response.text().await.unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// What the agent says about what it refused.
pub(super) async fn refusal(response: &Response) -> String {
    refused_words(response, json(response).await)
}

pub(super) fn refused_words(response: &Response, body: Value) -> String {
    match ErrorBody::from_json(body) {
        Some(said) => said.error,
        None => format!("The server answered with status {}.", response.status()),
    }
}

pub(super) fn unpacked(answer: Value) -> Unpacked {
    let answer = workspace::Unpacked::from_json(answer);
    let skipped = answer.skipped.into_iter();
    Unpacked {
        files: answer.files + answer.unchanged,
        left_out: skipped.map(|entry| (entry.name, entry.reason)).collect(),
    }
}
