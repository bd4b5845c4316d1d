//! The server: its address, and the addresses of requests.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use thiserror::Error;
use url::Url;

use crate::{NameError, RepositoryName, Wanted, request::Request};

/// The API of github.com.
const GITHUB: &str = "https://api.github.com";

/// What is encoded in a segment of a path.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A GitHub server, and how it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    root: Url,
    /// Whether requests carry a token.
    pub has_token: bool,
    /// The author of commits; `None`: the person of the token.
    pub author: Option<Author>,
}

/// The author of commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
}

/// Why a setting is not usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ApiError {
    /// It is no address.
    #[error("it is no address")]
    NoAddress,
    /// It is neither http nor https.
    #[error("it begins with neither http:// nor https://")]
    Scheme,
    /// It has more than a host and a path.
    #[error("it contains a user name, a query or a fragment")]
    More,
}

impl Default for Api {
    fn default() -> Self {
        Self {
            #[expect(clippy::unwrap_used, reason = "a constant that a test reads")]
            root: Url::parse(GITHUB).unwrap(),
            has_token: false,
            author: None,
        }
    }
}

impl Api {
    /// A server whose API is at this address.
    ///
    /// # Errors
    /// When it is no usable address.
    pub fn at(address: &str) -> Result<Self, ApiError> {
        let mut root = Url::parse(address).map_err(|_| ApiError::NoAddress)?;
        if !matches!(root.scheme(), "http" | "https") {
            return Err(ApiError::Scheme);
        }
        let is_plain = root.username().is_empty()
            && root.password().is_none()
            && root.query().is_none()
            && root.fragment().is_none();
        if !is_plain || !root.has_host() {
            return Err(ApiError::More);
        }
        let path = root.path().trim_end_matches('/').to_owned();
        root.set_path(&path);
        Ok(Self {
            root,
            ..Self::default()
        })
    }

    /// The same when requests carry a token.
    #[must_use]
    pub const fn with_token(mut self, has_token: bool) -> Self {
        self.has_token = has_token;
        self
    }

    /// The same with an author of commits.
    #[must_use]
    pub fn by(self, author: Option<Author>) -> Self {
        Self { author, ..self }
    }

    /// The host of the server's pages: `github.com`, or that of the Enterprise server.
    #[must_use]
    pub fn web_host(&self) -> String {
        let host = self.root.host_str().unwrap_or_default();
        let host = host.strip_prefix("api.").unwrap_or(host);
        match self.root.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Reads what a person or model wrote for a repository.
    ///
    /// # Errors
    /// When it names none of this server.
    pub fn wanted(&self, written: &str) -> Result<Wanted, NameError> {
        Wanted::parse(written, &self.web_host())
    }

    /// The address of a request.
    pub(crate) fn address(&self, request: &Request) -> Url {
        let mut url = self.root.clone();
        url.set_path(&format!(
            "{}{}",
            url.path().trim_end_matches('/'),
            request.path
        ));
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }

    /// Whether an address belongs to the API, so that it may get the token.
    pub(crate) fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.root.origin()
    }

    /// Whether an address serves archives for this server: a redirect may lead there, without the token.
    pub(crate) fn serves_archives(&self, url: &Url) -> bool {
        let own = self.root.host_str().unwrap_or_default();
        let expected = format!("codeload.{}", own.strip_prefix("api.").unwrap_or(own));
        url.scheme() == self.root.scheme()
            && url.host_str() == Some(expected.as_str())
            && url.port() == self.root.port()
    }
}

/// The path of a repository, with what follows.
pub(crate) fn path_of(repository: &RepositoryName, rest: &str) -> String {
    format!("/repos/{repository}{rest}")
}

/// A text as a path, segment by segment.
pub(crate) fn encoded(path: &str) -> String {
    utf8_percent_encode(path, SEGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Request;

    #[test]
    fn addresses_are_below_the_root() {
        for (root, expected, web) in [
            (
                GITHUB,
                "https://api.github.com/repos/a/b/x%20y%3Fz?page=2&q=a%26b",
                "github.com",
            ),
            (
                "https://git.example.com/api/v3/",
                "https://git.example.com/api/v3/repos/a/b/x%20y%3Fz?page=2&q=a%26b",
                "git.example.com",
            ),
            (
                "http://127.0.0.1:9000",
                "http://127.0.0.1:9000/repos/a/b/x%20y%3Fz?page=2&q=a%26b",
                "127.0.0.1:9000",
            ),
        ] {
            let api = Api::at(root).unwrap();
            let name = RepositoryName::parse("a/b").unwrap();
            let request = Request::get(path_of(&name, &format!("/{}", encoded("x y?z"))), "it")
                .with("page", "2")
                .with("q", "a&b");
            assert_eq!(api.address(&request).as_str(), expected);
            assert_eq!(api.web_host(), web);
        }
        assert_eq!(Api::at(GITHUB).unwrap(), Api::default());
    }

    #[test]
    fn unusable_addresses_are_refused() {
        for (address, error) in [
            ("github", ApiError::NoAddress),
            ("ftp://github.com", ApiError::Scheme),
            ("https://me:pass@github.com", ApiError::More),
            ("https://github.com/?a", ApiError::More),
        ] {
            assert_eq!(Api::at(address).unwrap_err(), error, "{address}");
        }
    }

    #[test]
    fn archives_come_from_one_other_host() {
        let api = Api::default();
        let serves = |url: &str| api.serves_archives(&Url::parse(url).unwrap());
        assert!(serves(
            "https://codeload.github.com/a/b/legacy.tar.gz/x?token=t"
        ));
        for other in [
            "http://codeload.github.com/a",
            "https://codeload.github.com.example.com/a",
            "https://codeload.github.com:444/a",
            "https://example.com/a",
            "https://127.0.0.1/a",
        ] {
            assert!(!serves(other), "{other}");
        }
    }
}
