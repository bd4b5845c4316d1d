//! Addresses of instances.

use common::{
    frame::WHOLE_MESSAGE,
    id::MessageId,
    naming::{AGENTS_PREFIX, CODER_AGENT, encode_segment},
};
#[cfg(any(feature = "hydrate", test))]
use common::{
    frame::{SHORT_TRANSCRIPTS, Wanted},
    id::ConnectionId,
};

/// An instance and its server.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    /// `host[:port]`, with or without a scheme. `None`: the server of the page.
    pub(crate) host: Option<String>,
    /// Added to every URL; pairs without a value are omitted.
    pub(crate) query: Vec<(String, Option<String>)>,
    /// Replaces agent and name in the path.
    pub(crate) base_path: Option<String>,
    /// The agent in URLs.
    pub(crate) agent: String,
    /// Its name, percent-encoded.
    pub(crate) instance: String,
}

/// The origin of the page.
#[derive(Clone, Debug)]
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
        let query = self.query();
        let (name, value) = SHORT_TRANSCRIPTS;
        let path = self.path();
        format!("{scheme}://{host}/{path}?_pk={connection}&{name}={value}{query}")
    }

    /// The URL of a part of its stored transcript.
    pub(crate) fn transcript(&self, page: &Origin, wanted: &Wanted) -> String {
        let Origin { is_secure, host } = self.origin(page);
        let scheme = if is_secure { "https" } else { "http" };
        let (path, wanted, query) = (self.path(), wanted.query(), self.query());
        format!("{scheme}://{host}/{path}/get-messages?{wanted}{query}")
    }

    /// The address for people: without the query, which may contain a secret.
    pub(crate) fn place(&self, page: &Origin) -> String {
        let Origin { is_secure, host } = self.origin(page);
        let scheme = if is_secure { "https" } else { "http" };
        format!("{scheme}://{host}/{}", self.path())
    }

    fn origin(&self, page: &Origin) -> Origin {
        let written = self.host.as_deref();
        written.map_or_else(|| page.clone(), origin)
    }
}

impl Address {
    /// A conversation on the server of the page.
    pub(crate) fn of_conversation(name: &str) -> Self {
        Self {
            host: None,
            query: Vec::new(),
            base_path: None,
            agent: CODER_AGENT.to_owned(),
            instance: encode_segment(name),
        }
    }

    /// Identifies the conversation in the browser's storage.
    pub(crate) fn in_storage(&self) -> String {
        let host = self.host.as_deref().unwrap_or_default();
        format!("{host}/{}", self.path())
    }

    /// The URL of a message as text, for a link.
    pub(crate) fn whole_message(&self, id: &MessageId) -> String {
        let base = match &self.host {
            None => String::new(),
            Some(written) => {
                let Origin { is_secure, host } = origin(written);
                format!("{}://{host}", if is_secure { "https" } else { "http" })
            }
        };
        let (path, id, query) = (self.path(), encode_segment(id.as_str()), self.query());
        format!("{base}/{path}/get-messages?{WHOLE_MESSAGE}={id}{query}")
    }

    /// The query, with `&` before each pair.
    fn query(&self) -> String {
        let mut out = String::new();
        for (name, value) in &self.query {
            if let Some(value) = value {
                for (mark, text) in [('&', name), ('=', value)] {
                    out.push(mark);
                    out.push_str(&encode_segment(text));
                }
            }
        }
        out
    }

    fn path(&self) -> String {
        match &self.base_path {
            Some(path) => path.trim_matches('/').to_owned(),
            None => format!("{AGENTS_PREFIX}/{}/{}", self.agent, self.instance),
        }
    }
}

/// The origin in a text that a person wrote. Without a scheme, a host is taken to be secure, unless it is this machine or
/// in a private network (protocol §1.1).
fn origin(written: &str) -> Origin {
    let (is_secure, host) = match written.split_once("://") {
        Some((scheme, host)) => (matches!(scheme, "https" | "wss"), host),
        None => (!is_private(written), written),
    };
    Origin {
        is_secure,
        host: host.strip_suffix('/').unwrap_or(host).to_owned(),
    }
}

/// Hosts that are reached without TLS when no scheme is given, as in PartySocket.
fn is_private(host: &str) -> bool {
    let beginnings = [
        "localhost:",
        "127.0.0.1:",
        "192.168.",
        "10.",
        "[::ffff:7f00:1]:",
    ];
    let second = host
        .strip_prefix("172.")
        .and_then(|rest| rest.split('.').next())
        .and_then(|second| second.parse().ok());
    beginnings
        .iter()
        .any(|beginning| host.starts_with(beginning))
        || second.is_some_and(|second: u8| (16..=31).contains(&second))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(host: Option<&str>, query: &[(&str, Option<&str>)]) -> Address {
        let text = |text: &str| text.to_owned();
        Address {
            host: host.map(text),
            query: query
                .iter()
                .map(|(name, value)| (text(name), value.map(text)))
                .collect(),
            base_path: None,
            agent: "coderagent".to_owned(),
            instance: "a%20b".to_owned(),
        }
    }

    fn newest() -> Wanted {
        Wanted::page(common::frame::Place::End)
    }

    fn page() -> Origin {
        Origin {
            is_secure: false,
            host: "page.example:8787".to_owned(),
        }
    }

    #[test]
    fn ws_24_urls_of_hosts() {
        for (host, socket, transcript) in [
            (None, "ws://page.example:8787", "http://page.example:8787"),
            (
                Some("other.example"),
                "wss://other.example",
                "https://other.example",
            ),
            (Some("http://other/"), "ws://other", "http://other"),
            (Some("wss://other"), "wss://other", "https://other"),
            (
                Some("localhost:8787"),
                "ws://localhost:8787",
                "http://localhost:8787",
            ),
            (Some("localhost"), "wss://localhost", "https://localhost"),
            (
                Some("127.0.0.1:1"),
                "ws://127.0.0.1:1",
                "http://127.0.0.1:1",
            ),
            (
                Some("192.168.1.7"),
                "ws://192.168.1.7",
                "http://192.168.1.7",
            ),
            (
                Some("10.0.0.1:80"),
                "ws://10.0.0.1:80",
                "http://10.0.0.1:80",
            ),
            (Some("172.16.0.1"), "ws://172.16.0.1", "http://172.16.0.1"),
            (Some("172.32.0.1"), "wss://172.32.0.1", "https://172.32.0.1"),
            (
                Some("[::ffff:7f00:1]:80"),
                "ws://[::ffff:7f00:1]:80",
                "http://[::ffff:7f00:1]:80",
            ),
        ] {
            let address = address(host, &[]);
            let path = "/agents/coderagent/a%20b";
            assert_eq!(
                address.socket(&page(), &ConnectionId::from("c1")),
                format!("{socket}{path}?_pk=c1&transcripts=short")
            );
            assert_eq!(
                address.transcript(&page(), &newest()),
                format!("{transcript}{path}/get-messages?last=50")
            );
        }
    }

    #[test]
    fn ws_25_what_has_no_value_is_left_out() {
        let address = address(Some("other"), &[("token", Some("a&b")), ("none", None)]);
        let socket = address.socket(&page(), &ConnectionId::from("c1"));
        assert!(
            socket.ends_with("?_pk=c1&transcripts=short&token=a%26b"),
            "{socket}"
        );
        let place = address.place(&page());
        assert!(!place.contains("token"), "{place}");
        let transcript = address.transcript(&page(), &newest());
        assert!(
            transcript.ends_with("/get-messages?last=50&token=a%26b"),
            "{transcript}"
        );
    }

    #[test]
    fn rt_27_a_base_path_stands_for_agent_and_name() {
        let mut address = address(Some("other"), &[]);
        address.base_path = Some("/user".to_owned());
        let socket = address.socket(&page(), &ConnectionId::from("c1"));
        assert_eq!(socket, "wss://other/user?_pk=c1&transcripts=short");
        assert_eq!(
            address.transcript(&page(), &newest()),
            "https://other/user/get-messages?last=50"
        );
    }

    #[test]
    fn a_message_has_a_link() {
        let link = |address: &Address| address.whole_message(&"a b".into());
        let own = Address::of_conversation("n 1");
        let path = "/agents/coderagent/n%201/get-messages?whole=a%20b";
        assert_eq!(link(&own), path);
        let foreign = Address {
            host: Some("localhost:8787".to_owned()),
            query: vec![("token".to_owned(), Some("t".to_owned()))],
            ..own
        };
        assert_eq!(
            link(&foreign),
            format!("http://localhost:8787{path}&token=t")
        );
    }
}
