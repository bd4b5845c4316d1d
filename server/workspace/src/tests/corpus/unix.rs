//! Tools of Linux and BSD.

use super::{
    super::zip_file::{Sizes, TestEntry, archive_with, field},
    Case, TEXT, case, deflated, stored, tree, zip,
};
use crate::SkipReason;

const UTF8: u16 = 1 << 11;

/// The time of a change, with or without that of the last access, and the owner.
fn times_and_owner(times: &[u8]) -> Vec<u8> {
    let owner = [1, 4, 0, 0, 0, 0, 4, 0, 0, 0, 0];
    [field(0x5455, times), field(0x7875, &owner)].concat()
}

fn info_zip(mode: u32, entry: TestEntry) -> TestEntry {
    TestEntry {
        mode,
        dos: if entry.name.ends_with(b"/") { 0x10 } else { 0 },
        versions: [30, 10],
        extra: times_and_owner(b"\x03\xa65Wi"),
        local_extra: times_and_owner(b"\x03\xa65Wi\xa65Wi"),
        ..entry
    }
}

/// An entry of libarchive, which writes files as to a pipe.
fn bsdtar(mode: u32, entry: TestEntry) -> TestEntry {
    let times = times_and_owner(b"\x07\xa65Wi\xa65Wi\xa65Wi");
    TestEntry {
        mode,
        sizes: if entry.method == 8 {
            Sizes::After
        } else {
            Sizes::Before
        },
        extra: times.clone(),
        local_extra: times,
        ..entry
    }
}

/// An entry of 7-Zip on Linux: the mode, and with a bit of its own the attributes of DOS.
fn seven_zip(mode: u32, entry: TestEntry) -> TestEntry {
    let is_directory = entry.name.ends_with(b"/");
    let mut times = vec![0; 32];
    times[4..8].copy_from_slice(&[1, 0, 24, 0]);
    TestEntry {
        mode,
        dos: 0x8000 | if is_directory { 0x10 } else { 0x20 },
        versions: [63, if is_directory { 20 } else { 10 }],
        extra: field(0x000a, &times),
        ..entry
    }
}

/// An entry of git: executables and links are of Unix, all else of DOS.
fn git(mode: u32, entry: TestEntry) -> TestEntry {
    let is_directory = entry.name.ends_with(b"/");
    let time = field(0x5455, b"\x01\x1a\x05\x0bk");
    TestEntry {
        mode,
        host: if mode == 0 { 0 } else { 3 },
        dos: if is_directory { 0x10 } else { 0 },
        versions: [if mode == 0 { 0 } else { 23 }, 10],
        extra: time.clone(),
        local_extra: time,
        ..entry
    }
}

pub(super) fn cases() -> Vec<Case> {
    let cases = [of_info_zip(), of_libarchive(), of_others()];
    cases.into_iter().flatten().collect()
}

fn of_info_zip() -> Vec<Case> {
    let unicode = |other: &[u8], name: &str| {
        let crc = crc32fast::hash(other).to_le_bytes();
        field(0x7075, &[&[1][..], &crc, name.as_bytes()].concat())
    };
    let file = |name: &str| info_zip(0o100_644, stored(name));
    vec![
        case(
            "Info-ZIP: permissions, a link, times and owners, comments",
            archive_with(
                &[
                    info_zip(0o040_755, stored("src/")),
                    file("src/main.rs"),
                    info_zip(0o100_755, stored("run.sh")),
                    TestEntry {
                        comment: b"of the file",
                        ..file("größe.txt")
                    },
                    info_zip(0o120_777, stored("link")),
                ],
                b"",
                b"made by hand",
            ),
            tree(&["größe.txt", "run.sh 755", "src/", "src/main.rs"])
                .but("link", SkipReason::Symlink),
        ),
        case(
            "Info-ZIP without UTF-8: the name in a Unicode field",
            zip(&[TestEntry {
                extra: unicode(b"gr#U00f6#U00dfe.txt", "größe.txt"),
                ..file("gr#U00f6#U00dfe.txt")
            }]),
            tree(&["größe.txt"]),
        ),
        case(
            "Info-ZIP from a pipe: the file is called a pipe",
            zip(&[TestEntry {
                versions: [30, 45],
                extra: Vec::new(),
                local_extra: Vec::new(),
                ..info_zip(0o010_600, stored("-"))
            }]),
            tree(&["- 600"]),
        ),
        case(
            "Info-ZIP -fz: zip64 throughout",
            zip64_throughout(),
            tree(&["run.sh 755"]),
        ),
        case(
            "Info-ZIP with a password",
            zip(&[TestEntry {
                flags: 1,
                ..file("secret.txt")
            }]),
            tree(&[]).but("secret.txt", SkipReason::Encrypted),
        ),
        case(
            "Info-ZIP -Z bzip2",
            zip(&[
                TestEntry {
                    method: 12,
                    versions: [30, 46],
                    ..file("large.txt")
                },
                file("small.txt"),
            ]),
            tree(&["small.txt"]).but("large.txt", SkipReason::Packing),
        ),
    ]
}

/// An archive whose numbers are all in the second end record.
fn zip64_throughout() -> Vec<u8> {
    let entry = TestEntry {
        is_zip64: true,
        versions: [30, 45],
        ..info_zip(0o100_755, stored("run.sh"))
    };
    let bytes = zip(&[entry]);
    let (rest, end) = bytes.split_at(bytes.len() - 22);
    let number = |at: usize| u64::from(u32::from_le_bytes(end[at..at + 4].try_into().unwrap()));
    let numbers = [1, 1, number(12), number(16)].map(u64::to_le_bytes);
    let head = [&b"PK\x06\x06"[..], &44_u64.to_le_bytes(), &[30, 3, 45, 0]];
    let locator = [
        &b"PK\x06\x07"[..],
        &[0; 4],
        &(rest.len() as u64).to_le_bytes(),
    ];
    let short = [&b"PK\x05\x06"[..], &[0; 4], &[1, 0, 1, 0], &end[12..16]];
    [
        rest,
        &head.concat(),
        &[0; 8],
        &numbers.concat(),
        &locator.concat(),
        &[1, 0, 0, 0],
        &short.concat(),
        &[0xff; 4],
        &[0; 2],
    ]
    .concat()
}

fn of_libarchive() -> Vec<Case> {
    let mut padded = zip(&[
        bsdtar(0o040_755, stored("./")),
        bsdtar(0o100_755, deflated("./run.sh")),
        TestEntry {
            flags: UTF8,
            ..bsdtar(0o100_644, deflated("./größe.txt"))
        },
        bsdtar(0o120_777, stored("./link")),
    ]);
    padded.resize(10_240, 0);
    let large = TestEntry {
        sizes: Sizes::After64,
        versions: [45, 45],
        ..bsdtar(0o100_755, deflated("run.sh"))
    };
    vec![
        case(
            "bsdtar to a pipe: an entry for the root, padded to a block of a tape",
            padded,
            tree(&["größe.txt", "run.sh 755"]).but("./link", SkipReason::Symlink),
        ),
        case(
            "bsdtar with zip64 in the local header alone",
            zip(&[large]),
            tree(&["run.sh 755"]),
        ),
        case(
            "Nautilus: descriptors without a signature",
            zip(&[TestEntry {
                sizes: Sizes::AfterUnsigned,
                ..bsdtar(0o100_664, deflated("a.txt"))
            }]),
            tree(&["a.txt 664"]),
        ),
    ]
}

fn of_others() -> Vec<Case> {
    let dropbox = |name: &str| TestEntry {
        host: 0,
        mode: 0,
        flags: UTF8,
        sizes: if name.ends_with('/') {
            Sizes::Before
        } else {
            Sizes::After
        },
        ..deflated(name)
    };
    vec![
        case(
            "7-Zip on Linux: modes beside the attributes of DOS",
            zip(&[
                seven_zip(0o040_755, stored("src/")),
                seven_zip(0o100_755, stored("run.sh")),
                TestEntry {
                    flags: UTF8,
                    ..seven_zip(0o100_644, stored("größe.txt"))
                },
                seven_zip(0o120_777, stored("link")),
            ]),
            tree(&["größe.txt", "run.sh 755", "src/"]).but("link", SkipReason::Symlink),
        ),
        case(
            "git archive: a commit as comment, modes of executables alone",
            archive_with(
                &[
                    git(0, stored("p/")),
                    git(0, stored("p/main.rs")),
                    git(0o100_755, stored("p/run.sh")),
                    git(0o120_777, stored("p/link")),
                ],
                b"",
                b"917678184577543e1978029a301c0ffb7d381f77",
            ),
            tree(&["p/", "p/main.rs", "p/run.sh 755"]).but("p/link", SkipReason::Symlink),
        ),
        case(
            "a download of Dropbox: the root is called /",
            zip(&[dropbox("/"), dropbox("a.txt"), dropbox("d/b.txt")]),
            tree(&["a.txt", "d/", "d/b.txt"]),
        ),
        case(
            "two entries of the same path: the first counts",
            zip(&[
                stored("a.txt"),
                stored("./a.txt"),
                TestEntry {
                    bytes: [TEXT, TEXT].concat(),
                    ..stored("a.txt")
                },
            ]),
            tree(&["a.txt"])
                .but("./a.txt", SkipReason::Twice)
                .but("a.txt", SkipReason::Twice),
        ),
    ]
}
