//! Tools that write tar files.

use tar::EntryType;

use super::{
    super::tar_file::{self, gnu_long, gzip, link, pax, tar},
    Case, TEXT, case, tree,
};
use crate::SkipReason;

const FILE: EntryType = EntryType::Regular;
const DIRECTORY: EntryType = EntryType::Directory;

fn file(mode: u32, name: &str) -> Vec<u8> {
    tar_file::entry(name, FILE, mode, TEXT)
}

fn directory(mode: u32, name: &str) -> Vec<u8> {
    tar_file::entry(name, DIRECTORY, mode, b"")
}

/// The entry with other bytes in its header, and with their checksum.
fn changed(mut entry: Vec<u8>, changes: &[(usize, &[u8])]) -> Vec<u8> {
    for (at, bytes) in changes {
        entry[*at..at + bytes.len()].copy_from_slice(bytes);
    }
    with_checksum(entry, |byte| i64::from(*byte))
}

fn with_checksum(mut entry: Vec<u8>, value: impl Fn(&u8) -> i64) -> Vec<u8> {
    entry[148..156].fill(b' ');
    let sum: i64 = entry[..512].iter().map(value).sum();
    entry[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    entry
}

/// The header as tar had it before POSIX: no magic, and no type of files.
fn v7(entry: Vec<u8>) -> Vec<u8> {
    changed(entry, &[(156, &[0]), (257, &[0; 255])])
}

fn gnu(entry: Vec<u8>) -> Vec<u8> {
    changed(entry, &[(257, b"ustar  \0")])
}

/// The file as GNU tar writes it with -S, in a format of its own.
fn sparse(name: &str, headers: usize) -> Vec<u8> {
    let head = tar_file::entry(name, EntryType::GNUSparse, 0o644, TEXT);
    let is_extended: &[u8] = if headers > 0 { &[1] } else { &[0] };
    let entry = changed(gnu(head), &[(482, is_extended), (483, b"00000303241\0")]);
    let (head, bytes) = entry.split_at(512);
    let mut more = vec![0; 512 * headers];
    for n in 1..headers {
        more[n * 512 - 8] = 1;
    }
    [head, &more, bytes].concat()
}

/// A record before all entries.
fn global(text: &str) -> Vec<u8> {
    tar_file::entry(
        "pax_global_header",
        EntryType::XGlobalHeader,
        0o666,
        text.as_bytes(),
    )
}

pub(super) fn cases() -> Vec<Case> {
    let cases = [of_gnu(), of_posix(), of_old_ones(), of_packages()];
    cases.into_iter().flatten().collect()
}

fn of_gnu() -> Vec<Case> {
    let long = format!("{}file.txt", "long-name/".repeat(12));
    let mut directories: Vec<String> = (1..=12).map(|n| "long-name/".repeat(n)).collect();
    directories.push(long.clone());
    let directories: Vec<&str> = directories.iter().map(String::as_str).collect();
    vec![
        case(
            "GNU tar: the root as ./, magic of its own, a link",
            gzip(&tar(&[
                gnu(directory(0o755, "./")),
                gnu(file(0o755, "./run.sh")),
                gnu(file(0o644, "./größe.txt")),
                link("./link", EntryType::Symlink, "run.sh"),
            ])),
            tree(&["größe.txt", "run.sh 755"]).but("./link", SkipReason::Symlink),
        ),
        case(
            "GNU tar: a long name before the entry",
            tar(&[gnu_long(&format!("./{long}"), TEXT)]),
            tree(&directories),
        ),
        case(
            "GNU tar -S: sparse files, with and without more headers",
            tar(&[
                sparse("few-holes", 0),
                sparse("many-holes", 2),
                file(0o644, "a.txt"),
            ]),
            tree(&["a.txt"])
                .but("few-holes", SkipReason::Packing)
                .but("many-holes", SkipReason::Packing),
        ),
        case(
            "GNU tar -S in POSIX format",
            tar(&[
                pax(
                    &[("GNU.sparse.major", "1"), ("GNU.sparse.name", "holes")],
                    TEXT,
                ),
                file(0o644, "a.txt"),
            ]),
            tree(&["a.txt"]).but("holes", SkipReason::Packing),
        ),
        case(
            "GNU tar: an owner beyond octal numbers, a label of the volume",
            tar(&[
                gnu(tar_file::entry("backup", EntryType::new(b'V'), 0, b"")),
                changed(
                    gnu(file(0o644, "a.txt")),
                    &[(108, &[0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])],
                ),
            ]),
            tree(&["a.txt"]).but("backup", SkipReason::Special),
        ),
        case(
            "GNU tar: a link to a file of the archive",
            tar(&[
                file(0o755, "run.sh"),
                link("again.sh", EntryType::Link, "run.sh"),
                link("lost", EntryType::Link, "elsewhere"),
            ]),
            tree(&["again.sh 755", "run.sh 755"]).but("lost", SkipReason::HardLink),
        ),
    ]
}

fn of_posix() -> Vec<Case> {
    let short = "d/".repeat(40);
    let prefixed = changed(
        file(0o644, "file.txt"),
        &[(345, short.trim_end_matches('/').as_bytes())],
    );
    let mut directories: Vec<String> = (1..=40).map(|n| "d/".repeat(n)).collect();
    directories.push(format!("{short}file.txt"));
    let directories: Vec<&str> = directories.iter().map(String::as_str).collect();
    let mac = [
        ("mtime", "1767323046.5"),
        ("LIBARCHIVE.xattr.com.apple.provenance", "AQAA"),
        ("SCHILY.xattr.com.apple.provenance", "\u{1}"),
        ("path", "project/größe.txt"),
    ];
    vec![
        case(
            "tar in the ustar format: a prefix",
            tar(&[prefixed]),
            tree(&directories),
        ),
        case(
            "bsdtar of macOS: attributes as records and as ._ files",
            gzip(&tar(&[
                pax(&[("path", "./._project")], TEXT),
                directory(0o755, "./project/"),
                pax(&mac, TEXT),
            ])),
            tree(&["project/", "project/größe.txt"]).but("./._project", SkipReason::OfMac),
        ),
        case(
            "tarfile of Python: ASCII in the header, the name as a record",
            gzip(&tar(&[
                directory(0o755, "."),
                pax(
                    &[("path", "./日本/größe.txt"), ("mtime", "1767323046.0")],
                    TEXT,
                ),
            ])),
            tree(&["日本/", "日本/größe.txt"]),
        ),
        case(
            "git archive: the commit before all entries, modes for a group",
            gzip(&tar(&[
                global("52 comment=917678184577543e1978029a301c0ffb7d381f77\n"),
                directory(0o775, "p/"),
                file(0o664, "p/main.rs"),
                file(0o775, "p/run.sh"),
                link("p/link", EntryType::Symlink, "run.sh"),
            ])),
            tree(&["p/ 775", "p/main.rs 664", "p/run.sh 775"]).but("p/link", SkipReason::Symlink),
        ),
        case(
            "archive/tar of Go: a size as a record",
            tar(&[pax(&[("path", "main.go"), ("size", "15")], TEXT)]),
            tree(&["main.go"]),
        ),
    ]
}

fn of_old_ones() -> Vec<Case> {
    // Latin-1: some old tools summed up signed bytes.
    let latin = changed(file(0o644, "a"), &[(265, b"gr\xfc\xdfe")]);
    vec![
        case(
            "tar before POSIX, not compressed: no magic, directories by their slash",
            tar(&[
                v7(file(0o755, "run.sh")),
                v7(directory(0o755, "src/")),
                v7(file(0o644, "src/main.rs")),
            ]),
            tree(&["run.sh 755", "src/", "src/main.rs"]),
        ),
        case(
            "tar of SunOS: a checksum of signed bytes",
            tar(&[with_checksum(latin, |byte| {
                i64::from(i8::from_ne_bytes([*byte]))
            })]),
            tree(&["a"]),
        ),
        case(
            "tar of a Latin-1 system",
            tar(&[
                changed(file(0o644, "gr__e.txt"), &[(2, b"\xf6\xdf")]),
                file(0o644, "b.txt"),
            ]),
            tree(&["b.txt"]).but("gr\u{fffd}\u{fffd}e.txt", SkipReason::Name),
        ),
        case(
            "a backup of a whole system: devices, pipes, absolute paths",
            tar(&[
                tar_file::entry("dev/null", EntryType::Char, 0o666, b""),
                tar_file::entry("run/pipe", EntryType::Fifo, 0o644, b""),
                file(0o644, "/etc/hosts"),
                file(0o644, "etc/hosts"),
            ]),
            tree(&["etc/", "etc/hosts"])
                .but("dev/null", SkipReason::Special)
                .but("run/pipe", SkipReason::Special)
                .but("/etc/hosts", SkipReason::Absolute),
        ),
    ]
}

fn of_packages() -> Vec<Case> {
    let bytes = tar(&[
        file(0o644, "package/package.json"),
        file(0o755, "package/cli.js"),
    ]);
    vec![
        case(
            "npm pack: no directories",
            gzip(&bytes),
            tree(&["package/", "package/cli.js 755", "package/package.json"]),
        ),
        case(
            "pigz in parts, padded like a tape",
            [gzip(&bytes[..700]), gzip(&bytes[700..]), vec![0; 512]].concat(),
            tree(&["package/", "package/cli.js 755", "package/package.json"]),
        ),
    ]
}
