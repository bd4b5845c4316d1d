//! One HTTP request: the first one of a request to the API, or one that follows a redirect.

use url::Url;

use crate::{Api, GithubError, Method, Request, head::Head};

/// The most redirects that are followed: a repository that was renamed needs one.
const MAX_REDIRECTS: u32 = 3;

/// The version of the API that the types are written for.
const VERSION: &str = "2022-11-28";

/// One HTTP request. Redirects are reported, not followed.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    url: Url,
    method: Method,
    accept: &'static str,
    body: Option<String>,
    is_authorized: bool,
    redirects: u32,
}

impl Hop {
    pub(crate) fn first(api: &Api, request: &Request) -> Self {
        Self {
            url: api.address(request),
            method: request.method,
            accept: request.accept,
            body: request.body.as_ref().map(ToString::to_string),
            is_authorized: api.has_token,
            redirects: 0,
        }
    }

    /// The address.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The body, which is JSON.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// Whether the token belongs into its `Authorization`. Addresses outside of the API never get it.
    #[must_use]
    pub const fn is_authorized(&self) -> bool {
        self.is_authorized
    }

    /// The headers, without `Authorization`.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, &'static str)> {
        let mut headers = vec![
            ("Accept", self.accept),
            ("User-Agent", "Coder"),
            ("X-GitHub-Api-Version", VERSION),
        ];
        if self.body.is_some() {
            headers.push(("Content-Type", "application/json"));
        }
        headers
    }

    /// The path for records: a query may hold a temporary key of an archive.
    pub(crate) fn path(&self) -> &str {
        self.url.path()
    }

    /// The hop that an answer redirects to; `None`: the answer is none.
    ///
    /// The token goes to the API alone. An archive may come from the server's host for archives; anything else outside of
    /// the API is refused. What changes something is not sent twice, unless the redirect keeps the method.
    pub(crate) fn next(
        &self,
        api: &Api,
        request: &Request,
        head: &Head,
    ) -> Result<Option<Self>, GithubError> {
        if !matches!(head.status, 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let location = head.location.as_deref().unwrap_or_default();
        let refused = |host: &str| GithubError::Redirected {
            subject: request.subject.clone(),
            host: host.to_owned(),
        };
        let url = self.url.join(location).map_err(|_| refused("nowhere"))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let is_own = api.is_own(&url);
        let is_allowed = is_own || (request.is_archive && api.serves_archives(&url));
        let keeps_method = matches!(head.status, 307 | 308) || self.method == Method::Get;
        let is_plain = url.username().is_empty() && url.password().is_none();
        if !is_allowed || !keeps_method || !is_plain || self.redirects >= MAX_REDIRECTS {
            return Err(refused(&host));
        }
        Ok(Some(Self {
            is_authorized: is_own && self.is_authorized,
            url,
            redirects: self.redirects + 1,
            ..self.clone()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(request: &Request, status: u16, location: &str) -> Result<Option<Hop>, GithubError> {
        let api = Api::default().with_token(true);
        let hop = Hop::first(&api, request);
        assert!(hop.is_authorized());
        let head = Head {
            status,
            location: Some(location.to_owned()),
            ..Head::default()
        };
        hop.next(&api, request, &head)
    }

    #[test]
    fn a_renamed_repository_is_followed_with_the_token() {
        let request = Request::get("/repos/a/old", "it");
        let hop = led(&request, 301, "https://api.github.com/repositories/1");
        let hop = hop.unwrap().unwrap();
        assert_eq!(hop.url(), "https://api.github.com/repositories/1");
        assert!(hop.is_authorized());
        let relative = led(&request, 307, "/repositories/1").unwrap().unwrap();
        assert_eq!(relative.url(), hop.url());
        assert_eq!(led(&request, 200, ""), Ok(None));
    }

    #[test]
    fn the_token_never_leaves_the_api() {
        let archive = Request {
            is_archive: true,
            ..Request::get("/repos/a/b/tarball/x", "it")
        };
        let hop = led(&archive, 302, "https://codeload.github.com/a/b?token=t");
        assert!(!hop.unwrap().unwrap().is_authorized());
        let other = Request::get("/repos/a/b", "it");
        for location in [
            "https://codeload.github.com/a/b",
            "https://example.com/",
            "http://api.github.com/repos/a/b",
            "https://api.github.com:444/",
            "https://api.github.com.example.com/",
            "https://me:pass@api.github.com/",
            "file:///etc/passwd",
        ] {
            let error = led(&other, 301, location).unwrap_err();
            assert!(
                matches!(error, GithubError::Redirected { .. }),
                "{location}"
            );
        }
        assert!(led(&archive, 302, "https://example.com/a").is_err());
    }

    #[test]
    fn a_change_is_sent_again_only_where_the_redirect_keeps_its_method() {
        let request = Request::send(
            Method::Post,
            "/repos/a/b/git/blobs",
            "it",
            serde_json::json!({}),
        );
        assert!(led(&request, 301, "/repositories/1/git/blobs").is_err());
        assert!(led(&request, 302, "/repositories/1/git/blobs").is_err());
        let hop = led(&request, 307, "/repositories/1/git/blobs")
            .unwrap()
            .unwrap();
        assert_eq!((hop.method(), hop.body()), (Method::Post, Some("{}")));
    }

    #[test]
    fn circles_end() {
        let api = Api::default();
        let request = Request::get("/a", "it");
        let head = Head {
            status: 302,
            location: Some("/a".to_owned()),
            ..Head::default()
        };
        let mut hop = Hop::first(&api, &request);
        for _ in 0..MAX_REDIRECTS {
            hop = hop.next(&api, &request, &head).unwrap().unwrap();
        }
        assert!(hop.next(&api, &request, &head).is_err());
    }
}
