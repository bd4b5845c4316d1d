//! Checks by its host whether an address belongs to the public web: private names and addresses do not.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Names of the machine itself or its network, and all names below them.
const PRIVATE_NAMES: &[&str] = &[
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "home.arpa",
    "in-addr.arpa",
    "ip6.arpa",
    "test",
    "invalid",
    "onion",
    // Public names that resolve to an address in the name, or to the machine itself.
    "nip.io",
    "sslip.io",
    "xip.io",
    "localtest.me",
    "lvh.me",
    "vcap.me",
    "lacolhost.com",
    "traefik.me",
    "local.gd",
];

/// Whether an address belongs to the public web, as far as its host shows.
#[must_use]
pub fn is_public(url: &Url) -> bool {
    is_public_as_written(url, url.as_str(), None)
}

/// The same for an address in this notation, on the page at `base` or alone.
#[must_use]
pub fn is_public_as_written(url: &Url, written: &str, base: Option<&Url>) -> bool {
    match url.host() {
        None => false,
        Some(Host::Domain(name)) => is_public_name(name),
        // IPv4 addresses have many notations: any other than four decimal numbers is meant to deceive.
        Some(Host::Ipv4(address)) => {
            is_public_v4(address)
                && (written.contains(&format!("//{address}"))
                    || base.is_some_and(|base| base.host() == url.host()))
        }
        Some(Host::Ipv6(address)) => is_public_v6(address),
    }
}

fn is_public_name(name: &str) -> bool {
    let is_below = |parent: &&str| {
        name.strip_suffix(*parent)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    name.contains('.') && !name.ends_with('.') && !PRIVATE_NAMES.iter().any(is_below)
}

/// By the registry of special addresses (RFC 6890 and its successors).
const fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [0 | 10 | 127 | 224..=255, ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [192, 168, ..]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
            // The addresses of cloud metadata services.
            | [168, 63, 129, 16]
    )
}

/// The globally assigned range, without reserved blocks and blocks that embed an IPv4 address.
const fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_private_networks_are_not_of_the_public_web() {
        for (address, expected) in [
            ("https://example.com/v1", true),
            ("https://8.8.8.8/", true),
            ("https://[2606:4700::1111]/", true),
            ("http://localhost:8080/v1", false),
            ("http://model.internal/v1", false),
            ("http://192.168.0.7/v1", false),
            ("http://[::1]/v1", false),
            ("http://printer/", false),
            ("http://0x8080808/", false),
        ] {
            let url = Url::parse(address).unwrap();
            let found = is_public_as_written(&url, address, None);
            assert_eq!(found, expected, "{address}");
        }
        assert!(is_public(&Url::parse("https://example.com").unwrap()));
    }
}
