//! A host with an optional port, as in the `Host` header and the settings.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

/// The maximum length of a DNS name.
const MAX_NAME_BYTES: usize = 253;

/// A host with an optional port. Two notations of the same name are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    name: Name,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    /// In lower case.
    Domain(String),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

impl Host {
    /// Reads a `Host` header: a name or address, with an optional port. `None` when it is malformed, or has several.
    ///
    /// Browsers write addresses in one notation. Others, such as `127.1` or `0x7f000001`, are refused here: a program
    /// that reads them differently would otherwise be admitted by mistake. The same applies to a dot at the end of a
    /// name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(bracketed) = text.strip_prefix('[') {
            let (address, rest) = bracketed.split_once(']')?;
            let name = Name::V6(address.parse().ok()?);
            let port = match rest.strip_prefix(':') {
                Some(port) => Some(number(port)?),
                None if rest.is_empty() => None,
                None => return None,
            };
            return Some(Self { name, port });
        }
        let (name, port) = match text.split_once(':') {
            Some((name, port)) => (name, Some(number(port)?)),
            None => (text, None),
        };
        let name = Name::parse(name)?;
        Some(Self { name, port })
    }

    /// The port, if there is one.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// The same host without its port.
    #[must_use]
    pub fn without_port(&self) -> Self {
        Self {
            name: self.name.clone(),
            port: None,
        }
    }

    /// Whether it can only mean the client's own machine: `localhost`, 127.0.0.0/8 and `[::1]`.
    ///
    /// Names below `localhost` do not count: not every resolver keeps them on the machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match &self.name {
            Name::Domain(name) => name == "localhost",
            Name::V4(address) => address.is_loopback(),
            Name::V6(address) => address.is_loopback(),
        }
    }

    /// Whether both have the same name, regardless of ports.
    #[must_use]
    pub fn is_same_name(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Name {
    fn parse(text: &str) -> Option<Self> {
        let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        if text.is_empty() || text.len() > MAX_NAME_BYTES || !text.chars().all(is_known) {
            return None;
        }
        let mut labels = text.split('.');
        if labels.clone().any(str::is_empty) {
            return None;
        }
        // A name whose last label is a number is an IPv4 address or invalid (WHATWG URL, "ends in a number").
        if labels.next_back().is_some_and(is_number) {
            return text.parse().ok().map(Self::V4);
        }
        Some(Self::Domain(text.to_ascii_lowercase()))
    }
}

fn is_number(label: &str) -> bool {
    let is_hexadecimal = label
        .strip_prefix("0x")
        .or_else(|| label.strip_prefix("0X"))
        .is_some_and(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()));
    is_hexadecimal || label.chars().all(|c| c.is_ascii_digit())
}

/// A port; a sign, a space or an empty text is invalid.
fn number(port: &str) -> Option<u16> {
    let is_written = port.len() <= 5 && port.chars().all(|c| c.is_ascii_digit());
    let number = port.parse().ok().filter(|port| *port > 0);
    if is_written { number } else { None }
}

/// In the notation of browsers.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Name::Domain(name) => f.write_str(name)?,
            Name::V4(address) => address.fmt(f)?,
            Name::V6(address) => write!(f, "[{address}]")?,
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_and_written_in_one_spelling() {
        for (text, shown, is_loopback) in [
            ("localhost", "localhost", true),
            ("LocalHost:8787", "localhost:8787", true),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.8.9.10:1", "127.8.9.10:1", true),
            ("[::1]", "[::1]", true),
            ("[0:0::0:1]:8787", "[::1]:8787", true),
            ("coder.example", "coder.example", false),
            ("Coder.Example:65535", "coder.example:65535", false),
            ("my_box", "my_box", false),
            ("a-b.c_d.e1", "a-b.c_d.e1", false),
            ("xn--bcher-kva.example", "xn--bcher-kva.example", false),
            ("192.168.1.5:8787", "192.168.1.5:8787", false),
            ("0.0.0.0", "0.0.0.0", false),
            ("[::]:8787", "[::]:8787", false),
            ("[::ffff:127.0.0.1]", "[::ffff:127.0.0.1]", false),
            ("[2001:DB8::5]:443", "[2001:db8::5]:443", false),
            ("app.localhost", "app.localhost", false),
            ("localhost.example", "localhost.example", false),
            ("127.0.0.1.example", "127.0.0.1.example", false),
        ] {
            let host = Host::parse(text).unwrap_or_else(|| panic!("{text} is a host"));
            assert_eq!(host.to_string(), shown, "{text}");
            assert_eq!(host.is_loopback(), is_loopback, "{text}");
            assert_eq!(Host::parse(shown), Some(host), "{text}");
        }
    }

    #[test]
    fn invalid_and_multiple_hosts_are_not_read() {
        for text in [
            "",
            " ",
            " localhost",
            "localhost ",
            "localhost.",
            ".localhost",
            "a..b",
            "localhost:",
            "localhost:0",
            "localhost:+80",
            "localhost:-1",
            "localhost: 80",
            "localhost:65536",
            "localhost:008787",
            "localhost:87:87",
            "localhost, localhost",
            "localhost,evil.example",
            "localhost/evil.example",
            "localhost@evil.example",
            "evil.example@localhost",
            "localhost#",
            "localhost?",
            "localhost\\evil",
            "http://localhost",
            "local%68ost",
            "löcalhost",
            "localhost\0",
            "localhost\r\nX: y",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "127.0.0.0x1",
            "0177.0.0.1",
            "127.0.0.01",
            "127.0.0.1.",
            "256.0.0.1",
            "1.2.3.4.5",
            "::1",
            "[::1",
            "::1]",
            "[::1]8787",
            "[::1]:",
            "[::1%25lo]",
            "[]",
            "[127.0.0.1]",
            "[localhost]",
            "*",
            "*.example",
        ] {
            assert_eq!(Host::parse(text), None, "{text:?}");
        }
        assert_eq!(Host::parse(&"a".repeat(254)), None);
        assert!(Host::parse(&"a".repeat(253)).is_some());
    }

    /// Every accepted text keeps its meaning when written and read again, and none is loopback by accident.
    #[test]
    fn random_texts_are_no_hosts_or_sound_ones() {
        const PIECES: &[&str] = &[
            "localhost",
            "127",
            "0",
            "1",
            ".",
            ".",
            ":",
            ":",
            "[",
            "]",
            "::1",
            "::",
            "8787",
            "@",
            "/",
            ",",
            " ",
            "\t",
            "0x",
            "7f",
            "evil",
            "example",
            "-",
            "_",
            "%",
            "*",
            "\\",
            "ö",
            "\0",
            "LOCAL",
            "host",
            "ffff",
        ];
        let mut random = fastrand::Rng::with_seed(4);
        let mut read = 0;
        for _ in 0..200_000 {
            let text: String = (0..random.usize(1..8))
                .map(|_| PIECES[random.usize(..PIECES.len())])
                .collect();
            let Some(host) = Host::parse(&text) else {
                continue;
            };
            read += 1;
            assert_eq!(
                Host::parse(&host.to_string()),
                Some(host.clone()),
                "{text:?}"
            );
            let name = host.without_port().to_string();
            let is_known = name == "localhost" || name == "[::1]" || name.starts_with("127.");
            assert!(is_known || !host.is_loopback(), "{text:?}");
            assert!(
                text.chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c)),
                "{text:?}"
            );
        }
        assert!(read > 1000, "only {read} were hosts");
    }
}
