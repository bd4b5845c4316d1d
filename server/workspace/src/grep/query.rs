//! A parsed search pattern.

use regex_syntax::{
    ParserBuilder,
    hir::{Hir, HirKind},
};

use super::{Grep, LetterCase, Match, filter::Filter, needles::Needles};
use crate::{WorkspaceError, error::refused_pattern, literal, pattern::Pattern};

/// The maximum size of a pattern in bytes.
const PATTERN_BYTES: usize = 1_000;

/// The maximum number of classes in a pattern, such as `\w` or `[a-z]`: a Unicode class has hundreds of ranges.
const CLASSES: usize = 100;

/// The maximum depth of nested groups.
const MAX_DEPTH: u32 = 100;

/// A parsed search.
#[derive(Debug)]
pub(super) struct Query {
    /// The literal texts that select lines; `None`: there are none.
    pub(super) needles: Option<Needles>,
    /// The filter of lines when there are no needles; `None`: every line is examined.
    pub(super) filter: Option<Filter>,
    /// The pattern; `None` when a needle alone decides.
    pub(super) pattern: Option<Pattern>,
}

impl Query {
    /// # Errors
    /// When the pattern is invalid, too large, or cannot match within a line.
    pub(super) fn parse(grep: &Grep) -> Result<Self, WorkspaceError> {
        let refused = |reason: String| refused_pattern(&grep.pattern, reason);
        let (pattern, case) = match (grep.matching, grep.pattern.strip_prefix("(?i)")) {
            (Match::Regex, Some(pattern)) => (pattern, LetterCase::Ignored),
            (Match::Regex, None) | (Match::Text, _) => (grep.pattern.as_str(), grep.case),
        };
        if pattern.is_empty() {
            return Err(refused("it is empty".to_owned()));
        }
        if pattern.len() > PATTERN_BYTES {
            return Err(refused(format!("it exceeds {PATTERN_BYTES} bytes")));
        }
        if grep.matching == Match::Regex && classes(pattern) > CLASSES {
            return Err(refused(format!("it has more than {CLASSES} classes")));
        }
        let source = match grep.matching {
            Match::Text => regex_syntax::escape(pattern),
            Match::Regex => pattern.to_owned(),
        };
        let as_written = read(&source, LetterCase::Counts).map_err(refused)?;
        if literal::is_over_lines(&as_written) {
            let words = "it matches across lines, but lines are searched one by one: search for a part within one line, with `context`";
            return Err(refused(words.to_owned()));
        }
        let needle_is_all = match (as_written.kind(), case) {
            (HirKind::Literal(_), LetterCase::Counts) => !pattern.contains('\r'),
            _ => false,
        };
        let hir = match case {
            LetterCase::Counts => as_written.clone(),
            LetterCase::Ignored => read(&source, case).map_err(refused)?,
        };
        let texts = literal::required(&as_written);
        let needles = Needles::new(&texts, case);
        let compiled = if needle_is_all && needles.is_some() {
            None
        } else {
            Some(Pattern::compile(&hir).map_err(refused)?)
        };
        let filter = match &needles {
            Some(_) => None,
            None => Filter::of(&hir),
        };
        Ok(Self {
            needles,
            filter,
            pattern: compiled,
        })
    }

    /// Whether a text may have a match.
    pub(super) fn may_match(&self, text: &[u8]) -> bool {
        let has_needles = self
            .needles
            .as_ref()
            .is_none_or(|needles| needles.are_in(text));
        // A byte-order mark begins no line: it is at the beginning of the text.
        let lines = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let filter = self.filter.as_ref();
        has_needles && filter.is_none_or(|filter| filter.next(lines, 0).is_some())
    }
}

/// The number of classes in a pattern, or slightly more.
fn classes(pattern: &str) -> usize {
    let bytes = pattern.as_bytes();
    let named = bytes.windows(2).filter(|pair| {
        matches!(
            pair,
            [b'\\', b'w' | b'W' | b'd' | b'D' | b's' | b'S' | b'p' | b'P']
        )
    });
    named.count() + memchr::memchr_iter(b'[', bytes).count()
}

fn read(source: &str, case: LetterCase) -> Result<Hir, String> {
    ParserBuilder::new()
        .nest_limit(MAX_DEPTH)
        .case_insensitive(case == LetterCase::Ignored)
        .build()
        .parse(source)
        .map_err(|error| error.to_string())
}
