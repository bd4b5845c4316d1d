//! A piece of markdown as views. The tree is the model's, so it is made with builders and each node is an [`AnyView`]: a
//! text that is rendered again changes only the nodes that differ.

use leptos::{html, prelude::*};

use super::{
    code_block::{Code, CodeBlock},
    image::{Picture, picture_host},
    link::{host_of, other_host, safe_href},
    parse::{Alignment, Block, Inline, Item, parse},
};
use crate::components::{GrowingText, OutsideLink};

/// The level of the page's own heading, above all that are in messages.
pub(super) const PAGE_HEADING: u8 = 1;

/// The level that a heading is shown with, below the last one at `above`: outlines skip no level, however the model
/// writes.
pub(super) fn shown_level(level: u8, above: u8) -> u8 {
    (level + PAGE_HEADING).min(above + 1).min(6)
}

/// The views of `source`, below a heading of the level `above`.
pub(super) fn render(source: &str, above: u8) -> Vec<AnyView> {
    Renderer { above }.blocks(parse(source))
}

struct Renderer {
    above: u8,
}

impl Renderer {
    fn blocks(&mut self, blocks: Vec<Block>) -> Vec<AnyView> {
        blocks.into_iter().map(|block| self.block(block)).collect()
    }

    fn block(&mut self, block: Block) -> AnyView {
        match block {
            Block::Paragraph(content) => html::p().dir("auto").child(inlines(content)).into_any(),
            Block::Heading { level, content } => self.heading(level, content),
            Block::Code { language, text } => {
                view! { <CodeBlock language=Signal::stored(language) code=Code::Still(text) /> }
                    .into_any()
            }
            Block::Quote(blocks) => html::blockquote().child(self.blocks(blocks)).into_any(),
            Block::List {
                start,
                is_tight,
                items,
            } => self.list(start, is_tight, items),
            Block::Table {
                alignments,
                head,
                rows,
            } => table(&alignments, head, rows),
            Block::Footnote { label, blocks } => self.footnote(label, blocks),
            Block::Rule => html::hr().into_any(),
        }
    }

    /// A footnote, where it is written.
    fn footnote(&mut self, label: String, blocks: Vec<Block>) -> AnyView {
        let content = self.blocks(blocks);
        view! {
            <div class="footnote" role="note">
                {footnote_label(label)}
                <div>{content}</div>
            </div>
        }
        .into_any()
    }

    fn heading(&mut self, level: u8, content: Vec<Inline>) -> AnyView {
        self.above = shown_level(level, self.above);
        let content = inlines(content);
        match self.above {
            ..=2 => html::h2().dir("auto").child(content).into_any(),
            3 => html::h3().dir("auto").child(content).into_any(),
            4 => html::h4().dir("auto").child(content).into_any(),
            5 => html::h5().dir("auto").child(content).into_any(),
            6.. => html::h6().dir("auto").child(content).into_any(),
        }
    }

    fn list(&mut self, start: Option<u64>, is_tight: bool, items: Vec<Item>) -> AnyView {
        let items: Vec<AnyView> = items
            .into_iter()
            .map(|item| self.item(item, is_tight))
            .collect();
        match start {
            None => html::ul().child(items).into_any(),
            Some(start) => {
                let start = (start != 1).then(|| start.to_string());
                html::ol().start(start).child(items).into_any()
            }
        }
    }

    /// In a tight list, paragraphs are lines of their item.
    fn item(&mut self, item: Item, is_tight: bool) -> AnyView {
        let mut content = Vec::new();
        let mut task = item.task;
        for block in item.blocks {
            let mut line: Vec<AnyView> = task.take().map(task_marker).into_iter().collect();
            let is_paragraph = matches!(block, Block::Paragraph(_));
            match block {
                Block::Paragraph(text) => line.extend(inlines(text)),
                block @ (Block::Heading { .. }
                | Block::Code { .. }
                | Block::Quote(_)
                | Block::List { .. }
                | Block::Table { .. }
                | Block::Footnote { .. }
                | Block::Rule) => line.push(self.block(block)),
            }
            if is_paragraph && !is_tight {
                content.push(html::p().dir("auto").child(line).into_any());
            } else {
                content.append(&mut line);
            }
        }
        html::li().dir("auto").child(content).into_any()
    }
}

type Cells = Vec<Vec<Inline>>;

fn table(alignments: &[Alignment], head: Cells, mut rows: Vec<Cells>) -> AnyView {
    type Cell = fn(Option<&'static str>, Vec<AnyView>) -> AnyView;
    let row = |cells: Cells, cell: Cell| {
        let cells: Vec<AnyView> = cells
            .into_iter()
            .zip(alignments)
            .map(|(content, alignment)| cell(class_of(*alignment), inlines(content)))
            .collect();
        html::tr().child(cells).into_any()
    };
    let left_out = leave_out(&mut rows, alignments.len());
    let head = row(head, |class, content| {
        let cell = html::th().scope("col").attr("class", class);
        cell.child(content).into_any()
    });
    let body: Vec<AnyView> = rows
        .into_iter()
        .map(|cells| {
            row(cells, |class, content| {
                html::td().attr("class", class).child(content).into_any()
            })
        })
        .collect();
    view! {
        <div class="table" tabindex="0" role="group" aria-label="Table">
            <table>
                <thead>{head}</thead>
                <tbody>{body}</tbody>
            </table>
            {left_out}
        </div>
    }
    .into_any()
}

/// The most cells of a table that are shown: more would hold up the page.
const CELLS: usize = 10_000;

/// Cuts a table that is too large, and says so.
fn leave_out(rows: &mut Vec<Cells>, columns: usize) -> Option<AnyView> {
    let shown = CELLS / columns.max(1);
    let left_out = rows.len().checked_sub(shown).filter(|count| *count > 0)?;
    rows.truncate(shown);
    let words = format!("{left_out} more rows are not shown. Copy the message to get them all.");
    Some(html::p().class("table-rest").child(words).into_any())
}

const fn class_of(alignment: Alignment) -> Option<&'static str> {
    match alignment {
        Alignment::None | Alignment::Left => None,
        Alignment::Center => Some("center"),
        Alignment::Right => Some("right"),
    }
}

/// Links do not nest: a browser would take them apart.
#[derive(Clone, Copy)]
enum Place {
    Anywhere,
    InLink,
}

fn inlines(inlines: Vec<Inline>) -> Vec<AnyView> {
    let mut content = Content::default();
    content.push_inlines(inlines, Place::Anywhere);
    content.views()
}

/// Inlines as views. Pieces of text that meet are one text node.
#[derive(Default)]
struct Content {
    views: Vec<AnyView>,
    text: String,
}

impl Content {
    fn push(&mut self, view: AnyView) {
        self.end_text();
        self.views.push(view);
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.views.push(GrowingText(text).into_any());
        }
    }

    fn views(mut self) -> Vec<AnyView> {
        self.end_text();
        self.views
    }

    fn push_inlines(&mut self, inlines: Vec<Inline>, place: Place) {
        let within = |children: Vec<Inline>| {
            let mut content = Self::default();
            content.push_inlines(children, place);
            content.views()
        };
        for inline in inlines {
            match inline {
                Inline::Text(text) => self.text.push_str(&text),
                Inline::SoftBreak => self.text.push('\n'),
                Inline::HardBreak => self.push(html::br().into_any()),
                Inline::FootnoteReference(label) => self.push(footnote_label(label)),
                Inline::Code(code) => self.push(html::code().child(code).into_any()),
                Inline::Emphasis(children) => {
                    self.push(html::em().child(within(children)).into_any());
                }
                Inline::Strong(children) => {
                    self.push(html::strong().child(within(children)).into_any());
                }
                Inline::Strikethrough(children) => {
                    self.push(html::del().child(within(children)).into_any());
                }
                Inline::Link { href, children } => self.push_link(&href, children, place),
                Inline::Image { href, alt } => self.push_image(&href, alt, place),
            }
        }
    }

    fn push_link(&mut self, address: &str, children: Vec<Inline>, place: Place) {
        let (Some(href), Place::Anywhere) = (safe_href(address), place) else {
            return self.push_inlines(children, place);
        };
        let mut words = String::new();
        push_words(&children, &mut words);
        let mut content = Self::default();
        content.push_inlines(children, Place::InLink);
        if let Some(host) = other_host(&words, &href) {
            content.push(host_note(host));
        }
        self.push(link(href, content.views()));
    }

    /// Nothing is fetched without being asked for: an image is a link to it, which says where it is, and a button.
    fn push_image(&mut self, address: &str, alt: String, place: Place) {
        let text = if alt.is_empty() {
            address.to_owned()
        } else {
            alt.clone()
        };
        let (Some(href), Place::Anywhere) = (safe_href(address), place) else {
            return self.text.push_str(&text);
        };
        let mut content = vec![text.into_any()];
        content.extend(host_of(&href).map(host_note));
        self.push(link(href.clone(), content));
        if let Some(host) = picture_host(&href) {
            self.push(view! { <Picture href host alt /> }.into_any());
        }
    }
}

fn link(href: String, content: Vec<AnyView>) -> AnyView {
    view! { <OutsideLink href>{content}</OutsideLink> }.into_any()
}

/// The label by which a footnote is found: at the place that refers to it, and before the note.
fn footnote_label(label: String) -> AnyView {
    html::sup().class("footnote-label").child(label).into_any()
}

/// Where a link leads, behind its text.
fn host_note(host: &str) -> AnyView {
    html::span()
        .class("link-host")
        .child(format!(" ({host})"))
        .into_any()
}

/// What a reader sees of inlines.
fn push_words(inlines: &[Inline], words: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => words.push_str(text),
            Inline::Emphasis(children)
            | Inline::Strong(children)
            | Inline::Strikethrough(children)
            | Inline::Link { children, .. } => push_words(children, words),
            Inline::Image { alt, .. } => words.push_str(alt),
            Inline::FootnoteReference(label) => words.push_str(label),
            Inline::SoftBreak | Inline::HardBreak => words.push(' '),
        }
    }
}

/// A sign rather than a box to tick: nobody could keep the tick.
fn task_marker(is_done: bool) -> AnyView {
    let (sign, words) = if is_done {
        ("☑", "done: ")
    } else {
        ("☐", "to do: ")
    };
    view! {
        <span class="task" aria-hidden="true">{sign}</span>
        <span class="visually-hidden">{words}</span>
    }
    .into_any()
}
