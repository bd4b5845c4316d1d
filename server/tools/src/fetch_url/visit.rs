//! A visit to a page: the requests, the redirects, and the output for the model. The caller sends the requests.

use std::time::Duration;

use serde_json::json;
use url::Url;

use super::{Hosts, address::check, html};
use crate::{
    ToolDone, ToolFailure,
    tool::{Room, say},
};

/// The time limit of a visit, including all redirects.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The maximum number of bytes read of a page.
pub const MAX_BODY_BYTES: usize = 2_000_000;

/// The maximum number of redirects followed.
const MAX_REDIRECTS: u32 = 5;

/// A page to fetch: with GET, without cookies and credentials. Redirects are reported, not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    url: Url,
    offset: u64,
    hosts: Hosts,
    redirects: u32,
    content_type: String,
}

/// The head of a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerHead {
    /// The status.
    pub status: u16,
    /// `Location`.
    pub location: Option<String>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Content-Length`.
    pub content_length: Option<u64>,
}

/// The next step after the head of a response.
#[derive(Clone, Debug, PartialEq)]
pub enum VisitStep {
    /// Fetch another page.
    Ask(Visit),
    /// Read the body and pass it to [`Visit::read`].
    Read(Visit),
    /// The visit has ended.
    Done(ToolDone),
}

/// A body, or its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The bytes, at most [`MAX_BODY_BYTES`].
    pub bytes: Vec<u8>,
    /// Whether there are more bytes.
    pub more: bool,
}

impl Visit {
    pub(super) fn new(url: &str, offset: u64, hosts: Hosts) -> Result<Self, ToolFailure> {
        Ok(Self {
            url: check(url.trim(), None, hosts)?,
            offset,
            hosts,
            redirects: 0,
            content_type: String::new(),
        })
    }

    /// The hosts that the visit may reach.
    #[must_use]
    pub const fn hosts(&self) -> Hosts {
        self.hosts
    }

    /// The address to fetch.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Handles the head of a response.
    ///
    /// # Errors
    /// When the page does not exist, or redirects to a forbidden address.
    pub fn answered(mut self, head: &AnswerHead) -> Result<VisitStep, ToolFailure> {
        if let (300..=399, Some(location)) = (head.status, &head.location) {
            if self.redirects >= MAX_REDIRECTS {
                return Err(self.reported(&format!("redirects more than {MAX_REDIRECTS} times")));
            }
            let next = check(location, Some(&self.url), self.hosts)?;
            if !is_same_place(&self.url, &next) {
                return Ok(VisitStep::Done(self.leads_to(&next)));
            }
            self.url = next;
            self.redirects += 1;
            return Ok(VisitStep::Ask(self));
        }
        if !(200..=299).contains(&head.status) {
            return Err(self.reported(&format!("answers with the status {}", head.status)));
        }
        self.content_type = head
            .content_type
            .clone()
            .unwrap_or_default()
            .to_ascii_lowercase();
        if is_text(essence(&self.content_type)) {
            return Ok(VisitStep::Read(self));
        }
        let output = json!({
            "url": self.url(),
            "content_type": self.content_type,
            "size": head.content_length,
            "note": "It is not text and was not read.",
        });
        Ok(VisitStep::Done(ToolDone::with(output)))
    }

    /// The user has approved one host: a redirect to another one needs another approval.
    fn leads_to(&self, next: &Url) -> ToolDone {
        ToolDone::with(json!({
            "url": self.url(),
            "leads_to": next.as_str(),
            "note": "The page redirects to another host, which was not fetched. To read it there, call the tool with that \
                     address: the user is asked again.",
        }))
    }

    /// The output for a body.
    #[must_use]
    pub fn read(self, body: &Fetched) -> ToolDone {
        let text = text_of(&body.bytes, &self.content_type);
        let (title, text) = match essence(&self.content_type) {
            "text/html" | "application/xhtml+xml" => {
                let page = html::read(&text, &self.url);
                (page.title, page.text)
            }
            _ => (None, text),
        };
        let total = text.chars().count();
        let offset = usize::try_from(self.offset)
            .unwrap_or(usize::MAX)
            .min(total);
        let begin = text
            .char_indices()
            .nth(offset)
            .map_or(text.len(), |(at, _)| at);
        let rest = text.get(begin..).unwrap_or_default();
        let reported = Room::of_output().beginning_of(rest);
        let end = offset + reported.chars().count();
        let mut output =
            json!({"url": self.url(), "content_type": self.content_type, "text": reported});
        let short = |text: &str| text.chars().take(300).collect::<String>();
        say(&mut output, "title", title.as_deref().map(short));
        let mut more = Vec::new();
        if end < total {
            more.push(format!(
                "Characters {end} to {total} are omitted: continue with offset {end}."
            ));
        }
        if body.more {
            more.push(format!(
                "The page has more than {MAX_BODY_BYTES} bytes; the rest was not read."
            ));
        }
        say(
            &mut output,
            "more",
            (!more.is_empty()).then(|| more.join(" ")),
        );
        ToolDone::with(output)
    }

    /// The error for a page that could not be reached in time.
    #[must_use]
    pub fn failed(&self, reason: &str) -> ToolFailure {
        let reason: String = reason.chars().take(300).collect();
        self.reported(&format!(
            "cannot be reached: {}",
            reason.trim_end_matches('.')
        ))
    }

    /// The error when the network path for public addresses refused the request. It gives no reason.
    #[must_use]
    pub fn not_let_through(&self) -> ToolFailure {
        self.reported("cannot be reached: its name does not resolve, or resolves to an address outside the public web")
    }

    fn reported(&self, what: &str) -> ToolFailure {
        ToolFailure::Explained(format!("{} {what}.", self.url))
    }
}

/// Whether a redirect stays within the approval: at the same host and port, or at the https port of the host.
fn is_same_place(from: &Url, to: &Url) -> bool {
    let is_encrypted_now = from.scheme() == "http"
        && to.scheme() == "https"
        && from.port().is_none()
        && to.port().is_none();
    from.host() == to.host()
        && (is_encrypted_now
            || from.scheme() == to.scheme()
                && from.port_or_known_default() == to.port_or_known_default())
}

/// A content type without its parameters.
fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

fn is_text(essence: &str) -> bool {
    let Some((kind, name)) = essence.split_once('/') else {
        return false;
    };
    let texts = [
        "json",
        "xml",
        "javascript",
        "x-javascript",
        "ecmascript",
        "yaml",
        "x-yaml",
        "toml",
        "x-sh",
        "x-ndjson",
        "graphql",
    ];
    kind == "text"
        || kind == "application"
            && (texts.contains(&name) || name.ends_with("+json") || name.ends_with("+xml"))
}

/// Decodes the text of a body: UTF-8, or an old Western encoding.
fn text_of(bytes: &[u8], content_type: &str) -> String {
    let charset = content_type
        .split(';')
        .filter_map(|parameter| parameter.trim().strip_prefix("charset="))
        .map(|charset| charset.trim_matches(['"', '\'']))
        .next();
    match charset {
        Some("iso-8859-1" | "latin1" | "us-ascii" | "windows-1252" | "iso-8859-15")
            if std::str::from_utf8(bytes).is_err() =>
        {
            bytes.iter().copied().map(char::from).collect()
        }
        Some(_) | None => {
            let text = String::from_utf8_lossy(bytes);
            text.trim_start_matches('\u{feff}').to_owned()
        }
    }
}

#[cfg(test)]
mod tests;
