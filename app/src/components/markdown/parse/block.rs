//! Lines to blocks (CommonMark 4 and 5), one line at a time: containers are open around at most one leaf.

use super::{
    Block, MAX_DEPTH,
    line::Line,
    list::{Mark, heading, is_rule, task, underline},
    open::{Container, Kind, Leaf, Open, unread},
    table::{alignments, cells},
};
use crate::components::markdown::fence::Fence;

/// Indented this far, a line is code.
const CODE_INDENT: usize = 4;

/// What the lines so far have come to.
pub(in super::super) struct Scanner {
    open: Open,
    /// Where the line being read begins, and where it ends.
    start: usize,
    end: usize,
}

impl Scanner {
    pub(in super::super) fn new() -> Self {
        Self {
            open: Open::new(),
            start: 0,
            end: 0,
        }
    }

    /// Whether the last line was in fenced code that is in nothing else.
    pub(in super::super) const fn is_in_top_level_fence(&self) -> bool {
        self.open.containers.len() == 1 && matches!(self.open.leaf, Leaf::Fenced { .. })
    }

    /// Where a top-level block has begun since the last time, and the blocks before it, with their texts unread.
    pub(in super::super) fn take_begun(&mut self) -> Option<(usize, Vec<Block>)> {
        self.open.take_begun()
    }

    /// The blocks, with their texts read.
    pub(super) fn finish(self) -> Vec<Block> {
        self.open.finish()
    }

    /// Takes a line, with its line break if it has one.
    pub(in super::super) fn line(&mut self, source: &str) {
        self.start = self.end;
        self.end += source.len();
        let mut line = Line::new(source);
        let depth = self.continued(&mut line);
        let is_inside = depth == self.open.containers.len();
        if is_inside && self.continues_code(&mut line) {
            return;
        }
        let rest = self.starts(&mut line, depth, is_inside);
        let is_text = matches!(self.open.leaf, Leaf::Paragraph { .. });
        match rest {
            Rest::Nothing => self.open.blank = None,
            Rest::InNewBlock if line.is_blank() => self.open.blank = None,
            Rest::InNewBlock => self.begin_paragraph(&line, self.open.containers.len()),
            Rest::Unmarked if line.is_blank() => {
                self.open.close_to(depth);
                self.open.blank = self.open.innermost_quote();
            }
            Rest::Unmarked if is_text => self.append_to_paragraph(&line),
            Rest::Unmarked => {
                if !(is_inside && self.append_to_table(&line)) {
                    self.begin_paragraph(&line, depth);
                }
            }
        }
    }

    /// Takes the marks of the containers that go on off the line; returns how many do.
    fn continued(&self, line: &mut Line<'_>) -> usize {
        let mut depth = 1;
        while let Some(container) = self.open.containers.get(depth) {
            let goes_on = match &container.kind {
                Kind::Document | Kind::List { .. } => true,
                Kind::Quote => take_quote_mark(line),
                Kind::Item { indent, .. } => {
                    let is_inside = line.indent() >= *indent;
                    let is_empty = container.blocks.is_empty()
                        && depth + 1 == self.open.containers.len()
                        && matches!(self.open.leaf, Leaf::None);
                    let goes_on = if line.is_blank() {
                        !is_empty
                    } else {
                        is_inside
                    };
                    if goes_on {
                        line.take_blanks(*indent);
                    }
                    goes_on
                }
            };
            if !goes_on {
                break;
            }
            depth += 1;
        }
        depth
    }

    /// Takes a line of the code that is open, or closes it.
    fn continues_code(&mut self, line: &mut Line<'_>) -> bool {
        match &mut self.open.leaf {
            Leaf::Fenced { fence, text, .. } => {
                self.open.blank = None;
                if line.indent() < CODE_INDENT && fence.is_closed_by_text(line.text()) {
                    self.open.close_leaf();
                } else {
                    line.take_blanks(fence.indent());
                    line.append_to(text);
                }
                true
            }
            Leaf::Indented(text) => {
                let is_blank = line.is_blank();
                if line.indent() < CODE_INDENT && !is_blank {
                    self.open.close_leaf();
                    return false;
                }
                line.take_blanks(CODE_INDENT);
                line.append_to(text);
                // What follows decides whether it was code or the space after it.
                self.open.blank = self.open.innermost_quote().filter(|_| is_blank);
                true
            }
            Leaf::None | Leaf::Paragraph { .. } | Leaf::Table { .. } => false,
        }
    }

    /// Opens the blocks that begin on the line.
    fn starts(&mut self, line: &mut Line<'_>, mut depth: usize, is_inside: bool) -> Rest {
        let mut rest = Rest::Unmarked;
        loop {
            let text = line.text();
            let Some(first) = text.bytes().next() else {
                return rest;
            };
            let is_new = matches!(rest, Rest::InNewBlock);
            let is_text = !is_new && matches!(self.open.leaf, Leaf::Paragraph { .. });
            let is_row = !is_new && is_inside && matches!(self.open.leaf, Leaf::Table { .. });
            let indent = line.indent();
            if indent >= CODE_INDENT {
                if is_text || is_row {
                    return rest;
                }
                self.open.begin(depth, self.start);
                line.take_blanks(CODE_INDENT);
                let mut text = String::new();
                line.append_to(&mut text);
                self.open.leaf = Leaf::Indented(text);
                return Rest::Nothing;
            }
            let is_in_paragraph = is_text && is_inside;
            if is_in_paragraph && (self.begin_table(text) || self.underline(text)) {
                return Rest::Nothing;
            }
            // It may have been definitions only.
            let is_in_paragraph =
                is_in_paragraph && matches!(self.open.leaf, Leaf::Paragraph { .. });
            let is_deep = self.open.containers.len() + 2 > MAX_DEPTH;
            match first {
                b'>' if !is_deep => {
                    self.open.begin(depth, self.start);
                    self.open.push(Kind::Quote);
                    take_quote_mark(line);
                }
                b'#' if let Some((level, content)) = heading(text) => {
                    self.open.begin(depth, self.start);
                    self.open.add(Block::Heading {
                        level,
                        content: unread(content),
                    });
                    return Rest::Nothing;
                }
                b'`' | b'~' if let Some((fence, language)) = Fence::opened_by(text, indent) => {
                    self.open.begin(depth, self.start);
                    self.open.leaf = Leaf::Fenced {
                        fence,
                        language: language.to_owned(),
                        text: String::new(),
                    };
                    return Rest::Nothing;
                }
                b'*' | b'-' | b'_' if is_rule(text) => {
                    self.open.begin(depth, self.start);
                    self.open.add(Block::Rule);
                    return Rest::Nothing;
                }
                _ => {
                    let Some(mark) = Mark::read(text).filter(|mark| {
                        let is_list = text.len() > mark.width
                            && text
                                .get(mark.width..)
                                .is_some_and(|item| !item.trim().is_empty())
                            && mark.number.is_none_or(|number| number == 1);
                        !is_deep && (is_list || !is_in_paragraph)
                    }) else {
                        return rest;
                    };
                    if self.begin_item(line, depth, &mark) {
                        return Rest::InNewBlock;
                    }
                }
            }
            depth = self.open.containers.len();
            rest = Rest::InNewBlock;
        }
    }

    /// Opens an item; tells whether it is a task, whose text begins no other block.
    fn begin_item(&mut self, line: &mut Line<'_>, depth: usize, mark: &Mark) -> bool {
        let mut indent = line.indent() + mark.width;
        line.take_mark(mark.width);
        let blanks = line.indent();
        let padding = if line.is_blank() || blanks > CODE_INDENT {
            1
        } else {
            blanks
        };
        line.take_blanks(padding);
        indent += padding;
        let task = task(line.text()).filter(|_| line.indent() < CODE_INDENT);
        if task.is_some() {
            line.take_mark(3);
        }
        self.open.close_to(depth);
        let goes_on = matches!(
            self.open.containers.last(),
            Some(Container { kind: Kind::List { sign, .. }, .. }) if *sign == mark.sign
        );
        if goes_on {
            self.open.note_looseness();
        } else {
            self.open.begin(depth, self.start);
            self.open.push(Kind::List {
                sign: mark.sign,
                start: mark.number,
                is_tight: true,
                items: Vec::new(),
            });
        }
        self.open.push(Kind::Item { indent, task });
        task.is_some()
    }

    fn begin_paragraph(&mut self, line: &Line<'_>, depth: usize) {
        self.open.begin(depth, self.start);
        self.open.blank = None;
        self.open.leaf = Leaf::Paragraph {
            text: line.text().to_owned(),
            last: 0,
            last_start: self.start,
        };
    }

    fn append_to_paragraph(&mut self, line: &Line<'_>) {
        self.open.blank = None;
        if let Leaf::Paragraph {
            text,
            last,
            last_start,
        } = &mut self.open.leaf
        {
            text.push('\n');
            *last = text.len();
            *last_start = self.start;
            text.push_str(line.text());
        }
    }

    /// Makes a heading of the paragraph if `text` underlines it.
    fn underline(&mut self, text: &str) -> bool {
        let (Leaf::Paragraph { text: content, .. }, Some(level)) =
            (&mut self.open.leaf, underline(text))
        else {
            return false;
        };
        let rest = self.open.definitions.take_from(content).trim_end();
        if rest.is_empty() {
            self.open.leaf = Leaf::None;
            return false;
        }
        let content = unread(rest);
        self.open.leaf = Leaf::None;
        self.open.add(Block::Heading { level, content });
        true
    }

    /// Makes a table of the paragraph's last line if `text` is the line under its head.
    fn begin_table(&mut self, text: &str) -> bool {
        let Leaf::Paragraph {
            text: content,
            last,
            last_start,
        } = &mut self.open.leaf
        else {
            return false;
        };
        let Some(alignments) = alignments(text) else {
            return false;
        };
        let (last, last_start) = (*last, *last_start);
        let line = content.get(last..).unwrap_or_default();
        let head = cells(line);
        if !line.contains('|') || head.len() != alignments.len() {
            return false;
        }
        content.truncate(last);
        let is_interrupting = !content.is_empty();
        self.open.close_leaf();
        if is_interrupting {
            self.open.note_begun(last_start);
        }
        self.open.leaf = Leaf::Table {
            alignments,
            head: head.iter().map(|cell| unread(cell)).collect(),
            rows: Vec::new(),
        };
        true
    }

    fn append_to_table(&mut self, line: &Line<'_>) -> bool {
        let Leaf::Table {
            alignments, rows, ..
        } = &mut self.open.leaf
        else {
            return false;
        };
        self.open.blank = None;
        let mut row: Vec<_> = cells(line.text()).iter().map(|cell| unread(cell)).collect();
        row.resize_with(alignments.len(), Vec::new);
        rows.push(row);
        true
    }
}

/// What the marks of new blocks have left of a line.
enum Rest {
    /// All is taken.
    Nothing,
    /// There were none.
    Unmarked,
    InNewBlock,
}

fn take_quote_mark(line: &mut Line<'_>) -> bool {
    let is_quote = line.indent() < CODE_INDENT && line.text().starts_with('>');
    if is_quote {
        line.take_mark(1);
        line.take_blanks(1);
    }
    is_quote
}
