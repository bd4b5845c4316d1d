//! Archives that are refused as a whole, and entries that try to leave the workspace.

use super::{
    super::{
        tar_file::{self, gzip, tar},
        zip_file::{TestEntry, archive_with},
    },
    Case, TEXT, case, deflated, stored, tree, zip,
};
use crate::{ArchiveError, PathError, SkipReason};

fn refused(maker: &'static str, bytes: Vec<u8>, error: ArchiveError) -> Case {
    Case {
        maker,
        bytes,
        expected: Err(error),
    }
}

pub(super) fn cases() -> Vec<Case> {
    let cases = [paths(), bombs(), damaged(), of_other_formats()];
    cases.into_iter().flatten().collect()
}

fn paths() -> Vec<Case> {
    let windows = |name: &str| TestEntry {
        host: 0,
        mode: 0,
        ..stored(name)
    };
    let parent = |name: &str| SkipReason::Path(PathError::Parent(name.to_owned()));
    vec![
        case(
            "a zip that climbs out of the directory",
            zip(&[
                stored("../../etc/passwd"),
                stored("a/../../b"),
                windows("..\\up.txt"),
                stored("/etc/passwd"),
                windows("C:\\autoexec.bat"),
                windows("\\\\host\\share\\x"),
                stored("good.txt"),
            ]),
            tree(&["good.txt"])
                .but("../../etc/passwd", parent("../../etc/passwd"))
                .but("a/../../b", parent("a/../../b"))
                .but("../up.txt", parent("../up.txt"))
                .but("/etc/passwd", SkipReason::Absolute)
                .but("C:/autoexec.bat", SkipReason::Absolute)
                .but("//host/share/x", SkipReason::Absolute),
        ),
        case(
            "a tar that climbs out of the directory",
            tar(&[
                tar_file::file("../up.txt", TEXT),
                tar_file::file("good.txt", TEXT),
            ]),
            tree(&["good.txt"]).but("../up.txt", parent("../up.txt")),
        ),
        case(
            "a file in the way of a directory",
            zip(&[stored("a"), stored("a/b.txt")]),
            tree(&["a"]).but(
                "a/b.txt",
                SkipReason::InTheWay {
                    path: super::path("a"),
                },
            ),
        ),
    ]
}

fn bombs() -> Vec<Case> {
    let zeros = |name: &str| TestEntry {
        bytes: vec![0; 9_000_000],
        ..deflated(name)
    };
    let large = zip(&[zeros("1"), zeros("2"), zeros("3")]);
    let large_size = large.len() as u64;
    // The second entry of the list is the first one again.
    let again = TestEntry {
        at: Some(0),
        ..deflated("a.txt")
    };
    let shared = zip(&[
        deflated("a.txt"),
        TestEntry {
            name: b"b.txt".to_vec(),
            ..again
        },
    ]);
    let shared_size = shared.len() as u64;
    let zeros = vec![0; 9_000_000];
    let entries: Vec<Vec<u8>> = (0..3)
        .map(|n| tar_file::file(&n.to_string(), &zeros))
        .collect();
    let packed = gzip(&tar(&entries));
    let packed_size = packed.len() as u64;
    let mut many = zip(&[stored("a.txt")]);
    let end = many.len() - 22;
    many[end + 8..end + 12].copy_from_slice(&[0xfe, 0xff, 0xfe, 0xff]);
    let bomb = |size: u64, unpacked: u64| ArchiveError::Bomb { size, unpacked };
    vec![
        refused("a bomb of zeros", large, bomb(large_size, 27_000_000)),
        refused(
            "a bomb of overlapping entries",
            shared,
            bomb(shared_size, 30),
        ),
        refused("a bomb in gzip", packed, bomb(packed_size, 20_052_480)),
        refused(
            "a list of too many entries",
            many,
            ArchiveError::TooManyEntries {
                entries: 65_534,
                limit: common::workspace::limits::ARCHIVE_ENTRIES,
            },
        ),
    ]
}

fn damaged() -> Vec<Case> {
    let good = zip(&[stored("a.txt"), deflated("b.txt")]);
    let mut split = good.clone();
    let end = split.len() - 22;
    split[end + 4] = 1;
    let wrong = TestEntry {
        crc: Some(1),
        ..stored("b.txt")
    };
    let tar_bytes = tar(&[tar_file::file("a.txt", TEXT)]);
    let packed = gzip(&tar_bytes);
    let damaged = |name: &str, what: &'static str| ArchiveError::Damaged {
        name: name.to_owned(),
        what,
    };
    vec![
        refused(
            "a download that was cut off",
            good[..good.len() - 30].to_vec(),
            ArchiveError::NotZip,
        ),
        refused(
            "a tar.gz that was cut off",
            packed[..packed.len() - 20].to_vec(),
            damaged("", "its bytes cannot be unpacked"),
        ),
        refused(
            "a file with a wrong checksum",
            zip(&[stored("a.txt"), wrong]),
            damaged("b.txt", "its checksum does not match"),
        ),
        refused(
            "the last of several files",
            split,
            ArchiveError::Unsupported {
                what: "one part of an archive in several files",
            },
        ),
        refused("an empty file", Vec::new(), ArchiveError::NotZip),
        refused(
            "a text",
            b"hello, world\n".repeat(100),
            ArchiveError::NotZip,
        ),
        case(
            "an archive of nothing",
            archive_with(&[], b"", b""),
            tree(&[]),
        ),
    ]
}

fn of_other_formats() -> Vec<Case> {
    let other = |maker: &'static str, head: &[u8], what: &'static str| {
        let bytes = [head, &[7; 700]].concat();
        refused(maker, bytes, ArchiveError::Unsupported { what })
    };
    vec![
        other(
            "7-Zip in its own format",
            b"7z\xbc\xaf\x27\x1c\0\x04",
            "a 7-Zip file",
        ),
        other(
            "WinRAR in its own format",
            b"Rar!\x1a\x07\x01\0",
            "a RAR file",
        ),
        other("tar.xz", b"\xfd7zXZ\0\0\x04", "an xz file"),
        other("tar.bz2", b"BZh91AY&SY", "a bzip2 file"),
        other("tar.zst", b"\x28\xb5\x2f\xfd\x04\0", "a Zstandard file"),
    ]
}
