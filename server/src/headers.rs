//! The headers of every response: what browsers may do with it, and who may read it.

use common::http::Header;

/// The status of a WebSocket response. It is not a document, and its headers belong to the handshake.
const SWITCHING_PROTOCOLS: u16 = 101;

/// For every response. Static files, which bypass the Worker, get the same headers from `_headers`
/// (`xtask/src/site.rs`).
///
/// `Referrer-Policy` is not `no-referrer`, since browsers would then send the origin `null` with our own forms.
pub const EVERYWHERE: &[(&str, &str)] = &[
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
    ),
];

/// For responses that are not pages: data, texts, files. A browser that displays one runs and loads nothing.
const NO_PAGE: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The policy of a page without scripts, such as the sign-in page: it may load the style sheet and the icons,
/// including those inside the style sheet, and send its form to this server.
pub const DOCUMENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";

/// For responses without a statement on caching.
const NOT_KEPT: &str = "no-store";

/// The headers missing from a response with this status. `has` tells whether it has a header, which takes precedence.
pub fn missing(status: u16, has: impl Fn(&str) -> bool) -> Vec<Header> {
    if status == SWITCHING_PROTOCOLS {
        return Vec::new();
    }
    let last = [
        ("Content-Security-Policy", NO_PAGE),
        ("Cache-Control", NOT_KEPT),
    ];
    EVERYWHERE
        .iter()
        .chain(&last)
        .filter(|(name, _)| !has(name))
        .map(|(name, value)| Header::new(*name, *value))
        .collect()
}

/// The policy of a page: inline scripts of the server and what they import, the style sheet, connections to this
/// server, and frames with an image of another server (`crate::picture`). Only the server and the page know `nonce`.
/// `scripts` are hashes of scripts that a local development tool adds to pages; elsewhere there are none.
#[must_use]
pub fn page_policy(nonce: &str, scripts: &[String]) -> String {
    let added: String = scripts.iter().map(|hash| format!(" '{hash}'")).collect();
    format!(
        "default-src 'none'; \
         script-src 'nonce-{nonce}' 'wasm-unsafe-eval'{added}; \
         style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data: blob:; \
         connect-src 'self'; \
         frame-src 'self'; \
         base-uri 'none'; \
         form-action 'self'; \
         frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_gets_what_it_does_not_say_itself() {
        let names = |has: &'static [&str]| -> Vec<String> {
            let missing = missing(200, |name| has.contains(&name));
            missing.into_iter().map(|header| header.name).collect()
        };
        let all = names(&[]);
        assert_eq!(all.len(), EVERYWHERE.len() + 2);
        assert_eq!(all.last().map(String::as_str), Some("Cache-Control"));
        let some = names(&["Content-Security-Policy", "Cache-Control"]);
        assert_eq!(some.len(), EVERYWHERE.len());
        assert!(!some.contains(&"Cache-Control".to_owned()));
    }

    #[test]
    fn every_status_but_an_opened_websocket_gets_them() {
        for status in [200, 204, 206, 301, 304, 400, 403, 404, 429, 500, 503] {
            assert!(!missing(status, |_| false).is_empty(), "{status}");
        }
        assert_eq!(missing(101, |_| false), []);
    }

    #[test]
    fn a_document_shows_its_style_and_sends_its_form_and_runs_nothing() {
        for expected in [
            "style-src 'self';",
            "form-action 'self';",
            "frame-ancestors 'none'",
        ] {
            assert!(DOCUMENT_POLICY.contains(expected), "{expected}");
        }
        assert!(!DOCUMENT_POLICY.contains("script-src") && !DOCUMENT_POLICY.contains("  "));
    }

    #[test]
    fn a_page_may_run_its_own_scripts_and_nothing_else() {
        let policy = page_policy("abc", &[]);
        for expected in [
            "default-src 'none';",
            "script-src 'nonce-abc' 'wasm-unsafe-eval';",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(expected), "{expected} in {policy}");
        }
        for never in ["unsafe-inline", " 'unsafe-eval'", "https:", "*", "  ", "\n"] {
            assert!(!policy.contains(never), "{never:?} in {policy}");
        }
        let local = page_policy("abc", &["sha256-x".to_owned()]);
        assert!(local.contains("script-src 'nonce-abc' 'wasm-unsafe-eval' 'sha256-x';"));
    }
}
