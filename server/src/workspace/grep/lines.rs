//! Which lines of a text are told, and with what around them.

use std::collections::VecDeque;

use super::GrepLine;

/// The most bytes of a line that is shown.
const LINE_BYTES: usize = 500;

/// The most lines that are told of one file; the rest is counted.
const LINES_OF_FILE: usize = 200;

/// Goes through the lines of a text and keeps those that matched, with context.
pub(super) struct Lines<'t> {
    text: &'t str,
    /// Where the next line begins.
    pub(super) at: usize,
    /// The number of the next line.
    number: u64,
    context: usize,
    /// The last lines that are not kept: context, should the next one match.
    before: VecDeque<(u64, &'t str)>,
    /// How many lines are still context of the last match.
    after: usize,
    current: &'t str,
    kept: Vec<GrepLine>,
    matches: u64,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, context: usize) -> Self {
        Self {
            text,
            at: 0,
            number: 1,
            context,
            before: VecDeque::new(),
            after: 0,
            current: "",
            kept: Vec::new(),
            matches: 0,
        }
    }

    /// The next line, without its line break.
    pub(super) fn next_line(&mut self) -> Option<&'t str> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = memchr::memchr(b'\n', rest.as_bytes());
        let line = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
        self.at += end.map_or(rest.len(), |end| end + 1);
        self.current = line.strip_suffix('\r').unwrap_or(line);
        Some(self.current)
    }

    /// What becomes of the line that was just looked at.
    pub(super) fn end_line(&mut self, is_match: bool) {
        let (number, line) = (self.number, self.current);
        self.number += 1;
        if is_match {
            self.matches += 1;
            while let Some((number, line)) = self.before.pop_front() {
                self.keep(number, line, false);
            }
            self.keep(number, line, true);
            self.after = self.context;
        } else if self.after > 0 {
            self.after -= 1;
            self.keep(number, line, false);
        } else if self.context > 0 {
            if self.before.len() >= self.context {
                self.before.pop_front();
            }
            self.before.push_back((number, line));
        }
    }

    fn keep(&mut self, number: u64, line: &str, is_match: bool) {
        if self.kept.len() >= LINES_OF_FILE {
            return;
        }
        let mut end = line.len().min(LINE_BYTES);
        while !line.is_char_boundary(end) {
            end -= 1;
        }
        self.kept.push(GrepLine {
            number,
            text: line.get(..end).unwrap_or_default().to_owned(),
            is_match,
            cut: end < line.len(),
        });
    }

    /// Goes to the beginning of the line that a byte is in.
    pub(super) fn skip_to(&mut self, byte: usize) {
        let between = self.text.as_bytes().get(self.at..byte).unwrap_or_default();
        let Some(last_break) = memchr::memrchr(b'\n', between) else {
            return;
        };
        let line = self.at + last_break + 1;
        if self.context == 0 {
            let skipped = between.get(..=last_break).unwrap_or_default();
            self.number += memchr::memchr_iter(b'\n', skipped).count() as u64;
            self.at = line;
            return;
        }
        while self.at < line && self.next_line().is_some() {
            self.end_line(false);
        }
    }

    pub(super) fn end(mut self) -> (Vec<GrepLine>, u64) {
        while self.after > 0 && self.next_line().is_some() {
            self.end_line(false);
        }
        (self.kept, self.matches)
    }
}
