//! The address of the agent.

use common::{
    frame::Wanted,
    id::ConnectionId,
    naming::{AGENTS_PREFIX, CODER_AGENT, encode_segment},
};

/// An instance on a server without TLS.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    /// `host:port/path`.
    place: String,
}

impl Address {
    /// `origin` is `http://host:port`.
    pub(crate) fn new(origin: &str, name: &str) -> Option<Self> {
        let host = origin.strip_prefix("http://")?.trim_end_matches('/');
        let name = encode_segment(name);
        Some(Self {
            place: format!("{host}/{AGENTS_PREFIX}/{CODER_AGENT}/{name}"),
        })
    }

    /// The URL of its WebSocket.
    pub(crate) fn socket(&self, connection: &ConnectionId) -> String {
        format!("ws://{}?_pk={connection}", self.place)
    }

    /// The URL of a part of its stored transcript.
    pub(crate) fn transcript(&self, wanted: &Wanted) -> String {
        format!("http://{}/get-messages?{}", self.place, wanted.query())
    }
}
