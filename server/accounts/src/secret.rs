//! Secrets created here, and their hashes.
//!
//! A secret has 256 random bits. Only its SHA-256 is stored; a slow password hash would add nothing, since the secret
//! cannot be guessed. Secrets are looked up by their hash, whose timing reveals only hashes, which nobody can choose.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{AccountsError, CredentialId};

/// A source of random bytes.
pub trait RandomSource {
    /// 32 random bytes; `None` when the platform has none now. Never predictable bytes.
    fn random(&mut self) -> Option<[u8; 32]>;
}

/// A secret on its way to or from its holder. It prints as stars.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bearer(String);

impl Bearer {
    /// Takes the text that a client sent.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The value, for the response that delivers it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The hash that is stored.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash(URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.as_bytes())))
    }
}

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// The SHA-256 of a secret, in base64url.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretHash(String);

impl SecretHash {
    /// The text for the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A new secret. Its `prefix` shows what it is to a person who finds it.
pub(super) fn fresh_secret(
    prefix: &str,
    random: &mut impl RandomSource,
) -> Result<Bearer, AccountsError> {
    let bytes = random.random().ok_or(AccountsError::NoRandomness)?;
    Ok(Bearer(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))))
}

/// A new id: 96 random bits.
pub(super) fn fresh_id(random: &mut impl RandomSource) -> Result<CredentialId, AccountsError> {
    let bytes = random.random().ok_or(AccountsError::NoRandomness)?;
    let (start, _) = bytes.split_at(12);
    Ok(CredentialId::stored(URL_SAFE_NO_PAD.encode(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken;

    impl RandomSource for Broken {
        fn random(&mut self) -> Option<[u8; 32]> {
            None
        }
    }

    #[test]
    fn a_secret_does_not_print_itself_and_its_hash_is_sha_256() {
        let secret = Bearer::new("abc");
        assert_eq!(format!("{secret:?}"), "***");
        // FIPS 180-2, the example for "abc".
        assert_eq!(
            secret.hash().as_str(),
            "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
        );
    }

    #[test]
    fn without_randomness_there_is_no_secret() {
        let refused = Err(AccountsError::NoRandomness);
        assert_eq!(fresh_secret("x", &mut Broken), refused);
        assert_eq!(fresh_id(&mut Broken), Err(AccountsError::NoRandomness));
    }
}
