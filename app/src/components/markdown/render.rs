//! A piece of markdown as markup.

use leptos::prelude::Signal;

use super::{
    code_block::code_block,
    image::picture,
    link::{host_of, other_host, safe_href},
    parse::{Alignment, Block, Inline, Item, parse},
};
use crate::components::{
    node::{Node, element},
    outside_link::link,
};

/// The level of the page's own heading, above all that are in messages.
pub(super) const PAGE_HEADING: u8 = 1;

/// The level that a heading is shown with, below the last one at `above`: outlines skip no level, however the model
/// writes.
pub(super) fn shown_level(level: u8, above: u8) -> u8 {
    (level + PAGE_HEADING).min(above + 1).min(6)
}

/// The markup of a text that does not change.
pub(crate) fn nodes(source: &str) -> Vec<Node> {
    render(source, PAGE_HEADING)
}

/// The markup of `source`, below a heading of the level `above`.
pub(super) fn render(source: &str, above: u8) -> Vec<Node> {
    let mut nodes = Vec::new();
    Renderer { above }.blocks(parse(source), &mut nodes);
    nodes
}

struct Renderer {
    above: u8,
}

impl Renderer {
    fn blocks(&mut self, blocks: Vec<Block>, nodes: &mut Vec<Node>) {
        for block in blocks {
            nodes.push(self.block(block));
        }
    }

    fn block(&mut self, block: Block) -> Node {
        match block {
            Block::Paragraph(content) => element("p", inlines(content)).into(),
            Block::Heading { level, content } => self.heading(level, content),
            Block::Code { language, text } => {
                code_block(Signal::stored(language), Signal::stored(text))
            }
            Block::Quote(blocks) => {
                let mut content = Vec::new();
                self.blocks(blocks, &mut content);
                element("blockquote", content).into()
            }
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
            Block::Rule => element("hr", Vec::new()).into(),
        }
    }

    /// A footnote, where it is written.
    fn footnote(&mut self, label: String, blocks: Vec<Block>) -> Node {
        let mut content = Vec::new();
        self.blocks(blocks, &mut content);
        let content = element("div", content).into();
        element("div", vec![footnote_label(label), content])
            .with("class", "footnote")
            .with("role", "note")
            .into()
    }

    fn heading(&mut self, level: u8, content: Vec<Inline>) -> Node {
        self.above = shown_level(level, self.above);
        let tag = match self.above {
            ..=2 => "h2",
            3 => "h3",
            4 => "h4",
            5 => "h5",
            6.. => "h6",
        };
        element(tag, inlines(content)).into()
    }

    fn list(&mut self, start: Option<u64>, is_tight: bool, items: Vec<Item>) -> Node {
        let mut content = Vec::new();
        for item in items {
            content.push(self.item(item, is_tight));
        }
        let list = match start {
            None => element("ul", content),
            Some(1) => element("ol", content),
            Some(start) => element("ol", content).with("start", start.to_string()),
        };
        list.into()
    }

    /// In a tight list, paragraphs are lines of their item.
    fn item(&mut self, item: Item, is_tight: bool) -> Node {
        let mut content = Vec::new();
        let mut task = item.task;
        for block in item.blocks {
            let is_text = matches!(block, Block::Paragraph(_));
            let mut line = Vec::new();
            if let Some(is_done) = task.take() {
                line.extend(task_marker(is_done));
            }
            match block {
                Block::Paragraph(text) => push_inlines(text, Place::Anywhere, &mut line),
                block @ (Block::Heading { .. }
                | Block::Code { .. }
                | Block::Quote(_)
                | Block::List { .. }
                | Block::Table { .. }
                | Block::Footnote { .. }
                | Block::Rule) => line.push(self.block(block)),
            }
            if is_text && !is_tight {
                content.push(element("p", line).into());
            } else {
                content.append(&mut line);
            }
        }
        element("li", content).into()
    }
}

fn table(alignments: &[Alignment], head: Vec<Vec<Inline>>, rows: Vec<Vec<Vec<Inline>>>) -> Node {
    let head = vec![row("th", alignments, head)];
    let mut body = Vec::new();
    for cells in rows {
        body.push(row("td", alignments, cells));
    }
    let table = element(
        "table",
        vec![element("thead", head).into(), element("tbody", body).into()],
    );
    element("div", vec![table.into()])
        .with("class", "table")
        .with("tabindex", "0")
        .with("role", "group")
        .with("aria-label", "Table")
        .into()
}

fn row(tag: &'static str, alignments: &[Alignment], row: Vec<Vec<Inline>>) -> Node {
    let mut cells = Vec::new();
    for (content, alignment) in row.into_iter().zip(alignments) {
        let mut cell = element(tag, inlines(content));
        if tag == "th" {
            cell = cell.with("scope", "col");
        }
        cells.push(Node::from(match alignment {
            Alignment::None | Alignment::Left => cell,
            Alignment::Center => cell.with("class", "center"),
            Alignment::Right => cell.with("class", "right"),
        }));
    }
    element("tr", cells).into()
}

/// Links do not nest: a browser would take them apart.
#[derive(Clone, Copy)]
enum Place {
    Anywhere,
    InLink,
}

fn inlines(inlines: Vec<Inline>) -> Vec<Node> {
    let mut nodes = Vec::new();
    push_inlines(inlines, Place::Anywhere, &mut nodes);
    nodes
}

fn push_inlines(inlines: Vec<Inline>, place: Place, nodes: &mut Vec<Node>) {
    for inline in inlines {
        let (tag, children) = match inline {
            Inline::Text(text) => {
                push_text(nodes, text);
                continue;
            }
            Inline::SoftBreak => {
                push_text(nodes, "\n".to_owned());
                continue;
            }
            Inline::Link { href, children } => {
                push_link(&href, children, place, nodes);
                continue;
            }
            Inline::Image { href, alt } => {
                push_image(&href, alt, place, nodes);
                continue;
            }
            Inline::FootnoteReference(label) => {
                nodes.push(footnote_label(label));
                continue;
            }
            Inline::Code(code) => ("code", vec![Inline::Text(code)]),
            Inline::HardBreak => ("br", Vec::new()),
            Inline::Emphasis(children) => ("em", children),
            Inline::Strong(children) => ("strong", children),
            Inline::Strikethrough(children) => ("del", children),
        };
        let mut content = Vec::new();
        push_inlines(children, place, &mut content);
        nodes.push(element(tag, content).into());
    }
}

fn push_link(address: &str, children: Vec<Inline>, place: Place, nodes: &mut Vec<Node>) {
    match (safe_href(address), place) {
        (Some(href), Place::Anywhere) => {
            let mut text = String::new();
            push_words(&children, &mut text);
            let mut content = Vec::new();
            push_inlines(children, Place::InLink, &mut content);
            content.extend(other_host(&text, &href).map(host_note));
            nodes.push(link(href, content));
        }
        (None, Place::Anywhere) | (_, Place::InLink) => push_inlines(children, place, nodes),
    }
}

/// Nothing is fetched without being asked for: an image is a link to it, which says where it is, and a button.
fn push_image(address: &str, alt: String, place: Place, nodes: &mut Vec<Node>) {
    let text = if alt.is_empty() {
        address.to_owned()
    } else {
        alt.clone()
    };
    match (safe_href(address), place) {
        (Some(href), Place::Anywhere) => {
            let mut content = vec![Node::Text(text)];
            content.extend(host_of(&href).map(host_note));
            let picture = picture(&href, &alt);
            nodes.push(link(href, content));
            nodes.extend(picture);
        }
        (None, Place::Anywhere) | (_, Place::InLink) => push_text(nodes, text),
    }
}

/// The label by which a footnote is found: at the place that refers to it, and before the note.
fn footnote_label(label: String) -> Node {
    element("sup", vec![Node::Text(label)])
        .with("class", "footnote-label")
        .into()
}

/// Where a link leads, behind its text.
fn host_note(host: &str) -> Node {
    element("span", vec![Node::Text(format!(" ({host})"))])
        .with("class", "link-host")
        .into()
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

/// Pieces of text that meet are one text node.
fn push_text(nodes: &mut Vec<Node>, text: String) {
    if let Some(Node::Text(last)) = nodes.last_mut() {
        last.push_str(&text);
    } else {
        nodes.push(Node::Text(text));
    }
}

/// A sign rather than a box to tick: nobody could keep the tick.
fn task_marker(is_done: bool) -> [Node; 2] {
    let (sign, words) = if is_done {
        ("☑", "done: ")
    } else {
        ("☐", "to do: ")
    };
    let text = |text: &str| vec![Node::Text(text.to_owned())];
    [
        element("span", text(sign))
            .with("class", "task")
            .with("aria-hidden", "true")
            .into(),
        element("span", text(words))
            .with("class", "visually-hidden")
            .into(),
    ]
}
