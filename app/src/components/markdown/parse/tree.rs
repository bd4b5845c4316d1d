//! The crate's events nested to a tree, without marks.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, LinkType, Parser, Tag};

use super::{
    Alignment, Block, Inline, Item, MAX_DEPTH,
    text::{append_plain, plain, push_text},
};

/// Nests the events.
pub(super) fn build(parser: Parser<'_>) -> Vec<Block> {
    let mut builder = Builder {
        open: vec![Frame::new(Kind::Container)],
        left_out: Vec::new(),
    };
    for event in parser {
        builder.event(event);
    }
    let mut blocks = Vec::new();
    while let Some(mut frame) = builder.open.pop() {
        frame.end_text();
        blocks = frame.blocks;
    }
    blocks
}

/// What an element of the tree is, as far as it must be known when it ends.
enum Kind {
    /// The document, or an element of which only the content counts.
    Container,
    Paragraph,
    Heading(u8),
    Code(String),
    Quote,
    List(Option<u64>),
    Item,
    Footnote(String),
    Table(Vec<Alignment>),
    Row,
    Cell,
    Emphasis,
    Strong,
    Strikethrough,
    Link(String),
    Image(String),
}

/// An element that is open.
struct Frame {
    kind: Kind,
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
    /// Text that is not in `inlines` yet, with its marks.
    text: String,
    items: Vec<Item>,
    task: Option<bool>,
    /// A paragraph of an item has an element of its own.
    is_loose: bool,
    rows: Vec<Vec<Vec<Inline>>>,
    cells: Vec<Vec<Inline>>,
}

struct Builder {
    /// The innermost comes last; the first is the document.
    open: Vec<Frame>,
    /// For each element that is too deep: whether it was left out.
    left_out: Vec<bool>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            Event::Text(text) | Event::InlineHtml(text) | Event::Html(text) => self.text(&text),
            Event::Code(code) => self.inline(Inline::Code(plain(&code))),
            Event::FootnoteReference(label) => {
                self.inline(Inline::FootnoteReference(plain(&label)))
            }
            Event::SoftBreak => self.inline(Inline::SoftBreak),
            Event::HardBreak => self.inline(Inline::HardBreak),
            Event::Rule => self.block(Block::Rule),
            Event::TaskListMarker(is_done) => self.task(is_done),
            // Dollars are text: the crate is not asked for these.
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let is_deep = self.open.len() >= 2 * MAX_DEPTH || self.depth_of(&tag) >= MAX_DEPTH;
        if is_deep && is_nesting(&tag) {
            self.left_out.push(true);
            return;
        }
        self.left_out.push(false);
        self.open.push(Frame::new(kind_of(tag)));
    }

    /// How many elements of the same sort are open: inlines, or blocks.
    fn depth_of(&self, tag: &Tag<'_>) -> usize {
        let is_inline = is_inline_tag(tag);
        self.open
            .iter()
            .filter(|frame| frame.kind.is_inline() == is_inline)
            .count()
    }

    fn end(&mut self) {
        if self.left_out.pop() == Some(true) {
            return;
        }
        let Some(mut frame) = self.open.pop() else {
            return;
        };
        frame.end_text();
        if let Some(outer) = self.open.last_mut() {
            frame.end_within(outer);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(frame) = self.open.last_mut() {
            frame.text.push_str(text);
        }
    }

    fn inline(&mut self, inline: Inline) {
        if let Some(frame) = self.open.last_mut() {
            frame.push(inline);
        }
    }

    fn block(&mut self, block: Block) {
        if let Some(frame) = self.open.last_mut() {
            frame.push_block(block);
        }
    }

    fn task(&mut self, is_done: bool) {
        let mut frames = self.open.iter_mut().rev();
        if let Some(item) = frames.find(|frame| matches!(frame.kind, Kind::Item)) {
            item.task = Some(is_done);
        }
    }
}

impl Frame {
    const fn new(kind: Kind) -> Self {
        Self {
            kind,
            blocks: Vec::new(),
            inlines: Vec::new(),
            text: String::new(),
            items: Vec::new(),
            task: None,
            is_loose: false,
            rows: Vec::new(),
            cells: Vec::new(),
        }
    }

    fn push(&mut self, inline: Inline) {
        self.end_text();
        self.inlines.push(inline);
    }

    /// Text right in an item is a paragraph of a tight list.
    fn push_block(&mut self, block: Block) {
        self.end_text();
        if !self.inlines.is_empty() {
            let line = std::mem::take(&mut self.inlines);
            self.blocks.push(Block::Paragraph(line));
        }
        self.blocks.push(block);
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        if matches!(self.kind, Kind::Code(_)) {
            self.text = text;
        } else {
            push_text(text, &mut self.inlines);
        }
    }

    fn into_blocks(mut self) -> Vec<Block> {
        if !self.inlines.is_empty() {
            self.blocks.push(Block::Paragraph(self.inlines));
        }
        self.blocks
    }

    /// Becomes a part of the element around it.
    fn end_within(mut self, outer: &mut Self) {
        match std::mem::replace(&mut self.kind, Kind::Container) {
            Kind::Container => {
                for inline in self.inlines {
                    outer.push(inline);
                }
                for block in self.blocks {
                    outer.push_block(block);
                }
            }
            Kind::Paragraph => {
                outer.is_loose = true;
                outer.push_block(Block::Paragraph(self.inlines));
            }
            Kind::Heading(level) => outer.push_block(Block::Heading {
                level,
                content: self.inlines,
            }),
            Kind::Code(language) => {
                let text = self.text.strip_suffix('\n').unwrap_or(&self.text);
                outer.push_block(Block::Code {
                    language,
                    text: plain(text),
                });
            }
            Kind::Quote => outer.push_block(Block::Quote(self.into_blocks())),
            Kind::List(start) => outer.push_block(Block::List {
                start,
                is_tight: !self.is_loose,
                items: self.items,
            }),
            Kind::Item => {
                outer.is_loose |= self.is_loose;
                outer.items.push(Item {
                    task: self.task,
                    blocks: self.into_blocks(),
                });
            }
            Kind::Footnote(label) => {
                let blocks = self.into_blocks();
                if !blocks.is_empty() {
                    outer.push_block(Block::Footnote { label, blocks });
                }
            }
            Kind::Table(alignments) => {
                let mut rows = self.rows.into_iter();
                outer.push_block(Block::Table {
                    alignments,
                    head: rows.next().unwrap_or_default(),
                    rows: rows.collect(),
                });
            }
            Kind::Row => outer.rows.push(self.cells),
            Kind::Cell => outer.cells.push(self.inlines),
            Kind::Emphasis => outer.push(Inline::Emphasis(self.inlines)),
            Kind::Strong => outer.push(Inline::Strong(self.inlines)),
            Kind::Strikethrough => outer.push(Inline::Strikethrough(self.inlines)),
            Kind::Link(href) => outer.push(Inline::Link {
                href,
                children: self.inlines,
            }),
            Kind::Image(href) => {
                let mut alt = String::new();
                append_plain(&self.inlines, &mut alt);
                outer.push(Inline::Image { href, alt });
            }
        }
    }
}

impl Kind {
    const fn is_inline(&self) -> bool {
        matches!(
            self,
            Self::Emphasis | Self::Strong | Self::Strikethrough | Self::Link(_) | Self::Image(_)
        )
    }
}

const fn is_inline_tag(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
    )
}

/// Whether it may be in itself, over and over.
const fn is_nesting(tag: &Tag<'_>) -> bool {
    is_inline_tag(tag)
        || matches!(
            tag,
            Tag::BlockQuote(_) | Tag::List(_) | Tag::Item | Tag::FootnoteDefinition(_)
        )
}

fn kind_of(tag: Tag<'_>) -> Kind {
    match tag {
        Tag::Paragraph | Tag::HtmlBlock => Kind::Paragraph,
        Tag::Heading { level, .. } => Kind::Heading(number_of(level)),
        Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Code(String::new()),
        Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
            let language = info.split_whitespace().next().unwrap_or_default();
            Kind::Code(plain(language))
        }
        Tag::BlockQuote(_) => Kind::Quote,
        Tag::List(start) => Kind::List(start),
        Tag::Item => Kind::Item,
        Tag::FootnoteDefinition(label) => Kind::Footnote(plain(&label)),
        Tag::Table(alignments) => Kind::Table(alignments.into_iter().map(alignment).collect()),
        Tag::TableHead | Tag::TableRow => Kind::Row,
        Tag::TableCell => Kind::Cell,
        Tag::Emphasis => Kind::Emphasis,
        Tag::Strong => Kind::Strong,
        Tag::Strikethrough => Kind::Strikethrough,
        Tag::Link {
            link_type: LinkType::Email,
            dest_url,
            ..
        } => Kind::Link(format!("mailto:{}", plain(&dest_url))),
        Tag::Link { dest_url, .. } => Kind::Link(plain(&dest_url)),
        Tag::Image { dest_url, .. } => Kind::Image(plain(&dest_url)),
        // Not asked for.
        Tag::DefinitionList
        | Tag::DefinitionListTitle
        | Tag::DefinitionListDefinition
        | Tag::Superscript
        | Tag::Subscript
        | Tag::MetadataBlock(_) => Kind::Container,
    }
}

const fn number_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

const fn alignment(alignment: pulldown_cmark::Alignment) -> Alignment {
    match alignment {
        pulldown_cmark::Alignment::None => Alignment::None,
        pulldown_cmark::Alignment::Left => Alignment::Left,
        pulldown_cmark::Alignment::Center => Alignment::Center,
        pulldown_cmark::Alignment::Right => Alignment::Right,
    }
}
