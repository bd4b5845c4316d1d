//! The close codes by which a server ends a connection for good.

/// Why a server ends a connection for good. The close frame's reason says it to people; the client stops and shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalClose {
    /// 4401: no sign-in, or one that has expired or was revoked. The reason names which.
    NotSignedIn,
    /// 4403: the caller may not connect here: another page's origin, or a conversation of somebody else.
    NotAllowed,
    /// 4410: the conversation was deleted.
    Deleted,
    /// 4500: what is stored of the conversation cannot be read: it is damaged, or of a newer version of the server.
    Unreadable,
}

impl FinalClose {
    /// Every one of them.
    pub const ALL: [Self; 4] = [
        Self::NotSignedIn,
        Self::NotAllowed,
        Self::Deleted,
        Self::Unreadable,
    ];

    /// The WebSocket close code, of those for private use (RFC 6455 §7.4.2).
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::NotSignedIn => 4401,
            Self::NotAllowed => 4403,
            Self::Deleted => 4410,
            Self::Unreadable => 4500,
        }
    }

    /// The meaning of a close code; `None`: it is another one.
    #[must_use]
    pub fn of(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|close| close.code() == code)
    }
}
