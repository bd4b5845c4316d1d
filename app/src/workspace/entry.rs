//! What stands in a directory, as the agent lists it.

pub(crate) use common::workspace::{Entry, EntryKind as Kind, File, Listing as Page};

/// The path of an entry of a directory; the root is the empty path.
pub(crate) fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() {
        name.to_owned()
    } else {
        format!("{directory}/{name}")
    }
}

/// `12 bytes`, `3.4 kB`, `5.6 MB`.
pub(crate) fn size_words(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes % unit / (unit / 10));
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        1_000_000.. => format!("{} MB", tenths(1_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (bytes, expected) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_234, "1.2 kB"),
            (9_990_000, "9.9 MB"),
        ] {
            assert_eq!(size_words(bytes), expected);
        }
    }
}
