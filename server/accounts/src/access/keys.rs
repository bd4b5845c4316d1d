//! The team's public keys. They change every few weeks, and two are valid at a time.

use std::time::Duration;

use common::time::Timestamp;
use serde_json::{Value, json};

/// The keys are fetched again after this time, so that a revoked key is dropped.
const KEPT: Duration = Duration::from_secs(60 * 60);

/// The minimum interval between fetches because of an unknown key, since anybody can invent a key id.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// A public key for the platform's cryptography: a JWK (RFC 7517).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(Value);

impl Key {
    /// The JWK as JSON.
    #[must_use]
    pub const fn jwk(&self) -> &Value {
        &self.0
    }
}

/// The fetched keys.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    known: Vec<(String, Key)>,
    /// The time of the last fetch, successful or not; `None` before the first.
    asked_at: Option<Timestamp>,
    /// When the present keys were fetched.
    came_at: Option<Timestamp>,
}

/// What to do about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChoice {
    /// Check the signature with this key.
    Use(Key),
    /// Fetch the keys, and choose again.
    Fetch,
    /// The key does not exist, and it is too early for another fetch.
    Unknown,
}

impl Keys {
    /// Looks up the key with this id.
    #[must_use]
    pub fn choose(&self, id: &str, now: Timestamp) -> KeyChoice {
        let is_fresh = self.came_at.is_some_and(|came| now.since(came) < KEPT);
        let may_ask = self
            .asked_at
            .is_none_or(|asked| now.since(asked) >= AGAIN_AFTER);
        let known = self.known.iter().find(|(known, _)| known == id);
        match (known, is_fresh, may_ask) {
            (Some((_, key)), true, _) | (Some((_, key)), false, false) => {
                KeyChoice::Use(key.clone())
            }
            (Some(_), false, true) | (None, _, true) => KeyChoice::Fetch,
            (None, _, false) => KeyChoice::Unknown,
        }
    }

    /// Handles the end of a fetch. `answer` is the JSON, or `None` after a failure, which keeps the present keys.
    pub fn fetched(&mut self, answer: Option<&Value>, now: Timestamp) {
        self.asked_at = Some(now);
        let keys = answer.and_then(|answer| answer.get("keys")?.as_array());
        if let Some(keys) = keys {
            self.known = keys.iter().filter_map(key).collect();
            self.came_at = Some(now);
        }
    }
}

/// Reads an RSA key, without other fields.
fn key(jwk: &Value) -> Option<(String, Key)> {
    let text = |name: &str| jwk.get(name)?.as_str();
    if text("kty")? != "RSA" || text("alg").is_some_and(|alg| alg != "RS256") {
        return None;
    }
    let id = text("kid")?.to_owned();
    let (n, e) = (text("n")?, text("e")?);
    Some((
        id,
        Key(json!({"kty": "RSA", "alg": "RS256", "n": n, "e": e})),
    ))
}
