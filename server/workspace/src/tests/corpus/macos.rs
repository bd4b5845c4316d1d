//! Tools of macOS.

use super::{
    super::zip_file::{Sizes, TestEntry, field},
    Case, case, deflated, stored, tree, zip,
};
use crate::SkipReason;

/// An entry of the Finder, which writes to a pipe, with the times and owner of old Unix.
fn finder(name: &str) -> TestEntry {
    let is_directory = name.ends_with('/');
    let times = [0x6957_35a6_u32, 0x6957_35a6]
        .map(u32::to_le_bytes)
        .concat();
    let owner = [501_u16, 20].map(u16::to_le_bytes).concat();
    TestEntry {
        versions: [21, if is_directory { 10 } else { 20 }],
        mode: if is_directory { 0o040_755 } else { 0o100_644 },
        dos: 0x4000,
        sizes: if is_directory {
            Sizes::Before
        } else {
            Sizes::After
        },
        extra: field(0x5855, &times),
        local_extra: field(0x5855, &[times.clone(), owner].concat()),
        ..if is_directory {
            stored(name)
        } else {
            deflated(name)
        }
    }
}

pub(super) fn cases() -> Vec<Case> {
    let mode = |mode: u32, entry: TestEntry| TestEntry { mode, ..entry };
    vec![
        case(
            "Finder: metadata beside every file, decomposed letters, UTF-8 not marked",
            zip(&[
                finder("project/"),
                finder("project/cafe\u{301}.txt"),
                finder("__MACOSX/project/._cafe\u{301}.txt"),
                mode(0o100_755, finder("project/run.sh")),
                finder("project/.DS_Store"),
                finder("__MACOSX/project/._.DS_Store"),
            ]),
            tree(&["project/", "project/café.txt", "project/run.sh 755"])
                .but("__MACOSX/project/._cafe\u{301}.txt", SkipReason::OfMac)
                .but("project/.DS_Store", SkipReason::OfMac)
                .but("__MACOSX/project/._.DS_Store", SkipReason::OfMac),
        ),
        case(
            "Finder: an application with links and private directories",
            zip(&[
                mode(0o040_700, finder("App.app/")),
                mode(0o120_755, stored("App.app/Current")),
                mode(0o100_744, finder("App.app/main")),
            ]),
            tree(&["App.app/ 700", "App.app/main 744"]).but("App.app/Current", SkipReason::Symlink),
        ),
        case(
            "ditto: entries of a system of its own",
            zip(&[
                TestEntry {
                    host: 19,
                    ..finder("a.txt")
                },
                TestEntry {
                    host: 19,
                    ..mode(0o120_755, stored("link"))
                },
            ]),
            tree(&["a.txt"]).but("link", SkipReason::Symlink),
        ),
    ]
}
