//! Entity tags and ranges (RFC 9110 §13, §14). The tag of a file is the hash of its content in quotes.
//! Own code, since the crate `headers` does not expose the tags of `If-Match` and rejects tags that a proxy has made
//! weak.

use std::ops::Range;

use crate::{Expect, Hash};

/// The entity tag of a content.
pub(super) fn tag(hash: &Hash) -> String {
    format!("\"{hash}\"")
}

/// The tags in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tags {
    /// `*`: any present content.
    Any,
    /// One of these contents.
    These(Vec<Hash>),
}

impl Tags {
    /// Reads a header. A compressing proxy may have made a tag weak; it is still the hash of the content.
    pub(super) fn parse(header: &str) -> Self {
        if header.trim() == "*" {
            return Self::Any;
        }
        let hashes = header.split(',').map(|tag| {
            let tag = tag.trim();
            Hash::stated(tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"'))
        });
        Self::These(hashes.collect())
    }

    pub(super) fn have(&self, hash: &Hash) -> bool {
        match self {
            Self::Any => true,
            Self::These(hashes) => hashes.contains(hash),
        }
    }

    /// The expectation of an `If-Match` header.
    pub(super) fn into_expect(self) -> Expect {
        match self {
            Self::Any => Expect::File,
            Self::These(hashes) => Expect::Content(hashes),
        }
    }
}

/// The meaning of a `Range` header for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The whole file: there is no range, an unsupported one, or several.
    Whole,
    /// A range of bytes.
    Bytes(Range<u64>),
    /// A range outside the file.
    Nothing,
}

impl Part {
    pub(super) fn parse(header: Option<&str>, size: u64) -> Self {
        header
            .and_then(|header| Self::read(header, size))
            .unwrap_or(Self::Whole)
    }

    fn read(header: &str, size: u64) -> Option<Self> {
        let range = header.trim().strip_prefix("bytes=")?;
        let (first, last) = range.split_once('-')?;
        let number = |text: &str| {
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| text.parse().unwrap_or(u64::MAX))
        };
        let (start, end) = match (first.trim(), last.trim()) {
            ("", suffix) => (size.saturating_sub(number(suffix)?), size),
            (first, "") => (number(first)?, size),
            (first, last) => {
                let (first, last): (u64, u64) = (number(first)?, number(last)?);
                if last < first {
                    return None;
                }
                (first, last.saturating_add(1).min(size))
            }
        };
        Some(if start < end {
            Self::Bytes(start..end)
        } else {
            Self::Nothing
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let check = |header: &str, expected: Part| {
            assert_eq!(Part::parse(Some(header), 10), expected, "{header}");
        };
        check("bytes=0-0", Part::Bytes(0..1));
        check("bytes=2-5", Part::Bytes(2..6));
        check("bytes=2-", Part::Bytes(2..10));
        check("bytes=2-99999999999999999999", Part::Bytes(2..10));
        check("bytes=-3", Part::Bytes(7..10));
        check("bytes=-30", Part::Bytes(0..10));
        check("bytes=10-", Part::Nothing);
        check("bytes=-0", Part::Nothing);
        for other in [
            "bytes=5-2",
            "bytes=a-",
            "bytes=-",
            "bytes=0-1,3-4",
            "lines=1-2",
            "",
            "bytes=+1-2",
        ] {
            check(other, Part::Whole);
        }
        assert_eq!(Part::parse(None, 10), Part::Whole);
        assert_eq!(Part::parse(Some("bytes=0-"), 0), Part::Nothing);
    }

    #[test]
    fn tags() {
        let (one, two) = (Hash::of(b"1"), Hash::of(b"2"));
        let header = format!("\"{one}\", W/\"{two}\"");
        let tags = Tags::parse(&header);
        assert!(tags.have(&one) && tags.have(&two) && !tags.have(&Hash::of(b"3")));
        assert!(Tags::parse(" * ").have(&one));
        assert!(!Tags::parse("").have(&one));
    }
}
