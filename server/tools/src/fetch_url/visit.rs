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
                return Err(self.told(&format!("redirects more than {MAX_REDIRECTS} times")));
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
            return Err(self.told(&format!("answers with the status {}", head.status)));
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
        let told = Room::of_output().beginning_of(rest);
        let end = offset + told.chars().count();
        let mut output =
            json!({"url": self.url(), "content_type": self.content_type, "text": told});
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
        self.told(&format!(
            "cannot be reached: {}",
            reason.trim_end_matches('.')
        ))
    }

    /// The error when the network path for public addresses refused the request. It gives no reason.
    #[must_use]
    pub fn not_let_through(&self) -> ToolFailure {
        self.told("cannot be reached: its name does not resolve, or resolves to an address outside the public web")
    }

    fn told(&self, what: &str) -> ToolFailure {
        ToolFailure::Told(format!("{} {what}.", self.url))
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
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::OUTPUT_BYTES;

    fn visit(url: &str) -> Visit {
        Visit::new(url, 0, Hosts::Public).unwrap()
    }

    fn head(status: u16, content_type: &str) -> AnswerHead {
        AnswerHead {
            status,
            content_type: Some(content_type.to_owned()),
            ..AnswerHead::default()
        }
    }

    fn redirect(location: &str) -> AnswerHead {
        AnswerHead {
            location: Some(location.to_owned()),
            ..head(302, "text/html")
        }
    }

    fn told(offset: u64, content_type: &str, bytes: &[u8], more: bool) -> Value {
        let visit = Visit::new("https://example.com/a", offset, Hosts::Public).unwrap();
        let VisitStep::Read(visit) = visit.answered(&head(200, content_type)).unwrap() else {
            panic!("{content_type} is text")
        };
        let bytes = bytes.to_vec();
        let output = visit.read(&Fetched { bytes, more }).output;
        assert!(output.to_string().len() <= OUTPUT_BYTES);
        output
    }

    #[test]
    fn a_page_is_told_as_text() {
        let html = b"<title>T</title><h1>A</h1><p>b <a href=c>d</a>";
        let expected = json!({
            "url": "https://example.com/a", "content_type": "text/html; charset=utf-8", "title": "T",
            "text": "# A\n\nb [d](https://example.com/c)",
        });
        assert_eq!(told(0, "Text/HTML; charset=UTF-8", html, false), expected);
        for kind in [
            "text/plain",
            "application/json",
            "application/ld+json",
            "image/svg+xml;x",
            "application/xml",
            "text/javascript",
        ] {
            if kind.starts_with("image") {
                continue;
            }
            assert_eq!(told(0, kind, b"<a>{}", false)["text"], "<a>{}", "{kind}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_of_the_kind_they_say_are_read_as_well_as_can_be() {
        assert_eq!(
            told(0, "text/plain; charset=ISO-8859-1", b"caf\xe9", false)["text"],
            "café"
        );
        assert_eq!(
            told(0, "text/plain; charset=latin1", "é".as_bytes(), false)["text"],
            "é"
        );
        assert_eq!(
            told(0, "text/plain", b"a\xff\0b", false)["text"],
            "a\u{fffd}\0b"
        );
        assert_eq!(told(0, "text/plain", b"\xef\xbb\xbfa", false)["text"], "a");
        assert_eq!(told(0, "text/html", b"", false)["text"], "");
    }

    #[test]
    fn what_is_no_text_is_told_as_type_and_size() {
        for kind in [
            "image/png",
            "application/pdf",
            "application/octet-stream",
            "image/svg",
            "",
        ] {
            let head = AnswerHead {
                content_length: Some(7),
                ..head(200, kind)
            };
            let VisitStep::Done(done) = visit("https://example.com/").answered(&head).unwrap()
            else {
                panic!("{kind} is read")
            };
            assert_eq!(
                (&done.output["content_type"], &done.output["size"]),
                (&json!(kind), &json!(7))
            );
        }
    }

    #[test]
    fn a_long_page_is_read_on_to_its_end() {
        let whole: String = (0..9_000).map(|n| format!("line é {n}\n")).collect();
        let (mut text, mut offset) = (String::new(), 0);
        loop {
            let output = told(offset, "text/plain", whole.as_bytes(), false);
            let piece = output["text"].as_str().unwrap();
            text.push_str(piece);
            offset += piece.chars().count() as u64;
            let Some(more) = output["more"].as_str() else {
                break;
            };
            assert!(more.contains(&format!("offset {offset}.")), "{more}");
        }
        assert_eq!(text, whole);
        assert_eq!(told(u64::MAX, "text/plain", b"abc", false)["text"], "");
        let cut = told(0, "text/plain", b"abc", true);
        assert!(
            cut["more"]
                .as_str()
                .unwrap()
                .contains("more than 2000000 bytes")
        );
    }

    #[test]
    fn redirects_are_checked_one_by_one_and_counted() {
        let mut next = visit("https://example.com/0");
        for number in 1..=5 {
            let step = next.answered(&redirect(&format!("/{number}"))).unwrap();
            let VisitStep::Ask(visit) = step else {
                panic!("{step:?}")
            };
            assert_eq!(visit.url(), format!("https://example.com/{number}"));
            next = visit;
        }
        let failure = next.answered(&redirect("/6")).unwrap_err().to_string();
        assert!(failure.contains("more than 5 times"), "{failure}");
        for location in [
            "http://127.0.0.1/",
            "//metadata.google.internal/",
            "file:///etc/passwd",
            "http://a@b.com/",
        ] {
            let refused = visit("https://example.com/").answered(&redirect(location));
            assert!(
                refused.unwrap_err().to_string().contains("not fetched"),
                "{location}"
            );
        }
    }

    #[test]
    fn a_redirect_to_another_host_is_a_question_of_its_own() {
        let follow = |from: &str, to: &str| visit(from).answered(&redirect(to)).unwrap();
        for (from, to) in [
            ("http://example.com/", "https://example.com/"),
            ("https://example.com/", "https://EXAMPLE.com:443/a"),
            ("https://example.com:8443/", "/b"),
        ] {
            assert!(matches!(follow(from, to), VisitStep::Ask(_)), "{to}");
        }
        for (from, to) in [
            ("https://example.com/", "https://www.example.com/"),
            ("https://example.com/", "https://example.org/?q=secret"),
            ("https://example.com/", "//8.8.8.8/"),
            ("https://example.com/", "http://example.com/"),
            ("https://example.com/", "https://example.com:8443/"),
            ("http://example.com:8080/", "https://example.com/"),
        ] {
            let VisitStep::Done(done) = follow(from, to) else {
                panic!("{to} is asked")
            };
            let named = visit(from).url.join(to).unwrap();
            assert_eq!(done.output["leads_to"], named.as_str());
            assert!(
                done.output["note"]
                    .as_str()
                    .unwrap()
                    .contains("asked again")
            );
        }
    }

    #[test]
    fn what_is_not_there_is_said() {
        for status in [304, 404, 500] {
            let failure = visit("https://example.com/").answered(&head(status, "text/html"));
            let failure = failure.unwrap_err().to_string();
            assert_eq!(
                failure,
                format!("https://example.com/ answers with the status {status}.")
            );
        }
        let failure = visit("https://example.com/")
            .failed("no route.")
            .to_string();
        assert_eq!(failure, "https://example.com/ cannot be reached: no route.");
    }
}
