//! The facts about a request that decide on its admission.

use common::{agent_path, naming};

use crate::routing::RequestKind;

/// The relevant parts of a request's method, path and headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// `Host`.
    pub host: Option<String>,
    /// `Origin`: browsers send it with changing requests, WebSockets and cross-origin requests.
    pub origin: Option<String>,
    /// `Sec-Fetch-Site`.
    pub site: Site,
    /// The purpose.
    pub purpose: Purpose,
    /// Whether it requests a WebSocket.
    pub kind: RequestKind,
}

/// The origin of a request, as its browser reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// Unknown: an old browser, or no browser.
    Unsaid,
    /// Our own page, or the user.
    Own,
    /// Another site.
    Other,
}

/// The purpose of a request, as far as links from other sites are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The browser opens a page of ours in its own window, without sending data.
    OpenPage,
    /// Anything else.
    Other,
}

impl Facts {
    /// Reads a request. `header` returns a header by name, with several values joined by commas, as `Headers` does.
    pub fn read(method: &str, path: &str, header: impl Fn(&str) -> Option<String>) -> Self {
        let is = |name: &str, expected: &str| header(name).as_deref() == Some(expected);
        let opens_page = matches!(method, "GET" | "HEAD")
            && is("Sec-Fetch-Mode", "navigate")
            && is("Sec-Fetch-Dest", "document")
            && !agent_path::is_under(path, naming::AGENTS_PREFIX);
        Self {
            host: header("Host"),
            origin: header("Origin"),
            site: match header("Sec-Fetch-Site").as_deref() {
                None => Site::Unsaid,
                Some("same-origin" | "none") => Site::Own,
                Some(_) => Site::Other,
            },
            purpose: if opens_page {
                Purpose::OpenPage
            } else {
                Purpose::Other
            },
            kind: RequestKind::of(method, header("Upgrade").as_deref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(method: &str, path: &str, headers: &[(&str, &str)]) -> Facts {
        Facts::read(method, path, |name| {
            let found = headers.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_site_that_is_not_known_is_another_one() {
        for (value, site) in [
            ("same-origin", Site::Own),
            ("none", Site::Own),
            ("same-site", Site::Other),
            ("cross-site", Site::Other),
            ("", Site::Other),
            ("Same-Origin", Site::Other),
            ("same-origin, same-origin", Site::Other),
        ] {
            let facts = read("GET", "/", &[("Sec-Fetch-Site", value)]);
            assert_eq!(facts.site, site, "{value}");
        }
        assert_eq!(read("GET", "/", &[]).site, Site::Unsaid);
    }

    #[test]
    fn only_a_window_of_its_own_opens_a_page() {
        let purpose = |method, path, mode, dest| {
            read(
                method,
                path,
                &[("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)],
            )
            .purpose
        };
        for path in ["/", "/chat/a", "/doctor", "/health", "/no/such/page"] {
            for method in ["GET", "HEAD"] {
                let found = purpose(method, path, "navigate", "document");
                assert_eq!(found, Purpose::OpenPage, "{method} {path}");
            }
        }
        for (method, path, mode, dest) in [
            ("POST", "/", "navigate", "document"),
            ("get", "/", "navigate", "document"),
            ("GET", "/agents/coderagent/a", "navigate", "document"),
            (
                "GET",
                "//agents/coderagent/a/files/b",
                "navigate",
                "document",
            ),
            ("GET", "/", "navigate", "iframe"),
            ("GET", "/", "navigate", "embed"),
            ("GET", "/", "navigate", ""),
            ("GET", "/", "no-cors", "image"),
            ("GET", "/", "no-cors", "document"),
            ("GET", "/", "websocket", "websocket"),
        ] {
            let found = purpose(method, path, mode, dest);
            assert_eq!(found, Purpose::Other, "{method} {path} {mode} {dest}");
        }
        assert_eq!(read("GET", "/", &[]).purpose, Purpose::Other);
    }

    #[test]
    fn a_websocket_is_known_by_its_upgrade() {
        let kind = |method, upgrade| read(method, "/", &[("Upgrade", upgrade)]).kind;
        assert_eq!(kind("GET", "WebSocket"), RequestKind::Connect);
        assert_eq!(kind("POST", "websocket"), RequestKind::Plain);
        assert_eq!(kind("GET", "h2c"), RequestKind::Plain);
    }
}
