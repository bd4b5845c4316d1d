//! `GET /picture?from=ADDRESS`: a picture of another server, in a document of its own. Our pages show it in a frame once
//! the user has agreed. The pages themselves cannot load pictures of other servers, so that no content can make them do it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use common::http::Header;
use sha2::{Digest as _, Sha256};
use url::{Url, form_urlencoded};

/// The path.
pub const PATH: &str = "/picture";

const STYLE: &str =
    "html,body{height:100%;margin:0}img{display:block;max-width:100%;max-height:100%}";

/// A response, independent of the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<Header>,
    /// The body.
    pub body: String,
}

/// The response to a request with this query.
#[must_use]
pub fn respond(query: Option<&str>) -> Picture {
    let Some(address) = query.and_then(address) else {
        return Picture {
            status: 400,
            headers: vec![Header::new("Content-Type", "text/plain; charset=utf-8")],
            body: "Name the picture by its http or https address: /picture?from=ADDRESS\n"
                .to_owned(),
        };
    };
    let style = STANDARD.encode(Sha256::digest(STYLE));
    // The document has no origin, and can request a single picture from a single server.
    let policy = format!(
        "default-src 'none'; img-src {}; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'self'; sandbox",
        address.origin().ascii_serialization()
    );
    Picture {
        status: 200,
        headers: vec![
            Header::new("Content-Type", "text/html; charset=utf-8"),
            Header::new("Content-Security-Policy", policy),
            Header::new("X-Frame-Options", "SAMEORIGIN"),
            // Browsers show no sandboxed document whose opener has a policy.
            Header::new("Cross-Origin-Opener-Policy", "unsafe-none"),
            Header::new("Referrer-Policy", "no-referrer"),
            Header::new("Cache-Control", "no-store"),
        ],
        body: format!(
            "<!doctype html><meta charset=\"utf-8\"><title>Picture</title><style>{STYLE}</style><img src=\"{}\" alt=\"\">\n",
            escaped(address.as_str())
        ),
    }
}

/// The address in the query, if it belongs to a web server.
fn address(query: &str) -> Option<Url> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, from) = pairs.find(|(key, _)| key == "from")?;
    let url = Url::parse(&from).ok()?;
    let is_of_the_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    // Browsers ask for a password, or send it, when an address contains one.
    let is_plain = url.username().is_empty() && url.password().is_none();
    (is_of_the_web && is_plain).then_some(url)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header<'a>(picture: &'a Picture, name: &str) -> &'a str {
        let found = picture.headers.iter().find(|header| header.name == name);
        found
            .map(|header| header.value.as_str())
            .unwrap_or_default()
    }

    #[test]
    fn a_picture_is_the_only_thing_that_its_document_may_load() {
        let picture = respond(Some(
            "from=https%3A%2F%2Fi.example%3A8443%2Fa.png%3Fb%3D1%26c%3D%22%3E",
        ));
        assert_eq!(picture.status, 200);
        let policy = header(&picture, "Content-Security-Policy");
        for expected in [
            "default-src 'none'; img-src https://i.example:8443; style-src 'sha256-",
            "frame-ancestors 'self'; sandbox",
        ] {
            assert!(policy.contains(expected), "{policy}");
        }
        assert!(!policy.contains("script"), "{policy}");
        assert!(
            picture
                .body
                .contains("<img src=\"https://i.example:8443/a.png?b=1&amp;c=%22%3E\" alt=\"\">"),
            "{}",
            picture.body
        );
        assert_eq!(header(&picture, "Referrer-Policy"), "no-referrer");
    }

    #[test]
    fn addresses_of_other_schemes_are_refused() {
        for query in [
            None,
            Some(""),
            Some("from="),
            Some("to=https://i.example"),
            Some("from=i.example"),
            Some("from=/agents/coderagent/a/files/b.png"),
            Some("from=//i.example/a"),
            Some("from=javascript:alert(1)"),
            Some("from=data:image/png,a"),
            Some("from=file:///etc/passwd"),
            Some("from=https://user:word@i.example"),
            Some("from=https://user@i.example"),
        ] {
            let picture = respond(query);
            assert_eq!(picture.status, 400, "{query:?}");
            assert!(!picture.body.contains('<'), "{query:?}");
        }
    }

    #[test]
    fn nothing_in_an_address_reaches_the_policy_or_the_markup() {
        for from in [
            "https://a.example;script-src *",
            "https://a.example%3Bscript-src%20*/",
            "https://a.example/\"><script>alert(1)</script>",
            "https://a.example/'; img-src *",
            "https://a.example *",
        ] {
            let query: String = form_urlencoded::Serializer::new(String::new())
                .append_pair("from", from)
                .finish();
            let picture = respond(Some(&query));
            let policy = header(&picture, "Content-Security-Policy");
            assert!(
                !policy.contains("script") && !policy.contains('*'),
                "{policy}"
            );
            assert!(!picture.body.contains("<script"), "{}", picture.body);
        }
    }
}
