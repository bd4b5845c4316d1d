//! The search of one text. It can be interrupted anywhere, even within a line.

use std::ops::Range;

use limits::Work;

use super::{
    GrepLine,
    lines::Lines,
    needles::{Finds, Needles},
    query::Query,
};
use crate::pattern::{Scan, Verdict};

/// Units of work per line, whatever its content.
const LINE_UNITS: u64 = 50;

/// A text and the state of its search.
#[derive(Debug)]
pub(super) struct TextSearch {
    text: String,
    lines: Lines,
    /// The search for needles; `None` when there are none.
    finds: Option<Finds>,
    /// The line being examined.
    line: Option<(Range<usize>, Scan)>,
    /// The position of the needle for which the line was chosen.
    found_at: usize,
    /// The lines that were too long for the pattern.
    too_long: Vec<u64>,
}

/// The result for a text.
#[derive(Debug)]
pub(super) struct TextFound {
    pub(super) lines: Vec<GrepLine>,
    pub(super) matches: u64,
    pub(super) too_long: Vec<u64>,
    /// The first line that was not searched; `None` when all were.
    pub(super) stopped_at: Option<u64>,
}

impl TextSearch {
    pub(super) fn new(text: String, query: &Query, context: usize) -> Self {
        Self {
            finds: query.needles.as_ref().map(Needles::finds),
            found_at: 0,
            lines: Lines::new(context),
            line: None,
            too_long: Vec::new(),
            text,
        }
    }

    /// Continues until the work is used up. Returns whether the end was reached.
    pub(super) fn slice(&mut self, query: &mut Query, work: &mut Work) -> bool {
        while !work.is_spent() {
            let line = self.line.take();
            let Some((line, mut scan)) = line.or_else(|| self.next_line(query, work)) else {
                return true;
            };
            let mut place = self.found_at.saturating_sub(line.start);
            let verdict = match &mut query.pattern {
                None => Verdict::Match,
                Some(pattern) => {
                    let bytes = self.text.as_bytes().get(line.clone()).unwrap_or_default();
                    let verdict = pattern.search(bytes, &mut scan, work);
                    place = scan.at();
                    verdict
                }
            };
            match verdict {
                Verdict::Unfinished => {
                    self.line = Some((line, scan));
                    return false;
                }
                Verdict::TooLong => {
                    self.too_long.push(self.lines.number());
                    self.lines.end_line(&self.text, line, None);
                }
                Verdict::Match | Verdict::NoMatch => {
                    let matched = (verdict == Verdict::Match).then_some(place);
                    self.lines.end_line(&self.text, line, matched);
                }
            }
        }
        false
    }

    /// The next line that may match.
    fn next_line(&mut self, query: &Query, work: &mut Work) -> Option<(Range<usize>, Scan)> {
        let (text, before) = (self.text.as_bytes(), self.lines.at());
        let chosen = match (&mut self.finds, &query.filter) {
            (Some(finds), _) => Some(finds.from(text, before)?),
            (None, Some(filter)) => Some(filter.next(text, before)?),
            (None, None) => None,
        };
        if let Some(at) = chosen {
            self.found_at = at;
            self.lines.skip_to(&self.text, at);
        }
        let line = self.lines.next_line(&self.text)?;
        let passed = self.lines.at().saturating_sub(before) as u64;
        work.spend(LINE_UNITS + passed / 4);
        Some((line, Scan::default()))
    }

    /// The result up to the present position.
    pub(super) fn end(self, is_whole: bool) -> TextFound {
        let stopped_at = (!is_whole).then_some(self.lines.number());
        let (lines, matches) = self.lines.end(&self.text);
        TextFound {
            lines,
            matches,
            too_long: self.too_long,
            stopped_at,
        }
    }
}
