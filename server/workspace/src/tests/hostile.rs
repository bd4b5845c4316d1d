//! Searches and archives made to block the thread for as long as possible: the work of each slice is bounded, every
//! search ends, and unsearched files are named. `cargo test --profile xtask -p workspace -- --ignored --nocapture
//! hostile` prints how long the slices take.

use std::time::Duration;

use limits::Work;

use super::{
    Files, path,
    speed::processor_time,
    zip_file::{TestEntry, archive, entry},
};
use crate::{
    ArchiveKind, ArchiveLimits, ArchiveStep, Find, FindStep, Grep, Grepped, Ignored, ImportStep,
    LetterCase, SearchStep, UnsearchedPart, Usage, WorkspaceError,
};

/// The duration of the longest slice, the number of slices, and the total duration.
#[derive(Debug, Default)]
struct Took {
    worst: Duration,
    slices: usize,
    all: Duration,
}

impl Took {
    fn slice<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let began = processor_time();
        let outcome = work();
        let took = processor_time() - began;
        self.worst = self.worst.max(took);
        self.all += took;
        self.slices += 1;
        outcome
    }
}

/// A search in at most `slices` slices of this many units.
fn grep_in(
    files: &Files,
    grep: &Grep,
    units: u64,
    most: u32,
) -> (Took, Result<Grepped, WorkspaceError>) {
    let mut took = Took::default();
    let workspace = files.workspace();
    let mut searching = match took.slice(|| workspace.begin_grep(grep)) {
        Ok(searching) => searching.within(most),
        Err(error) => return (took, Err(error)),
    };
    loop {
        match took.slice(|| searching.slice(&workspace, &mut Work::of(units))) {
            Ok(SearchStep::More(more)) => searching = *more,
            Ok(SearchStep::Done(found)) => return (took, Ok(found)),
            Err(error) => return (took, Err(error)),
        }
    }
}

fn grep(files: &Files, pattern: &Grep) -> (Took, Result<Grepped, WorkspaceError>) {
    grep_in(files, pattern, Work::SLICE, 400)
}

/// Patterns and texts that are slow together: a name, the pattern, the text.
fn slow_searches(long: usize) -> Vec<(&'static str, String, String)> {
    let mut random = fastrand::Rng::with_seed(1);
    let ab: String = (0..long)
        .map(|_| if random.bool() { 'a' } else { 'b' })
        .collect();
    let a = "a".repeat(long);
    let words = |count: usize| "é word ".repeat(count / 7);
    vec![
        ("nested repetitions", "(x+x+)+y".into(), "x".repeat(long)),
        ("many optional", "(a?){500}(a|aa)+$b".into(), a.clone()),
        ("a window of choices", "[ab]*a[ab]{300}c".into(), ab.clone()),
        ("a large window", "[ab]*a[ab]{9000}c".into(), ab),
        (
            "stars of stars",
            format!("{}b", "(a*)*".repeat(150)),
            a.clone(),
        ),
        ("dots", format!("{}x$", ".*".repeat(400)), a.clone()),
        ("words beyond ASCII", r"\b\w+\d\b".into(), words(long)),
        (
            "every needle almost",
            "aaaaaaab|aaaaaaac|aaaaaaad|aaaaaaae".into(),
            a.clone(),
        ),
        ("too large", "((a{100}){100}){100}".into(), a.clone()),
        ("too many classes", r"\pL\PL".repeat(160), a.clone()),
        ("classes", r"\w".repeat(99), a.clone()),
        (
            "classes in any case",
            format!("(?i){}", r"[^\W\d]".repeat(33)),
            a,
        ),
        ("lines without end", "b$".into(), "\n".repeat(long)),
    ]
}

#[test]
fn every_search_ends_and_names_what_it_left_out() {
    for (name, pattern, text) in slow_searches(3_000) {
        let files = Files::new();
        files.put("a", &text);
        let (took, found) = grep_in(&files, &Grep::new(&*pattern), 1_000_000, 40);
        assert!(took.slices <= 41, "{name}: {}", took.slices);
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                assert!(
                    matches!(error, WorkspaceError::Pattern { .. }),
                    "{name}: {error}"
                );
                continue;
            }
        };
        assert_eq!(found.matches, 0, "{name}");
        let parts: Vec<UnsearchedPart> = found.unsearched.iter().map(|one| one.part).collect();
        match name {
            "a large window" => {
                assert_eq!(parts, [UnsearchedPart::From(1)]);
                // The next search continues after it.
                assert_eq!(found.next, Some(path("a")));
            }
            _ => assert_eq!(parts, [], "{name}"),
        }
    }
}

#[test]
fn a_line_that_is_too_long_for_a_pattern_is_named() {
    let files = Files::new();
    files.put("a", &"é word ".repeat(30_000));
    let found = files.workspace().grep(&Grep::new(r"\b\w+\d\b")).unwrap();
    let parts: Vec<UnsearchedPart> = found.unsearched.iter().map(|one| one.part).collect();
    assert_eq!(parts, [UnsearchedPart::Line(1)]);
}

#[test]
fn a_file_that_took_too_long_does_not_stop_the_search_for_good() {
    let files = Files::new();
    let (_, pattern, text) = slow_searches(3_000).swap_remove(2);
    files.put("a", &text);
    files.put("b", &format!("{}c", "a".repeat(301)));
    let mut search = Grep::new(&*pattern);
    let (_, first) = grep_in(&files, &search, 1_000_000, 5);
    let first = first.unwrap();
    assert_eq!(first.unsearched[0].part, UnsearchedPart::From(1));
    search.after = first.next;
    let (_, second) = grep_in(&files, &search, 1_000_000, 5);
    assert_eq!(second.unwrap().matches, 1);
}

/// An archive of many small deflated files, each of this size.
fn many(count: usize, bytes: usize) -> Vec<u8> {
    let zeros = vec![b'0'; bytes];
    let names: Vec<String> = (0..count).map(|n| format!("d{}/{n}", n % 500)).collect();
    let entries: Vec<TestEntry> = names.iter().map(|name| entry(name, &zeros)).collect();
    archive(&entries)
}

fn import(files: &Files, bytes: &[u8]) -> (Took, Result<u64, WorkspaceError>) {
    let workspace = files.workspace();
    let mut took = Took::default();
    let mut upload = workspace.begin_upload(ArchiveLimits::DEFAULT).unwrap();
    for read in bytes.chunks(70_000) {
        upload.push(&workspace, read).unwrap();
    }
    let mut importing = took.slice(|| workspace.begin_import(upload));
    loop {
        match took.slice(|| importing.slice(&workspace, &mut Work::slice())) {
            Ok(ImportStep::More(more)) => importing = *more,
            Ok(ImportStep::Done(imported)) => return (took, Ok(imported.files)),
            Err(error) => return (took, Err(error)),
        }
    }
}

#[test]
fn archives_that_do_not_fit_are_refused_before_anything_is_written() {
    let mut files = Files::new();
    files.limits.files = 100;
    let (_, refused) = import(&files, &many(101, 10));
    let refused = refused.unwrap_err();
    assert!(
        matches!(refused, WorkspaceError::Full { files: 101, .. }),
        "{refused}"
    );
    assert_eq!(files.workspace().usage().unwrap(), Usage::default());
    // The same with a damaged entry at the end.
    let good = entry("a", b"good");
    let bad = TestEntry {
        crc: Some(1),
        ..entry("b", b"bad")
    };
    let (_, refused) = import(&files, &archive(&[good, bad]));
    assert!(refused.unwrap_err().to_string().contains("checksum"));
    assert_eq!(files.workspace().usage().unwrap(), Usage::default());
}

#[test]
fn an_archive_comes_in_by_slices_and_other_work_in_between() {
    let files = Files::new();
    let workspace = files.workspace();
    let mut upload = workspace.begin_upload(ArchiveLimits::DEFAULT).unwrap();
    upload.push(&workspace, &many(300, 1_000)).unwrap();
    let mut importing = workspace.begin_import(upload);
    let mut slices = 0;
    let imported = loop {
        match importing
            .slice(&workspace, &mut Work::of(1_000_000))
            .unwrap()
        {
            ImportStep::Done(imported) => break imported,
            ImportStep::More(more) => importing = *more,
        }
        files.put("meanwhile", &format!("{slices}"));
        slices += 1;
    };
    assert!(slices > 20, "{slices}");
    assert_eq!((imported.files, imported.unchanged), (300, 0));
    assert_eq!(workspace.usage().unwrap().files, 301);
}

#[test]
#[ignore = "a benchmark: it is about an optimised build"]
fn speed_of_hostile_work() {
    let reported = |name: &str, took: &Took| {
        println!(
            "{name}: longest {:.1?}, {} slices, {:.1?} in all",
            took.worst, took.slices, took.all
        );
    };
    for (name, pattern, text) in slow_searches(1_000_000) {
        let files = Files::new();
        files.put("a", &text);
        reported(
            &format!("grep, {name}"),
            &grep(&files, &Grep::new(&*pattern)).0,
        );
    }
    let files = Files::new();
    for n in 0..100 {
        files.put(&format!("{n}"), &"aaaaaaaaa ".repeat(100_000));
    }
    let any_case = Grep {
        case: LetterCase::Ignored,
        ..Grep::new("aaaaaaaab|aaaaaaaac|aaaaaaaad")
    };
    reported("grep, 100 MB of almost", &grep(&files, &any_case).0);
    reported("grep, 100 MB of any", &grep(&files, &Grep::new("b[0-9]")).0);
    let files = Files::new();
    let (took, outcome) = import(&files, &many(20_000, 2_000));
    reported(&format!("zip of 20,000 files, {outcome:?}"), &took);
    let workspace = files.workspace();
    let mut took = Took::default();
    let mut archive = workspace.archive(ArchiveKind::Zip).unwrap();
    loop {
        match took.slice(|| workspace.archive_slice(&mut archive, &mut Work::slice())) {
            Ok(ArchiveStep::End) => break,
            step => drop(step.unwrap()),
        }
    }
    reported("the same as a zip", &took);
    let mut took = Took::default();
    let find = Find {
        glob: "{a,a*,*a}".repeat(100),
        under: path(""),
        limit: 100,
        after: None,
        ignored: Ignored::LeftOut,
    };
    let mut finding = took.slice(|| workspace.begin_find(&find)).unwrap();
    while let FindStep::More(more) = took
        .slice(|| finding.slice(&workspace, &mut Work::slice()))
        .unwrap()
    {
        finding = *more;
    }
    reported("find, many choices", &took);
    let files = Files::new();
    let mut random = fastrand::Rng::with_seed(4);
    let random: Vec<u8> = (0..9_900_000).map(|_| random.u8(..)).collect();
    let large = archive_of(&random);
    reported("zip of a large file", &import(&files, &large).0);
    let mut took = Took::default();
    let (old, new) = (lines("a\n", "b\n", 3), lines("b\n", "c\n", 5));
    took.slice(|| super::super::diff::of_texts(&old, &new, 64_000));
    reported("diff of lines much alike", &took);
    let mut took = Took::default();
    let numbers = |from: u32, by: u32| {
        (0..9_999)
            .map(|n| format!("{}\n", from + n * by))
            .collect::<String>()
    };
    took.slice(|| super::super::diff::of_texts(&numbers(0, 1), &numbers(5, 7), 64_000));
    reported("diff of other lines", &took);
    let mut took = Took::default();
    let huge = "\n".repeat(10_000_000);
    took.slice(|| {
        super::super::diff::of_texts(&huge, &huge.replace("\n\n\n\n\n", "\na\n"), 64_000)
    });
    reported("diff of 10 MB of lines", &took);
}

fn archive_of(bytes: &[u8]) -> Vec<u8> {
    archive(&[entry("large", bytes)])
}

fn lines(one: &str, other: &str, seed: u64) -> String {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..9_999)
        .map(|_| if random.bool() { one } else { other })
        .collect()
}
