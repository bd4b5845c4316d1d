//! Writing, reading, listing, and refusals.

use common::workspace::Limited;
use sql::Sql as _;

use super::{Files, path};
use crate::{
    Encoding, Expect, FilePath, FileStat, Hash, Kind, Limits, Lines, Made, Read, TextRead, What,
    WorkspaceError,
};

#[test]
fn a_file_is_what_was_written() {
    let files = Files::new();
    let written = files.put("src/main.rs", "fn main() {\n}\n");
    assert_eq!(written.made, Made::NewFile);
    assert_eq!(written.hash, Hash::of(b"fn main() {\n}\n"));
    assert_eq!(written.hash.as_str().len(), 64);
    let stat = files.workspace().stat(&path("src/main.rs")).unwrap();
    let file = FileStat {
        hash: written.hash.clone(),
        size: 14,
        kind: Kind::Text {
            lines: 2,
            encoding: Encoding::UTF_8,
        },
    };
    assert_eq!(stat.what, What::File(file));
    assert_eq!(stat.modified.as_millis(), 1_700_000_000_000);
    assert_eq!(files.tree(), ["src/", "src/main.rs"]);
    assert_eq!(files.put("src/main.rs", "other").made, Made::NewVersion);
    assert_eq!(files.text("src/main.rs").unwrap(), "other");
}

#[test]
fn the_same_content_again_is_no_change_and_equal_contents_are_stored_once() {
    let files = Files::new();
    let first = files.put("a", "same");
    let again = files.put("a", "same");
    assert_eq!((again.made, again.version), (Made::NoChange, first.version));
    files.put("b", "same");
    let usage = files.workspace().usage().unwrap();
    assert_eq!((usage.bytes, usage.stored, usage.change), (8, 4, 2));
}

#[test]
fn kinds() {
    let check = |bytes: &[u8], expected: Kind| assert_eq!(Kind::of(bytes), expected, "{bytes:?}");
    let text = |lines| Kind::Text {
        lines,
        encoding: Encoding::UTF_8,
    };
    check(b"", text(0));
    check(b"a", text(1));
    check(b"a\n", text(1));
    check(b"a\n\nb", text(3));
    check("ü\r\n".as_bytes(), text(1));
    check(b"\0", Kind::Binary);
    let latin = Encoding::named("windows-1252").unwrap();
    let encoding = latin;
    check(b"caf\xe9", Kind::Text { lines: 1, encoding });
}

#[test]
fn a_file_of_several_rows_comes_back_whole_and_in_parts() {
    let files = Files::new();
    let bytes: Vec<u8> = (0..2_500_000_u32).flat_map(u32::to_le_bytes).collect();
    files
        .workspace()
        .write(&path("big"), &bytes, &Expect::Nothing)
        .unwrap();
    let workspace = files.workspace();
    for (start, end) in [
        (0, 10_000_000),
        (0, 1),
        (999_999, 1_000_001),
        (1_000_000, 3_000_000),
        (9_999_999, 10_000_001),
        (10_000_000, 10_000_001),
    ] {
        let part = workspace.read_bytes(&path("big"), start..end).unwrap();
        let end = (end as usize).min(bytes.len());
        assert!(part == bytes[start as usize..end], "{start}..{end}");
    }
    let largest = files.sql.run("SELECT max(length(bytes)) FROM contents UNION ALL SELECT max(length(bytes)) FROM content_pieces", &[]).unwrap();
    assert!(largest.iter().all(|row| row[0].as_integer() <= 1_000_000));
}

#[test]
fn lines_are_read_with_the_hash_of_the_whole() {
    let files = Files::new();
    let hash = files.put("a", "1\n2\r\n3\n4").hash;
    let read = |first, last| {
        files
            .workspace()
            .read(&path("a"), Lines { first, last })
            .unwrap()
    };
    let expected = |lines, text: &str| {
        Read::Text(TextRead {
            encoding: Encoding::UTF_8,
            is_beyond: false,
            hash: hash.clone(),
            size: 8,
            total_lines: 4,
            lines,
            text: text.to_owned(),
            more: false,
        })
    };
    assert_eq!(read(2, 3), expected(2..4, "2\r\n3\n"));
    assert_eq!(read(0, u64::MAX), expected(1..5, "1\n2\r\n3\n4"));
    assert_eq!(read(4, 4), expected(4..5, "4"));
    assert_eq!(read(9, 12), expected(9..9, ""));
    assert_eq!(read(3, 2), expected(3..3, ""));
}

#[test]
fn huge_and_binary_files_have_their_answers() {
    let files = Files::new();
    files.put("long", &"0123456789abcdef\n".repeat(200_000));
    let read = |at: &str, first| match files
        .workspace()
        .read(
            &path(at),
            Lines {
                first,
                last: u64::MAX,
            },
        )
        .unwrap()
    {
        Read::Text(read) => read,
        Read::Binary { .. } => panic!("it is text"),
    };
    let mut text = String::new();
    let mut next = 1;
    loop {
        let part = read("long", next);
        assert!(part.text.len() <= 256_000 && part.text.ends_with('\n'));
        text.push_str(&part.text);
        next = part.lines.end;
        if !part.more {
            break;
        }
    }
    assert_eq!((text.len(), next), (3_400_000, 200_001));

    files.put("one-line", &"é".repeat(1_000_000));
    let cut = read("one-line", 1);
    assert!(cut.more && cut.text.len() == 256_000 && cut.text.chars().all(|char| char == 'é'));

    files
        .workspace()
        .write(&path("binary"), &[0; 100], &Expect::Anything)
        .unwrap();
    let outcome = files.workspace().read(&path("binary"), Lines::ALL).unwrap();
    assert_eq!(
        outcome,
        Read::Binary {
            hash: Hash::of(&[0; 100]),
            size: 100
        }
    );
}

#[test]
fn expectations_are_checked() {
    let files = Files::new();
    let old = files.put("a", "one\ntwo\n").hash;
    let write = |expect: Expect| files.workspace().write(&path("a"), b"mine", &expect);
    assert!(matches!(
        write(Expect::Nothing),
        Err(WorkspaceError::Exists { .. })
    ));
    files.put("a", "one\n2\n");
    let Err(WorkspaceError::Changed(changed)) = write(Expect::Content(vec![old.clone()])) else {
        panic!("it is another file");
    };
    assert_eq!(changed.current, Some(Hash::of(b"one\n2\n")));
    assert_eq!(
        changed.diff.as_deref(),
        Some("@@ -1,2 +1,2 @@\n one\n-two\n+2\n")
    );
    files
        .workspace()
        .delete(&path("a"), &Expect::Anything)
        .unwrap();
    let Err(WorkspaceError::Changed(gone)) = write(Expect::Content(vec![old])) else {
        panic!("it is gone");
    };
    assert_eq!((gone.current, gone.diff), (None, None));
    assert!(matches!(
        write(Expect::File),
        Err(WorkspaceError::NotFound { .. })
    ));
    assert_eq!(write(Expect::Nothing).unwrap().made, Made::NewFile);
}

#[test]
fn names_that_differ_only_by_case_are_reported() {
    let files = Files::new();
    assert_eq!(files.put("src/Größe.rs", "1").twins, []);
    let twins = files.put("SRC/a", "2").twins;
    assert_eq!(
        (twins[0].made.as_str(), twins[0].other.as_str()),
        ("SRC", "src")
    );
    let twins = files.put("src/GRÖßE.rs", "3").twins;
    assert_eq!(twins.len(), 1);
    assert_eq!(files.put("src/GRÖßE.rs", "4").twins, []);
    let moved = files.workspace().move_(&path("SRC"), &path("sRc")).unwrap();
    assert_eq!(moved.twins[0].other, path("src"));
    let missing = files.workspace().stat(&path("SrC")).unwrap_err();
    assert!(missing.to_string().contains("differs by case"), "{missing}");
    assert_eq!(
        files
            .workspace()
            .move_(&path("src/GRÖßE.rs"), &path("src/größe.rs"))
            .unwrap()
            .twins
            .len(),
        1
    );
}

#[test]
fn a_limit_is_named_before_it_is_reached() {
    let mut files = Files::new();
    files.limits = Limits {
        file_bytes: 100,
        bytes: 100,
        files: 10,
        directories: 10,
        stored: 200,
        ..Limits::DEFAULT
    };
    let write = |at: &str, bytes: &[u8]| {
        files
            .workspace()
            .write(&path(at), bytes, &Expect::Anything)
            .unwrap();
        let near = files.workspace().near_limits().unwrap();
        near.iter()
            .map(|near| (near.limited, near.used))
            .collect::<Vec<_>>()
    };
    assert_eq!(write("a", &[1; 89]), []);
    assert_eq!(write("a", &[2; 90]), [(Limited::Bytes, 90)]);
    // Former versions take the rest.
    assert_eq!(write("a", &[3; 10]), [(Limited::Versions, 189)]);
    for number in 0..8 {
        write(&number.to_string(), &[]);
    }
    let near = files.workspace().near_limits().unwrap();
    assert_eq!(near[0].limited, Limited::Files);
}

#[test]
fn a_database_that_is_nearly_full_is_named() {
    let files = Files::new();
    files.put("a", "1");
    let near = |bytes: u64| {
        files.sql.pretend_size(bytes);
        let near = files.workspace().near_limits().unwrap();
        near.iter()
            .map(|near| (near.limited, near.used))
            .collect::<Vec<_>>()
    };
    assert_eq!(near(8_999_999_999), []);
    assert_eq!(near(9_000_000_000), [(Limited::Storage, 9_000_000_000)]);
}

#[test]
fn limits_hold_and_nothing_is_written_beyond_them() {
    let mut files = Files::new();
    files.limits = Limits {
        file_bytes: 10,
        bytes: 20,
        files: 3,
        directories: 2,
        stored: 100,
        ..Limits::DEFAULT
    };
    let write =
        |at: &str, bytes: &[u8]| files.workspace().write(&path(at), bytes, &Expect::Anything);
    assert!(matches!(
        write("a", &[1; 11]),
        Err(WorkspaceError::TooLarge {
            size: 11,
            limit: 10,
            ..
        })
    ));
    write("a", &[1; 10]).unwrap();
    write("b", &[2; 10]).unwrap();
    assert!(matches!(
        write("c", &[3; 1]),
        Err(WorkspaceError::Full { bytes: 21, .. })
    ));
    write("b", &[2; 1]).unwrap();
    assert!(matches!(
        write("x/y/z/c", &[]),
        Err(WorkspaceError::Full { directories: 3, .. })
    ));
    write("c", &[]).unwrap();
    assert!(matches!(
        write("d", &[]),
        Err(WorkspaceError::Full { files: 4, .. })
    ));
    assert!(matches!(
        files.workspace().copy(&path("c"), &path("d")),
        Err(WorkspaceError::Full { .. })
    ));
    assert_eq!(files.tree(), ["a", "b", "c"]);
    assert_eq!(files.workspace().usage().unwrap().change, 4);
}

#[test]
fn a_failure_in_the_middle_leaves_no_trace() {
    let files = Files::new();
    files.put("d/a", "1");
    let before = files.workspace().usage().unwrap();
    files.sql.run("CREATE TRIGGER broken BEFORE INSERT ON entries WHEN NEW.path = 'e/x/a' BEGIN SELECT raise(ABORT, 'the disk is full'); END", &[]).unwrap();
    let error = files
        .workspace()
        .move_(&path("d"), &path("e/x"))
        .unwrap_err();
    assert!(matches!(error, WorkspaceError::Store(_)), "{error}");
    assert!(
        files
            .workspace()
            .write(&path("e/x/a"), b"new", &Expect::Anything)
            .is_err()
    );
    assert_eq!(files.tree(), ["d/", "d/a"]);
    assert_eq!(files.workspace().usage().unwrap(), before);
    assert_eq!(
        files
            .sql
            .run(
                "SELECT * FROM contents WHERE hash = ?",
                &[Hash::of(b"new").as_str().into()]
            )
            .unwrap()
            .len(),
        0
    );
}

#[test]
fn long_directories_are_listed_in_parts() {
    let files = Files::new();
    for n in 0..1001 {
        files.put(&format!("d/{n:04}"), "");
    }
    let first = files.workspace().list(&path("d"), None).unwrap();
    assert_eq!(
        (first.entries.len(), first.next.clone()),
        (1000, Some(path("d/0999")))
    );
    let rest = files
        .workspace()
        .list(&path("d"), first.next.as_ref())
        .unwrap();
    assert_eq!((rest.entries.len(), rest.next), (1, None));
    assert!(matches!(
        files.workspace().list(&path("d/0001"), None),
        Err(WorkspaceError::NotDirectory { .. })
    ));
}

#[test]
fn a_directory_is_not_moved_to_where_its_paths_are_too_long() {
    let files = Files::new();
    let deep = vec!["d"; 40].join("/");
    files.put(&format!("{deep}/f"), "");
    files.put("a/x", "");
    let to = FilePath::parse(&vec!["e"; 30].join("/")).unwrap();
    assert!(matches!(
        files.workspace().move_(&path("d"), &to),
        Err(WorkspaceError::Path(_))
    ));
    let long = path(&vec!["n".repeat(250); 4].join("/"));
    let name = format!("b/{}", "m".repeat(200));
    files.put(&name, "");
    assert!(matches!(
        files.workspace().copy(&path("b"), &long),
        Err(WorkspaceError::Path(_))
    ));
}
