//! The limits of a workspace.

/// The maximum size of a file, in bytes.
pub const FILE_BYTES: u64 = 10_000_000;

/// The maximum size of all files together, in bytes.
pub const WORKSPACE_BYTES: u64 = 500_000_000;

/// The maximum number of files.
pub const FILES: u64 = 20_000;

/// The maximum number of directories.
pub const DIRECTORIES: u64 = 20_000;

/// The maximum size of an archive, in bytes; the platform accepts no larger request.
pub const ARCHIVE_BYTES: u64 = 100_000_000;

/// The maximum number of entries in an archive.
pub const ARCHIVE_ENTRIES: u64 = 40_000;

/// The maximum size of everything that is stored of a conversation, in bytes: that of an object's database
/// (<https://developers.cloudflare.com/durable-objects/platform/limits/>).
pub const DATABASE_BYTES: u64 = 10_000_000_000;

/// The maximum number of entries in one listing.
pub const LISTED_AT_ONCE: u64 = 1_000;

/// The maximum length of a path, in bytes.
pub const PATH_BYTES: usize = 1024;

/// The maximum length of one name in a path, in bytes.
pub const NAME_BYTES: usize = 255;

/// The maximum number of names in a path.
pub const PATH_NAMES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_says_the_same() {
        const GUIDE: &str = include_str!("../../../docs/files.md");
        let words = GUIDE.split_whitespace().collect::<Vec<_>>().join(" ");
        let mega = |bytes: u64| format!("{} MB", bytes / 1_000_000);
        let thousands = |count: u64| format!("{},{:03}", count / 1_000, count % 1_000);
        for expected in [
            format!(
                "A file may have {}, a workspace {}, {} files and {} directories.",
                mega(FILE_BYTES),
                mega(WORKSPACE_BYTES),
                thousands(FILES),
                thousands(DIRECTORIES)
            ),
            format!(
                "An archive may have {} and {} entries",
                mega(ARCHIVE_BYTES),
                thousands(ARCHIVE_ENTRIES)
            ),
            format!("A list has at most {} entries", thousands(LISTED_AT_ONCE)),
            format!("with at most {NAME_BYTES} bytes each"),
            format!("at most {PATH_NAMES} names and 1,024 bytes"),
        ] {
            assert!(words.contains(&expected), "{expected}");
        }
    }
}
