//! Request bodies with a content encoding (`Content-Encoding`, RFC 9110 §8.4).

use miniz_oxide::inflate::{
    TINFLStatus, decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit,
};

use crate::zip::gzip_header_bytes;

/// The encoding of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// Not encoded.
    Identity,
    Gzip,
    Deflate,
}

/// Why a body cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodingError {
    /// The decoded body exceeds the limit.
    TooLarge,
    /// The bytes are not valid in this encoding.
    Damaged,
}

impl Coding {
    /// The accepted encodings, for a header.
    pub(super) const ACCEPTED: &str = "gzip, deflate";

    /// Reads the header; `None` when the encoding is not supported.
    pub(super) fn parse(header: Option<&str>) -> Option<Self> {
        let mut codings = header
            .unwrap_or_default()
            .split(',')
            .map(|coding| coding.trim().to_ascii_lowercase())
            .filter(|coding| !coding.is_empty() && coding != "identity");
        let coding = match codings.next().as_deref() {
            None => Self::Identity,
            Some("gzip" | "x-gzip") => Self::Gzip,
            Some("deflate") => Self::Deflate,
            Some(_) => return None,
        };
        codings.next().is_none().then_some(coding)
    }

    /// The decoded body, at most `limit` bytes.
    pub(super) fn unpack(self, body: &[u8], limit: u64) -> Result<Vec<u8>, CodingError> {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let unpacked = match self {
            Self::Identity => return Ok(body.to_vec()),
            Self::Gzip => return gunzip(body, most),
            // Some clients omit the zlib header and trailer that the standard requires.
            Self::Deflate => match decompress_to_vec_zlib_with_limit(body, most) {
                Err(error) if error.status != TINFLStatus::HasMoreOutput => {
                    decompress_to_vec_with_limit(body, most)
                }
                unpacked => unpacked,
            },
        };
        unpacked.map_err(|error| of_status(error.status))
    }
}

fn gunzip(body: &[u8], most: usize) -> Result<Vec<u8>, CodingError> {
    let header = gzip_header_bytes(body).ok_or(CodingError::Damaged)?;
    let rest = body.get(header..).unwrap_or_default();
    let (packed, end) = rest
        .split_at_checked(rest.len().wrapping_sub(8))
        .ok_or(CodingError::Damaged)?;
    let unpacked =
        decompress_to_vec_with_limit(packed, most).map_err(|error| of_status(error.status))?;
    let size = u32::try_from(unpacked.len()).unwrap_or(u32::MAX);
    let expected = [crc32fast::hash(&unpacked).to_le_bytes(), size.to_le_bytes()].concat();
    if end == expected {
        Ok(unpacked)
    } else {
        Err(CodingError::Damaged)
    }
}

const fn of_status(status: TINFLStatus) -> CodingError {
    if matches!(status, TINFLStatus::HasMoreOutput) {
        CodingError::TooLarge
    } else {
        CodingError::Damaged
    }
}

#[cfg(test)]
mod tests {
    use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let end = [crc32fast::hash(bytes), bytes.len() as u32].map(u32::to_le_bytes);
        [
            &[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3][..],
            b"name.txt\0",
            &compress_to_vec(bytes, 6),
            &end.concat(),
        ]
        .concat()
    }

    #[test]
    fn headers() {
        for (header, expected) in [
            (None, Some(Coding::Identity)),
            (Some(""), Some(Coding::Identity)),
            (Some("Identity"), Some(Coding::Identity)),
            (Some(" GZIP "), Some(Coding::Gzip)),
            (Some("identity, deflate"), Some(Coding::Deflate)),
            (Some("br"), None),
            (Some("gzip, gzip"), None),
            (Some("zstd"), None),
        ] {
            assert_eq!(Coding::parse(header), expected, "{header:?}");
        }
    }

    #[test]
    fn bodies() {
        let text = b"one two three one two three".repeat(10);
        let check = |coding: Coding, body: &[u8]| {
            assert_eq!(coding.unpack(body, 1_000).as_deref(), Ok(&text[..]));
            assert_eq!(coding.unpack(body, 100), Err(CodingError::TooLarge));
            for cut in [0, 5, body.len() - 9] {
                let damaged = coding.unpack(&body[..cut], 1_000);
                assert_eq!(damaged, Err(CodingError::Damaged), "{coding:?} {cut}");
            }
        };
        check(Coding::Gzip, &gzip(&text));
        check(Coding::Deflate, &compress_to_vec_zlib(&text, 6));
        check(Coding::Deflate, &compress_to_vec(&text, 6));
        let mut wrong = gzip(&text);
        *wrong.last_mut().unwrap() ^= 1;
        assert_eq!(
            Coding::Gzip.unpack(&wrong, 1_000),
            Err(CodingError::Damaged)
        );
    }
}
