//! Searching what is in text files, line by line.

mod lines;
mod needles;

use std::ops::ControlFlow;

use regex_lite::{Regex, RegexBuilder};

use self::{lines::Lines, needles::Needles};
use super::{
    FilePath, Hash, Workspace, WorkspaceError,
    content::{Content, PIECE_BYTES, signed},
    find::Glob,
    literal,
};
use crate::store::{SqlError, SqlValue};

/// The most lines before and after a match.
const MAX_CONTEXT: usize = 20;

/// A search ends with the file that brings its answer to this many bytes.
const ANSWER_BYTES: usize = 256_000;

/// A search without a text to look for reads every file: it ends with the file that brings it to this many bytes.
const READ_BYTES: u64 = 10_000_000;

/// The most bytes of a pattern, and of what it is compiled to.
const PATTERN_BYTES: usize = 1_000;
const COMPILED_BYTES: usize = 1_000_000;

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
        }
    }

    /// The first path to look at, and the one to stop before.
    fn range(&self, is_file: bool) -> (String, String) {
        // Nothing comes between a text and the same text with a NUL behind it.
        let behind = |path: &FilePath| format!("{}\0", path.as_str());
        let (start, end) = if is_file {
            (self.under.as_str().to_owned(), behind(&self.under))
        } else {
            self.under.range_within()
        };
        let start = self.after.as_ref().map_or(String::new(), behind).max(start);
        (start, end)
    }
}

/// How a pattern is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// As a regular expression; `\d`, `\w`, `\s` and ignored case know ASCII alone.
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
}

/// The matches in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMatches {
    /// Which file.
    pub path: FilePath,
    /// Of its content; what an edit wants to know.
    pub hash: Hash,
    /// The lines that matched, and those around them.
    pub lines: Vec<GrepLine>,
    /// How many lines matched; more than are told when there are many.
    pub matches: u64,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrepLine {
    /// From 1.
    pub number: u64,
    /// Its text, without the line break.
    pub text: String,
    /// Whether it matched, or is near one that did.
    pub is_match: bool,
    /// Whether it is longer than what is told.
    pub cut: bool,
}

impl Workspace<'_> {
    /// Searches text files; binary ones are left out.
    ///
    /// # Errors
    /// When the pattern or the glob cannot be read, when there is no such directory, or when a statement fails.
    pub fn grep(&self, grep: &Grep) -> Result<Grepped, WorkspaceError> {
        let search = Search::parse(grep)?;
        let is_file = self.existing(&grep.under)?.content.is_some();
        let directory = grep.under.parent().filter(|_| is_file);
        let glob = match &grep.glob {
            None => None,
            Some(glob) => Some(Glob::parse(
                glob,
                directory.as_ref().unwrap_or(&grep.under),
            )?),
        };
        let mut found = Grepped::default();
        let mut answer_bytes = 0;
        let mut read_bytes = 0;
        self.visit_candidates(grep, &search, is_file, &mut |path, content, bytes| {
            if glob.as_ref().is_some_and(|glob| !glob.takes(&path)) {
                return ControlFlow::Continue(());
            }
            read_bytes += content.size;
            let Ok(text) = std::str::from_utf8(&bytes) else {
                return ControlFlow::Continue(());
            };
            let (lines, matches) = search.lines(text, grep.context.min(MAX_CONTEXT));
            if matches > 0 {
                answer_bytes += path.as_str().len();
                answer_bytes += lines.iter().map(|line| line.text.len()).sum::<usize>();
                found.matches += matches;
                found.files.push(FileMatches {
                    path: path.clone(),
                    hash: content.hash,
                    lines,
                    matches,
                });
            }
            if found.matches >= grep.limit
                || answer_bytes >= ANSWER_BYTES
                || (search.needles.is_none() && read_bytes >= READ_BYTES)
            {
                found.next = Some(path);
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    /// Hands over the text files that may have a match, one at a time. SQLite leaves out those without a needle: they
    /// are not even copied.
    fn visit_candidates(
        &self,
        grep: &Grep,
        search: &Search,
        is_file: bool,
        take: &mut dyn FnMut(FilePath, Content, Vec<u8>) -> ControlFlow<()>,
    ) -> Result<(), SqlError> {
        let (start, end) = grep.range(is_file);
        let mut values = vec![start.into(), end.into(), signed(PIECE_BYTES as u64)];
        let (condition, needles) = match &search.needles {
            None => ("TRUE".to_owned(), Vec::new()),
            Some(needles) => needles.condition(values.len() + 1),
        };
        values.extend(needles);
        let mut failure = None;
        self.sql.visit(
            &format!(
                "SELECT e.path, c.id, c.hash, c.size, c.lines, c.bytes
                 FROM entries e CROSS JOIN contents c ON c.id = e.content
                 WHERE e.until IS NULL AND e.path >= ?1 AND e.path < ?2 AND c.lines IS NOT NULL
                     AND (c.size > ?3 OR {condition}) ORDER BY e.path"
            ),
            &values,
            &mut |row| {
                let mut values = row.into_iter();
                let path = values.next().map(SqlValue::into_text).unwrap_or_default();
                let Some(content) = Content::from_columns(&mut values) else {
                    return ControlFlow::Continue(());
                };
                let mut bytes = values.next().map(SqlValue::into_bytes).unwrap_or_default();
                if content.size > PIECE_BYTES as u64 {
                    match self.bytes_of(&content) {
                        Ok(whole) => bytes = whole,
                        Err(error) => {
                            failure = Some(error);
                            return ControlFlow::Break(());
                        }
                    }
                }
                take(FilePath::stored(path), content, bytes)
            },
        )?;
        failure.map_or(Ok(()), Err)
    }
}

/// A pattern that was read.
struct Search {
    /// What lines are looked at for; `None`: at all of them.
    needles: Option<Needles>,
    /// `None`: a needle says it all.
    regex: Option<Regex>,
}

impl Search {
    fn parse(grep: &Grep) -> Result<Self, WorkspaceError> {
        let refused = |reason: String| WorkspaceError::Pattern {
            pattern: grep.pattern.chars().take(200).collect(),
            reason,
        };
        let (pattern, case) = match (grep.matching, grep.pattern.strip_prefix("(?i)")) {
            (Match::Regex, Some(pattern)) => (pattern, LetterCase::Ignored),
            (Match::Regex, None) | (Match::Text, _) => (grep.pattern.as_str(), grep.case),
        };
        if pattern.is_empty() {
            return Err(refused("it is empty".to_owned()));
        }
        if pattern.len() > PATTERN_BYTES {
            return Err(refused(format!("it is longer than {PATTERN_BYTES} bytes")));
        }
        let (source, texts) = match grep.matching {
            Match::Text => (regex_lite::escape(pattern), vec![pattern.to_owned()]),
            Match::Regex => (
                pattern.to_owned(),
                literal::required(pattern).unwrap_or_default(),
            ),
        };
        let regex = RegexBuilder::new(&source)
            .case_insensitive(case == LetterCase::Ignored)
            .size_limit(COMPILED_BYTES)
            .build()
            .map_err(|error| refused(error.to_string()))?;
        let needle_is_all = texts == [pattern]
            && !pattern.contains(['\r', '\n'])
            && match case {
                LetterCase::Counts => true,
                LetterCase::Ignored => pattern.is_ascii(),
            };
        Ok(Self {
            needles: Needles::new(texts, case),
            regex: (!needle_is_all).then_some(regex),
        })
    }

    /// The lines that match, with those around them, and how many matched.
    fn lines(&self, text: &str, context: usize) -> (Vec<GrepLine>, u64) {
        let mut lines = Lines::new(text, context);
        match &self.needles {
            None => {
                while let Some(line) = lines.next_line() {
                    lines.end_line(self.is_match(line));
                }
            }
            Some(needles) => {
                let mut finds = needles.within(text);
                while let Some(at) = finds.from(lines.at) {
                    lines.skip_to(at);
                    if let Some(line) = lines.next_line() {
                        lines.end_line(self.is_match(line));
                    }
                }
            }
        }
        lines.end()
    }

    fn is_match(&self, line: &str) -> bool {
        self.regex.as_ref().is_none_or(|regex| regex.is_match(line))
    }
}
