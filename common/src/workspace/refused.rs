//! The status of what is refused.

/// Why a request about files is refused, as its HTTP status has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// 400: the request cannot be understood: a path that is none, an archive that is none.
    Unreadable,
    /// 404: nothing is there.
    NotFound,
    /// 405: another method is needed.
    WrongMethod,
    /// 409: something of another kind is there, or in the way.
    Conflict,
    /// 412: what is there is not what the request expects.
    Unexpected,
    /// 413: a file or an archive is too large.
    TooLarge,
    /// 415: the body is packed in a way that is not understood.
    WrongCoding,
    /// 416: the file has none of the bytes that were asked for.
    NoSuchRange,
    /// 422: no file of an archive could come in.
    NothingCameIn,
    /// 507: the workspace is full.
    Full,
}

impl Refused {
    /// Every one of them.
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

    /// From an HTTP status; `None`: it is no refusal of the workspace.
    #[must_use]
    pub fn of(status: u16) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|refused| refused.status() == status)
    }
}
