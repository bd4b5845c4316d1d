//! Tools of Windows.

use encoding_rs::{EUC_KR, Encoding, GBK, IBM866, SHIFT_JIS};

use super::{
    super::zip_file::{Sizes, TestEntry, archive_with, field},
    Case, case, deflated, stored, tree, zip,
};
use crate::SkipReason;

/// Flag 11: the name is UTF-8.
const UTF8: u16 = 1 << 11;

/// An entry with the attributes of DOS: those of a directory, or the archive bit.
fn dos(entry: TestEntry) -> TestEntry {
    let is_directory = entry.name.ends_with(b"/") || entry.name.ends_with(b"\\");
    TestEntry {
        host: 0,
        mode: 0,
        dos: if is_directory { 0x10 } else { 0x20 },
        ..entry
    }
}

/// An entry whose name has the code page of its computer, without a mark.
fn named_in(name: &[u8], entry: TestEntry) -> TestEntry {
    TestEntry {
        name: name.to_vec(),
        ..entry
    }
}

fn encoded(encoding: &'static Encoding, name: &str) -> TestEntry {
    named_in(&encoding.encode(name).0, dos(deflated("")))
}

/// The times of a file as NTFS has them.
fn ntfs_times() -> Vec<u8> {
    let time = 0x01dc_7b94_74d8_9700_u64.to_le_bytes();
    field(
        0x000a,
        &[&[0, 0, 0, 0, 1, 0, 24, 0][..], &time, &time, &time].concat(),
    )
}

fn seven_zip(name: &str, flags: u16) -> TestEntry {
    TestEntry {
        flags,
        versions: [63, 20],
        extra: ntfs_times(),
        ..dos(deflated(name))
    }
}

/// An entry of PowerShell 5, whose .NET Framework wrote the separators of Windows.
fn power_shell(name: &str) -> TestEntry {
    TestEntry {
        dos: 0,
        ..dos(deflated(name))
    }
}

/// The name in UTF-8, with the checksum of the other one.
fn unicode_path(other: &[u8], name: &str) -> Vec<u8> {
    let crc = crc32fast::hash(other).to_le_bytes();
    field(0x7075, &[&[1][..], &crc, name.as_bytes()].concat())
}

pub(super) fn cases() -> Vec<Case> {
    let cases = [of_the_system(), of_packers(), of_other_scripts()];
    cases.into_iter().flatten().collect()
}

fn of_the_system() -> Vec<Case> {
    vec![
        case(
            "Explorer: names in CP437, no entries for directories",
            zip(&[
                dos(deflated("project/main.c")),
                named_in(b"project/\x9abergr\x94\xe1e.txt", dos(stored(""))),
            ]),
            tree(&["project/", "project/main.c", "project/Übergröße.txt"]).with_names_in("CP437"),
        ),
        case(
            "Explorer since Windows 8: UTF-8 where the code page lacks a letter",
            zip(&[
                dos(deflated("a.txt")),
                TestEntry {
                    flags: UTF8,
                    ..dos(deflated("имя.txt"))
                },
                dos(stored("empty/")),
            ]),
            tree(&["a.txt", "empty/", "имя.txt"]),
        ),
        case(
            "Compress-Archive of PowerShell 5: backslashes, no attributes",
            zip(&[
                power_shell("project\\src\\main.cs"),
                power_shell("project\\run.ps1"),
                power_shell("project\\empty\\"),
            ]),
            tree(&[
                "project/",
                "project/empty/",
                "project/run.ps1",
                "project/src/",
                "project/src/main.cs",
            ]),
        ),
        case(
            "Compress-Archive of PowerShell 7: slashes, UTF-8 marked",
            zip(&[
                power_shell("project/run.ps1"),
                TestEntry {
                    flags: UTF8,
                    ..power_shell("project/größe.txt")
                },
            ]),
            tree(&["project/", "project/größe.txt", "project/run.ps1"]),
        ),
        case(
            "tar.exe of Windows as zip: permissions invented, sizes after the bytes",
            zip(&[
                TestEntry {
                    mode: 0o100_666,
                    sizes: Sizes::After,
                    ..deflated("a.txt")
                },
                TestEntry {
                    mode: 0o040_777,
                    ..stored("d/")
                },
            ]),
            tree(&["a.txt 666", "d/ 777"]),
        ),
        case(
            "a link of Windows (reparse point)",
            zip(&[
                TestEntry {
                    dos: 0x420,
                    host: 10,
                    ..dos(stored("junction"))
                },
                dos(stored("a.txt")),
            ]),
            tree(&["a.txt"]).but("junction", SkipReason::Symlink),
        ),
    ]
}

fn of_packers() -> Vec<Case> {
    vec![
        case(
            "7-Zip on Windows: times of NTFS, UTF-8 marked where needed",
            zip(&[
                seven_zip("src/", 0),
                seven_zip("src/main.rs", 0),
                seven_zip("src/日本.txt", UTF8),
            ]),
            tree(&["src/", "src/main.rs", "src/日本.txt"]),
        ),
        case(
            "WinRAR: name in CP437 and in a Unicode field",
            zip(&[TestEntry {
                extra: unicode_path(b"gr\x94\xe1e_.txt", "größe✓.txt"),
                ..named_in(b"gr\x94\xe1e_.txt", dos(deflated("")))
            }]),
            tree(&["größe✓.txt"]),
        ),
        case(
            "WinZip: Unicode field of an entry that another tool renamed",
            zip(&[TestEntry {
                extra: unicode_path(b"before.txt", "früher.txt"),
                ..dos(deflated("after.txt"))
            }]),
            tree(&["after.txt"]),
        ),
        case(
            "WinZip with AES: only its open entries",
            zip(&[
                TestEntry {
                    flags: 1,
                    method: 99,
                    extra: field(0x9901, b"\x02\0AE\x03\x08\0"),
                    ..dos(deflated("secret.txt"))
                },
                dos(deflated("open.txt")),
            ]),
            tree(&["open.txt"]).but("secret.txt", SkipReason::Encrypted),
        ),
        case(
            "PKZIP 1 of DOS: upper case, imploded",
            zip(&[
                TestEntry {
                    versions: [10, 10],
                    ..dos(stored("README.TXT"))
                },
                TestEntry {
                    method: 6,
                    ..dos(stored("GAME.EXE"))
                },
            ]),
            tree(&["README.TXT"]).but("GAME.EXE", SkipReason::Packing),
        ),
        case(
            "a self-extracting program: offsets do not count it",
            [
                b"MZ\x90\0 a program".to_vec(),
                zip(&[dos(deflated("a.txt")), dos(deflated("b/c.txt"))]),
            ]
            .concat(),
            tree(&["a.txt", "b/", "b/c.txt"]),
        ),
        case(
            "a download of OneDrive: zip64 for small files",
            archive_with(
                &[TestEntry {
                    is_zip64: true,
                    sizes: Sizes::After64,
                    flags: UTF8,
                    versions: [45, 45],
                    ..dos(deflated("Documents/Größe.txt"))
                }],
                b"",
                b"",
            ),
            tree(&["Documents/", "Documents/Größe.txt"]),
        ),
    ]
}

fn of_other_scripts() -> Vec<Case> {
    vec![
        case(
            "Explorer on a Japanese Windows: Shift_JIS with a backslash as second byte",
            zip(&[encoded(SHIFT_JIS, "表示の一覧表/ソースコード表.txt")]),
            tree(&["表示の一覧表/", "表示の一覧表/ソースコード表.txt"]).with_names_in("Shift_JIS"),
        ),
        case(
            "WinRAR on a Chinese Windows: GBK",
            zip(&[encoded(GBK, "中文资料/说明文件.txt")]),
            tree(&["中文资料/", "中文资料/说明文件.txt"]).with_names_in("GBK"),
        ),
        case(
            "Bandizip on a Korean Windows: EUC-KR",
            zip(&[encoded(EUC_KR, "한국어자료/설명서입니다.txt")]),
            tree(&["한국어자료/", "한국어자료/설명서입니다.txt"]).with_names_in("EUC-KR"),
        ),
        case(
            "7-Zip on a Russian Windows: CP866",
            zip(&[encoded(IBM866, "Документы/Отчёт за год.txt")]),
            tree(&["Документы/", "Документы/Отчёт за год.txt"]).with_names_in("IBM866"),
        ),
    ]
}
