//! The status codes of refusals.

/// Why a request about files is refused, as an HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// 400: the request is malformed: an invalid path, or an invalid archive.
    Unreadable,
    /// 404: nothing exists at the path.
    NotFound,
    /// 405: the method is not supported.
    WrongMethod,
    /// 409: an entry of another kind is at the path, or blocks it.
    Conflict,
    /// 412: the entry does not match the condition of the request.
    Unexpected,
    /// 413: a file or an archive is too large.
    TooLarge,
    /// 415: the encoding of the body is not supported.
    WrongCoding,
    /// 416: the requested byte range is outside the file.
    NoSuchRange,
    /// 422: no file of the archive could be stored.
    NothingCameIn,
    /// 507: the workspace is full.
    Full,
}

impl Refused {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Unreadable,
        Self::NotFound,
        Self::WrongMethod,
        Self::Conflict,
        Self::Unexpected,
        Self::TooLarge,
        Self::WrongCoding,
        Self::NoSuchRange,
        Self::NothingCameIn,
        Self::Full,
    ];

    /// The HTTP status (RFC 9110 §15.5, RFC 4918 §11.5).
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Unreadable => 400,
            Self::NotFound => 404,
            Self::WrongMethod => 405,
            Self::Conflict => 409,
            Self::Unexpected => 412,
            Self::TooLarge => 413,
            Self::WrongCoding => 415,
            Self::NoSuchRange => 416,
            Self::NothingCameIn => 422,
            Self::Full => 507,
        }
    }

    /// The refusal for an HTTP status; `None` for other statuses.
    #[must_use]
    pub fn of(status: u16) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|refused| refused.status() == status)
    }
}
