//! The kind of an entry, from the attributes in the archive. Tools are inconsistent about their own identification:
//! an entry that is clearly a symlink or an executable counts as one, whichever tool wrote it.

use super::format::ListedKind;

/// The identification of Unix, whose attributes are used. macOS identifies itself as another system.
const UNIX: u8 = 3;
const DARWIN: u8 = 19;

/// The attributes of DOS and Windows, in the lower bytes.
const DOS_DIRECTORY: u32 = 0x10;
const REPARSE_POINT: u32 = 0x400;

/// The bits of a Unix mode for the file type and the permissions.
const TYPE: u32 = 0o170_000;
const DIRECTORY: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
const SYMLINK: u32 = 0o120_000;
const PIPE: u32 = 0o010_000;
const PERMISSIONS: u32 = 0o777;

/// The attributes of an entry in an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attributes {
    /// The system it was made on.
    pub(super) host: u8,
    /// The Unix mode in the upper bytes, the DOS attributes in the lower ones.
    pub(super) external: u32,
    /// The mode in a Unix extra field, which takes precedence.
    pub(super) extra_mode: Option<u32>,
}

impl Attributes {
    fn is_unix(self) -> bool {
        matches!(self.host, UNIX | DARWIN)
    }

    fn unix_mode(self) -> u32 {
        self.extra_mode.unwrap_or(self.external >> 16)
    }

    /// The kind of the entry. `name` includes its separators, `size` is the size of the content.
    pub(super) fn kind(self, name: &[u8], size: u64) -> ListedKind {
        let is_link = !self.is_unix() && self.external & REPARSE_POINT != 0;
        match self.unix_mode() & TYPE {
            SYMLINK => ListedKind::Symlink,
            _ if is_link => ListedKind::Symlink,
            _ if name.ends_with(b"/") => ListedKind::Directory,
            DIRECTORY if self.is_unix() || size == 0 => ListedKind::Directory,
            0 | FILE if size == 0 && self.external & DOS_DIRECTORY != 0 => ListedKind::Directory,
            0 | FILE | DIRECTORY => ListedKind::File,
            // Info-ZIP gives a file that it read from a pipe the type of the pipe.
            PIPE if size > 0 => ListedKind::File,
            _ if self.is_unix() => ListedKind::Special,
            _ => ListedKind::File,
        }
    }

    /// The permissions; `None` when the archive has none.
    pub(super) fn mode(self) -> Option<u32> {
        let mode = self.unix_mode();
        let has_type = matches!(mode & TYPE, FILE | DIRECTORY);
        Some(mode & PERMISSIONS).filter(|mode| *mode != 0 && (self.is_unix() || has_type))
    }

    /// Whether backslashes in a name are separators. On Unix they are ordinary characters.
    pub(super) fn has_backslashes(self) -> bool {
        !self.is_unix() || self.unix_mode() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_as_their_maker_writes_them() {
        let check = |host: u8, external: u32, name: &str, size: u64, expected: ListedKind| {
            let attributes = Attributes {
                host,
                external,
                extra_mode: None,
            };
            assert_eq!(
                attributes.kind(name.as_bytes(), size),
                expected,
                "{host} {external:o} {name}"
            );
        };
        let unix = |mode: u32| mode << 16;
        check(3, unix(0o100_644), "a", 1, ListedKind::File);
        check(3, unix(0o120_777), "a", 1, ListedKind::Symlink);
        check(19, unix(0o120_755), "a", 1, ListedKind::Symlink);
        check(0, unix(0o120_777) | 0x8000, "a", 1, ListedKind::Symlink);
        check(10, 0x400, "a", 1, ListedKind::Symlink);
        check(3, unix(0o010_644), "a", 0, ListedKind::Special);
        check(3, unix(0o010_600), "-", 1, ListedKind::File);
        check(0, 0x10, "a", 0, ListedKind::Directory);
        check(0, 0x20, "a", 0, ListedKind::File);
        check(0, 0, "a/", 0, ListedKind::Directory);
        check(3, unix(0o040_755) | 0x10, "a", 0, ListedKind::Directory);
    }

    #[test]
    fn permissions_may_be_missing() {
        let mode = |host: u8, external: u32| {
            let extra_mode = None;
            Attributes {
                host,
                external,
                extra_mode,
            }
            .mode()
        };
        assert_eq!(mode(3, 0o100_755 << 16), Some(0o755));
        assert_eq!(mode(3, 0o755 << 16), Some(0o755));
        assert_eq!(mode(0, 0o100_755 << 16), Some(0o755));
        assert_eq!(mode(0, 0x20), None);
        assert_eq!(mode(3, 0), None);
        assert_eq!(mode(3, 0o104_755 << 16), Some(0o755), "no setuid");
    }
}
