//! Searches text files line by line.
//!
//! - [`searching`]: a search in slices. [`query`]: a parsed pattern. [`needles`]: literal texts that select files.
//!   [`filter`]: the lines that may match.
//!   [`text`]: the search in one text. [`lines`]: the lines to show.

mod bytes;
mod filter;
mod lines;
mod needles;
mod query;
mod searching;
mod text;

use limits::Work;
pub use searching::{SearchStep, Searching};

use super::{Encoding, FilePath, Hash, Ignored, LeftOut, Workspace, WorkspaceError};

/// A search for lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grep {
    /// The pattern that a line must contain.
    pub pattern: String,
    /// How to read the pattern.
    pub matching: Match,
    /// Whether case matters.
    pub case: LetterCase,
    /// The directory or file to search.
    pub under: FilePath,
    /// Search only files that this glob matches (see [`super::Find::glob`]); `None`: all files.
    pub glob: Option<String>,
    /// The number of context lines before and after each match, at most 20.
    pub context: usize,
    /// The search ends after the file that reaches this number of matches.
    pub limit: u64,
    /// Search after this path: the `next` of the previous result.
    pub after: Option<FilePath>,
    /// Whether to search files that git ignores.
    pub ignored: Ignored,
}

impl Grep {
    /// A case-sensitive search for a regular expression in all files: 1,000 matches, no context.
    pub fn new(pattern: impl Into<String>) -> Self {
        Self {
            pattern: pattern.into(),
            matching: Match::Regex,
            case: LetterCase::Counts,
            under: FilePath::root(),
            glob: None,
            context: 0,
            limit: 1000,
            after: None,
            ignored: Ignored::LeftOut,
        }
    }

    /// The first path of the search, and the end before which it stops.
    fn range(&self, is_file: bool) -> (String, String) {
        let (start, end) = if is_file {
            (
                self.under.as_str().to_owned(),
                searching::behind(&self.under),
            )
        } else {
            self.under.range_within()
        };
        let start = self
            .after
            .as_ref()
            .map_or(String::new(), searching::behind)
            .max(start);
        (start, end)
    }
}

/// How to read a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// As a regular expression; `\d`, `\w`, `\s` and case folding cover all of Unicode.
    Regex,
    /// As literal text.
    Text,
}

/// Whether a search distinguishes upper and lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterCase {
    /// Case-sensitive.
    Counts,
    /// Case-insensitive.
    Ignored,
}

/// The result of a search for lines.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Grepped {
    /// The files with matches, by path.
    pub files: Vec<FileMatches>,
    /// The number of matching lines in them.
    pub matches: u64,
    /// The `after` of the next search, when some files were not searched.
    pub next: Option<FilePath>,
    /// The parts up to `next` that could not be searched.
    pub unsearched: Vec<Unsearched>,
    /// Binary files, up to `next`.
    pub binaries: Binaries,
    /// Files that git ignores, up to `next`.
    pub left_out: LeftOut,
}

/// Binary files, which are not searched.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Binaries {
    /// Their number.
    pub files: u64,
    /// The first of them.
    pub first: Vec<FilePath>,
}

/// A part of a file that was not searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsearched {
    /// The path.
    pub path: FilePath,
    /// The part.
    pub part: UnsearchedPart,
}

/// The part of a file that was not searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsearchedPart {
    /// This line, which is too long for the pattern.
    Line(u64),
    /// This line and all after it: the search took too long.
    From(u64),
}

/// The matches in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMatches {
    /// The path.
    pub path: FilePath,
    /// The hash of its content, which an edit needs.
    pub hash: Hash,
    /// The encoding.
    pub encoding: Encoding,
    /// The matching lines and their context.
    pub lines: Vec<GrepLine>,
    /// The number of matching lines, which may exceed the lines shown.
    pub matches: u64,
}

/// A line of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrepLine {
    /// The line number, from 1.
    pub number: u64,
    /// The number of its first character shown, from 1.
    pub from_character: u64,
    /// The text without the line break; of a long line, the part around the match.
    pub text: String,
    /// Whether the line matches, or is context.
    pub is_match: bool,
    /// Whether the line continues after the part shown.
    pub cut: bool,
}

impl Workspace<'_> {
    /// Searches text files without interruption; skips binary ones. See [`Workspace::begin_grep`] for a search in
    /// slices.
    ///
    /// # Errors
    /// When the pattern or glob is invalid, when the directory does not exist, or when an SQL statement fails.
    pub fn grep(&self, grep: &Grep) -> Result<Grepped, WorkspaceError> {
        let mut searching = self.begin_grep(grep)?;
        loop {
            match searching.slice(self, &mut Work::slice())? {
                SearchStep::More(more) => searching = *more,
                SearchStep::Done(found) => return Ok(found),
            }
        }
    }
}
