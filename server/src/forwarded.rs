//! Headers in which the proxy in front of the server identifies the client. A client can send them too, so they are removed
//! unless their sender is known.

use std::net::IpAddr;

use common::secret::Secret;
use sha2::{Digest as _, Sha256};

/// The proof of a reverse proxy: the secret from the settings. It is always removed.
pub const PROOF: &str = "x-proxy-secret";

/// The client's address, as Cloudflare sets it; it replaces a client's value.
const CLOUDFLARE_CLIENT: &str = "cf-connecting-ip";
/// The client's address, as proxies set it: each proxy adds the address that it sees at the end.
const PROXY_CLIENT: &str = "x-forwarded-for";
/// Whether the client uses TLS: `http` or `https`. Cloudflare sets it, too.
const SCHEME: &str = "x-forwarded-proto";
/// Headers that the server does not read.
const OTHERS: [&str; 4] = [
    "forwarded",
    "x-forwarded-host",
    "x-real-ip",
    "true-client-ip",
];

/// What is in front of the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Front {
    /// Cloudflare.
    Cloudflare,
    /// Perhaps a reverse proxy, on a self-hosted server. It must send the proof.
    OwnMachine {
        /// The setting `PROXY_SECRET`; `None`: no proxy is expected.
        proof: Option<Secret>,
    },
}

/// The sender of a request, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Cloudflare.
    Cloudflare,
    /// The proxy from the settings.
    Proxy,
    /// Anybody.
    Unknown,
}

impl Front {
    /// The sender of a request with this proof.
    #[must_use]
    pub fn sender(&self, shown: Option<&str>) -> Sender {
        match self {
            Self::Cloudflare => Sender::Cloudflare,
            Self::OwnMachine { proof } => match (proof, shown) {
                (Some(proof), Some(shown)) if is_same(proof.expose(), shown) => Sender::Proxy,
                (Some(_) | None, Some(_) | None) => Sender::Unknown,
            },
        }
    }
}

impl Sender {
    /// The headers that cannot be trusted from this sender.
    #[must_use]
    pub fn worthless(self) -> Vec<&'static str> {
        let more: &[&str] = match self {
            Self::Cloudflare => &[PROXY_CLIENT],
            Self::Proxy => &[CLOUDFLARE_CLIENT],
            Self::Unknown => &[CLOUDFLARE_CLIENT, PROXY_CLIENT, SCHEME],
        };
        [&[PROOF], more, &OTHERS].concat()
    }
}

/// The client's address, from the headers that were left. `None`: unknown, as on a self-hosted server without a proxy.
#[must_use]
pub fn client_address(header: impl Fn(&str) -> Option<String>) -> Option<IpAddr> {
    let named = header(CLOUDFLARE_CLIENT).or_else(|| {
        let all = header(PROXY_CLIENT)?;
        all.rsplit(',').next().map(str::to_owned)
    })?;
    named.trim().parse().ok()
}

/// Compares hashes, so that the duration reveals nothing about the secret.
fn is_same(secret: &str, shown: &str) -> bool {
    Sha256::digest(secret) == Sha256::digest(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(proof: Option<&str>) -> Front {
        Front::OwnMachine {
            proof: proof.and_then(Secret::new),
        }
    }

    #[test]
    fn only_a_proxy_that_shows_the_secret_is_believed() {
        for (front, shown, sender) in [
            (Front::Cloudflare, None, Sender::Cloudflare),
            (Front::Cloudflare, Some("s"), Sender::Cloudflare),
            (own(None), None, Sender::Unknown),
            (own(None), Some(""), Sender::Unknown),
            (own(None), Some("s"), Sender::Unknown),
            (own(Some("s")), None, Sender::Unknown),
            (own(Some("s")), Some("S"), Sender::Unknown),
            (own(Some("s")), Some("s"), Sender::Proxy),
        ] {
            assert_eq!(front.sender(shown), sender, "{front:?} {shown:?}");
        }
    }

    #[test]
    fn forwarded_headers_of_clients_are_removed() {
        let sent = [
            (CLOUDFLARE_CLIENT, "192.0.2.1"),
            (PROXY_CLIENT, "192.0.2.2, 192.0.2.3"),
            (SCHEME, "https"),
            (PROOF, "s"),
        ];
        for (sender, address, is_scheme_left) in [
            (Sender::Cloudflare, Some("192.0.2.1"), true),
            (Sender::Proxy, Some("192.0.2.3"), true),
            (Sender::Unknown, None, false),
        ] {
            let worthless = sender.worthless();
            let left = |name: &str| {
                let mut all = sent.iter().filter(|(sent, _)| !worthless.contains(sent));
                all.find(|(sent, _)| *sent == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            let address = address.map(|address| address.parse().unwrap());
            assert_eq!(client_address(left), address, "{sender:?}");
            assert_eq!(left(SCHEME).is_some(), is_scheme_left, "{sender:?}");
            assert_eq!(left(PROOF), None, "{sender:?}");
        }
    }

    #[test]
    fn an_address_that_is_none_is_not_known() {
        for text in ["", "unknown", "192.0.2.1:80", "a, b"] {
            let header = |name: &str| (name == PROXY_CLIENT).then(|| text.to_owned());
            assert_eq!(client_address(header), None, "{text}");
        }
    }
}
