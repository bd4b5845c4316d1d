//! The views of a piece of markdown.

use std::iter::Peekable;

use leptos::prelude::*;
use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

use super::{code_block::CodeBlock, link::safe_href};

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

/// The views of `source`, below a heading of the level `above`.
pub(super) fn render(source: &str, above: u8) -> Vec<AnyView> {
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
    /// The views up to the end of the element that is open.
    fn children(&mut self) -> Vec<AnyView> {
        let mut views = Vec::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::End(_) => break,
                Event::Start(tag) => views.push(self.element(tag)),
                Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                    let text = self.text(text.into_string());
                    views.push(text.into_any());
                }
                Event::Code(code) => {
                    views.push(view! { <code>{code.into_string()}</code> }.into_any())
                }
                Event::SoftBreak => views.push("\n".into_any()),
                Event::HardBreak => views.push(view! { <br /> }.into_any()),
                Event::Rule => views.push(view! { <hr /> }.into_any()),
                Event::TaskListMarker(is_done) => views.push(task_marker(is_done)),
                // Not asked for in the options.
                Event::FootnoteReference(text)
                | Event::InlineMath(text)
                | Event::DisplayMath(text) => {
                    views.push(text.into_string().into_any());
                }
            }
        }
        views
    }

    /// The parser hands text out in pieces; one text node is enough.
    fn text(&mut self, mut text: String) -> String {
        while let Some(Event::Text(_) | Event::Html(_) | Event::InlineHtml(_)) = self.events.peek()
        {
            if let Some(Event::Text(more) | Event::Html(more) | Event::InlineHtml(more)) =
                self.events.next()
            {
                text.push_str(&more);
            }
        }
        text
    }

    fn element(&mut self, tag: Tag<'a>) -> AnyView {
        match tag {
            Tag::Heading { level, .. } => self.heading(level),
            Tag::CodeBlock(kind) => self.code_block(&kind),
            Tag::List(start) => self.list(start),
            Tag::Table(alignments) => self.table(alignments),
            Tag::TableHead => {
                let cells = self.cells(|class, content| {
                    view! { <th class=class scope="col">{content}</th> }.into_any()
                });
                view! { <tr>{cells}</tr> }.into_any()
            }
            Tag::TableRow => {
                let cells = self
                    .cells(|class, content| view! { <td class=class>{content}</td> }.into_any());
                view! { <tr>{cells}</tr> }.into_any()
            }
            Tag::Link { dest_url, .. } => self.link(&dest_url),
            Tag::Image { dest_url, .. } => self.image(&dest_url),
            Tag::BlockQuote(_) => view! { <blockquote>{self.children()}</blockquote> }.into_any(),
            Tag::Item => view! { <li>{self.children()}</li> }.into_any(),
            Tag::Emphasis => view! { <em>{self.children()}</em> }.into_any(),
            Tag::Strong => view! { <strong>{self.children()}</strong> }.into_any(),
            Tag::Strikethrough => view! { <del>{self.children()}</del> }.into_any(),
            Tag::HtmlBlock => view! { <p class="raw-html">{self.children()}</p> }.into_any(),
            // The last ones are not asked for in the options.
            Tag::Paragraph
            | Tag::TableCell
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => view! { <p>{self.children()}</p> }.into_any(),
        }
    }

    fn heading(&mut self, level: HeadingLevel) -> AnyView {
        let content = self.children();
        self.above = shown_level(level, self.above);
        match self.above {
            ..=2 => view! { <h2>{content}</h2> }.into_any(),
            3 => view! { <h3>{content}</h3> }.into_any(),
            4 => view! { <h4>{content}</h4> }.into_any(),
            5 => view! { <h5>{content}</h5> }.into_any(),
            6.. => view! { <h6>{content}</h6> }.into_any(),
        }
    }

    fn code_block(&mut self, kind: &CodeBlockKind<'_>) -> AnyView {
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
        view! { <CodeBlock language=Signal::stored(language) code=Signal::stored(code) /> }
            .into_any()
    }

    fn list(&mut self, start: Option<u64>) -> AnyView {
        let items = self.children();
        match start {
            None => view! { <ul>{items}</ul> }.into_any(),
            Some(1) => view! { <ol>{items}</ol> }.into_any(),
            Some(start) => view! { <ol start=start.to_string()>{items}</ol> }.into_any(),
        }
    }

    fn table(&mut self, alignments: Vec<Alignment>) -> AnyView {
        self.alignments = alignments;
        let mut rows = self.children().into_iter();
        let head = rows.next();
        let body: Vec<AnyView> = rows.collect();
        view! {
            <div class="table" tabindex="0" role="group" aria-label="Table">
                <table>
                    <thead>{head}</thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
        }
        .into_any()
    }

    fn cells(&mut self, cell: impl Fn(&'static str, Vec<AnyView>) -> AnyView) -> Vec<AnyView> {
        let mut cells = Vec::new();
        while let Some(Event::Start(Tag::TableCell)) = self.events.next() {
            let class = match self.alignments.get(cells.len()) {
                None | Some(Alignment::None | Alignment::Left) => "",
                Some(Alignment::Center) => "center",
                Some(Alignment::Right) => "right",
            };
            cells.push(cell(class, self.children()));
        }
        cells
    }

    fn link(&mut self, address: &str) -> AnyView {
        let is_nested = std::mem::replace(&mut self.is_in_link, true);
        let content = self.children();
        self.is_in_link = is_nested;
        self.anchor(address, content.into_any())
    }

    /// Nothing is fetched without being asked for: an image is a link to it.
    fn image(&mut self, address: &str) -> AnyView {
        let text = self.plain_text();
        let text = if text.is_empty() {
            address.to_owned()
        } else {
            text
        };
        self.anchor(address, text.into_any())
    }

    fn anchor(&self, address: &str, content: AnyView) -> AnyView {
        match safe_href(address) {
            Some(href) if !self.is_in_link => {
                view! { <a href=href target="_blank" rel="noopener noreferrer nofollow">{content}</a> }.into_any()
            }
            Some(_) | None => content,
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
