//! The origin of a page, as in the `Origin` header and the settings.

use std::fmt;

use super::Host;

/// The scheme and host of a page. Two notations that browsers treat as the same origin are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// In lower case.
    scheme: String,
    /// Without the default port of the scheme.
    host: Host,
}

impl Origin {
    /// Reads an origin. `None` for `null`, which pages without an origin send, and for malformed ones.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, host) = text.split_once("://")?;
        let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.chars().all(is_known) {
            return None;
        }
        let scheme = scheme.to_ascii_lowercase();
        let host = Host::parse(host)?;
        let host = if host.port().is_some() && host.port() == default_port(&scheme) {
            host.without_port()
        } else {
            host
        };
        Some(Self { scheme, host })
    }

    /// The host, without the default port of the scheme.
    #[must_use]
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// Whether the page can come from a web server, rather than from an extension or an application.
    #[must_use]
    pub fn is_of_the_web(&self) -> bool {
        default_port(&self.scheme).is_some()
    }

    /// The port of the page, as far as it is known.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.host.port().or_else(|| default_port(&self.scheme))
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

/// In the notation of browsers.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_and_written_in_one_spelling() {
        for (text, shown, port) in [
            ("http://localhost:8787", "http://localhost:8787", Some(8787)),
            ("HTTP://LocalHost:80", "http://localhost", Some(80)),
            ("https://a.example:443", "https://a.example", Some(443)),
            ("https://a.example:80", "https://a.example:80", Some(80)),
            ("http://a.example:443", "http://a.example:443", Some(443)),
            ("http://[::1]:8080", "http://[::1]:8080", Some(8080)),
            ("chrome-extension://abc", "chrome-extension://abc", None),
        ] {
            let origin = Origin::parse(text).unwrap_or_else(|| panic!("{text} is an origin"));
            assert_eq!(origin.to_string(), shown);
            assert_eq!(origin.port(), port, "{text}");
            assert_eq!(Origin::parse(shown), Some(origin), "{text}");
        }
    }

    #[test]
    fn invalid_origins_are_not_read() {
        for text in [
            "",
            "null",
            "*",
            "true",
            "a.example",
            "//a.example",
            "https://",
            "://a",
            "https:a.example",
            "https://a.example/",
            "https://a.example/path",
            "https://user@a.example",
            "https://a.example, https://b.example",
            "https://a.example https://b.example",
            "https://*.example",
            "https://a.example.",
            "https://a.example:",
            "https://a.example\r\nX-Evil: 1",
            " https://a.example",
            "1http://a.example",
            "file://",
            "data:text/html,x",
        ] {
            assert_eq!(Origin::parse(text), None, "{text:?}");
        }
    }
}
