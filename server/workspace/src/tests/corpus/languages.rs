//! Libraries of programming languages, and what is built with them.

use super::{
    super::zip_file::{Sizes, TestEntry, archive_with, field},
    Case, case, deflated, stored, tree, zip,
};

const UTF8: u16 = 1 << 11;

/// An entry of Java: UTF-8 marked always, no attributes, sizes after the bytes.
fn java(name: &str) -> TestEntry {
    let is_directory = name.ends_with('/');
    TestEntry {
        host: 0,
        mode: 0,
        flags: UTF8,
        versions: if is_directory { [10, 10] } else { [20, 20] },
        sizes: if is_directory {
            Sizes::Before
        } else {
            Sizes::After
        },
        ..if is_directory {
            stored(name)
        } else {
            deflated(name)
        }
    }
}

/// An entry of a library that states permissions.
fn unix(made_by: u8, mode: u32, entry: TestEntry) -> TestEntry {
    let is_ascii = entry.name.is_ascii();
    TestEntry {
        mode,
        dos: if entry.name.ends_with(b"/") { 0x10 } else { 0 },
        flags: if is_ascii { 0 } else { UTF8 },
        versions: [made_by, 20],
        ..entry
    }
}

/// The same, written to a stream.
fn streamed(entry: TestEntry) -> TestEntry {
    TestEntry {
        sizes: Sizes::After,
        ..entry
    }
}

pub(super) fn cases() -> Vec<Case> {
    let cases = [of_python_and_net(), of_java(), of_javascript(), of_others()];
    cases.into_iter().flatten().collect()
}

fn of_python_and_net() -> Vec<Case> {
    let python = |mode: u32, name: &str| unix(20, mode, stored(name));
    vec![
        case(
            "zipfile of Python: modes without a type",
            zip(&[
                python(0o600, "a.txt"),
                python(0o600, "größe.txt"),
                python(0o100_755, "run.sh"),
                python(0o040_777, "d/"),
            ]),
            tree(&["a.txt 600", "d/ 777", "größe.txt 600", "run.sh 755"]),
        ),
        case(
            "zipfile of Python to a socket",
            zip(&[streamed(unix(20, 0o600, deflated("a.txt")))]),
            tree(&["a.txt 600"]),
        ),
        case(
            "zipfile of Python with force_zip64: zip64 in the local header alone",
            zip(&[TestEntry {
                versions: [45, 45],
                sizes: Sizes::After64,
                ..python(0o600, "a.txt")
            }]),
            tree(&["a.txt 600"]),
        ),
        case(
            ".NET on Linux: permissions of Unix",
            zip(&[
                unix(20, 0o100_755, deflated("run.sh")),
                unix(20, 0o100_644, deflated("Größe.cs")),
                unix(20, 0o040_755, stored("bin/")),
            ]),
            tree(&["Größe.cs", "bin/", "run.sh 755"]),
        ),
    ]
}

fn of_java() -> Vec<Case> {
    let marked = field(0xcafe, b"");
    let meta = TestEntry {
        versions: [20, 20],
        method: 8,
        sizes: Sizes::After,
        extra: marked.clone(),
        local_extra: marked,
        ..java("META-INF/")
    };
    // The bytes of a stored entry begin at a multiple of four.
    let aligned = |name: &str| TestEntry {
        method: 0,
        sizes: Sizes::Before,
        flags: 0,
        local_extra: field(0xd935, &[4, 0, 0, 0, 0]),
        ..java(name)
    };
    let signature = [
        &200_u64.to_le_bytes()[..],
        &[7; 176],
        &200_u64.to_le_bytes(),
        b"APK Sig Block 42",
    ];
    vec![
        case(
            "jar of Java: the manifest first, compressed directories",
            zip(&[
                meta,
                java("META-INF/MANIFEST.MF"),
                java("src/"),
                java("src/Größe.java"),
            ]),
            tree(&[
                "META-INF/",
                "META-INF/MANIFEST.MF",
                "src/",
                "src/Größe.java",
            ]),
        ),
        case(
            "an application of Android: aligned bytes, a signature before the list",
            archive_with(
                &[
                    aligned("resources.arsc"),
                    java("classes.dex"),
                    aligned("lib/x86/a.so"),
                ],
                &signature.concat(),
                b"",
            ),
            tree(&[
                "classes.dex",
                "lib/",
                "lib/x86/",
                "lib/x86/a.so",
                "resources.arsc",
            ]),
        ),
        case(
            "a download of Google Drive: zip64 sizes, no directories",
            zip(&[TestEntry {
                is_zip64: true,
                sizes: Sizes::After64,
                versions: [45, 45],
                ..java("Заметки/план.md")
            }]),
            tree(&["Заметки/", "Заметки/план.md"]),
        ),
    ]
}

fn of_javascript() -> Vec<Case> {
    let unicode = |name: &str| {
        let crc = crc32fast::hash(name.as_bytes()).to_le_bytes();
        field(0x7075, &[&[1][..], &crc, name.as_bytes()].concat())
    };
    let jszip = |mode: u32, name: &str| TestEntry {
        extra: unicode(name),
        local_extra: unicode(name),
        ..unix(30, mode, stored(name))
    };
    let archiver = |mode: u32, name: &str| TestEntry {
        dos: 0x20,
        ..streamed(unix(45, mode, deflated(name)))
    };
    vec![
        case(
            "archiver of Node",
            zip(&[
                archiver(0o100_644, "a.txt"),
                archiver(0o100_755, "größe/b.sh"),
                unix(45, 0o040_755, stored("empty/")),
            ]),
            tree(&["a.txt", "empty/", "größe/", "größe/b.sh 755"]),
        ),
        case(
            "JSZip: UTF-8 marked and in a Unicode field",
            zip(&[
                unix(30, 0o100_664, stored("a.txt")),
                jszip(0o040_775, "größe/"),
                jszip(0o100_664, "größe/b.txt"),
            ]),
            tree(&["a.txt 664", "größe/ 775", "größe/b.txt 664"]),
        ),
        case(
            "JSZip in a browser: no permissions",
            zip(&[
                TestEntry {
                    host: 0,
                    ..unix(20, 0, stored("d/"))
                },
                TestEntry {
                    host: 0,
                    ..streamed(unix(20, 0, deflated("d/a.txt")))
                },
            ]),
            tree(&["d/", "d/a.txt"]),
        ),
    ]
}

fn of_others() -> Vec<Case> {
    vec![
        case(
            "archive/zip of Go: everything streamed, no attributes unless set",
            zip(&[
                TestEntry {
                    host: 0,
                    ..streamed(unix(20, 0, deflated("main.go")))
                },
                streamed(unix(20, 0o100_755, deflated("größe.sh"))),
                TestEntry {
                    host: 0,
                    ..unix(20, 0, stored("d/"))
                },
            ]),
            tree(&["d/", "größe.sh 755", "main.go"]),
        ),
        case(
            "ZipArchive of PHP: everyone may write",
            zip(&[TestEntry {
                flags: 0,
                ..unix(63, 0o100_666, deflated("größe.php"))
            }]),
            tree(&["größe.php 666"]),
        ),
        case(
            "rubyzip: the oldest times, UTF-8 not marked",
            zip(&[TestEntry {
                flags: 0,
                extra: field(0x5455, b"\x01\0\0\0\0"),
                ..unix(52, 0o100_644, deflated("größe.rb"))
            }]),
            tree(&["größe.rb"]),
        ),
    ]
}
