//! The head of an answer, with the headers that matter.

/// The head of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The status.
    pub status: u16,
    /// `Location`.
    pub location: Option<String>,
    /// `Retry-After`.
    pub retry_after: Option<String>,
    /// `X-RateLimit-Remaining`.
    pub rate_remaining: Option<String>,
    /// `X-RateLimit-Reset`, in seconds since 1970.
    pub rate_reset: Option<String>,
    /// `Link`.
    pub link: Option<String>,
    /// `X-GitHub-SSO`.
    pub single_sign_on: Option<String>,
}

impl Head {
    /// The names of the headers that are read, in the order of [`Self::of`].
    pub const HEADERS: [&'static str; 6] = [
        "Location",
        "Retry-After",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "Link",
        "X-GitHub-SSO",
    ];

    /// A head of a status and the headers that `lookup` returns by name.
    pub fn of(status: u16, lookup: impl Fn(&str) -> Option<String>) -> Self {
        let [
            location,
            retry_after,
            rate_remaining,
            rate_reset,
            link,
            single_sign_on,
        ] = Self::HEADERS.map(lookup);
        Self {
            status,
            location,
            retry_after,
            rate_remaining,
            rate_reset,
            link,
            single_sign_on,
        }
    }

    /// Whether the answer is what was asked for.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status <= 299
    }

    /// The number of the page after this one.
    pub(crate) fn next_page(&self) -> Option<u64> {
        let link = self.link.as_deref()?;
        let next = link
            .split(',')
            .find(|part| part.contains("rel=\"next\""))?
            .trim();
        let url = url::Url::parse(next.strip_prefix('<')?.split('>').next()?).ok()?;
        let mut pairs = url.query_pairs();
        let (_, page) = pairs.find(|(name, _)| name == "page")?;
        page.parse().ok()
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What it lists.
    pub items: Vec<T>,
    /// The number of the next page; `None`: this is the last one.
    pub next: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_in_the_link() {
        let next = |link: &str| {
            let head = Head {
                link: Some(link.to_owned()),
                ..Head::default()
            };
            head.next_page()
        };
        let first = "<https://api.github.com/repositories/1/issues?per_page=30&page=2>; rel=\"next\", \
                     <https://api.github.com/repositories/1/issues?per_page=30&page=9>; rel=\"last\"";
        assert_eq!(next(first), Some(2));
        assert_eq!(
            next("<https://api.github.com/x?page=1>; rel=\"prev\""),
            None
        );
        assert_eq!(next("nonsense; rel=\"next\""), None);
        assert_eq!(Head::default().next_page(), None);
    }
}
