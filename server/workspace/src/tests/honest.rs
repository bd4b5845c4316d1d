//! A search reports what it did not search, and finds text of any script.

use super::{Files, path};
use crate::{Expect, FilePath, Find, Grep, Grepped, Ignored, LetterCase, Match, WorkspaceError};

fn grep(files: &Files, pattern: &str) -> Grepped {
    files.workspace().grep(&Grep::new(pattern)).unwrap()
}

fn ignoring(pattern: &str) -> Grep {
    Grep {
        case: LetterCase::Ignored,
        ..Grep::new(pattern)
    }
}

/// The texts of the matching lines.
fn lines(found: &Grepped) -> Vec<&str> {
    let lines = found.files.iter().flat_map(|file| &file.lines);
    lines.map(|line| line.text.as_str()).collect()
}

#[test]
fn words_and_cases_of_any_script() {
    let files = Files::new();
    for (at, text) in [
        ("ru", "Привет, мир\nприветы\n"),
        ("de", "Übergröße STRAẞE\n"),
        ("el", "Ο ΣΟΦΌΣ λόγος\n"),
        ("tr", "İstanbul ışık\n"),
        ("ja", "日本語のテスト、カナ\n"),
        ("hi", "नमस्ते दुनिया\n"),
        ("k", "\u{212A}elvin \u{17F}et\n"),
    ] {
        files.put(at, text);
    }
    for (grep, expected) in [
        (ignoring("привет"), &["Привет, мир", "приветы"][..]),
        (ignoring("ПРИВЕТ\\b"), &["Привет, мир"]),
        (Grep::new(r"\bПривет\b"), &["Привет, мир"]),
        (Grep::new(r"^\w+, мир$"), &["Привет, мир"]),
        (Grep::new(r"(?i)ПРИВЕТЫ"), &["приветы"]),
        (ignoring("übergrÖSSE|übergröße"), &["Übergröße STRAẞE"]),
        (ignoring("straße"), &["Übergröße STRAẞE"]),
        (ignoring("σοφός"), &["Ο ΣΟΦΌΣ λόγος"]),
        (ignoring("ıŞIK"), &[]),
        (Grep::new(r"\bışık\b"), &["İstanbul ışık"]),
        (Grep::new(r"\w+テスト\b"), &["日本語のテスト、カナ"]),
        (Grep::new(r"\p{Katakana}{2}$"), &["日本語のテスト、カナ"]),
        (
            Grep::new(r"^\w+ \w+$"),
            &[
                "Übergröße STRAẞE",
                "İstanbul ışık",
                "नमस्ते दुनिया",
                "\u{212A}elvin \u{17F}et",
            ],
        ),
        (ignoring("kelvin set"), &["\u{212A}elvin \u{17F}et"]),
    ] {
        let found = files.workspace().grep(&grep).unwrap();
        let mut seen = lines(&found);
        let mut expected = expected.to_vec();
        seen.sort_unstable();
        expected.sort_unstable();
        assert_eq!(seen, expected, "{}", grep.pattern);
        assert_eq!(found.unsearched, [], "{}", grep.pattern);
    }
}

#[test]
fn byte_order_marks_and_line_ends_do_not_matter() {
    let files = Files::new();
    files.put("a.ps1", "\u{feff}param($x)\r\nend\r\n");
    for pattern in ["^param", "^param\\(\\$x\\)$", "param"] {
        assert_eq!(lines(&grep(&files, pattern)), ["param($x)"], "{pattern}");
    }
    assert_eq!(lines(&grep(&files, "^end$")), ["end"]);
    let text = Grep {
        matching: Match::Text,
        ..Grep::new("param($x)")
    };
    assert_eq!(files.workspace().grep(&text).unwrap().matches, 1);
}

#[test]
fn a_pattern_over_lines_is_refused() {
    let files = Files::new();
    files.put("a", "one\ntwo\n");
    for pattern in [
        "one\ntwo",
        r"one\ntwo",
        r"one\n?",
        r"(?s)one.*two",
        r"one[\s\S]*two",
        r"one(.|\n)*two",
        r"one\r\ntwo",
    ] {
        let error = files.workspace().grep(&Grep::new(pattern)).unwrap_err();
        assert!(
            matches!(error, WorkspaceError::Pattern { .. }),
            "{pattern}: {error}"
        );
        assert!(error.to_string().contains("one by one"), "{error}");
    }
    for pattern in [r"one\s*", "[^x]ne", "o.e"] {
        assert_eq!(grep(&files, pattern).matches, 1, "{pattern}");
    }
}

#[test]
fn unsearched_files_are_named() {
    let files = Files::new();
    files.put("a.txt", "needle\n");
    for name in ["b.png", "c.bin"] {
        files
            .workspace()
            .write(&path(name), b"needle\0", &Expect::Nothing)
            .unwrap();
    }
    let found = grep(&files, "needle");
    assert_eq!((found.matches, found.binaries.files), (1, 2));
    assert_eq!(found.binaries.first, [path("b.png"), path("c.bin")]);
    let only = Grep {
        glob: Some("*.txt".to_owned()),
        ..Grep::new("needle")
    };
    assert_eq!(files.workspace().grep(&only).unwrap().binaries.files, 0);
    let one = Grep {
        under: path("c.bin"),
        ..Grep::new("needle")
    };
    assert_eq!(files.workspace().grep(&one).unwrap().binaries.files, 1);
}

#[test]
fn texts_in_other_encodings_are_searched() {
    let files = Files::new();
    let utf16 = [
        b"\xff\xfe".to_vec(),
        "größe\r\nzwei\r\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect(),
    ]
    .concat();
    for (name, bytes) in [
        ("utf16", &utf16[..]),
        ("latin", b"die gr\xf6\xdfe\n"),
        ("utf8", "größe".as_bytes()),
    ] {
        files
            .workspace()
            .write(&path(name), bytes, &Expect::Nothing)
            .unwrap();
    }
    for grep in [
        Grep::new("größe"),
        ignoring("GRÖSSE|GRÖßE"),
        Grep::new("gr..e$"),
        Grep::new("größe|nothing"),
    ] {
        let found = files.workspace().grep(&grep).unwrap();
        assert_eq!(found.matches, 3, "{grep:?}");
    }
    assert_eq!(lines(&grep(&files, "^zwei$")), ["zwei"]);
}

#[test]
fn a_match_in_a_long_line_is_shown_with_what_is_around_it() {
    let files = Files::new();
    let around = |needle: &str| format!("{}{needle}{}\n", "x".repeat(30_000), "y".repeat(30_000));
    for (needle, pattern) in [
        ("NEEDLE", "NEEDLE"),
        ("NEEDLE", "N[A-Z]+E"),
        ("NADEL", "(?i)nadel"),
        (" größe ", r"\bgröße\b"),
    ] {
        files.put("min.js", &around(needle));
        let found = grep(&files, pattern);
        let line = &found.files[0].lines[0];
        assert!(line.text.contains(needle), "{pattern}: {:?}", line.text);
        assert!(line.text.starts_with('x') && line.text.ends_with('y') && line.cut);
        assert_eq!(line.text.len(), 500, "{pattern}");
        assert_eq!(
            line.from_character as usize,
            30_001 - line.text.find(needle).unwrap(),
            "{pattern}"
        );
    }
    files.put("min.js", &format!("{}END", "é".repeat(10_000)));
    let found = grep(&files, "END$");
    let line = &found.files[0].lines[0];
    assert!(
        line.text.ends_with("éEND") && !line.cut && line.from_character > 9_000,
        "{line:?}"
    );
}

fn found(files: &Files, glob: &str, ignored: Ignored) -> (Vec<String>, u64, Vec<String>) {
    let find = Find {
        glob: glob.to_owned(),
        under: FilePath::root(),
        limit: 100,
        after: None,
        ignored,
    };
    let found = files.workspace().find(&find).unwrap();
    let paths = found.files.iter().map(|stat| stat.path.to_string());
    (paths.collect(), found.left_out.files, found.left_out.places)
}

#[test]
fn files_that_git_ignores_are_left_out_and_named() {
    let files = Files::new();
    for (at, text) in [
        (
            ".gitignore",
            "node_modules/\n*.log\n!keep.log\n/dist\n# comment\ndoc/**/*.html\n\\#odd\n",
        ),
        ("a.js", "needle"),
        ("b.log", "needle"),
        ("keep.log", "needle"),
        ("node_modules/x/index.js", "needle"),
        ("node_modules/y.js", "needle"),
        ("src/node_modules/z.js", "needle"),
        ("dist/out.js", "needle"),
        ("src/dist/in.js", "needle"),
        ("doc/a/b/c.html", "needle"),
        ("doc/a/b/c.md", "needle"),
        ("#odd", "needle"),
        ("web/.gitignore", "!b.log\n*.tmp\n"),
        ("web/b.log", "needle"),
        ("web/x.tmp", "needle"),
        ("x.tmp", "needle"),
        ("node_modules/.gitignore", "!y.js\n"),
    ] {
        files.put(at, text);
    }
    let expected = [
        "a.js",
        "doc/a/b/c.md",
        "keep.log",
        "src/dist/in.js",
        "web/b.log",
        "x.tmp",
    ];
    let (paths, left_out, places) = found(&files, "*", Ignored::LeftOut);
    let of_rules = [".gitignore", "web/.gitignore"];
    let paths: Vec<String> = paths
        .into_iter()
        .filter(|path| !of_rules.contains(&path.as_str()))
        .collect();
    assert_eq!(paths, expected);
    assert_eq!(left_out, 9);
    let named = [
        "#odd",
        "b.log",
        "dist/",
        "doc/a/b/c.html",
        "node_modules/",
        "src/node_modules/",
        "web/x.tmp",
    ];
    assert_eq!(places, named);
    let searched = grep(&files, "needle");
    let in_files: Vec<&str> = searched
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(in_files, expected);
    assert_eq!(searched.left_out.places, named);
    let all = Grep {
        ignored: Ignored::Searched,
        ..Grep::new("needle")
    };
    assert_eq!(files.workspace().grep(&all).unwrap().files.len(), 14);
    assert_eq!(found(&files, "*", Ignored::Searched).0.len(), 17);
    // A caller that names an ignored place gets its files.
    let there = Grep {
        under: path("node_modules/x"),
        ..Grep::new("needle")
    };
    assert_eq!(files.workspace().grep(&there).unwrap().matches, 1);
    // Only files that the glob matches count as excluded.
    let (_, left_out, _) = found(&files, "*.log", Ignored::LeftOut);
    assert_eq!(left_out, 1);
}

#[test]
fn too_many_rules_are_not_followed_and_that_is_said() {
    let files = Files::new();
    files.put(".gitignore", &"a*b*c*d*e\n".repeat(2_000));
    files.put("x", "needle");
    let found = grep(&files, "needle");
    assert_eq!(
        (found.matches, found.left_out.not_followed),
        (1, vec![path(".gitignore")])
    );
}

#[test]
fn brackets_in_names_can_be_found() {
    let files = Files::new();
    for at in ["app/[id]/page.tsx", "app/i/page.tsx", "a{b}.md", "what*.md"] {
        files.put(at, "");
    }
    let paths = |glob: &str| found(&files, glob, Ignored::LeftOut).0;
    assert_eq!(
        paths("app/[id]/page.tsx"),
        ["app/[id]/page.tsx", "app/i/page.tsx"]
    );
    assert_eq!(paths(r"app/\[id\]/*"), ["app/[id]/page.tsx"]);
    assert_eq!(paths(r"app/[[]id[]]/*"), ["app/[id]/page.tsx"]);
    assert_eq!(paths(r"a\{b\}.md"), ["a{b}.md"]);
    assert_eq!(paths(r"what\*.md"), ["what*.md"]);
}
