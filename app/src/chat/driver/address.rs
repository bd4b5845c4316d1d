//! Where an instance is.

#[cfg(any(feature = "hydrate", test))]
use common::{id::ConnectionId, naming::AGENTS_PREFIX};

/// An instance and the server it lives on.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(any(feature = "hydrate", test)),
    expect(dead_code, reason = "the server opens no connection")
)]
pub(crate) struct Address {
    /// `host[:port]`, with or without a scheme. `None`: where the page came from.
    pub(crate) host: Option<String>,
    /// The agent segment of its URLs.
    pub(crate) agent: String,
    /// Its name, percent-encoded.
    pub(crate) instance: String,
}

/// Where the page came from.
#[derive(Clone, Debug)]
#[cfg(any(feature = "hydrate", test))]
pub(crate) struct Origin {
    pub(crate) is_secure: bool,
    pub(crate) host: String,
}

#[cfg(any(feature = "hydrate", test))]
impl Address {
    /// The URL of its WebSocket.
    pub(crate) fn socket(&self, page: &Origin, connection: &ConnectionId) -> String {
        let Origin { is_secure, host } = self.origin(page);
        let scheme = if is_secure { "wss" } else { "ws" };
        format!("{scheme}://{host}/{}?_pk={connection}", self.path())
    }

    /// The URL of its stored transcript.
    pub(crate) fn transcript(&self, page: &Origin) -> String {
        let Origin { is_secure, host } = self.origin(page);
        let scheme = if is_secure { "https" } else { "http" };
        format!("{scheme}://{host}/{}/get-messages", self.path())
    }

    fn path(&self) -> String {
        format!("{AGENTS_PREFIX}/{}/{}", self.agent, self.instance)
    }

    /// A host without a scheme is reached as the page was.
    fn origin(&self, page: &Origin) -> Origin {
        let Some(written) = &self.host else {
            return page.clone();
        };
        let (scheme, host) = match written.split_once("://") {
            Some((scheme, host)) => (Some(scheme), host),
            None => (None, written.as_str()),
        };
        let is_secure = scheme.map_or(page.is_secure, |scheme| matches!(scheme, "https" | "wss"));
        Origin {
            is_secure,
            host: host.trim_end_matches('/').to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let page = Origin {
            is_secure: true,
            host: "coder.example".to_owned(),
        };
        for (host, expected) in [
            (None, "wss://coder.example/agents/coderagent/a%20b?_pk=c1"),
            (
                Some("other:8787"),
                "wss://other:8787/agents/coderagent/a%20b?_pk=c1",
            ),
            (
                Some("http://other/"),
                "ws://other/agents/coderagent/a%20b?_pk=c1",
            ),
            (
                Some("wss://other"),
                "wss://other/agents/coderagent/a%20b?_pk=c1",
            ),
        ] {
            let address = Address {
                host: host.map(str::to_owned),
                agent: "coderagent".to_owned(),
                instance: "a%20b".to_owned(),
            };
            assert_eq!(address.socket(&page, &ConnectionId::from("c1")), expected);
            assert_eq!(
                address.transcript(&page),
                expected
                    .replacen("ws", "http", 1)
                    .replace("?_pk=c1", "/get-messages")
            );
        }
    }
}
