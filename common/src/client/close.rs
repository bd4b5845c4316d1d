//! How a connection ended, and what its close code means.
//!
//! The texts have a file of their own, so that a page that shows the state of a connection does not load the other
//! texts of the connection check.

use serde_json::Value;

/// The meanings of close codes.
const MEANINGS: &str = include_str!("closes.json");

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The WebSocket close code (RFC 6455 §7.4); 1006 when it ended without one.
    pub code: u16,
    /// The reason in the close frame, often empty.
    pub reason: String,
}

impl Close {
    /// The server's reason, or the meaning of its close code (RFC 6455 §7.4.1 and the registry after it).
    #[must_use]
    pub fn meaning_or_reason(&self) -> String {
        if !self.reason.is_empty() {
            return self.reason.clone();
        }
        let code = self.code.to_string();
        let meanings: Value = serde_json::from_str(MEANINGS).unwrap_or_default();
        match meanings.get(&code).and_then(Value::as_str) {
            None => format!("the server closed it with code {code}"),
            Some(words) => words.to_owned(),
        }
    }
}
