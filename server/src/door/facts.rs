//! As much of a request as the door looks at.

use common::{agent_path, naming};

use crate::routing::RequestKind;

/// A request's method, path and headers, as far as they matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// `Host`.
    pub host: Option<String>,
    /// `Origin`: browsers send it with what changes something, with WebSockets and with requests to other origins.
    pub origin: Option<String>,
    /// `Sec-Fetch-Site`.
    pub site: Site,
    /// What is asked for.
    pub purpose: Purpose,
    /// Whether it asks for a WebSocket.
    pub kind: RequestKind,
}

/// Where the page is from that a browser sends a request for, as the browser itself says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// Nothing was said: an old browser, or no browser.
    Unsaid,
    /// From our own page, or from the user.
    Own,
    /// From somewhere else.
    Other,
}

/// What a request is for, as far as a link from another site may lead to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The browser shows a page of ours in a window of its own, and sends nothing with the request.
    OpenPage,
    /// Anything else.
    Other,
}

impl Facts {
    /// Reads a request. `header` finds a header by its name; several of one name are joined by commas, as `Headers` does.
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
