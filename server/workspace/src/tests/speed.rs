//! Measures the duration of searches, on Linux. Run with `cargo test --profile xtask -p workspace -- --ignored
//! --nocapture speed`: without optimisation, SQLite alone takes several times as long.

use std::time::Duration;

use super::{Files, path};
use crate::{Grep, Grepped, LetterCase, Match};

const FILES: usize = 20_000;
const ALLOWED: Duration = Duration::from_millis(150);
const WORDS: &[&str] = &[
    "fn",
    "let",
    "match",
    "self",
    "return",
    "impl",
    "struct",
    "workspace",
    "request",
    "answer",
    "path",
    "content",
    "entry",
    "change",
    "Result",
    "Option",
    "String",
    "usize",
    "error",
    "values",
    "if",
    "else",
];

#[test]
#[ignore = "a benchmark: it is about an optimised build"]
fn speed_of_a_search_in_20_000_files() {
    let files = Files::new();
    fill(&files, WORDS);
    let usage = files.workspace().usage().unwrap();
    println!("{} files, {} MB", usage.files, usage.bytes / 1_000_000);
    let rare = Grep::new("needle_in_a_haystack");
    let ignored = |pattern: &str| Grep {
        case: LetterCase::Ignored,
        ..Grep::new(pattern)
    };
    for (what, grep, matches) in [
        ("a rare text", rare.clone(), 20),
        (
            "an expression with a text",
            Grep::new(r"^\s*let needle_\w+ = \d+;$"),
            20,
        ),
        (
            "a text that is nowhere",
            Grep {
                matching: Match::Text,
                ..Grep::new("no(where")
            },
            0,
        ),
        ("a rare text with context", Grep { context: 5, ..rare }, 20),
        ("a rare text in any case", ignored("NEEDLE_in_a"), 20),
        ("common letters in any case", ignored("eselts"), 0),
        (
            "one of three texts",
            Grep::new("no_where|needle_in_a|not_there"),
            20,
        ),
        (
            "one of three texts in any case",
            ignored("(no_where|needle_in_a|not_there)_"),
            20,
        ),
        (
            "a common text, as far as it goes",
            Grep::new("workspace"),
            1000,
        ),
    ] {
        let (took, found) = timed(&files, &grep);
        println!("{what}: {took:?}");
        assert!(
            found.matches >= matches && took < ALLOWED,
            "{what}: {} in {took:?}",
            found.matches
        );
    }
    without_a_text(
        &files,
        &[
            r"\d{9}",
            r"[0-9]{4}[-/]",
            r"\b[A-Z]{9,}\b",
            r"(?i)[q-z]{6}",
            r"^\S+$",
            r"\w+[xyz]g\b",
        ],
    );
}

/// Expressions of which no text is known, so that every file is read, and which match little or nothing.
fn without_a_text(files: &Files, patterns: &[&str]) {
    let took: Vec<(&str, Duration)> = patterns
        .iter()
        .map(|pattern| {
            let (took, found) = timed(files, &Grep::new(*pattern));
            assert_eq!(
                (found.next, found.matches < 1000),
                (None, true),
                "{pattern}"
            );
            (*pattern, took)
        })
        .collect();
    println!("expressions without a text: {took:?}");
}

const RUSSIAN: &[&str] = &[
    "привет",
    "мир",
    "файл",
    "строка",
    "Запрос",
    "ответ",
    "путь",
    "Содержание",
    "и",
    "в",
    "не",
    "что",
    "если",
    "ошибка",
    "значение",
    "слово",
    "return",
    "let",
];

#[test]
#[ignore = "a benchmark: it is about an optimised build"]
fn speed_of_a_search_in_20_000_files_of_another_script() {
    let mut files = Files::new();
    files.limits.files += 1;
    fill(&files, RUSSIAN);
    files.put("last", "Здесь СПРЯТАНА иголка: 17\n");
    let usage = files.workspace().usage().unwrap();
    println!("{} files, {} MB", usage.files, usage.bytes / 1_000_000);
    for (what, pattern, case) in [
        ("a rare text", "СПРЯТАНА иголка", LetterCase::Counts),
        ("a text in any case", "спрятана", LetterCase::Ignored),
        (
            "one of several in any case",
            "спрятана|потеряна|забыта",
            LetterCase::Ignored,
        ),
        ("a word", r"\bспрятана\b", LetterCase::Ignored),
        (
            "an expression with a text",
            r"^\w+ СПРЯТАНА \w+: \d+$",
            LetterCase::Counts,
        ),
        (
            "a text of ASCII in any case",
            "NEEDLE_in_a",
            LetterCase::Ignored,
        ),
    ] {
        let grep = Grep {
            case,
            ..Grep::new(pattern)
        };
        let (took, found) = timed(&files, &grep);
        println!("{what}: {took:?}");
        assert!(
            found.matches > 0 && took < ALLOWED,
            "{what}: {} in {took:?}",
            found.matches
        );
    }
    without_a_text(
        &files,
        &[
            r"\d{9}",
            r"\b[А-Я]{8}\b",
            r"(?i)\b[а-я]{12,}\b",
            r"^\S+\s\d",
            r"\w+[эюя]г\b",
        ],
    );
}

/// The shortest of five runs.
fn timed(files: &Files, grep: &Grep) -> (Duration, Grepped) {
    let runs = (0..5).map(|_| {
        let began = processor_time();
        let found = files.workspace().grep(grep).unwrap();
        (processor_time() - began, found)
    });
    runs.min_by_key(|(took, _)| *took).unwrap()
}

/// The processor time of this thread, as Linux counts it, so that other load is not measured. Zero on other systems.
pub(super) fn processor_time() -> Duration {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = line.split(' ').next().unwrap_or_default();
    Duration::from_nanos(nanoseconds.parse().unwrap_or_default())
}

/// Files with the sizes of a typical source tree: 6 kB on average, few of them long.
fn fill(files: &Files, words: &[&str]) {
    let mut random = fastrand::Rng::with_seed(11);
    for n in 0..FILES {
        let length = 2_500.0 / (1.0 - random.f64()).powf(0.6);
        let length = (length as usize).min(100_000);
        let mut text = String::with_capacity(length);
        while text.len() < length {
            text.push_str("    ");
            for _ in 0..random.usize(2..9) {
                text.push_str(random.choice(words).unwrap());
                text.push(' ');
            }
            text.push('\n');
        }
        if n % 1_000 == 500 {
            text.push_str("    let needle_in_a_haystack = 17;\n");
        }
        let at = path(&format!("crate-{}/src/module-{}/{n}.rs", n / 400, n / 40));
        files
            .workspace()
            .write(&at, text.as_bytes(), &crate::Expect::Nothing)
            .unwrap();
    }
}
