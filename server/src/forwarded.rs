//! Headers in which whoever stands before the server says who asks. A client can send them too, so they are taken away
//! unless it is known who sent them: what is left may be believed.

use std::net::IpAddr;

use common::secret::Secret;
use sha2::{Digest as _, Sha256};

/// What a reverse proxy shows to be the one of the settings. It is taken away in any case.
pub const PROOF: &str = "x-proxy-secret";

/// Cloudflare's word for the client's address; it replaces what a client sends.
const CLOUDFLARE_CLIENT: &str = "cf-connecting-ip";
/// A proxy's word for it: each proxy adds the address it sees at the end.
const PROXY_CLIENT: &str = "x-forwarded-for";
/// Whether the client speaks TLS: `http` or `https`. Cloudflare sets it, too.
const SCHEME: &str = "x-forwarded-proto";
/// Nobody here reads these.
const OTHERS: [&str; 4] = [
    "forwarded",
    "x-forwarded-host",
    "x-real-ip",
    "true-client-ip",
];

/// Who stands before the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Front {
    /// Cloudflare.
    Cloudflare,
    /// On a machine of one's own: perhaps a reverse proxy, which has to show this.
    OwnMachine {
        /// The setting `PROXY_SECRET`; `None`: no proxy is expected.
        proof: Option<Secret>,
    },
}

/// Who sent a request, as far as it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Cloudflare passed it on.
    Cloudflare,
    /// The proxy of the settings passed it on.
    Proxy,
    /// Anybody.
    Unknown,
}

impl Front {
    /// Who sent a request that showed this proof.
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
    /// The headers that say nothing when they come from this sender.
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

/// The client's address, from the headers that were left. `None`: it is not known, as on a machine of one's own without a
/// proxy.
#[must_use]
pub fn client_address(header: impl Fn(&str) -> Option<String>) -> Option<IpAddr> {
    let named = header(CLOUDFLARE_CLIENT).or_else(|| {
        let all = header(PROXY_CLIENT)?;
        all.rsplit(',').next().map(str::to_owned)
    })?;
    named.trim().parse().ok()
}

/// Compares hashes: how long it takes tells nothing about the secret.
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
    fn what_a_client_says_of_itself_is_taken_away() {
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
