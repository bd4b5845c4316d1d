//! Markdown read into a tree, by `pulldown-cmark`: CommonMark with GitHub's tables, tasks, strikethrough and footnotes.
//!
//! Around it is what models write and the crate does not read: `marks` prepares the text (`formula`: what is left as it is in it), `address` finds the addresses
//! that are links by themselves, `tree` nests the crate's events, and `text` takes the marks out again. Markup is text. The tree
//! is never deeper than `MAX_DEPTH` of blocks and as much of inlines.
//!
//! `outline` is what the split of a growing text has to know: where top-level blocks begin, and `reference` which
//! definitions they need.

mod address;
mod formula;
mod marks;
mod outline;
mod reference;
mod text;
mod tree;

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod written;

use pulldown_cmark::{Options, Parser};

pub(super) use outline::outline;
pub(super) use reference::{Definition, definitions, labels};

/// How deep quotes and lists, or emphasis and links, are nested at most; deeper ones are left out, their content is not.
const MAX_DEPTH: usize = 32;

/// A part of a text that has lines of its own.
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
    /// A note that references name by its label; shown where it is written.
    Footnote {
        label: String,
        /// Never empty.
        blocks: Vec<Block>,
    },
    Rule,
}

/// An item of a list.
#[cfg_attr(test, derive(Clone, Debug, PartialEq, Eq))]
pub(super) struct Item {
    /// Whether the task is done; `None` for an item that is no task.
    pub(super) task: Option<bool>,
    pub(super) blocks: Vec<Block>,
}

/// The alignment of a column.
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
    /// The label of the footnote meant.
    FootnoteReference(String),
    SoftBreak,
    HardBreak,
}

/// Reads a whole text.
pub(super) fn parse(text: &str) -> Vec<Block> {
    let marked = marks::mark(text);
    tree::build(parser(&marked))
}

/// The crate's reader of a text with marks.
fn parser(marked: &str) -> Parser<'_> {
    Parser::new_ext(
        marked,
        Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_FOOTNOTES,
    )
}
