//! Names of repositories, and what people write for them: `owner/name`, with a branch, tag or commit, or an address.

use std::fmt;

use thiserror::Error;
use url::Url;

/// The longest name that GitHub allows, of an owner and of a repository.
const OWNER_BYTES: usize = 39;
const NAME_BYTES: usize = 100;

/// The longest reference: git stores it as a file name.
const REFERENCE_BYTES: usize = 250;

/// A repository: its owner and its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RepositoryName {
    owner: String,
    name: String,
}

/// A repository, and the branch, tag or commit of it that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The repository.
    pub repository: RepositoryName,
    /// The branch, tag or commit; `None`: the default branch.
    pub reference: Option<String>,
}

/// Why a text names no repository.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// It is neither a name nor an address.
    #[error(
        "`{0}` does not name a repository: write it as owner/name, as owner/name@branch, or as its address on GitHub"
    )]
    Unreadable(String),
    /// It is an address of another server.
    #[error(
        "the address is on {host}, but this server uses GitHub at {expected}: only repositories there can be opened"
    )]
    OtherHost {
        /// The host of the address.
        host: String,
        /// The host of the pages of the configured server.
        expected: String,
    },
    /// It is no name of a branch, tag or commit.
    #[error("`{0}` is no name of a branch, tag or commit")]
    Reference(String),
}

impl RepositoryName {
    /// Reads `owner/name`.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse(written: &str) -> Result<Self, NameError> {
        let unreadable = || NameError::Unreadable(shown(written));
        let (owner, name) = written.trim().split_once('/').ok_or_else(unreadable)?;
        let name = name.strip_suffix(".git").unwrap_or(name);
        let is_owner = (1..=OWNER_BYTES).contains(&owner.len())
            && owner
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let is_name = (1..=NAME_BYTES).contains(&name.len())
            && !matches!(name, "." | "..")
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        if !is_owner || !is_name {
            return Err(unreadable());
        }
        Ok(Self {
            owner: owner.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The owner.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Whether both name the same repository: GitHub ignores case.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.owner.eq_ignore_ascii_case(&other.owner) && self.name.eq_ignore_ascii_case(&other.name)
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

impl Wanted {
    /// Reads what a person or model wrote. `web_host` is the host of the pages of the server, such as `github.com`.
    ///
    /// # Errors
    /// When it names no repository of this server, or no reference.
    pub fn parse(written: &str, web_host: &str) -> Result<Self, NameError> {
        let written = written.trim();
        if let Some(rest) = written.strip_prefix("git@") {
            let (host, path) = rest
                .split_once(':')
                .ok_or_else(|| NameError::Unreadable(shown(written)))?;
            check_host(host, web_host)?;
            return Ok(Self {
                repository: RepositoryName::parse(path)?,
                reference: None,
            });
        }
        if written.contains("://") {
            return Self::of_address(written, web_host);
        }
        let bare = written
            .strip_prefix(web_host)
            .and_then(|rest| rest.strip_prefix('/'));
        if bare.is_some() {
            return Self::of_address(&format!("https://{written}"), web_host);
        }
        let (name, reference) = match written.split_once('@') {
            None => (written, None),
            Some((name, reference)) => (name, Some(reference)),
        };
        Ok(Self {
            repository: RepositoryName::parse(name)?,
            reference: reference.map(checked_reference).transpose()?,
        })
    }

    fn of_address(written: &str, web_host: &str) -> Result<Self, NameError> {
        let unreadable = || NameError::Unreadable(shown(written));
        let url = Url::parse(written).map_err(|_| unreadable())?;
        if !matches!(url.scheme(), "https" | "http" | "ssh" | "git") {
            return Err(unreadable());
        }
        let host = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) if url.scheme().starts_with("http") => {
                format!("{host}:{port}")
            }
            (Some(host), _) => host.to_owned(),
            (None, _) => return Err(unreadable()),
        };
        check_host(&host, web_host)?;
        let path = percent_encoding::percent_decode_str(url.path().trim_matches('/'));
        let path = path.decode_utf8().map_err(|_| unreadable())?;
        let mut parts = path.splitn(4, '/');
        let (Some(owner), Some(name)) = (parts.next(), parts.next()) else {
            return Err(unreadable());
        };
        let repository = RepositoryName::parse(&format!("{owner}/{name}"))?;
        let reference = match (parts.next(), parts.next()) {
            (Some("tree" | "commit" | "commits" | "blob"), Some(reference)) => {
                Some(checked_reference(reference)?)
            }
            (Some("releases"), Some(rest)) => match rest.strip_prefix("tag/") {
                Some(tag) => Some(checked_reference(tag)?),
                None => None,
            },
            (Some("pull"), Some(rest)) => {
                let number = rest.split('/').next().unwrap_or_default();
                Some(checked_reference(&format!("pull/{number}/head"))?)
            }
            (_, _) => None,
        };
        Ok(Self {
            repository,
            reference,
        })
    }
}

fn check_host(host: &str, web_host: &str) -> Result<(), NameError> {
    let host = host.to_ascii_lowercase();
    if host.strip_prefix("www.").unwrap_or(&host) == web_host {
        return Ok(());
    }
    Err(NameError::OtherHost {
        host,
        expected: web_host.to_owned(),
    })
}

/// Checks the name of a branch.
///
/// # Errors
/// When git does not allow it.
pub fn check_branch(name: &str) -> Result<(), NameError> {
    checked_reference(name).map(drop)
}

/// A name of a branch, tag or commit as git allows it (git-check-ref-format), so that it changes nothing else in an address.
fn checked_reference(written: &str) -> Result<String, NameError> {
    let written = written.trim();
    let is_bad_part = |part: &str| {
        part.is_empty() || part.starts_with('.') || part.ends_with('.') || part.ends_with(".lock")
    };
    let is_bad = written.is_empty()
        || written.len() > REFERENCE_BYTES
        || written.contains("..")
        || written.contains("@{")
        || written.starts_with('-')
        || written == "@"
        || written.split('/').any(is_bad_part)
        || written
            .chars()
            .any(|letter| letter.is_control() || " ~^:?*[\\".contains(letter));
    if is_bad {
        return Err(NameError::Reference(shown(written)));
    }
    Ok(written.to_owned())
}

/// The beginning of what was written, for an error.
fn shown(written: &str) -> String {
    written.chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str) -> (String, Option<String>) {
        let wanted = Wanted::parse(written, "github.com").unwrap();
        (wanted.repository.to_string(), wanted.reference)
    }

    #[test]
    fn names_and_addresses_name_the_same() {
        for (written, repository, reference) in [
            ("rust-lang/cargo", "rust-lang/cargo", None),
            (" rust-lang/cargo.git ", "rust-lang/cargo", None),
            ("a/b@feature/x", "a/b", Some("feature/x")),
            ("https://github.com/a/b", "a/b", None),
            ("https://www.github.com/a/b/", "a/b", None),
            ("github.com/a/b.git", "a/b", None),
            ("git@github.com:a/b.git", "a/b", None),
            ("ssh://git@github.com/a/b.git", "a/b", None),
            (
                "https://github.com/a/b/tree/feature/x",
                "a/b",
                Some("feature/x"),
            ),
            (
                "https://github.com/a/b/commit/0123abc",
                "a/b",
                Some("0123abc"),
            ),
            (
                "https://github.com/a/b/releases/tag/v1.0",
                "a/b",
                Some("v1.0"),
            ),
            (
                "https://github.com/a/b/pull/12/files",
                "a/b",
                Some("pull/12/head"),
            ),
            ("https://github.com/a/b/issues/3", "a/b", None),
        ] {
            let expected = (repository.to_owned(), reference.map(str::to_owned));
            assert_eq!(read(written), expected, "{written}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_a_reason() {
        for written in [
            "",
            "a",
            "a/",
            "/b",
            "a/b/c",
            "a b/c",
            "a/..",
            "../b",
            "a/b?c",
            "a/b#c",
            "ä/b",
            "a/b%2f",
            "https://github.com/a",
            "file:///a/b",
            "ftp://github.com/a/b",
        ] {
            let error = Wanted::parse(written, "github.com").unwrap_err();
            assert!(matches!(error, NameError::Unreadable(_)), "{written}");
        }
        let other = Wanted::parse("https://gitlab.com/a/b", "github.com").unwrap_err();
        assert!(other.to_string().contains("gitlab.com"), "{other}");
        for reference in [
            "", "a b", "a..b", "-x", "a/", "a.lock", "a~1", "a:b", "a?b=c", "@", ".a",
        ] {
            let error = Wanted::parse(&format!("a/b@{reference}"), "github.com").unwrap_err();
            assert!(matches!(error, NameError::Reference(_)), "{reference}");
        }
    }
}
