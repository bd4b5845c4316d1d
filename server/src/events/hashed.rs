//! Names that can be distinguished in the log, but not read.

use std::fmt::{self, Write as _};

use sha2::{Digest as _, Sha256};

/// The number of hex digits shown: enough to distinguish names.
const DIGITS: usize = 12;

/// The hash of a name. Whoever guesses the name can recognise it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed(String);

impl Hashed {
    /// The hash of a conversation's name.
    #[must_use]
    pub fn conversation(name: &str) -> Self {
        Self::of("conversation", name)
    }

    /// The hash of a user's id.
    #[must_use]
    pub fn user(id: &str) -> Self {
        Self::of("user", id)
    }

    /// The hash of a turn's id, which is the client's own and may be any text.
    #[must_use]
    pub fn turn(id: &str) -> Self {
        Self::of("turn", id)
    }

    /// The same text has different hashes as the name of different things.
    fn of(kind: &str, name: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(kind.as_bytes());
        hash.update(b":");
        hash.update(name.as_bytes());
        let mut digits = String::new();
        for byte in hash.finalize().iter().take(DIGITS / 2) {
            // Writing to a string does not fail.
            let _ = write!(digits, "{byte:02x}");
        }
        Self(digits)
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Hashed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_short_stable_and_of_one_kind() {
        // printf conversation:default | sha256sum | head -c 12
        assert_eq!(Hashed::conversation("default").as_str(), "add1e64b479f");
        assert_ne!(Hashed::conversation("a"), Hashed::user("a"));
        assert_ne!(Hashed::conversation("a"), Hashed::conversation("b"));
    }
}
