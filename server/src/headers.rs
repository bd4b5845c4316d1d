//! The headers that every answer carries, whoever wrote it: what a browser may do with it, and who may read it.

use common::http::Header;

/// The status of an answer that is a WebSocket. It is no document, and its headers are the handshake's.
const SWITCHING_PROTOCOLS: u16 = 101;

/// For every answer. Static files do not come by the Worker; they have the same by `_headers` (`xtask/src/site.rs`).
///
/// `Referrer-Policy` is not `no-referrer`, since a browser then says `null` for the origin of our own forms.
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

/// For what is no page: data, words, files. A browser that shows it runs and loads nothing.
const NO_PAGE: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The policy of a page that needs no script, such as the one that people sign in with: it loads the style sheet and
/// the icons, also those that the style sheet has in itself, and sends its form to this server.
pub const DOCUMENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";

/// For what says nothing of how long it may be kept.
const NOT_KEPT: &str = "no-store";

/// What is missing from an answer with this status. `has` tells which headers it has: what an answer says of itself holds.
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

/// The policy of a page: scripts that the server wrote into it and what these import, the one style sheet, connections to
/// this server, and frames with a picture of another one (`crate::picture`). `nonce` is known to the server and the page
/// alone. `scripts` are hashes of what a local developer's tool adds to pages; there are none elsewhere.
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
