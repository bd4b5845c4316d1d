//! Archives as common tools write them.

use tar::EntryType;

use super::{
    Files,
    archives::{export, import},
    path,
    tar_file::{self, file, gnu_long, gzip, link, pax, tar},
    zip_file::{TestEntry, archive, entry},
};
use crate::{
    Archive, ArchiveError, ArchiveKind, ArchiveStep, Expect, Imported, WorkspaceError, http,
};

/// An entry as Windows writes it: without Unix attributes.
fn of_windows(entry: TestEntry) -> TestEntry {
    TestEntry {
        host: 0,
        mode: 0,
        dos: 0x20,
        ..entry
    }
}

fn raw(name: &[u8]) -> TestEntry {
    TestEntry {
        name: name.to_vec(),
        ..of_windows(entry("", b"1"))
    }
}

/// The paths after an import, and the skipped entries.
fn unpacked(entries: &[TestEntry]) -> (Vec<String>, Vec<(String, String)>) {
    let files = Files::new();
    let imported = import(&files, &archive(entries)).unwrap();
    (files.tree(), left_out(&imported))
}

fn left_out(imported: &Imported) -> Vec<(String, String)> {
    let skipped = imported.skipped.iter();
    skipped
        .map(|skipped| (skipped.name.clone(), skipped.reason.to_string()))
        .collect()
}

#[track_caller]
fn tree_of(entries: &[TestEntry], expected: &[&str]) {
    let (tree, left_out) = unpacked(entries);
    assert_eq!(tree, expected);
    assert_eq!(left_out, []);
}

#[test]
fn backslashes_of_windows_stand_between_names() {
    let windows = |name: &str| of_windows(entry(name, b"1"));
    tree_of(
        &[
            windows("proj\\README.md"),
            windows("proj\\src\\main.cs"),
            windows("proj/x\\y"),
        ],
        &[
            "proj/",
            "proj/README.md",
            "proj/src/",
            "proj/src/main.cs",
            "proj/x/",
            "proj/x/y",
        ],
    );
    let directory = TestEntry {
        dos: 0x10,
        ..of_windows(entry("empty\\", b""))
    };
    let bare = TestEntry {
        dos: 0x10,
        ..of_windows(entry("bare", b""))
    };
    tree_of(
        &[directory, bare, windows(".\\a")],
        &["a", "bare/", "empty/"],
    );
    let (tree, left_out) = unpacked(&[
        windows("..\\up.txt"),
        windows("a\\..\\..\\b"),
        windows("C:\\x"),
        windows("\\\\host\\x"),
        windows("\\x"),
        entry("a\\b", b"1"),
    ]);
    assert_eq!((tree, left_out.len()), (Vec::new(), 6));
    assert!(
        left_out[5].1.contains("backslash"),
        "a name of Unix: {left_out:?}"
    );
}

#[test]
fn names_in_other_encodings_are_read() {
    tree_of(&[raw(b"\x9abergr\x94\xe1e.txt")], &["Übergröße.txt"]);
    let flagged = TestEntry {
        flags: 1 << 11,
        ..raw("größe".as_bytes())
    };
    tree_of(&[flagged, raw("naïve".as_bytes())], &["größe", "naïve"]);
    let unicode_path = |raw_name: &[u8], crc_of: &[u8], name: &str| {
        let crc = crc32fast::hash(crc_of).to_le_bytes();
        let field = [&[1][..], &crc, name.as_bytes()].concat();
        let head = [0x7075_u16, field.len() as u16]
            .map(u16::to_le_bytes)
            .concat();
        TestEntry {
            extra: [&[0x0a, 0, 1, 0, 9][..], &head, &field].concat(),
            ..raw(raw_name)
        }
    };
    tree_of(
        &[unicode_path(b"?.txt", b"?.txt", "日本.txt")],
        &["日本.txt"],
    );
    tree_of(
        &[unicode_path(b"renamed", b"before", "日本.txt")],
        &["renamed"],
    );
    // In Shift_JIS, one byte of a character equals a backslash.
    let japanese = encoding_rs::SHIFT_JIS
        .encode("表示の一覧表/ソースコード表.txt")
        .0;
    tree_of(
        &[raw(&japanese)],
        &["表示の一覧表/", "表示の一覧表/ソースコード表.txt"],
    );
    let files = Files::new();
    let imported = import(&files, &archive(&[raw(&japanese)])).unwrap();
    assert_eq!(imported.names_in, Some("Shift_JIS"));
    assert_eq!(
        import(&files, &archive(&[entry("a", b"1")]))
            .unwrap()
            .names_in,
        None
    );
    let nfd = entry("cafe\u{301}.txt", b"1");
    tree_of(&[nfd], &["café.txt"]);
}

#[test]
fn metadata_of_macos_is_left_out_and_named() {
    let (tree, left_out) = unpacked(&[
        entry("p/a.txt", b"1"),
        entry("p/.DS_Store", b"1"),
        entry("__MACOSX/p/._a.txt", b"1"),
        entry("__MACOSX/", b""),
        entry("p/._b", b"1"),
        entry("p/.DS_Store.txt", b"1"),
        entry("p/_.x", b"1"),
    ]);
    assert_eq!(tree, ["p/", "p/.DS_Store.txt", "p/_.x", "p/a.txt"]);
    let names: Vec<&str> = left_out.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["p/.DS_Store", "__MACOSX/p/._a.txt", "__MACOSX/", "p/._b"]
    );
}

#[test]
fn symlinks_of_any_maker_are_left_out() {
    let link = |host: u8, mode: u32, dos: u32| TestEntry {
        host,
        mode,
        dos,
        ..entry("link", b"/etc/passwd")
    };
    let mut fields = [0o120_777_u16, 0, 0, 0, 0].map(u16::to_le_bytes).concat();
    fields.extend(b"/etc/passwd");
    let head = [0x756e_u16, fields.len() as u16 + 4]
        .map(u16::to_le_bytes)
        .concat();
    let reported = TestEntry {
        extra: [&head[..], &crc32fast::hash(&fields).to_le_bytes(), &fields].concat(),
        ..link(0, 0, 0)
    };
    for link in [
        link(3, 0o120_777, 0),
        link(19, 0o120_755, 0),
        link(0, 0o120_777, 0x8000),
        link(10, 0, 0x400),
        reported,
    ] {
        let (tree, left_out) = unpacked(&[link]);
        assert_eq!(tree, [] as [&str; 0]);
        assert!(left_out[0].1.contains("symlink"), "{left_out:?}");
    }
}

#[test]
fn comments_zip64_and_data_around_an_archive() {
    let plain = archive(&[TestEntry {
        comment: b"made by hand",
        ..entry("./a", b"one")
    }]);
    let zip64 = |name: &str| TestEntry {
        is_zip64: true,
        ..entry(name, b"two")
    };
    let large = archive(&[zip64("a"), zip64("b/c")]);
    let before = [&b"#!/bin/sh\nexec unzip $0\n"[..], &plain].concat();
    let behind = [&plain[..], b"\r\n\r\n"].concat();
    for (bytes, expected) in [
        (&plain, &["a"][..]),
        (&large, &["a", "b/", "b/c"]),
        (&before, &["a"]),
        (&behind, &["a"]),
        (&with_end_64(&plain), &["a"]),
        (&[b"MZ stub".to_vec(), with_end_64(&plain)].concat(), &["a"]),
    ] {
        let files = Files::new();
        let imported = import(&files, bytes).unwrap();
        assert_eq!(files.tree(), expected);
        assert_eq!(imported.skipped, []);
    }
}

/// The archive with the records that end a large one.
fn with_end_64(bytes: &[u8]) -> Vec<u8> {
    let end = bytes.len() - 22 - 5;
    let (rest, end) = bytes.split_at(end);
    let number = |at: usize| u64::from(u32::from_le_bytes(end[at..at + 4].try_into().unwrap()));
    let count = u64::from(u16::from_le_bytes(end[8..10].try_into().unwrap()));
    let mut out = rest.to_vec();
    out.extend(
        [
            &b"PK\x06\x06"[..],
            &44_u64.to_le_bytes(),
            &[45, 0, 45, 0],
            &[0; 8],
        ]
        .concat(),
    );
    out.extend(
        [count, count, number(12), number(16)]
            .map(u64::to_le_bytes)
            .concat(),
    );
    out.extend(
        [
            &b"PK\x06\x07"[..],
            &[0; 4],
            &(rest.len() as u64).to_le_bytes(),
            &[1, 0, 0, 0],
        ]
        .concat(),
    );
    out.extend([&b"PK\x05\x06"[..], &[0xff; 16], &[0; 2]].concat());
    out
}

#[test]
fn permissions_survive_the_round_trip() {
    let mode = |mode: u32, entry| TestEntry { mode, ..entry };
    let files = Files::new();
    let bytes = archive(&[
        mode(0o100_755, entry("run.sh", b"#!/bin/sh\n")),
        mode(0o100_644, entry("plain", b"1")),
        mode(0o100_600, entry("secret", b"1")),
        mode(0o040_700, entry("bin/", b"")),
        mode(0o100_000, entry("odd", b"1")),
    ]);
    import(&files, &bytes).unwrap();
    let modes = |files: &Files| -> Vec<Option<u32>> {
        let at = ["run.sh", "plain", "secret", "bin", "odd"];
        at.map(|at| files.workspace().stat(&path(at)).unwrap().mode)
            .to_vec()
    };
    let expected = [Some(0o755), None, Some(0o600), Some(0o700), None];
    assert_eq!(modes(&files), expected);
    for kind in [ArchiveKind::Zip, ArchiveKind::TarGz] {
        let other = Files::new();
        import(&other, &export_as(&files, kind)).unwrap();
        assert_eq!(modes(&other), expected, "{kind:?}");
    }
    // A change of the content keeps the permissions, as do a move and a copy.
    files.put("run.sh", "#!/bin/bash\n");
    let (from, to) = (path("run.sh"), path("bin/run"));
    files.workspace().copy(&from, &to).unwrap();
    files.workspace().move_(&path("bin"), &path("b")).unwrap();
    for at in ["run.sh", "b/run"] {
        assert_eq!(files.workspace().stat(&path(at)).unwrap().mode, Some(0o755));
    }
    assert_eq!(
        files.workspace().stat(&path("b")).unwrap().mode,
        Some(0o700)
    );
    // The same file with other permissions is a new version; without any, it keeps its own.
    let bytes = archive(&[mode(0o100_644, entry("run.sh", b"#!/bin/bash\n"))]);
    assert_eq!(import(&files, &bytes).unwrap().files, 1);
    assert_eq!(files.workspace().stat(&from).unwrap().mode, None);
    let bytes = archive(&[of_windows(entry("b/run", b"#!/bin/bash\n"))]);
    assert_eq!(import(&files, &bytes).unwrap().unchanged, 1);
    assert_eq!(
        files.workspace().stat(&path("b/run")).unwrap().mode,
        Some(0o755)
    );
}

fn export_as(files: &Files, kind: ArchiveKind) -> Vec<u8> {
    let workspace = files.workspace();
    let mut archive: Archive = workspace.archive(kind).unwrap();
    let mut bytes = Vec::new();
    loop {
        let step = workspace.archive_slice(&mut archive, &mut limits::Work::of(100_000));
        match step.unwrap() {
            ArchiveStep::Piece(piece) => bytes.extend(piece),
            ArchiveStep::More => {}
            ArchiveStep::End => return bytes,
        }
    }
}

#[test]
fn tar_files_come_in() {
    let long = format!("{}/file.txt", "a-long-name/".repeat(12));
    let entries = [
        tar_file::entry("p/", EntryType::Directory, 0o755, b""),
        tar_file::entry("p/run.sh", EntryType::Regular, 0o755, b"#!/bin/sh\n"),
        file("./p/b", &[7; 1000]),
        file("p/empty", b""),
        gnu_long(&long, b"long"),
        pax(&[("path", "日本/é"), ("mtime", "1.5")], b"pax"),
        tar_file::entry(
            "git",
            EntryType::XGlobalHeader,
            0o644,
            b"52 comment=0123456789012345678901234567890123456789\n",
        ),
        link("p/hard", EntryType::Link, "p/run.sh"),
    ];
    let bytes = tar(&entries);
    for (what, bytes) in [
        ("gz", gzip(&bytes)),
        ("tar", bytes.clone()),
        (
            "two parts",
            [gzip(&bytes[..700]), gzip(&bytes[700..])].concat(),
        ),
    ] {
        let files = Files::new();
        let imported = import(&files, &bytes).unwrap();
        assert_eq!((imported.files, left_out(&imported)), (6, vec![]), "{what}");
        assert_eq!(files.text("日本/é").unwrap(), "pax");
        assert_eq!(files.text(&long).unwrap(), "long");
        assert_eq!(files.text("p/hard").unwrap(), "#!/bin/sh\n");
        assert_eq!(files.text("p/b").unwrap().len(), 1000);
        assert_eq!(
            files.workspace().stat(&path("p/run.sh")).unwrap().mode,
            Some(0o755)
        );
    }
}

#[test]
fn unsupported_tar_entries_are_left_out_and_named() {
    let files = Files::new();
    let imported = import(
        &files,
        &gzip(&tar(&[
            file("good", b"1"),
            link("link", EntryType::Symlink, "/etc/passwd"),
            link("hard", EntryType::Link, "/etc/passwd"),
            tar_file::entry("pipe", EntryType::Fifo, 0o644, b""),
            tar_file::entry("new", EntryType::new(b'?'), 0o644, b""),
            file("../up", b"1"),
            file("/etc/passwd", b"1"),
            file("._good", b"1"),
            file("./good", b"2"),
            pax(&[("GNU.sparse.major", "1")], b"1"),
        ])),
    )
    .unwrap();
    let left_out = left_out(&imported);
    let names: Vec<&str> = left_out.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "link",
        "hard",
        "pipe",
        "new",
        "../up",
        "/etc/passwd",
        "._good",
        "./good",
        "short",
    ];
    for name in expected {
        assert!(names.contains(&name), "{name}: {left_out:?}");
    }
    assert_eq!(
        (names.len(), files.tree()),
        (expected.len(), vec!["good".to_owned()])
    );
}

#[test]
fn tar_files_that_are_damaged_or_bombs_change_nothing() {
    let good = tar(&[file("a", b"one"), file("b", &[7; 3000])]);
    let packed = gzip(&good);
    let mut wrong = packed.clone();
    let last = wrong.len() - 5;
    wrong[last] ^= 1;
    let zeros = vec![0; 9_000_000];
    let bomb: Vec<Vec<u8>> = (0..4).map(|n| file(&n.to_string(), &zeros)).collect();
    for (what, bytes) in [
        ("cut gzip", packed[..packed.len() - 20].to_vec()),
        ("no end of gzip", packed[..packed.len() - 8].to_vec()),
        ("wrong checksum", wrong),
        ("no tar", gzip(b"hello")),
        ("nothing in it", gzip(b"")),
        ("cut tar", good[..good.len() - 2000].to_vec()),
        ("no end of tar", good[..good.len() - 1024].to_vec()),
        ("garbage behind", [&packed[..], b"hello"].concat()),
        ("bomb", gzip(&tar(&bomb))),
    ] {
        let files = Files::new();
        let error = import(&files, &bytes).unwrap_err();
        let is_expected = matches!(
            error,
            WorkspaceError::Archive(
                ArchiveError::Damaged { .. } | ArchiveError::NotZip | ArchiveError::Bomb { .. }
            )
        );
        assert!(is_expected, "{what}: {error}");
        assert_eq!(files.tree(), [] as [&str; 0], "{what}");
    }
    let padded = [&packed[..], &[0; 700]].concat();
    assert_eq!(import(&Files::new(), &padded).unwrap().files, 2);
}

/// Random damage never causes a panic or a partial import without an error.
#[test]
fn random_damage_to_tar_files() {
    let good = tar(&[
        file("a/b", b"one"),
        gnu_long(&"x/".repeat(80), b"two"),
        pax(&[("path", "é")], b"3"),
    ]);
    let mut random = fastrand::Rng::with_seed(5);
    for _ in 0..400 {
        let mut bytes = good.clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..bytes.len());
            bytes[at] = random.u8(..);
        }
        let _ = import(&Files::new(), &bytes);
    }
}

#[test]
fn an_exported_tar_file_can_be_imported() {
    let files = Files::new();
    files.put("a/é/日本.txt", "text\n");
    files.put(&format!("{}/x", "long-name/".repeat(15)), "long");
    files.put("empty.txt", "");
    files.workspace().make_directory(&path("d/e")).unwrap();
    let mut random = fastrand::Rng::with_seed(2);
    let noise: Vec<u8> = (0..1_500_000).map(|_| random.u8(..)).collect();
    files
        .workspace()
        .write(&path("noise"), &noise, &Expect::Nothing)
        .unwrap();
    files.put("long", &"line\n".repeat(100_000));
    let other = Files::new();
    let imported = import(&other, &export_as(&files, ArchiveKind::TarGz)).unwrap();
    assert_eq!((imported.files, imported.skipped), (5, vec![]));
    assert_eq!(other.tree(), files.tree());
    for at in ["a/é/日本.txt", "noise", "long"] {
        let what = |files: &Files| files.workspace().stat(&path(at)).unwrap().what;
        assert_eq!(what(&other), what(&files));
    }
    assert_eq!(import(&Files::new(), &export(&other)).unwrap().files, 5);
}

#[test]
fn an_archive_of_which_nothing_came_in_is_no_success() {
    let status = |entries: &[TestEntry]| {
        let imported = import(&Files::new(), &archive(entries)).unwrap();
        let answer = http::imported(&imported);
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        (answer.status, body["error"].is_string())
    };
    assert_eq!(
        status(&[entry("a", b"1"), entry("../b", b"1")]),
        (200, false)
    );
    assert_eq!(status(&[entry("../b", b"1")]), (422, true));
    assert_eq!(status(&[]), (422, true));
    assert_eq!(status(&[entry("d/", b"")]), (200, false));
    assert_eq!(
        status(&[entry("d/", b""), entry("d/.DS_Store", b"1")]),
        (422, true)
    );
}
