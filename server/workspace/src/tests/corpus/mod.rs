//! A corpus of archives as their makers write them: one case per quirk, with exactly what comes in and what is left
//! out. Where the tool runs on Linux, its own output was compared record by record; with `CORPUS_DUMP=folder` the
//! archives are written there, to compare them again.

mod languages;
mod macos;
mod refused;
mod tars;
mod unix;
mod windows;

use std::collections::HashSet;

use super::{
    Files,
    archives::import,
    path,
    zip_file::{self, TestEntry},
};
use crate::{ArchiveError, SkipReason, WorkspaceError};

/// The content of every file of the corpus.
const TEXT: &[u8] = b"made elsewhere\n";

/// An archive of the corpus.
struct Case {
    /// What made it, and what is unusual about it.
    maker: &'static str,
    bytes: Vec<u8>,
    expected: Result<Unpacked, ArchiveError>,
}

/// What comes out of an archive.
#[derive(Debug, Default, PartialEq, Eq)]
struct Unpacked {
    /// All paths, each with its permissions unless they are the usual ones. Directories end with `/`.
    tree: Vec<String>,
    left_out: Vec<(String, SkipReason)>,
    /// The encoding assumed for the names.
    names_in: Option<&'static str>,
}

impl Unpacked {
    fn but(mut self, name: &str, reason: SkipReason) -> Self {
        self.left_out.push((name.to_owned(), reason));
        self
    }

    fn with_names_in(mut self, encoding: &'static str) -> Self {
        self.names_in = Some(encoding);
        self
    }
}

fn tree(paths: &[&str]) -> Unpacked {
    Unpacked {
        tree: paths.iter().map(|path| (*path).to_owned()).collect(),
        ..Unpacked::default()
    }
}

fn case(maker: &'static str, bytes: Vec<u8>, expected: Unpacked) -> Case {
    Case {
        maker,
        bytes,
        expected: Ok(expected),
    }
}

/// A zip file without a comment.
fn zip(entries: &[TestEntry]) -> Vec<u8> {
    zip_file::archive_with(entries, b"", b"")
}

/// A stored entry with the text of the corpus; a directory if its name ends with a separator.
fn stored(name: &str) -> TestEntry {
    let is_directory = name.ends_with(['/', '\\']);
    let bytes = if is_directory { b"" } else { TEXT };
    TestEntry {
        method: 0,
        local_extra: Vec::new(),
        ..zip_file::entry(name, bytes)
    }
}

/// The same, compressed.
fn deflated(name: &str) -> TestEntry {
    TestEntry {
        method: 8,
        ..stored(name)
    }
}

fn outcome(case: &Case) -> Result<Unpacked, ArchiveError> {
    let files = Files::new();
    let imported = match import(&files, &case.bytes) {
        Ok(imported) => imported,
        Err(WorkspaceError::Archive(error)) => {
            assert_eq!(files.tree(), [""; 0], "{}", case.maker);
            return Err(error);
        }
        Err(error) => panic!("{}: {error}", case.maker),
    };
    let described = |at: String| {
        let mode = files.workspace().stat(&path(&at)).unwrap().mode;
        if !at.ends_with('/') {
            let text = files.text(&at).unwrap();
            assert_eq!(text.as_bytes(), TEXT, "{}: {at}", case.maker);
        }
        match mode {
            Some(mode) => format!("{at} {mode:o}"),
            None => at,
        }
    };
    let skipped = imported.skipped.into_iter();
    Ok(Unpacked {
        tree: files.tree().into_iter().map(described).collect(),
        left_out: skipped.map(|one| (one.name, one.reason)).collect(),
        names_in: imported.names_in,
    })
}

#[test]
fn archives_of_all_makers_come_in_as_expected() {
    let cases = [
        windows::cases(),
        macos::cases(),
        unix::cases(),
        languages::cases(),
        tars::cases(),
        refused::cases(),
    ];
    let cases: Vec<Case> = cases.into_iter().flatten().collect();
    let makers: HashSet<&str> = cases.iter().map(|case| case.maker).collect();
    assert_eq!(makers.len(), cases.len(), "two cases have the same name");
    assert!(cases.len() >= 40, "{}", cases.len());
    if let Ok(to) = std::env::var("CORPUS_DUMP") {
        for (n, case) in cases.iter().enumerate() {
            std::fs::write(format!("{to}/{n:02}.bin"), &case.bytes).unwrap();
            println!("{n:02} {}", case.maker);
        }
    }
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let outcome = outcome(case);
            let differs = outcome != case.expected;
            differs.then(|| format!("{}:\n  {outcome:?}\n  not {:?}", case.maker, case.expected))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
