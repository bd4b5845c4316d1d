//! Decides whether a request is admitted.

use super::{
    Facts, Host, Origin, Policy, Refusal,
    facts::{Purpose, Site},
};

/// The sender of a request.
enum Sender {
    /// Our own page, or a client without a page.
    Own,
    /// A page that the owner admits.
    Allowed,
}

/// Admits a request.
///
/// # Errors
///
/// When its host is not the server's, or when a page of a foreign origin sends it.
pub fn admit(facts: &Facts, policy: &Policy) -> Result<(), Refusal> {
    let host = own_host(facts, policy)?;
    match (sender(facts, policy, &host)?, facts.site, facts.purpose) {
        (Sender::Allowed, _, _)
        | (Sender::Own, Site::Own | Site::Unsaid, _)
        // A followed link: the page that contains it cannot read what it opens.
        | (Sender::Own, Site::Other, Purpose::OpenPage) => Ok(()),
        (Sender::Own, Site::Other, Purpose::Other) => Err(Refusal::OtherSite),
    }
}

/// A foreign name may resolve to us on purpose, so that its page would count as ours.
fn own_host(facts: &Facts, policy: &Policy) -> Result<Host, Refusal> {
    let written = match facts.host.as_deref() {
        None | Some("") => return Err(Refusal::NoHost),
        Some(written) => written,
    };
    let host = Host::parse(written).ok_or_else(|| Refusal::NotOneHost {
        written: written.to_owned(),
    })?;
    if policy.is_own_host(&host) {
        Ok(host)
    } else {
        Err(Refusal::OtherHost {
            host,
            listening: policy.listening,
        })
    }
}

fn sender(facts: &Facts, policy: &Policy, host: &Host) -> Result<Sender, Refusal> {
    let Some(written) = facts.origin.as_deref() else {
        return Ok(Sender::Own);
    };
    match Origin::parse(written) {
        Some(origin) if policy.is_own_origin(&origin, host) => Ok(Sender::Own),
        Some(origin) if policy.is_allowed_origin(&origin) => Ok(Sender::Allowed),
        Some(_) | None => Err(Refusal::OtherOrigin {
            written: written.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::Listening;

    const HERE: Listening = Listening::Machine { port: 8787 };

    /// A server with a name of its own besides the loopback names, and a page that may use it.
    fn policy(listening: Listening) -> Policy {
        let names = crate::door::Names::parse(|name| {
            Some(match name {
                "ALLOWED_HOSTS" => "coder.example, box.example:9000, localhost:7000".to_owned(),
                "ALLOWED_ORIGINS" => "https://app.example, http://localhost:3000".to_owned(),
                _ => return None,
            })
        });
        Policy {
            listening,
            names: names.unwrap(),
        }
    }

    /// The outcome of a request in a word.
    fn word(outcome: Result<(), Refusal>) -> &'static str {
        match outcome {
            Ok(()) => "in",
            Err(Refusal::NoHost) => "no host",
            Err(Refusal::NotOneHost { .. }) => "not one host",
            Err(Refusal::OtherHost { .. }) => "host",
            Err(Refusal::OtherOrigin { .. }) => "origin",
            Err(Refusal::OtherSite) => "site",
        }
    }

    fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Facts {
        Facts::read(method, path, |name| {
            let found = headers.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn of_host(listening: Listening, host: Option<&str>) -> &'static str {
        let headers: Vec<_> = host.map(|host| ("Host", host)).into_iter().collect();
        word(admit(&request("GET", "/", &headers), &policy(listening)))
    }

    #[test]
    fn hosts() {
        for (host, here, elsewhere) in [
            (None, "no host", "no host"),
            (Some(""), "no host", "no host"),
            (Some("localhost:8787"), "in", "host"),
            (Some("LOCALHOST:8787"), "in", "host"),
            (Some("127.0.0.1:8787"), "in", "host"),
            (Some("127.3.2.1:8787"), "in", "host"),
            (Some("[::1]:8787"), "in", "host"),
            (Some("localhost"), "host", "host"),
            (Some("localhost:8788"), "host", "host"),
            (Some("127.0.0.1:80"), "host", "host"),
            (Some("0.0.0.0:8787"), "host", "host"),
            (Some("[::ffff:127.0.0.1]:8787"), "host", "host"),
            (Some("app.localhost:8787"), "host", "host"),
            (Some("localhost.:8787"), "not one host", "not one host"),
            (Some("127.1:8787"), "not one host", "not one host"),
            (Some("evil.example:8787"), "host", "host"),
            (Some("evil.example"), "host", "host"),
            (
                Some("localhost:8787, localhost:8787"),
                "not one host",
                "not one host",
            ),
            (
                Some("localhost:8787,evil.example"),
                "not one host",
                "not one host",
            ),
            // Names from the settings.
            (Some("coder.example"), "in", "in"),
            (Some("Coder.Example:443"), "in", "in"),
            (Some("coder.example:80"), "in", "in"),
            (Some("coder.example:8787"), "in", "host"),
            (Some("coder.example:8788"), "host", "host"),
            (Some("box.example:9000"), "in", "in"),
            (Some("box.example"), "host", "host"),
            (Some("box.example:8787"), "host", "host"),
            (Some("localhost:7000"), "in", "in"),
            (Some("127.0.0.1:7000"), "host", "host"),
            (Some("sub.coder.example"), "host", "host"),
            (Some("notcoder.example"), "host", "host"),
            (Some("coder.example.evil.example"), "host", "host"),
        ] {
            assert_eq!(of_host(HERE, host), here, "{host:?} here");
            assert_eq!(
                of_host(Listening::Elsewhere, host),
                elsewhere,
                "{host:?} elsewhere"
            );
        }
        let on_80 = Listening::Machine { port: 80 };
        assert_eq!(of_host(on_80, Some("localhost")), "in");
        assert_eq!(of_host(on_80, Some("localhost:80")), "in");
        assert_eq!(of_host(on_80, Some("localhost:8787")), "host");
    }

    #[test]
    fn origins() {
        for (host, origin, expected) in [
            ("localhost:8787", "http://localhost:8787", "in"),
            ("127.0.0.1:8787", "http://127.0.0.1:8787", "in"),
            ("[::1]:8787", "http://[::1]:8787", "in"),
            ("coder.example", "https://coder.example", "in"),
            ("coder.example", "http://coder.example", "in"),
            ("coder.example:8787", "http://coder.example:8787", "in"),
            ("box.example:9000", "https://box.example:9000", "in"),
            // A proxy that uses our own address and keeps the page's origin.
            ("127.0.0.1:8787", "https://coder.example", "in"),
            // Admitted by the owner.
            ("localhost:8787", "https://app.example", "in"),
            ("localhost:8787", "http://localhost:3000", "in"),
            ("coder.example", "https://app.example:443", "in"),
            // Another port, scheme or name.
            ("localhost:8787", "http://localhost:8788", "origin"),
            ("localhost:8787", "http://localhost", "origin"),
            ("localhost:8787", "http://app.example", "origin"),
            ("localhost:8787", "https://app.example:8443", "origin"),
            ("localhost:8787", "http://127.0.0.1:3000", "origin"),
            ("coder.example", "https://coder.example:8443", "origin"),
            ("coder.example", "https://sub.coder.example", "origin"),
            ("localhost:8787", "https://evil.example", "origin"),
            ("localhost:8787", "http://evil.example:8787", "origin"),
            ("localhost:8787", "ftp://localhost:8787", "origin"),
            ("localhost:8787", "chrome-extension://abcdef", "origin"),
            // Another server may listen on the same port of another loopback address.
            ("127.0.0.1:8787", "http://localhost:8787", "origin"),
            ("localhost:8787", "http://[::1]:8787", "origin"),
            ("coder.example", "http://localhost:8787", "origin"),
            // No origin, or more than one.
            ("localhost:8787", "null", "origin"),
            ("localhost:8787", "", "origin"),
            (
                "localhost:8787",
                "http://localhost:8787, https://evil.example",
                "origin",
            ),
            ("localhost:8787", "http://localhost:8787/", "origin"),
            // That both names agree proves nothing.
            ("evil.example:8787", "http://evil.example:8787", "host"),
            ("evil.example", "https://app.example", "host"),
        ] {
            for upgrade in ["", "websocket"] {
                let headers = [("Host", host), ("Origin", origin), ("Upgrade", upgrade)];
                for (method, path) in [
                    ("GET", "/agents/coderagent/a"),
                    ("GET", "/"),
                    ("POST", "/health"),
                ] {
                    let found = word(admit(&request(method, path, &headers), &policy(HERE)));
                    assert_eq!(
                        found, expected,
                        "{origin} to {host}: {method} {path} {upgrade}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_browsers_own_word_is_a_second_lock() {
        let own = ("Origin", "http://localhost:8787");
        let allowed = ("Origin", "https://app.example");
        let foreign = ("Origin", "https://evil.example");
        let none = ("X-None", "");
        let open = ("navigate", "document");
        for (site, (mode, dest), method, path, origin, expected) in [
            (
                "same-origin",
                ("cors", "empty"),
                "POST",
                "/agents/coderagent/a",
                own,
                "in",
            ),
            (
                "same-origin",
                ("no-cors", "image"),
                "GET",
                "/agents/coderagent/a/files/b",
                none,
                "in",
            ),
            ("none", open, "GET", "/", none, "in"),
            (
                "none",
                open,
                "GET",
                "/agents/coderagent/a/files/b",
                none,
                "in",
            ),
            // Links.
            ("cross-site", open, "GET", "/chat/a", none, "in"),
            ("same-site", open, "GET", "/", none, "in"),
            ("cross-site", open, "HEAD", "/", none, "in"),
            // Not a link, or not to a page.
            (
                "cross-site",
                open,
                "GET",
                "/agents/coderagent/a/get-messages",
                none,
                "site",
            ),
            (
                "cross-site",
                ("navigate", "iframe"),
                "GET",
                "/chat/a",
                none,
                "site",
            ),
            (
                "same-site",
                ("navigate", "frame"),
                "GET",
                "/chat/a",
                none,
                "site",
            ),
            (
                "cross-site",
                ("navigate", "object"),
                "GET",
                "/",
                none,
                "site",
            ),
            (
                "cross-site",
                ("no-cors", "image"),
                "GET",
                "/health",
                none,
                "site",
            ),
            (
                "cross-site",
                ("no-cors", "script"),
                "GET",
                "/agents/coderagent/a/get-messages",
                none,
                "site",
            ),
            ("cross-site", open, "POST", "/", none, "site"),
            (
                "same-site",
                ("websocket", "websocket"),
                "GET",
                "/agents/coderagent/a",
                none,
                "site",
            ),
            // Either check can refuse; the owner's setting passes both.
            (
                "cross-site",
                ("cors", "empty"),
                "POST",
                "/agents/coderagent/a",
                own,
                "site",
            ),
            ("cross-site", open, "POST", "/", foreign, "origin"),
            (
                "same-origin",
                ("cors", "empty"),
                "GET",
                "/",
                foreign,
                "origin",
            ),
            (
                "cross-site",
                ("cors", "empty"),
                "GET",
                "/agents/coderagent/a/get-messages",
                allowed,
                "in",
            ),
            (
                "cross-site",
                ("websocket", "websocket"),
                "GET",
                "/agents/coderagent/a",
                allowed,
                "in",
            ),
        ] {
            let headers = [
                ("Host", "localhost:8787"),
                ("Sec-Fetch-Site", site),
                ("Sec-Fetch-Mode", mode),
                ("Sec-Fetch-Dest", dest),
                origin,
            ];
            let found = word(admit(&request(method, path, &headers), &policy(HERE)));
            assert_eq!(
                found, expected,
                "{site} {mode} {dest} {method} {path} {origin:?}"
            );
        }
    }
}
