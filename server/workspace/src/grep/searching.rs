//! A search in slices: files in the order of their paths, a number of bytes at a time, with other work in between.

use std::{collections::VecDeque, ops::ControlFlow};

use limits::Work;
use sql::{SqlError, SqlValue};

use super::{
    Binaries, FileMatches, Grep, Grepped, Unsearched, UnsearchedPart,
    needles::Needles,
    query::Query,
    text::{TextFound, TextSearch},
};
use crate::{
    Encoding, FilePath, Hash, Kind, Workspace, WorkspaceError,
    content::{Content, PIECE_BYTES, signed, unsigned},
    glob::Glob,
    ignored::Rules,
};

/// A search ends with the file that brings its result to this many bytes.
const ANSWER_BYTES: usize = 256_000;

/// A search stops after this many slices: some seconds, during which other work was done.
const SLICES: u32 = 400;

/// The number of bytes that SQLite searches at once, divided by the number of texts it searches for.
const WINDOW_BYTES: u64 = 2_000_000;

/// The maximum number of files that SQLite searches at once.
const WINDOW_FILES: i64 = 500;

/// Units of work per byte that SQLite searches for a text, and per file.
const SOUGHT_UNITS: u64 = 2;

/// Units of work per byte of a text that is not UTF-8.
const DECODED_UNITS: u64 = 8;

const FILE_UNITS: u64 = 3_000;

/// The maximum number of unsearched parts in a result, and of binary files.
const UNSEARCHED: usize = 20;
const BINARIES: usize = 5;

/// A search in progress.
#[derive(Debug)]
pub struct Searching {
    grep: Grep,
    query: Query,
    glob: Option<Glob>,
    rules: Rules,
    /// The start of the next window of paths, and the end of the search.
    start: String,
    end: String,
    /// The files of the window that may match.
    files: VecDeque<Candidate>,
    current: Option<Current>,
    /// The last path of the window, until the window is done.
    window: Option<FilePath>,
    /// The last path whose files are all done.
    done: Option<FilePath>,
    found: Grepped,
    answer_bytes: usize,
    slices_left: u32,
}

/// The file being searched.
#[derive(Debug)]
struct Current {
    path: FilePath,
    hash: Hash,
    encoding: Encoding,
    search: TextSearch,
}

/// A file that may match, with its bytes if they fit a row.
#[derive(Debug)]
struct Candidate {
    path: FilePath,
    content: Content,
    bytes: Vec<u8>,
}

/// The result of a slice of a search.
#[derive(Debug)]
pub enum SearchStep {
    /// Not finished: continue after other work had its turn.
    More(Box<Searching>),
    /// Finished.
    Done(Grepped),
}

impl Workspace<'_> {
    /// Begins a search of text files; binary ones are skipped.
    ///
    /// # Errors
    /// When the pattern or glob is invalid, when the directory does not exist, or when an SQL statement fails.
    pub fn begin_grep(&self, grep: &Grep) -> Result<Searching, WorkspaceError> {
        let query = Query::parse(grep)?;
        let is_file = self.existing(&grep.under)?.content.is_some();
        let directory = grep.under.parent().filter(|_| is_file);
        let under = directory.as_ref().unwrap_or(&grep.under);
        let glob = grep.glob.as_ref();
        let glob = glob.map(|glob| Glob::parse(glob, under)).transpose()?;
        let (start, end) = grep.range(is_file);
        Ok(Searching {
            grep: grep.clone(),
            query,
            glob,
            rules: self.ignore_rules(grep.ignored, &grep.under)?,
            start,
            end,
            files: VecDeque::new(),
            current: None,
            window: None,
            done: grep.after.clone(),
            found: Grepped::default(),
            answer_bytes: 0,
            slices_left: SLICES,
        })
    }
}

impl Searching {
    /// Limits the search to this many slices.
    #[cfg(test)]
    pub const fn within(mut self, slices: u32) -> Self {
        self.slices_left = slices;
        self
    }

    /// Continues until the work of the slice is used up.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn slice(
        mut self,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<SearchStep, WorkspaceError> {
        self.slices_left = self.slices_left.saturating_sub(1);
        while !work.is_spent() {
            if let Some(mut current) = self.current.take() {
                if !current.search.slice(&mut self.query, work) {
                    self.current = Some(current);
                    break;
                }
                if self.file_done(current, true).is_break() {
                    return Ok(SearchStep::Done(self.found));
                }
            } else if let Some(candidate) = self.files.pop_front() {
                self.open(workspace, candidate, work)?;
            } else if !self.next_window(workspace, work)? {
                return Ok(SearchStep::Done(self.found));
            }
        }
        Ok(if self.slices_left > 0 {
            SearchStep::More(Box::new(self))
        } else {
            SearchStep::Done(self.stopped())
        })
    }

    /// Begins the search of a file's text.
    fn open(
        &mut self,
        workspace: &Workspace<'_>,
        candidate: Candidate,
        work: &mut Work,
    ) -> Result<(), SqlError> {
        let Candidate {
            path,
            content,
            mut bytes,
        } = candidate;
        if let Some(glob) = &mut self.glob
            && !glob.takes_counted(&path, work)
        {
            return Ok(());
        }
        if content.size > PIECE_BYTES as u64 {
            bytes = workspace.bytes_of(&content)?;
        }
        work.spend(FILE_UNITS + content.size);
        let kind = if content.is_unknown {
            Kind::of(&bytes)
        } else {
            content.kind
        };
        let encoding = match kind {
            Kind::Text { encoding, .. } => encoding,
            Kind::Binary => {
                count_binary(&mut self.found.binaries, path.clone());
                self.done = Some(path);
                return Ok(());
            }
        };
        if encoding.is_utf8() {
            if !self.query.may_match(&bytes) {
                self.done = Some(path);
                return Ok(());
            }
        } else {
            work.spend(content.size * DECODED_UNITS);
        }
        match encoding.decode(bytes) {
            Some(text) => {
                let search = TextSearch::new(text, &self.query, self.grep.context);
                self.current = Some(Current {
                    path,
                    hash: content.hash,
                    encoding,
                    search,
                });
            }
            None => count_binary(&mut self.found.binaries, path),
        }
        Ok(())
    }

    /// Adds the matches of a file to the result. Breaks when the result is large enough.
    fn file_done(&mut self, current: Current, is_whole: bool) -> ControlFlow<()> {
        let Current {
            path,
            hash,
            encoding,
            search,
        } = current;
        let found: TextFound = search.end(is_whole);
        let lines = found.too_long.into_iter().map(UnsearchedPart::Line);
        let rest = found.stopped_at.map(UnsearchedPart::From);
        for part in lines.chain(rest) {
            if self.found.unsearched.len() < UNSEARCHED {
                let path = path.clone();
                self.found.unsearched.push(Unsearched { path, part });
            }
        }
        if found.matches > 0 {
            self.answer_bytes += path.as_str().len();
            self.answer_bytes += found
                .lines
                .iter()
                .map(|line| line.text.len())
                .sum::<usize>();
            self.found.matches += found.matches;
            self.found.files.push(FileMatches {
                path: path.clone(),
                hash,
                encoding,
                lines: found.lines,
                matches: found.matches,
            });
        }
        self.done = Some(path.clone());
        let is_enough = self.found.matches >= self.grep.limit || self.answer_bytes >= ANSWER_BYTES;
        if is_enough || self.found.unsearched.len() >= UNSEARCHED {
            self.found.next = Some(path);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// The result so far, with the place to continue from.
    fn stopped(mut self) -> Grepped {
        if let Some(current) = self.current.take() {
            // Another search would get no further in this file.
            let _ = self.file_done(current, false);
        }
        self.found.next = self.done;
        self.found
    }

    /// Queries SQLite for the next files that may match. Returns whether there were any files.
    fn next_window(
        &mut self,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<bool, SqlError> {
        if let Some(last) = self.window.take() {
            self.start = behind(&last);
            self.done = Some(last);
        }
        let is_sought = self.query.needles.as_ref().is_some_and(Needles::is_sought);
        let (mut bytes, mut files) = (0, 0);
        let mut last = None;
        workspace.sql.visit(
            "SELECT e.path, c.size, c.lines IS NULL AND c.encoding IS NULL FROM entries e CROSS JOIN contents c ON c.id = e.content
             WHERE e.until IS NULL AND e.path >= ? AND e.path < ? ORDER BY e.path LIMIT ?",
            &[
                self.start.as_str().into(),
                self.end.as_str().into(),
                WINDOW_FILES.into(),
            ],
            &mut |row| {
                let mut values = row.into_iter();
                let path = values.next().map(SqlValue::into_text).unwrap_or_default();
                let mut number = || values.next().map_or(0, |value| unsigned(&value));
                bytes += number().min(PIECE_BYTES as u64);
                let is_binary = number() == 1;
                let is_ignored = self.rules.is_ignored(&path, false);
                if is_binary || is_ignored {
                    let path = FilePath::stored(path.clone());
                    let glob = self.glob.as_mut();
                    let is_wanted = glob.is_none_or(|glob| glob.takes_counted(&path, work));
                    match (is_wanted, is_ignored) {
                        (false, _) => {}
                        (true, true) => self.rules.count(path.as_str()),
                        (true, false) => count_binary(&mut self.found.binaries, path),
                    }
                }
                last = Some(path);
                files += 1;
                if bytes >= WINDOW_BYTES {
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            },
        )?;
        let Some(last) = last.map(FilePath::stored) else {
            return Ok(false);
        };
        work.spend(files * FILE_UNITS + bytes * if is_sought { SOUGHT_UNITS } else { 1 });
        self.found.left_out = self.rules.left_out.clone();
        self.files = self.candidates(workspace, &last)?;
        self.window = Some(last);
        Ok(true)
    }

    /// The text files up to a path that may have a match. SQLite excludes files without a needle, which are not even
    /// copied.
    fn candidates(
        &mut self,
        workspace: &Workspace<'_>,
        last: &FilePath,
    ) -> Result<VecDeque<Candidate>, SqlError> {
        let mut values = vec![
            self.start.as_str().into(),
            last.as_str().into(),
            signed(PIECE_BYTES as u64),
        ];
        let needles = self.query.needles.as_ref();
        let sought = needles.and_then(|needles| needles.condition(values.len() + 1));
        let condition = match sought {
            None => "TRUE".to_owned(),
            Some((condition, value)) => {
                values.push(value);
                // SQLite searches UTF-8 only.
                format!("{condition} OR (c.encoding IS NOT NULL AND c.encoding <> 'utf-8+bom')")
            }
        };
        let mut files = VecDeque::new();
        workspace.sql.visit(
            &format!(
                "SELECT e.path, c.id, c.hash, c.size, c.lines, c.encoding, iif(c.size > ?3, NULL, c.bytes)
                 FROM entries e CROSS JOIN contents c ON c.id = e.content
                 WHERE e.until IS NULL AND e.path >= ?1 AND e.path <= ?2 AND (c.lines IS NOT NULL OR c.encoding IS NOT NULL)
                     AND (c.size > ?3 OR {condition}) ORDER BY e.path"
            ),
            &values,
            &mut |row| {
                let mut values = row.into_iter();
                let path = values.next().map(SqlValue::into_text).unwrap_or_default();
                if let Some(content) = Content::from_columns(&mut values)
                    && !self.rules.is_ignored(&path, false)
                {
                    files.push_back(Candidate {
                        path: FilePath::stored(path),
                        content,
                        bytes: values.next().map(SqlValue::into_bytes).unwrap_or_default(),
                    });
                }
                ControlFlow::Continue(())
            },
        )?;
        Ok(files)
    }
}

fn count_binary(binaries: &mut Binaries, path: FilePath) {
    binaries.files += 1;
    if binaries.first.len() < BINARIES {
        binaries.first.push(path);
    }
}

/// The first text after that of a path: no text lies between a text and the same text plus NUL.
pub(super) fn behind(path: &FilePath) -> String {
    format!("{}\0", path.as_str())
}
