//! Markdown read into a tree. Our own parser, because it is shipped: a complete one weighs more in the browser than all
//! views of a conversation.
//!
//! It reads CommonMark with GitHub's tables, tasks, strikethrough and bare addresses, as models write them. Markup is
//! text. Time is linear in the text, and the tree is never deeper than `MAX_DEPTH` of blocks and as much of inlines.
//!
//! - `block`: lines to blocks, with `open` for those not closed yet; `line`, `list`, `table` and `definition` are what
//!   it reads them with.
//! - `inline`: the text of a block to inlines, with `tree` to nest them; `delimiter`, `target`, `autolink` and `text`
//!   are what it reads them with.

mod autolink;
mod block;
mod definition;
mod delimiter;
mod inline;
mod line;
mod list;
mod open;
mod table;
mod target;
mod text;
mod tree;

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;

pub(super) use block::Scanner;

/// How deep quotes and lists, or emphasis and links, are nested at most; what is deeper is not told apart.
const MAX_DEPTH: usize = 32;

/// A part of a text that stands on lines of its own.
#[cfg_attr(test, derive(Clone, Debug, PartialEq, Eq))]
pub(super) enum Block {
    Paragraph(Vec<Inline>),
    Heading {
        level: u8,
        content: Vec<Inline>,
    },
    Code {
        /// May be empty.
        language: String,
        /// Without the last line break.
        text: String,
    },
    Quote(Vec<Block>),
    List {
        /// The first number, when it is ordered.
        start: Option<u64>,
        /// Its items are lines rather than paragraphs.
        is_tight: bool,
        items: Vec<Item>,
    },
    Table {
        alignments: Vec<Alignment>,
        head: Vec<Vec<Inline>>,
        /// As wide as the head.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    Rule,
}

/// One of a list.
#[cfg_attr(test, derive(Clone, Debug, PartialEq, Eq))]
pub(super) struct Item {
    /// Whether it is done, when it is a task.
    pub(super) task: Option<bool>,
    pub(super) blocks: Vec<Block>,
}

/// Of a column.
#[derive(Clone, Copy)]
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub(super) enum Alignment {
    None,
    Left,
    Center,
    Right,
}

/// A part of a line.
#[cfg_attr(test, derive(Clone, Debug, PartialEq, Eq))]
pub(super) enum Inline {
    Text(String),
    Code(String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Strikethrough(Vec<Inline>),
    Link {
        href: String,
        children: Vec<Inline>,
    },
    Image {
        href: String,
        /// Without marks.
        alt: String,
    },
    SoftBreak,
    HardBreak,
}

/// Reads a whole text.
pub(super) fn parse(text: &str) -> Vec<Block> {
    let mut scanner = Scanner::new();
    for line in text.split_inclusive('\n') {
        scanner.line(line);
    }
    scanner.finish()
}
