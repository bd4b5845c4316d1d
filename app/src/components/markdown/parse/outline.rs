//! Where the top-level blocks of a text begin.

use pulldown_cmark::{CodeBlockKind, Event, Tag};

use super::{marks::mark, parser};

/// How many lines the address and the title of a definition may take that are looked for.
const TITLE_LINES: u8 = 4;

/// A top-level block.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Outline {
    /// Where its first line begins.
    pub(in super::super) start: usize,
    /// The level, if it is a heading.
    pub(in super::super) level: Option<u8>,
    /// Whether it is code between fences.
    pub(in super::super) is_fence: bool,
    /// Text that follows does not change where it begins. What is right behind a definition may become the title of that,
    /// and a paragraph may become a definition.
    pub(in super::super) is_certain: bool,
}

/// The top-level blocks, without definitions of links, which show nothing.
pub(in super::super) fn outline(text: &str) -> Vec<Outline> {
    let marked = mark(text);
    let mut lines = Lines::new(text, &marked);
    let mut blocks = Vec::new();
    let mut depth = 0_usize;
    let mut end = 0;
    for (event, range) in parser(&marked).into_offset_iter() {
        let level = if let Event::Start(Tag::Heading { level, .. }) = event {
            Some(level as u8)
        } else {
            None
        };
        if depth == 0 && !matches!(event, Event::End(_)) {
            let line = lines.of(range.start);
            let is_fence = matches!(
                event,
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_)))
            );
            blocks.push(Outline {
                start: line.start,
                level,
                is_fence,
                is_certain: line.is_after_blank
                    || is_fence
                    || (end >= line.marked_start && !line.is_after_definition),
            });
        }
        if matches!(event, Event::Start(_)) {
            depth += 1;
        } else if matches!(event, Event::End(_)) {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 {
            end = range.end;
        }
    }
    if let Some(last) = blocks.last_mut() {
        let source = text.get(last.start..).unwrap_or_default();
        let is_over = source
            .lines()
            .next_back()
            .is_none_or(|line| line.trim().is_empty());
        last.is_certain &= is_over || !source.trim_start().starts_with('[');
    }
    blocks
}

/// Lines of a text, found by places in the text with marks, which come in order.
struct Lines<'a> {
    lines: std::iter::Zip<std::str::SplitInclusive<'a, char>, std::str::SplitInclusive<'a, char>>,
    /// The last that was read, and whether it is blank.
    line: Line,
    is_blank: bool,
    /// How many lines it is behind what may be a definition, without a blank one between.
    definition: Option<u8>,
    /// Where it ends.
    end: usize,
    marked_end: usize,
}

#[derive(Clone, Copy)]
struct Line {
    start: usize,
    marked_start: usize,
    is_after_blank: bool,
    /// What may be a definition is among the lines right before it.
    is_after_definition: bool,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, marked: &'a str) -> Self {
        Self {
            lines: text.split_inclusive('\n').zip(marked.split_inclusive('\n')),
            line: Line {
                start: 0,
                marked_start: 0,
                is_after_blank: true,
                is_after_definition: false,
            },
            is_blank: true,
            definition: None,
            end: 0,
            marked_end: 0,
        }
    }

    /// The line with the byte at `place`.
    fn of(&mut self, place: usize) -> Line {
        while self.marked_end <= place {
            let Some((line, marked)) = self.lines.next() else {
                break;
            };
            self.line = Line {
                start: self.end,
                marked_start: self.marked_end,
                is_after_blank: self.is_blank,
                is_after_definition: self.definition.is_some(),
            };
            self.definition = match self.definition {
                _ if line.contains("]:") => Some(0),
                Some(before) if before < TITLE_LINES && !line.trim().is_empty() => Some(before + 1),
                Some(_) | None => None,
            };
            self.is_blank = line.trim().is_empty();
            self.end += line.len();
            self.marked_end += marked.len();
        }
        self.line
    }
}
