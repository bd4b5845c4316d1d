//! Ids of contents as git computes them.

use std::fmt;

use sha1::{Digest as _, Sha1};

/// The id of a content in git: the SHA-1 of its size and its bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(String);

impl BlobId {
    /// The id of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut digest = Sha1::new();
        digest.update(format!("blob {}\0", bytes.len()));
        digest.update(bytes);
        let digest = digest.finalize();
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Takes an id from a list of files or from the store. A text that is no id is that of no content.
    #[must_use]
    pub fn stated(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The hexadecimal text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::BlobId;

    #[test]
    fn ids_are_those_of_git() {
        for (bytes, id) in [
            ("", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
            (
                "what is up, doc?",
                "bd9dbf5aae1a3862dd1526723246b20206e5fc37",
            ),
        ] {
            assert_eq!(BlobId::of(bytes.as_bytes()).as_str(), id);
        }
    }
}
