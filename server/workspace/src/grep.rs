//! Searching what is in text files, line by line.
//!
//! - [`searching`]: a search in slices. [`query`]: a pattern that was read. [`needles`]: the texts that files are chosen by.
//!   [`text`]: the search of one text. [`lines`]: which of its lines are shown.

mod lines;
mod needles;
mod query;
mod searching;
mod text;

use limits::Work;
pub use searching::{SearchStep, Searching};

use super::{Encoding, FilePath, Hash, Ignored, LeftOut, Workspace, WorkspaceError};

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grep {
    /// What a line has in it.
    pub pattern: String,
    /// How the pattern is to be read.
    pub matching: Match,
    /// Whether case counts.
    pub case: LetterCase,
    /// Only in this directory, or this file.
    pub under: FilePath,
    /// Only in files that this glob takes (see [`super::Find::glob`]); `None`: in all.
    pub glob: Option<String>,
    /// How many lines before and after each match, at most 20.
    pub context: usize,
    /// After how many matches the search ends, with the file it is in.
    pub limit: u64,
    /// Only behind this path: the `next` of the search before.
    pub after: Option<FilePath>,
    /// Whether files that git ignores are searched.
    pub ignored: Ignored,
}

impl Grep {
    /// Looks for a regular expression everywhere: 1,000 matches, no context.
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

    /// The first path to look at, and the one to stop before.
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

/// How a pattern is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// As a regular expression; `\d`, `\w`, `\s` and ignored case know all of Unicode.
    Regex,
    /// As the very text.
    Text,
}

/// Whether upper and lower case are two things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterCase {
    /// They are.
    Counts,
    /// They are one.
    Ignored,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Grepped {
    /// Files with matches, by path.
    pub files: Vec<FileMatches>,
    /// How many lines matched in them.
    pub matches: u64,
    /// Where to go on, when not every file was looked at.
    pub next: Option<FilePath>,
    /// What was to be searched and was not, up to `next`.
    pub unsearched: Vec<Unsearched>,
    /// Files that are no text, up to `next`.
    pub binaries: Binaries,
    /// Files that git ignores, up to `next`.
    pub left_out: LeftOut,
}

/// Files that are no text, and were not searched.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Binaries {
    /// How many.
    pub files: u64,
    /// The first ones.
    pub first: Vec<FilePath>,
}

/// Something that was not searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsearched {
    /// Which file.
    pub path: FilePath,
    /// What of it.
    pub part: UnsearchedPart,
}

/// What of a file was not searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsearchedPart {
    /// This line: it is too long for the pattern.
    Line(u64),
    /// This line and all that follow: the search took too long.
    From(u64),
}

/// The matches in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMatches {
    /// Which file.
    pub path: FilePath,
    /// Of its content; what an edit wants to know.
    pub hash: Hash,
    /// How it is written down as bytes.
    pub encoding: Encoding,
    /// The lines that matched, and those around them.
    pub lines: Vec<GrepLine>,
    /// How many lines matched; when there are many, more than are shown.
    pub matches: u64,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrepLine {
    /// From 1.
    pub number: u64,
    /// The number of the first character of it that is shown, from 1.
    pub from_character: u64,
    /// Its text, without the line break; of a long line what is around the match.
    pub text: String,
    /// Whether it matched, or is near one that did.
    pub is_match: bool,
    /// Whether the line continues behind what is shown.
    pub cut: bool,
}

impl Workspace<'_> {
    /// Searches text files in one go; binary ones are left out. See [`Workspace::begin_grep`] for a search in slices.
    ///
    /// # Errors
    /// When the pattern or the glob cannot be read, when there is no such directory, or when a statement fails.
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
