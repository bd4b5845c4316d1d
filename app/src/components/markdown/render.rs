//! A piece of markdown as markup.

use std::iter::Peekable;

use leptos::prelude::Signal;
use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

use super::{code_block::code_block, link::safe_href};
use crate::components::{
    node::{Node, element},
    outside_link::link,
};

/// What is read beyond CommonMark.
pub(super) const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS);

/// The level of the page's own heading, above all that are in messages.
pub(super) const PAGE_HEADING: u8 = 1;

/// The level that a heading is shown with, below the last one at `above`: outlines skip no level, however the model
/// writes.
pub(super) fn shown_level(level: HeadingLevel, above: u8) -> u8 {
    (level as u8 + PAGE_HEADING).min(above + 1).min(6)
}

/// The markup of `source`, below a heading of the level `above`.
pub(super) fn render(source: &str, above: u8) -> Vec<Node> {
    let events = Parser::new_ext(source, OPTIONS).peekable();
    Renderer {
        events,
        above,
        alignments: Vec::new(),
        is_in_link: false,
    }
    .children()
}

struct Renderer<'a> {
    events: Peekable<Parser<'a>>,
    above: u8,
    /// Of the columns of the table being read.
    alignments: Vec<Alignment>,
    /// Links do not nest: a browser would take them apart.
    is_in_link: bool,
}

impl<'a> Renderer<'a> {
    /// The markup up to the end of the element that is open.
    fn children(&mut self) -> Vec<Node> {
        let mut nodes = Vec::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::End(_) => break,
                Event::Start(tag) => self.element(tag, &mut nodes),
                Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                    push_text(&mut nodes, &text)
                }
                Event::Code(code) => {
                    nodes.push(element("code", vec![Node::Text(code.into_string())]).into())
                }
                Event::SoftBreak => push_text(&mut nodes, "\n"),
                Event::HardBreak => nodes.push(element("br", Vec::new()).into()),
                Event::Rule => nodes.push(element("hr", Vec::new()).into()),
                Event::TaskListMarker(is_done) => nodes.extend(task_marker(is_done)),
                // Not asked for in the options.
                Event::FootnoteReference(text)
                | Event::InlineMath(text)
                | Event::DisplayMath(text) => {
                    push_text(&mut nodes, &text);
                }
            }
        }
        nodes
    }

    fn element(&mut self, tag: Tag<'a>, nodes: &mut Vec<Node>) {
        let plain = match tag {
            Tag::Heading { level, .. } => return nodes.push(self.heading(level)),
            Tag::CodeBlock(kind) => return nodes.push(self.code_block(&kind)),
            Tag::List(Some(start)) if start != 1 => {
                return nodes.push(
                    element("ol", self.children())
                        .with("start", start.to_string())
                        .into(),
                );
            }
            Tag::Table(alignments) => return nodes.push(self.table(alignments)),
            Tag::TableHead => return nodes.push(self.row("th")),
            Tag::TableRow => return nodes.push(self.row("td")),
            Tag::Link { dest_url, .. } => return self.link(&dest_url, nodes),
            Tag::Image { dest_url, .. } => return self.image(&dest_url, nodes),
            Tag::HtmlBlock => {
                return nodes.push(
                    element("p", self.children())
                        .with("class", "raw-html")
                        .into(),
                );
            }
            Tag::List(Some(_)) => "ol",
            Tag::List(None) => "ul",
            Tag::Item => "li",
            Tag::BlockQuote(_) => "blockquote",
            Tag::Emphasis => "em",
            Tag::Strong => "strong",
            Tag::Strikethrough => "del",
            // The last ones are not asked for in the options.
            Tag::Paragraph
            | Tag::TableCell
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => "p",
        };
        nodes.push(element(plain, self.children()).into());
    }

    fn heading(&mut self, level: HeadingLevel) -> Node {
        let content = self.children();
        self.above = shown_level(level, self.above);
        let tag = match self.above {
            ..=2 => "h2",
            3 => "h3",
            4 => "h4",
            5 => "h5",
            6.. => "h6",
        };
        element(tag, content).into()
    }

    fn code_block(&mut self, kind: &CodeBlockKind<'_>) -> Node {
        let language = match kind {
            CodeBlockKind::Indented => String::new(),
            CodeBlockKind::Fenced(info) => info
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned(),
        };
        let mut code = self.plain_text();
        if code.ends_with('\n') {
            code.pop();
        }
        Node::View(code_block(Signal::stored(language), Signal::stored(code)))
    }

    fn table(&mut self, alignments: Vec<Alignment>) -> Node {
        self.alignments = alignments;
        let mut rows = self.children();
        let body = rows.split_off(rows.len().min(1));
        let table = element(
            "table",
            vec![element("thead", rows).into(), element("tbody", body).into()],
        );
        element("div", vec![table.into()])
            .with("class", "table")
            .with("tabindex", "0")
            .with("role", "group")
            .with("aria-label", "Table")
            .into()
    }

    fn row(&mut self, tag: &'static str) -> Node {
        let mut cells = Vec::new();
        while let Some(Event::Start(Tag::TableCell)) = self.events.next() {
            let alignment = self.alignments.get(cells.len()).copied();
            let mut cell = element(tag, self.children());
            if tag == "th" {
                cell = cell.with("scope", "col");
            }
            cells.push(Node::from(match alignment {
                None | Some(Alignment::None | Alignment::Left) => cell,
                Some(Alignment::Center) => cell.with("class", "center"),
                Some(Alignment::Right) => cell.with("class", "right"),
            }));
        }
        element("tr", cells).into()
    }

    fn link(&mut self, address: &str, nodes: &mut Vec<Node>) {
        let is_nested = std::mem::replace(&mut self.is_in_link, true);
        let content = self.children();
        self.is_in_link = is_nested;
        self.anchor(address, content, nodes);
    }

    /// Nothing is fetched without being asked for: an image is a link to it.
    fn image(&mut self, address: &str, nodes: &mut Vec<Node>) {
        let text = self.plain_text();
        let text = if text.is_empty() {
            address.to_owned()
        } else {
            text
        };
        self.anchor(address, vec![Node::Text(text)], nodes);
    }

    fn anchor(&self, address: &str, content: Vec<Node>, nodes: &mut Vec<Node>) {
        match safe_href(address) {
            Some(href) if !self.is_in_link => {
                nodes.push(link(href, content));
            }
            Some(_) | None => nodes.extend(content),
        }
    }

    /// The text up to the end of the element that is open.
    fn plain_text(&mut self) -> String {
        let mut text = String::new();
        let mut depth = 1_usize;
        for event in self.events.by_ref() {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Text(more)
                | Event::Code(more)
                | Event::Html(more)
                | Event::InlineHtml(more) => {
                    text.push_str(&more);
                }
                Event::SoftBreak | Event::HardBreak => text.push(' '),
                Event::Rule
                | Event::TaskListMarker(_)
                | Event::FootnoteReference(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_) => {}
            }
            if depth == 0 {
                break;
            }
        }
        text
    }
}

/// The parser hands text out in pieces; one text node is enough.
fn push_text(nodes: &mut Vec<Node>, text: &str) {
    if let Some(Node::Text(last)) = nodes.last_mut() {
        last.push_str(text);
    } else {
        nodes.push(Node::Text(text.to_owned()));
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
