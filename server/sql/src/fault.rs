//! Why a store fails, as far as a person can act on it.

use common::{final_close::FinalClose, http::ErrorCode};

/// Why a store fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Fault {
    /// The disk or the store is full.
    Full,
    /// The disk cannot be written or read.
    Disk,
    /// The stored data is damaged.
    Damaged,
    /// The data was written by a newer version of the server.
    Newer,
    /// Another fault, of the server itself.
    #[default]
    Other,
}

/// The maximum length of a close frame's reason, in bytes (RFC 6455 §5.5).
const REASON_BYTES: usize = 123;

/// The phrases of SQLite and the platform.
const NAMES: &[(&str, Fault)] = &[
    ("SQLITE_FULL", Fault::Full),
    ("database or disk is full", Fault::Full),
    ("SQLITE_IOERR", Fault::Disk),
    ("disk I/O error", Fault::Disk),
    ("SQLITE_READONLY", Fault::Disk),
    ("attempt to write a readonly database", Fault::Disk),
    ("SQLITE_CANTOPEN", Fault::Disk),
    ("unable to open database file", Fault::Disk),
    ("SQLITE_CORRUPT", Fault::Damaged),
    ("database disk image is malformed", Fault::Damaged),
    ("SQLITE_NOTADB", Fault::Damaged),
    ("file is not a database", Fault::Damaged),
];

impl Fault {
    /// Recognises a fault by the text of SQLite, since the platform passes no error code.
    #[must_use]
    pub fn of(message: &str) -> Self {
        let named = NAMES.iter().find(|(name, _)| message.contains(name));
        named.map(|(_, fault)| *fault).unwrap_or_default()
    }

    /// The meaning and advice for people; `None` when they cannot help.
    #[must_use]
    pub const fn words(self) -> Option<&'static str> {
        match self {
            Self::Full => Some(
                "The server's disk is full. Nothing was stored, and what is stored can still be read. Make room on the \
                 disk and try again.",
            ),
            Self::Disk => Some(
                "The server's disk cannot be used: it is read-only or fails. Nothing was stored. Check the disk, then try \
                 again.",
            ),
            Self::Damaged => Some(
                "What is stored of this conversation is damaged, so it cannot be opened. Others are not affected. Restore \
                 it from a backup.",
            ),
            Self::Newer => Some(
                "This conversation was stored by a newer version of the server. Run that version again; nothing is lost.",
            ),
            Self::Other => None,
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Full | Self::Disk => 507,
            Self::Damaged | Self::Newer | Self::Other => 500,
        }
    }

    /// The close code: with codes from 4000 on, clients stop and show the reason; with others they reconnect.
    #[must_use]
    pub const fn close_code(self) -> u16 {
        match self {
            Self::Full | Self::Disk => 1013,
            Self::Damaged | Self::Newer => FinalClose::Unreadable.code(),
            Self::Other => 1011,
        }
    }

    /// The code in responses for programs.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Full => ErrorCode::StorageFull,
            Self::Disk => ErrorCode::StorageUnwritable,
            Self::Damaged => ErrorCode::ConversationDamaged,
            Self::Newer => ErrorCode::ConversationNewer,
            Self::Other => ErrorCode::Store,
        }
    }
}

/// As many whole sentences of the text as fit a close frame.
#[must_use]
pub fn reason(words: &str) -> &str {
    let end = words.floor_char_boundary(REASON_BYTES);
    let fits = words.get(..end).unwrap_or(words);
    match fits.rfind(". ") {
        Some(end) if fits.len() < words.len() => fits.get(..=end).unwrap_or(fits),
        Some(_) | None => fits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_whole_sentences() {
        assert_eq!(reason("One. Two."), "One. Two.");
        let long = format!("One. {}.", "é".repeat(100));
        assert_eq!(reason(&long), "One.");
        assert_eq!(reason(&"é".repeat(100)), "é".repeat(61));
        for fault in [Fault::Full, Fault::Disk, Fault::Damaged, Fault::Newer] {
            let reason = reason(fault.words().unwrap());
            assert!(reason.ends_with('.') && reason.len() <= 123, "{reason}");
        }
    }

    #[test]
    fn sqlites_words_are_understood() {
        for (message, expected) in [
            ("database or disk is full: SQLITE_FULL", Fault::Full),
            ("Error: disk I/O error: SQLITE_IOERR_WRITE", Fault::Disk),
            (
                "attempt to write a readonly database: SQLITE_READONLY",
                Fault::Disk,
            ),
            ("unable to open database file: SQLITE_CANTOPEN", Fault::Disk),
            (
                "database disk image is malformed: SQLITE_CORRUPT",
                Fault::Damaged,
            ),
            ("file is not a database: SQLITE_NOTADB", Fault::Damaged),
            ("no such table: t: SQLITE_ERROR", Fault::Other),
        ] {
            assert_eq!(Fault::of(message), expected, "{message}");
        }
    }

    #[test]
    fn faults_that_somebody_can_fix_say_what_to_do() {
        for fault in [Fault::Full, Fault::Disk, Fault::Damaged, Fault::Newer] {
            assert!(fault.words().unwrap().contains(". "), "{fault:?}");
        }
    }
}
