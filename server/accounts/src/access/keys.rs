//! The team's public keys. They change every few weeks, and two are good at a time.

use std::time::Duration;

use common::time::Timestamp;
use serde_json::{Value, json};

/// Keys are fetched again after this, so that one that was taken back is forgotten.
const KEPT: Duration = Duration::from_secs(60 * 60);

/// An assertion with an unknown key has them fetched again, but not more often than this: anybody can make one up.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// A public key, as the platform's cryptography takes it: a JWK (RFC 7517).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(Value);

impl Key {
    /// The JWK as JSON.
    #[must_use]
    pub const fn jwk(&self) -> &Value {
        &self.0
    }
}

/// The keys, as they were fetched last.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    known: Vec<(String, Key)>,
    /// When they were asked for last, with or without success; `None`: never.
    asked_at: Option<Timestamp>,
    /// When those at hand came.
    came_at: Option<Timestamp>,
}

/// What to do about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChoice {
    /// Check the signature with it.
    Use(Key),
    /// Fetch the keys, and choose again.
    Fetch,
    /// There is none, and it is too early to ask again.
    Unknown,
}

impl Keys {
    /// What to do about the key of this id.
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

    /// The keys were asked for. `answer`: what came, as JSON; `None`: nothing did, and those at hand stay.
    pub fn fetched(&mut self, answer: Option<&Value>, now: Timestamp) {
        self.asked_at = Some(now);
        let keys = answer.and_then(|answer| answer.get("keys")?.as_array());
        if let Some(keys) = keys {
            self.known = keys.iter().filter_map(key).collect();
            self.came_at = Some(now);
        }
    }
}

/// An RSA key, with nothing in it but what makes it one.
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
