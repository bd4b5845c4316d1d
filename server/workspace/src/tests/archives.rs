//! Archives in and out, including malicious ones.

use limits::Work;
use sql::Sql as _;

use super::{
    Files, path,
    zip_file::{TestEntry, archive, entry},
};
use crate::{
    Archive, ArchiveError, ArchiveKind, ArchiveLimits, ArchiveStep, Expect, Hash, Imported,
    Workspace, WorkspaceError,
};

fn import_with(
    files: &Files,
    bytes: &[u8],
    limits: ArchiveLimits,
) -> Result<Imported, WorkspaceError> {
    let workspace = files.workspace();
    let mut upload = workspace.begin_upload(limits)?;
    for read in bytes.chunks(70_000) {
        if let Err(error) = upload.push(&workspace, read) {
            workspace.drop_upload(upload.id())?;
            return Err(error);
        }
    }
    workspace.finish_upload(upload)
}

pub(super) fn import(files: &Files, bytes: &[u8]) -> Result<Imported, WorkspaceError> {
    let outcome = import_with(files, bytes, ArchiveLimits::DEFAULT);
    let left = files.sql.run("SELECT count(*) FROM uploads", &[]).unwrap();
    assert_eq!(left[0][0].as_integer(), 0);
    outcome
}

pub(super) fn export(files: &Files) -> Vec<u8> {
    let workspace = files.workspace();
    let mut archive = workspace.archive(ArchiveKind::Zip).unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = next_piece(&workspace, &mut archive) {
        // Pieces for a slow reader stay in memory.
        assert!(piece.len() <= 256_000, "{}", piece.len());
        bytes.extend(piece);
    }
    bytes
}

/// The next piece of an archive, made in small slices.
fn next_piece(workspace: &Workspace<'_>, archive: &mut Archive) -> Option<Vec<u8>> {
    loop {
        let step = workspace.archive_slice(archive, &mut Work::of(100_000));
        match step.unwrap() {
            ArchiveStep::Piece(piece) => return Some(piece),
            ArchiveStep::More => {}
            ArchiveStep::End => return None,
        }
    }
}

#[test]
fn an_archive_is_unpacked_beside_what_is_there() {
    let files = Files::new();
    files.put("kept", "1");
    files.put("a/changed", "old");
    files.put("a/same", "same");
    let stored = TestEntry {
        method: 0,
        ..entry("stored.bin", &[0, 1, 2])
    };
    let directory = TestEntry {
        mode: 0o040_755,
        method: 0,
        ..entry("empty/", b"")
    };
    let bytes = archive(&[
        entry("a/changed", b"new"),
        entry("a/same", b"same"),
        stored,
        directory,
        entry("日本/é", b""),
    ]);
    let imported = import(&files, &bytes).unwrap();
    assert_eq!(
        (imported.files, imported.unchanged, imported.bytes),
        (3, 1, 10)
    );
    assert_eq!(imported.skipped, []);
    assert_eq!(
        files.tree(),
        [
            "a/",
            "a/changed",
            "a/same",
            "empty/",
            "kept",
            "stored.bin",
            "日本/",
            "日本/é"
        ]
    );
    assert_eq!(files.text("a/changed").unwrap(), "new");
    assert_eq!(
        files.workspace().usage().unwrap().change,
        4,
        "all in one change"
    );
}

#[test]
fn unsupported_entries_are_left_out_and_named() {
    let mut files = Files::new();
    files.limits.file_bytes = 1000;
    files.put("file", "1");
    files.put("dir/x", "1");
    let mode = |mode, entry| TestEntry { mode, ..entry };
    let bytes = archive(&[
        entry("good", b"1"),
        mode(0o120_777, entry("link", b"/etc/passwd")),
        mode(0o010_644, entry("pipe", b"")),
        entry("/etc/passwd", b"1"),
        entry("C:/x", b"1"),
        entry("\\\\host\\x", b"1"),
        entry("../../etc/passwd", b"1"),
        entry("a/../../b", b"1"),
        entry("a\\b", b"1"),
        entry("nul\0", b"1"),
        entry(&"d/".repeat(1000), b""),
        TestEntry {
            name: vec![0xff, 0xfe],
            flags: 1 << 11,
            ..entry("", b"1")
        },
        entry("./good", b"2"),
        TestEntry {
            flags: 1,
            ..entry("secret", b"1")
        },
        TestEntry {
            method: 12,
            ..entry("bzip2", b"1")
        },
        entry("large", &[0; 1001]),
        entry("file/in/it", b"1"),
        entry("dir", b"1"),
    ]);
    let imported = import(&files, &bytes).unwrap();
    let reasons: Vec<(String, String)> = imported
        .skipped
        .iter()
        .map(|skipped| (skipped.name.clone(), skipped.reason.to_string()))
        .collect();
    let has = |name: &str, words: &str| {
        let found = reasons.iter().find(|(other, _)| other == name);
        assert!(
            found.is_some_and(|(_, reason)| reason.contains(words)),
            "{name}: {found:?}"
        );
    };
    has("link", "symlink");
    has("pipe", "neither");
    for name in ["/etc/passwd", "C:/x", "\\\\host\\x"] {
        has(name, "absolute");
    }
    has("../../etc/passwd", "`..`");
    has("a/../../b", "`..`");
    has("a\\b", "backslash");
    has("nul\0", "control");
    has(&"d/".repeat(100), "names deep");
    has("\u{fffd}\u{fffd}", "UTF-8");
    has("./good", "same path");
    has("secret", "encrypted");
    has("bzip2", "compression");
    has("large", "1001 bytes");
    has("file/in/it", "file is in its way");
    has("dir", "dir is in its way");
    assert_eq!(reasons.len(), 17);
    assert_eq!(files.tree(), ["dir/", "dir/x", "file", "good"]);
    assert_eq!(files.text("good").unwrap(), "1");
}

fn refused(files: &Files, bytes: &[u8]) -> ArchiveError {
    let before = (files.tree(), files.workspace().usage().unwrap());
    let Err(WorkspaceError::Archive(error)) = import(files, bytes) else {
        panic!("it is not refused");
    };
    assert_eq!((files.tree(), files.workspace().usage().unwrap()), before);
    error
}

#[test]
fn incomplete_archives_are_refused() {
    let files = Files::new();
    files.put("kept", "1");
    let good = archive(&[entry("a", b"one"), entry("b", &[7; 5000])]);
    for bytes in [
        &b""[..],
        b"hello",
        &[0; 70_000],
        &good[..good.len() - 1],
        &good[good.len() / 2..],
    ] {
        let error = refused(&files, bytes);
        assert!(
            matches!(error, ArchiveError::NotZip | ArchiveError::Damaged { .. }),
            "{error}"
        );
    }
    let wrong_crc = archive(&[
        entry("a", b"1"),
        TestEntry {
            crc: Some(1),
            ..entry("b", b"2")
        },
    ]);
    assert!(
        matches!(refused(&files, &wrong_crc), ArchiveError::Damaged { name, .. } if name == "b")
    );
    for size in [0, 99, 101] {
        let wrong_size = archive(&[TestEntry {
            size: Some(size),
            ..entry("b", &[5; 100])
        }]);
        assert!(matches!(
            refused(&files, &wrong_size),
            ArchiveError::Damaged { .. }
        ));
    }
    let nowhere = archive(&[TestEntry {
        at: Some(9_000_000),
        ..entry("b", b"2")
    }]);
    assert!(matches!(
        refused(&files, &nowhere),
        ArchiveError::Damaged { .. }
    ));
}

/// Whatever byte is changed, the archive is unpacked correctly or refused, and never partly unpacked.
#[test]
fn damage_anywhere_is_noticed_or_does_not_matter() {
    let bytes = archive(&[
        entry("a", b"one one one one"),
        TestEntry {
            method: 0,
            ..entry("b", b"two")
        },
    ]);
    let mut random = fastrand::Rng::with_seed(1);
    for at in 0..bytes.len() {
        let files = Files::new();
        let mut damaged = bytes.clone();
        damaged[at] ^= random.u8(1..);
        match import(&files, &damaged) {
            Err(_) => assert_eq!(files.tree(), [] as [&str; 0]),
            Ok(imported) => {
                let whole: Vec<String> = ["one one one one", "two"]
                    .map(|text| Hash::of(text.as_bytes()).to_string())
                    .into();
                let rows = files.sql.run("SELECT hash FROM contents", &[]).unwrap();
                assert!(
                    rows.iter()
                        .all(|row| whole.contains(&row[0].clone().into_text())),
                    "byte {at}"
                );
                assert_eq!(rows.len() + imported.skipped.len(), 2, "byte {at}");
            }
        }
    }
}

#[test]
fn bombs_are_refused_before_they_are_unpacked() {
    let files = Files::new();
    let zeros = vec![0; 9_000_000];
    let many: Vec<TestEntry> = (0..4).map(|n| entry(&n.to_string(), &zeros)).collect();
    assert!(matches!(
        refused(&files, &archive(&many)),
        ArchiveError::Bomb {
            unpacked: 36_000_000,
            ..
        }
    ));
    let mut shared = vec![entry("0", &[7; 1000])];
    shared.extend((1..50).map(|n| TestEntry {
        at: Some(0),
        ..entry(&n.to_string(), &[7; 1000])
    }));
    assert!(matches!(
        refused(&files, &archive(&shared)),
        ArchiveError::Bomb { .. }
    ));
    let lying = archive(&[TestEntry {
        size: Some(10),
        ..entry("a", &zeros)
    }]);
    assert!(matches!(
        refused(&files, &lying),
        ArchiveError::Damaged { .. }
    ));
    // A single file of zeros is not a zip bomb.
    assert_eq!(
        import(&files, &archive(&[entry("zeros", &zeros)]))
            .unwrap()
            .files,
        1
    );
}

#[test]
fn the_size_and_the_number_of_entries_are_bounded() {
    let files = Files::new();
    let bytes = archive(&[entry("a", &[1; 100]), entry("b", &[2; 100])]);
    let with = |limits| {
        let Err(WorkspaceError::Archive(error)) = import_with(&files, &bytes, limits) else {
            panic!("it is not refused")
        };
        error
    };
    let fewer = ArchiveLimits {
        entries: 1,
        ..ArchiveLimits::DEFAULT
    };
    assert_eq!(
        with(fewer),
        ArchiveError::TooManyEntries {
            entries: 2,
            limit: 1
        }
    );
    let smaller = ArchiveLimits {
        bytes: 100,
        ..ArchiveLimits::DEFAULT
    };
    assert_eq!(with(smaller), ArchiveError::TooLarge { limit: 100 });
    assert_eq!(files.tree(), [] as [&str; 0]);
}

#[test]
fn an_archive_that_does_not_fit_changes_nothing() {
    let mut files = Files::new();
    files.limits.files = 2;
    files.put("kept", "1");
    let bytes = archive(&[entry("a", b"1"), entry("b", b"2")]);
    assert!(matches!(
        import(&files, &bytes),
        Err(WorkspaceError::Full { files: 3, .. })
    ));
    assert_eq!(files.tree(), ["kept"]);
}

#[test]
fn an_exported_archive_can_be_imported() {
    let files = Files::new();
    files.put("a/é/日本.txt", "text\n");
    files.put("empty.txt", "");
    files.workspace().make_directory(&path("d/e")).unwrap();
    let mut random = fastrand::Rng::with_seed(2);
    let noise: Vec<u8> = (0..3_000_000).map(|_| random.u8(..)).collect();
    files
        .workspace()
        .write(&path("noise"), &noise, &Expect::Nothing)
        .unwrap();
    files.put("long", &"line\n".repeat(100_000));
    let bytes = export(&files);
    let other = Files::new();
    let imported = import(&other, &bytes).unwrap();
    assert_eq!((imported.files, imported.skipped), (4, vec![]));
    assert_eq!(other.tree(), files.tree());
    for at in ["a/é/日本.txt", "empty.txt", "noise", "long"] {
        assert_eq!(
            other.workspace().stat(&path(at)).unwrap().what,
            files.workspace().stat(&path(at)).unwrap().what
        );
    }
    assert!(bytes.len() < 3_100_000);
    assert_eq!(
        import(&Files::new(), &export(&Files::new())).unwrap(),
        Imported::default()
    );
}

#[test]
fn an_archive_is_of_one_moment() {
    let files = Files::new();
    for n in 0..3 {
        files.put(&format!("{n}"), &format!("{n}").repeat(300_000));
    }
    let noise = |seed| {
        let mut random = fastrand::Rng::with_seed(seed);
        (0..400_000)
            .map(|_| random.alphanumeric())
            .collect::<String>()
    };
    files.put("1", &noise(1));
    files.put("2", &noise(2));
    let workspace = files.workspace();
    let mut archive = workspace.archive(ArchiveKind::Zip).unwrap();
    let mut bytes = next_piece(&workspace, &mut archive).unwrap();
    assert!(bytes.len() < 400_000, "the third file is not in it yet");
    files.put("2", "changed");
    files.put("3", "new");
    workspace.delete(&path("0"), &Expect::Anything).unwrap();
    while let Some(piece) = next_piece(&workspace, &mut archive) {
        bytes.extend(piece);
    }
    let other = Files::new();
    import(&other, &bytes).unwrap();
    assert_eq!(other.tree(), ["0", "1", "2"]);
    assert_eq!(other.text("2").unwrap(), noise(2));
}

#[test]
fn uploads_are_kept_apart_and_given_up_after_an_hour() {
    let files = Files::new();
    let begin = |at| files.at(at).begin_upload(ArchiveLimits::DEFAULT).unwrap();
    let rows = || files.sql.run("SELECT count(*) FROM uploads", &[]).unwrap()[0][0].as_integer();
    let mut one = begin(10_000_000);
    let mut two = begin(10_000_000);
    assert_ne!(one.id(), two.id());
    for upload in [&mut one, &mut two] {
        upload.push(&files.at(10_000_000), &[0; 1_500_000]).unwrap();
    }
    assert_eq!(rows(), 4);
    let late = begin(10_000_000 + 3_600_001);
    assert_eq!(rows(), 1);
    assert!(late.id() != one.id() && late.id() != two.id());
    assert_eq!(
        files.workspace().finish_upload(two),
        Err(ArchiveError::GivenUp.into())
    );
}
