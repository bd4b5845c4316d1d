//! The close codes with which a server ends a connection permanently.

/// Why a server ends a connection permanently. The close frame's reason has the text for people; the client stops and
/// shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalClose {
    /// 4401: the sign-in is missing, expired or revoked; the reason says which.
    NotSignedIn,
    /// 4403: the caller may not connect here: a page of another origin, or a conversation of another person.
    NotAllowed,
    /// 4410: the conversation was deleted.
    Deleted,
    /// 4500: the stored conversation cannot be read: it is damaged, or from a newer version of the server.
    Unreadable,
}

impl FinalClose {
    /// All reasons.
    pub const ALL: [Self; 4] = [
        Self::NotSignedIn,
        Self::NotAllowed,
        Self::Deleted,
        Self::Unreadable,
    ];

    /// The WebSocket close code, from the range for private use (RFC 6455 §7.4.2).
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::NotSignedIn => 4401,
            Self::NotAllowed => 4403,
            Self::Deleted => 4410,
            Self::Unreadable => 4500,
        }
    }

    /// The reason for a close code; `None` for other codes.
    #[must_use]
    pub fn of(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|close| close.code() == code)
    }
}
