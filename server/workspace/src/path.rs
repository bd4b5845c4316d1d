//! Paths of files and directories, which cannot leave the workspace.

use std::{fmt, str::FromStr};

use icu_normalizer::ComposingNormalizerBorrowed;
use thiserror::Error;

pub use common::workspace::limits::{
    NAME_BYTES as MAX_NAME_BYTES, PATH_BYTES as MAX_PATH_BYTES, PATH_NAMES as MAX_DEPTH,
};

/// A path inside the workspace: names joined by `/`, in Unicode NFC, without `.` or `..`. The root is empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FilePath(String);

/// Why a text is not a valid path.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PathError {
    /// It contains `..`.
    #[error(
        "{0:?} has a `..` in it: write the path from the root of the workspace, such as src/main.rs"
    )]
    Parent(String),
    /// It contains a backslash.
    #[error("{0:?} has a backslash in it: separate names with `/`")]
    Backslash(String),
    /// It contains a control character.
    #[error("{0:?} has a control character in it: leave it out")]
    Control(String),
    /// One of its names is too long.
    #[error(
        "a name in the path has {bytes} bytes, and the limit is {MAX_NAME_BYTES}: choose a shorter one"
    )]
    LongName {
        /// The length of the name in bytes.
        bytes: usize,
    },
    /// It is too long.
    #[error("the path has {bytes} bytes, and the limit is {MAX_PATH_BYTES}: choose a shorter one")]
    LongPath {
        /// The length of the path in bytes.
        bytes: usize,
    },
    /// It has too many names.
    #[error(
        "the path is {depth} names deep, and the limit is {MAX_DEPTH}: choose a path nearer to the root"
    )]
    Deep {
        /// The number of names.
        depth: usize,
    },
}

impl FilePath {
    /// The root directory.
    #[must_use]
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// Reads a path as people and models write it. A leading `/` or `./` means the root; double and trailing `/` are
    /// ignored.
    ///
    /// # Errors
    /// When the path is invalid. `..` is refused, not resolved.
    pub fn parse(written: &str) -> Result<Self, PathError> {
        if written.contains('\\') {
            return Err(PathError::Backslash(shown(written)));
        }
        if written.chars().any(char::is_control) {
            return Err(PathError::Control(shown(written)));
        }
        let normal = ComposingNormalizerBorrowed::new_nfc().normalize(written);
        let mut path = String::with_capacity(normal.len());
        let mut depth = 0;
        for name in normal.split('/').filter(|name| !matches!(*name, "" | ".")) {
            if name == ".." {
                return Err(PathError::Parent(shown(written)));
            }
            if name.len() > MAX_NAME_BYTES {
                return Err(PathError::LongName { bytes: name.len() });
            }
            if depth > 0 {
                path.push('/');
            }
            path.push_str(name);
            depth += 1;
        }
        let path = Self(path);
        if depth > MAX_DEPTH {
            return Err(PathError::Deep { depth });
        }
        if path.0.len() > MAX_PATH_BYTES {
            return Err(PathError::LongPath {
                bytes: path.0.len(),
            });
        }
        Ok(path)
    }

    /// Takes a path from the store.
    pub(super) const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last name; empty for the root.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The parent directory; `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        let parent = self.0.rsplit_once('/').map_or("", |(parent, _)| parent);
        Some(Self(parent.to_owned()))
    }

    /// Whether the path is this directory or inside it.
    #[must_use]
    pub fn is_within(&self, directory: &Self) -> bool {
        directory.is_root()
            || self
                .0
                .strip_prefix(&directory.0)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The path with its case folded: equal for two paths that differ only by case. Folded character by character, so
    /// that the folded path begins with the folded directory.
    pub(super) fn folded(&self) -> String {
        self.0.chars().flat_map(char::to_lowercase).collect()
    }

    /// The range of the texts of all paths inside this directory.
    pub(super) fn range_within(&self) -> (String, String) {
        if self.is_root() {
            // The last character of Unicode, repeated more often than a name allows.
            return (String::new(), "\u{10FFFF}".repeat(MAX_NAME_BYTES));
        }
        // `0` is the character after `/`.
        (format!("{}/", self.0), format!("{}0", self.0))
    }
}

/// A text, shortened for an error.
fn shown(text: &str) -> String {
    const SHOWN: usize = 200;
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            f.write_str("/")
        } else {
            f.write_str(&self.0)
        }
    }
}

impl FromStr for FilePath {
    type Err = PathError;

    fn from_str(written: &str) -> Result<Self, PathError> {
        Self::parse(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, expected: &str) {
        assert_eq!(FilePath::parse(written).unwrap().as_str(), expected);
    }

    #[test]
    fn one_path_has_one_text() {
        for written in [
            "src/a.rs",
            "/src/a.rs",
            "./src/a.rs",
            "src//./a.rs/",
            "//src/a.rs",
        ] {
            check(written, "src/a.rs");
        }
        for root in ["", "/", ".", "./", "//"] {
            check(root, "");
        }
        check("cafe\u{301}.md", "café.md");
        check("\u{212B}", "Å");
        check(".gitignore", ".gitignore");
        check("a b/…/😀", "a b/…/😀");
    }

    #[test]
    fn no_path_leaves_the_workspace() {
        for written in ["..", "../a", "a/../b", "a/..", "/..", "./.."] {
            let error = FilePath::parse(written).unwrap_err();
            assert_eq!(error, PathError::Parent(written.to_owned()));
        }
        check("..a", "..a");
        check("...", "...");
    }

    #[test]
    fn odd_characters_are_refused() {
        assert!(matches!(
            FilePath::parse("a\\b"),
            Err(PathError::Backslash(_))
        ));
        assert!(matches!(
            FilePath::parse("..\\b"),
            Err(PathError::Backslash(_))
        ));
        for written in ["a\0b", "a\nb", "\u{7f}", "\u{85}"] {
            assert!(matches!(
                FilePath::parse(written),
                Err(PathError::Control(_))
            ));
        }
    }

    #[test]
    fn sizes_are_bounded() {
        let deep = |depth| vec!["a"; depth].join("/");
        assert!(FilePath::parse(&deep(MAX_DEPTH)).is_ok());
        assert_eq!(
            FilePath::parse(&deep(1000)),
            Err(PathError::Deep { depth: 1000 })
        );
        assert!(FilePath::parse(&"é".repeat(127)).is_ok());
        assert_eq!(
            FilePath::parse(&"é".repeat(128)),
            Err(PathError::LongName { bytes: 256 })
        );
        let long = vec!["a".repeat(255); 5].join("/");
        assert_eq!(
            FilePath::parse(&long),
            Err(PathError::LongPath { bytes: 1279 })
        );
        let message = FilePath::parse(&format!("../{}", "x".repeat(9000))).unwrap_err();
        assert!(message.to_string().len() < 500);
    }

    #[test]
    fn families() {
        let path = |text: &str| FilePath::parse(text).unwrap();
        assert_eq!(path("a/b/c").parent(), Some(path("a/b")));
        assert_eq!(path("a").parent(), Some(FilePath::root()));
        assert_eq!(FilePath::root().parent(), None);
        assert_eq!(path("a/b").name(), "b");
        assert!(path("a/b").is_within(&path("a")));
        assert!(path("a").is_within(&path("a")));
        assert!(!path("ab").is_within(&path("a")));
        assert!(path("a").is_within(&FilePath::root()));
        for last in ["a", "a/b", "\u{10FFFF}", &"\u{10FFFF}".repeat(63)] {
            let (start, end) = FilePath::root().range_within();
            assert!(start.as_str() < last && last < end.as_str());
        }
        assert_eq!(path("Straße/ÀB").folded(), path("straße/àb").folded());
    }
}
