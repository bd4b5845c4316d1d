//! Selects the lines of a text to show, and their context.

use std::{collections::VecDeque, ops::Range};

use super::GrepLine;

/// The maximum number of bytes shown of a line, and how many of them precede a match that is further on in it.
const LINE_BYTES: usize = 500;
const BEFORE_BYTES: usize = 250;

/// A line of at most this many bytes is shown to its end.
const BEFORE_END: usize = LINE_BYTES + 3;

/// The maximum number of lines shown of one file; further matches are only counted.
const LINES_OF_FILE: usize = 200;

/// The maximum number of context lines before and after a match.
const MAX_CONTEXT: usize = 20;

/// Iterates over the lines of a text and keeps matches with their context. Every call gets the same text.
#[derive(Debug)]
pub(super) struct Lines {
    /// The start of the next line.
    at: usize,
    /// The number of the next line.
    number: u64,
    context: usize,
    /// The last lines that were not kept: the context if the next line matches.
    before: VecDeque<(u64, Range<usize>)>,
    /// The number of context lines still due after the last match.
    after: usize,
    kept: Vec<GrepLine>,
    matches: u64,
}

impl Lines {
    pub(super) fn new(context: usize) -> Self {
        Self {
            at: 0,
            number: 1,
            context: context.min(MAX_CONTEXT),
            before: VecDeque::new(),
            after: 0,
            kept: Vec::new(),
            matches: 0,
        }
    }

    /// The start of the next line.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// The number of the next line.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// Returns the range of the next line, without its line break.
    pub(super) fn next_line(&mut self, text: &str) -> Option<Range<usize>> {
        let rest = text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = memchr::memchr(b'\n', rest.as_bytes());
        let line = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
        let bare = line.strip_suffix('\r').unwrap_or(line);
        let range = self.at..self.at + bare.len();
        self.at += end.map_or(rest.len(), |end| end + 1);
        Some(range)
    }

    /// Keeps or drops the line just taken. `matched`: a position of the line inside a match.
    pub(super) fn end_line(&mut self, text: &str, line: Range<usize>, matched: Option<usize>) {
        let number = self.number;
        self.number += 1;
        if matched.is_some() {
            self.matches += 1;
            while let Some((number, line)) = self.before.pop_front() {
                self.keep(number, text.get(line).unwrap_or_default(), None);
            }
            self.keep(number, text.get(line).unwrap_or_default(), matched);
            self.after = self.context;
        } else if self.after > 0 {
            self.after -= 1;
            self.keep(number, text.get(line).unwrap_or_default(), None);
        } else if self.context > 0 {
            if self.before.len() >= self.context {
                self.before.pop_front();
            }
            self.before.push_back((number, line));
        }
    }

    fn keep(&mut self, number: u64, line: &str, matched: Option<usize>) {
        if self.kept.len() >= LINES_OF_FILE {
            return;
        }
        // The part shown ends with the line at the latest.
        let latest = line.len().saturating_sub(LINE_BYTES);
        let start = matched.unwrap_or(0).saturating_sub(BEFORE_BYTES);
        let start = line.floor_char_boundary(if start < BEFORE_BYTES {
            0
        } else {
            start.min(latest)
        });
        // One more character is harmless where the line ends with it.
        let end = match line.len() - start {
            0..=BEFORE_END => line.len(),
            _ => line.floor_char_boundary(start.saturating_add(LINE_BYTES)),
        };
        let before = line.get(..start).unwrap_or_default();
        self.kept.push(GrepLine {
            number,
            from_character: before.chars().count() as u64 + 1,
            text: line.get(start..end).unwrap_or_default().to_owned(),
            is_match: matched.is_some(),
            cut: end < line.len(),
        });
    }

    /// Moves to the beginning of the line that contains a byte.
    pub(super) fn skip_to(&mut self, text: &str, byte: usize) {
        self.tell_after(text, byte);
        let between = text.as_bytes().get(self.at..byte).unwrap_or_default();
        let mut breaks = memchr::memrchr_iter(b'\n', between);
        let Some(last) = breaks.next() else {
            return;
        };
        let line = self.at + last + 1;
        // Lines before the context are only counted.
        if let Some(far) = breaks.nth(self.context) {
            let skipped = between.get(..=far).unwrap_or_default();
            self.number += memchr::memchr_iter(b'\n', skipped).count() as u64;
            self.at += far + 1;
            self.before.clear();
        }
        while self.at < line
            && let Some(skipped) = self.next_line(text)
        {
            self.end_line(text, skipped, None);
        }
    }

    /// Keeps the context after the last match, as far as its lines end before this byte.
    fn tell_after(&mut self, text: &str, byte: usize) {
        while self.after > 0 {
            let rest = text.as_bytes().get(self.at..byte).unwrap_or_default();
            if memchr::memchr(b'\n', rest).is_none() {
                return;
            }
            let Some(line) = self.next_line(text) else {
                return;
            };
            self.end_line(text, line, None);
        }
    }

    /// The lines to show, and the number of matching lines.
    pub(super) fn end(mut self, text: &str) -> (Vec<GrepLine>, u64) {
        while self.after > 0
            && let Some(line) = self.next_line(text)
        {
            self.end_line(text, line, None);
        }
        (self.kept, self.matches)
    }
}
