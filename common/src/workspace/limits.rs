//! How much there may be in a workspace.

/// The most bytes of a file.
pub const FILE_BYTES: u64 = 10_000_000;

/// The most bytes of all files.
pub const WORKSPACE_BYTES: u64 = 500_000_000;

/// The most files.
pub const FILES: u64 = 20_000;

/// The most directories.
pub const DIRECTORIES: u64 = 20_000;

/// The most bytes of an archive; the platform takes no larger request.
pub const ARCHIVE_BYTES: u64 = 100_000_000;

/// The most entries of an archive.
pub const ARCHIVE_ENTRIES: u64 = 40_000;

/// The most entries of one listing.
pub const LISTED_AT_ONCE: u64 = 1_000;

/// The most bytes of a path.
pub const PATH_BYTES: usize = 1024;

/// The most bytes of one name in a path.
pub const NAME_BYTES: usize = 255;

/// The most names in a path.
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
