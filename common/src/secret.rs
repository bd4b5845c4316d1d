//! A key that does not print itself.

use std::fmt;

const MASK: &str = "***";

/// A key. It prints as `***`; only [`Secret::expose`] gives its value.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps `value`, trimmed; `None` when it is blank.
    #[must_use]
    pub fn new(value: &str) -> Option<Self> {
        let value = value.trim();
        (!value.is_empty()).then(|| Self(value.to_owned()))
    }

    /// The value, for the request that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text with every occurrence of the value masked.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        text.replace(&self.0, MASK)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_stars() {
        let secret = Secret::new("  sk-or-v1-abc\n").unwrap();
        assert_eq!(secret.expose(), "sk-or-v1-abc");
        assert_eq!(
            format!("{secret} {secret:?} {:?}", Some(&secret)),
            "*** *** Some(***)"
        );
        assert_eq!(
            secret.redact("key sk-or-v1-abc, again sk-or-v1-abc"),
            "key ***, again ***"
        );
    }

    #[test]
    fn blank_is_none() {
        assert_eq!(Secret::new(" \t"), None);
        assert_eq!(Secret::new(""), None);
    }
}
