//! Searches by name and by content.

use regex_automata::{nfa::thompson::pikevm::PikeVM, util::syntax};

use super::{Files, path};
use crate::{Expect, FilePath, Find, Grep, Grepped, Ignored, LetterCase, Match, WorkspaceError};

fn tree() -> Files {
    let files = Files::new();
    for (at, text) in [
        ("Cargo.toml", "[package]\nname = \"x\"\n"),
        ("src/main.rs", "fn main() {\n    run();\n}\n"),
        (
            "src/run.rs",
            "pub fn run() {\r\n    todo!()\r\n}\r\n\r\nfn other() {}\r\n",
        ),
        ("src/deep/er/mod.rs", "// fn main\n"),
        ("srcs/a.rs", "fn main"),
    ] {
        files.put(at, text);
    }
    files
        .workspace()
        .write(&path("bin.rs"), b"fn main\0", &Expect::Anything)
        .unwrap();
    files
}

fn found(files: &Files, glob: &str, under: &str) -> Vec<String> {
    let find = Find {
        glob: glob.to_owned(),
        under: path(under),
        limit: 100,
        after: None,
        ignored: Ignored::LeftOut,
    };
    let found = files.workspace().find(&find).unwrap();
    found
        .files
        .iter()
        .map(|stat| stat.path.to_string())
        .collect()
}

#[test]
fn globs_are_of_names_or_of_paths() {
    let files = tree();
    assert_eq!(
        found(&files, "*.rs", ""),
        [
            "bin.rs",
            "src/deep/er/mod.rs",
            "src/main.rs",
            "src/run.rs",
            "srcs/a.rs"
        ]
    );
    assert_eq!(
        found(&files, "*.rs", "src"),
        ["src/deep/er/mod.rs", "src/main.rs", "src/run.rs"]
    );
    assert_eq!(found(&files, "src/*.rs", ""), ["src/main.rs", "src/run.rs"]);
    assert_eq!(
        found(&files, "./*/*.rs", "src/deep"),
        ["src/deep/er/mod.rs"]
    );
    assert_eq!(found(&files, "src/*.rs", "src"), [] as [&str; 0]);
    assert_eq!(found(&files, "**/mod.rs", "src"), ["src/deep/er/mod.rs"]);
    assert_eq!(
        found(&files, "{Cargo,main}.*", ""),
        ["Cargo.toml", "src/main.rs"]
    );
    assert_eq!(found(&files, "/Cargo.toml", ""), ["Cargo.toml"]);
}

#[test]
fn finding_continues_where_it_ended() {
    let files = tree();
    let mut find = Find {
        glob: "*.rs".to_owned(),
        under: FilePath::root(),
        limit: 2,
        after: None,
        ignored: Ignored::LeftOut,
    };
    let mut paths = Vec::new();
    loop {
        let found = files.workspace().find(&find).unwrap();
        paths.extend(found.files.into_iter().map(|stat| stat.path.to_string()));
        find.after = found.next;
        if find.after.is_none() {
            break;
        }
    }
    assert_eq!(paths, found(&files, "*.rs", ""));
}

#[test]
fn patterns_that_cannot_be_read_are_explained() {
    let files = tree();
    let refused =
        |error: WorkspaceError| assert!(matches!(error, WorkspaceError::Pattern { .. }), "{error}");
    let find = Find {
        glob: "src/{a".to_owned(),
        under: FilePath::root(),
        limit: 1,
        after: None,
        ignored: Ignored::LeftOut,
    };
    refused(files.workspace().find(&find).unwrap_err());
    for pattern in ["(", "", "a{1000}{1000}{1000}", &"a".repeat(2000)] {
        refused(files.workspace().grep(&Grep::new(pattern)).unwrap_err());
    }
}

/// The result as `path:number:text`, context lines with `-`.
fn lines(grepped: &Grepped) -> Vec<String> {
    let mut lines = Vec::new();
    for file in &grepped.files {
        for line in &file.lines {
            let mark = if line.is_match { ':' } else { '-' };
            lines.push(format!(
                "{}{mark}{}{mark}{}",
                file.path, line.number, line.text
            ));
        }
    }
    lines
}

fn grepped(files: &Files, grep: &Grep) -> Vec<String> {
    lines(&files.workspace().grep(grep).unwrap())
}

#[test]
fn lines_that_match() {
    let files = tree();
    let check =
        |grep: Grep, expected: &[&str]| assert_eq!(grepped(&files, &grep), expected, "{grep:?}");
    check(
        Grep::new(r"^fn \w+\("),
        &["src/main.rs:1:fn main() {", "src/run.rs:5:fn other() {}"],
    );
    check(
        Grep::new("}$"),
        &[
            "src/main.rs:3:}",
            "src/run.rs:3:}",
            "src/run.rs:5:fn other() {}",
        ],
    );
    check(Grep::new(r"\d|\["), &["Cargo.toml:1:[package]"]);
    let text = |pattern: &str| Grep {
        matching: Match::Text,
        ..Grep::new(pattern)
    };
    check(
        text("()"),
        &[
            "src/main.rs:1:fn main() {",
            "src/main.rs:2:    run();",
            "src/run.rs:1:pub fn run() {",
            "src/run.rs:2:    todo!()",
            "src/run.rs:5:fn other() {}",
        ],
    );
    check(
        Grep {
            case: LetterCase::Ignored,
            ..text("NAME")
        },
        &["Cargo.toml:2:name = \"x\""],
    );
    check(
        Grep {
            case: LetterCase::Ignored,
            ..Grep::new("^PUB .n")
        },
        &["src/run.rs:1:pub fn run() {"],
    );
    check(
        Grep {
            under: path("src/deep"),
            ..Grep::new("main")
        },
        &["src/deep/er/mod.rs:1:// fn main"],
    );
    check(
        Grep {
            under: path("srcs/a.rs"),
            glob: Some("*.rs".into()),
            ..Grep::new("main")
        },
        &["srcs/a.rs:1:fn main"],
    );
    check(
        Grep {
            glob: Some("*.toml".into()),
            ..Grep::new(".")
        },
        &["Cargo.toml:1:[package]", "Cargo.toml:2:name = \"x\""],
    );
    check(Grep::new("nowhere"), &[]);
    let refused = files.workspace().grep(&text("main() {\n")).unwrap_err();
    assert!(refused.to_string().contains("one by one"), "{refused}");
}

#[test]
fn context_is_shown_once() {
    let files = Files::new();
    files.put("a", "1\n2\nx\n4\nx\n6\n7\n8\n9\nx");
    for pattern in ["x", "[x]"] {
        let grep = Grep {
            context: 1,
            ..Grep::new(pattern)
        };
        assert_eq!(
            grepped(&files, &grep),
            [
                "a-2-2", "a:3:x", "a-4-4", "a:5:x", "a-6-6", "a-9-9", "a:10:x"
            ]
        );
    }
}

/// Compares results with and without the optimisations.
#[test]
fn a_search_finds_what_a_look_at_every_line_finds() {
    let mut random = fastrand::Rng::with_seed(5);
    let files = Files::new();
    let mut all = Vec::new();
    for n in 0..40 {
        let text: String = (0..random.usize(..300))
            .map(|_| *random.choice(&['a', 'b', 'A', 'é', '\n', ' ']).unwrap())
            .collect();
        files.put(&format!("{n:02}"), &text);
        all.push((format!("{n:02}"), text));
    }
    for pattern in [
        "ab",
        "a+b",
        "(a|b) a",
        "^b",
        "é.",
        "AB?",
        "b é",
        " $",
        "[aA]b",
        "ab|é|bb a",
        "(?i)AB",
        r"\<ab\>",
        "(bb|ab)+ ",
        "é",
    ] {
        for case in [LetterCase::Counts, LetterCase::Ignored] {
            let regex = PikeVM::builder()
                .syntax(syntax::Config::new().case_insensitive(case == LetterCase::Ignored))
                .build(pattern)
                .unwrap();
            let mut cache = regex.create_cache();
            let mut expected = Vec::new();
            for (path, text) in &all {
                let lines = (1..)
                    .zip(text.lines())
                    .filter(|(_, line)| regex.is_match(&mut cache, *line));
                expected.extend(lines.map(|(number, line)| format!("{path}:{number}:{line}")));
            }
            let grep = Grep {
                case,
                limit: u64::MAX,
                ..Grep::new(pattern)
            };
            assert_eq!(grepped(&files, &grep), expected, "{pattern} {case:?}");
        }
    }
}

#[test]
fn searches_end_and_continue() {
    let files = Files::new();
    for n in 0..10 {
        files.put(&format!("{n}"), &"x\n".repeat(300));
    }
    let mut grep = Grep {
        limit: 500,
        ..Grep::new("x")
    };
    let first = files.workspace().grep(&grep).unwrap();
    assert_eq!(
        (first.matches, first.files.len(), first.next.clone()),
        (600, 2, Some(path("1")))
    );
    assert_eq!(
        (first.files[0].matches, first.files[0].lines.len()),
        (300, 200)
    );
    let mut matches = first.matches;
    grep.after = first.next;
    while grep.after.is_some() {
        let more = files.workspace().grep(&grep).unwrap();
        matches += more.matches;
        grep.after = more.next;
    }
    assert_eq!(matches, 3000);
}

#[test]
fn long_lines_and_files_of_several_rows() {
    let files = Files::new();
    let text = format!(
        "{}\n{}needle{}\n",
        "y".repeat(999_990),
        "é".repeat(300),
        "x".repeat(2_000_000)
    );
    files.put("big", &text);
    let found = files.workspace().grep(&Grep::new("needle")).unwrap();
    let line = &found.files[0].lines[0];
    assert_eq!((line.number, line.cut, line.text.len()), (2, true, 500));
    let ignored = Grep {
        case: LetterCase::Ignored,
        ..Grep::new("NEEDLEX+$")
    };
    assert_eq!(files.workspace().grep(&ignored).unwrap().matches, 1);
}
